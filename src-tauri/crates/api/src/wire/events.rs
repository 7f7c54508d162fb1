//! The event log as the window reads, filters and exports it.

use dinghy_model::{AppId, Event};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{MessageView, QueueRow};

/// What an event means to whoever reads it: the glyph to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Done.
    Ok,
    /// Under way.
    Wait,
    /// Refused or failed: a person must look.
    Bad,
    /// Not sent, on purpose.
    Hold,
    /// Something changed.
    Info,
}

impl Tone {
    /// As it crosses to the window.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Wait => "wait",
            Self::Bad => "bad",
            Self::Hold => "hold",
            Self::Info => "info",
        }
    }
}

/// A line of the event log with its words.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct EventRow {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// One line: what happened (`Sent after 1 attempt`, `已发送`).
    pub text: String,
    /// Why or what to do, empty if nothing.
    pub detail: String,
    /// What it means.
    pub tone: Tone,
}

/// Which part of the log.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, TS)]
#[serde(default)]
pub struct EventFilter {
    /// Only older than this id (paging).
    #[ts(type = "number | null")]
    pub before: Option<i64>,
    /// At most so many; 0: 100.
    pub limit: u32,
    /// One application.
    pub app: Option<AppId>,
    /// Searched in application, trigger, service.
    pub text: String,
    /// Only of this meaning.
    pub tone: Option<Tone>,
    /// Only of this trigger.
    pub trigger: Option<String>,
    /// Only about this destination.
    pub service: Option<String>,
    /// Only from this time on (Unix ms).
    #[ts(type = "number | null")]
    pub since_ms: Option<i64>,
}

/// A line of the log and all that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct EventDetails {
    /// The line.
    pub event: EventRow,
    /// What led to it and what came of it, oldest first, itself among it.
    pub trail: Vec<EventRow>,
    /// Its message, while it is in the queue.
    pub queued: Option<QueueRow>,
    /// What that message says.
    pub message: Option<MessageView>,
    /// How the message would be made of the application's present state, if it is no longer in the queue.
    pub now: Option<MessageView>,
    /// The rules in force have its trigger.
    pub has_trigger: bool,
    /// The rules in force have its destination.
    pub has_group: bool,
}

/// How the log is written into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// For spreadsheets: UTF-8 with a mark that they know it by.
    Csv,
    /// One object a line, as the database has it, with its words.
    Json,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Exported {
    /// The file.
    pub path: String,
    /// How many events are in it.
    pub rows: usize,
}
