//! Plain types that every part of Dinghy shares: ids, states, messages, verdicts, problems.
//!
//! Invariant: this crate does no IO, knows no async and no clock; times come in as arguments
//! (milliseconds since the Unix epoch, UTC, called `…_ms`).

mod app;
mod certificate;
mod commit;
mod delivery;
mod details;
mod event;
mod id;
mod lang;
mod memory;
mod mute;
mod problem;
mod secret;
mod server;
mod service;
mod setting;
mod status;

pub use app::{AppBody, AppSnapshot, AppSummary, Health, Operation, OperationPhase, SyncStatus};
pub use certificate::{Certificate, Fingerprint, NotAFingerprint};
pub use commit::CommitMetadata;
pub use delivery::{Gist, Message, Payload, QueueState, QueuedMessage, RowId, Verdict};
pub use details::{DirectoryDetails, HelmDetails, HelmFile, HelmParameter, KustomizeDetails, SourceDetails};
pub use event::{Event, EventKind};
pub use id::{AppId, ServerName};
pub use lang::Lang;
pub use memory::{Memory, MemoryChange};
pub use mute::{Mute, Mutes};
pub use problem::{Problem, Refusal};
pub use secret::{Secret, SecretSource};
pub use server::{Auth, ServerConfig, ServerState, secret_name};
pub use service::{DingTalkOptions, Header, Service, ServiceKind, WebhookOptions};
pub use setting::{SettingFault, SettingType};
pub use status::{GroupState, GroupStatus, Pause, ServerStatus, Severity, Status};
