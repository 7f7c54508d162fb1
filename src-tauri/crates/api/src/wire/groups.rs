//! Destinations: their form, and how it goes with them right now.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::SubscriptionForm;

/// A DingTalk group or plain webhook as the form has it. Secrets travel inwards only.
#[derive(Clone, Default, PartialEq, Deserialize, Serialize, TS)]
pub struct GroupForm {
    /// Service name: letters, digits, `-`.
    pub name: String,
    /// The webhook as pasted; None: keep the stored one.
    pub webhook: Option<String>,
    /// At most 10.
    pub keywords: Vec<String>,
    /// 加签 secret; None: keep the stored one; empty: the robot does not sign.
    pub sign_secret: Option<String>,
    /// Who is who.
    pub mention: Vec<PersonForm>,
    /// Links open in DingTalk's own side panel on a PC.
    pub pc_slide: bool,
    /// Of a plain webhook.
    pub headers: Vec<HeaderForm>,
    /// Of a plain webhook's basic authentication; empty: none.
    pub username: String,
    /// None: keep the stored one.
    pub password: Option<String>,
    /// Of a plain webhook: do not check the certificate.
    pub insecure_skip_verify: bool,
}

impl fmt::Debug for GroupForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupForm").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A row of the table of mentions.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
pub struct PersonForm {
    /// An Argo CD user, or a commit author's name or address.
    pub who: String,
    /// A mobile (`13800000000`, `+852-12345678`) or a DingTalk user id.
    pub to: String,
}

/// A header of a plain webhook.
#[derive(Clone, PartialEq, Deserialize, Serialize, TS)]
pub struct HeaderForm {
    /// Its name.
    pub name: String,
    /// Its value; of a stored secret empty, which keeps it.
    pub value: String,
    /// The value is kept in the keychain.
    pub secret: bool,
    /// A value is stored already.
    #[serde(default)]
    pub kept: bool,
}

/// How it goes with a destination right now.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct GroupNow {
    /// Service name.
    pub name: String,
    /// It is a robot; else nothing is counted.
    pub robot: bool,
    /// Messages that its robot got in the last minute, through whatever service.
    pub sent: usize,
    /// How many Dinghy sends to a robot in a minute.
    pub limit: usize,
    /// DingTalk asked for a pause until then.
    #[ts(type = "number | null")]
    pub until_ms: Option<i64>,
    /// Messages that were refused and are kept.
    pub refused: usize,
}

/// A subscription that sends to a destination.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct GroupUse {
    /// Its number among the subscriptions, from 0.
    pub index: usize,
    /// As written.
    pub form: SubscriptionForm,
    /// Its triggers, the default ones if it names none.
    pub triggers: Vec<String>,
}

/// The desktop's own notifications.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct DesktopView {
    /// What subscriptions call it.
    pub name: String,
    /// It is a destination.
    pub on: bool,
    /// Triggers that are subscribed to it.
    pub triggers: Vec<String>,
}
