//! Why a trigger would or would not send, as shells show it.

use dinghy_model::AppId;
use serde::Serialize;
use ts_rs::TS;

use super::{EventRow, ProblemView, QueueRow, Tone};

/// What the rules say of one application.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AppRules {
    /// What holds messages up beside the rules: an old server, a pause. Sentences.
    pub notes: Vec<String>,
    /// Each trigger: those that hold first, then those that fail.
    pub rules: Vec<RuleStanding>,
}

/// One trigger on one application, in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RuleStanding {
    /// The trigger.
    pub trigger: String,
    /// Its description, else its first condition.
    pub description: String,
    /// A condition is true now.
    pub holds: bool,
    /// What it means.
    pub tone: Tone,
    /// In a word or two: `Sent`, `Does not hold`, `Holds, nobody is subscribed`.
    pub text: String,
    /// To whom and when, why it fails, or what happened last; may be empty.
    pub detail: String,
}

/// Why a trigger would or would not send for an application.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ExplainView {
    /// The trigger.
    pub trigger: String,
    /// The application; None: one from a file.
    pub app: Option<AppId>,
    /// Whether something would be sent now.
    pub sends: bool,
    /// False: nothing is judged, because the sync status is older than the last operation.
    pub is_fresh: bool,
    /// What holds messages up beside the rules: an old server, a pause, a destination. Sentences.
    pub notes: Vec<String>,
    /// Each condition.
    pub conditions: Vec<ExplainCondition>,
    /// Each subscription.
    pub subscriptions: Vec<ExplainSubscription>,
    /// Each condition for each destination.
    pub destinations: Vec<ExplainDestination>,
    /// What is queued of this trigger and application.
    pub queue: Vec<QueueRow>,
    /// What the log says last of this trigger and application, newest first.
    pub events: Vec<EventRow>,
}

/// One condition, explained.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ExplainCondition {
    /// Number in the trigger, from 0.
    pub index: usize,
    /// The expression.
    pub when: String,
    /// Whether it is true.
    pub triggered: bool,
    /// Whether it failed.
    pub failed: bool,
    /// Its value as Go prints it, or why it has none.
    pub value: String,
    /// The parts that were evaluated, each before what it is a part of.
    pub parts: Vec<ExplainPart>,
    /// The parts that were not, because the rest decided.
    pub skipped: Vec<String>,
    /// The value of `oncePer`, if any.
    pub once_per: Option<String>,
    /// It was due before: with this value of `oncePer`, or without one since it became true.
    pub once_seen: bool,
    /// Why `oncePer` has no value.
    pub once_per_problem: Option<String>,
    /// With `for`, and true: since when, in words.
    pub since: Option<String>,
    /// What it would send.
    pub templates: Vec<String>,
}

/// A part of an expression and its value.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ExplainPart {
    /// As it is written.
    pub text: String,
    /// In a predicate: at which item of each list, from 0.
    pub rounds: Vec<usize>,
    /// Its value as Go prints it, or why it failed.
    pub value: String,
    /// Whether it failed.
    pub failed: bool,
}

/// A subscription, and whether it counts.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ExplainSubscription {
    /// Where it stands.
    pub place: String,
    /// Who is told.
    pub to: Vec<String>,
    /// Whether it counts.
    pub counts: bool,
    /// Why not, in words.
    pub why: String,
}

/// What is decided for one destination.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ExplainDestination {
    /// Number of the condition.
    pub condition: usize,
    /// `service` or `service:recipient`.
    pub to: String,
    /// Whether an annotation asked for it, not the rules.
    pub by_annotation: bool,
    /// Whether something would be sent.
    pub sends: bool,
    /// What it means.
    pub tone: Tone,
    /// In a word or two.
    pub word: String,
    /// Why, in words.
    pub why: String,
    /// The message, if one would be sent.
    pub message: String,
    /// Why it cannot be made.
    pub problem: Option<ProblemView>,
}
