//! What the pages and forms of rules exchange.

use dinghy_model::AppId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AppRow, ProblemView};

/// The rules as the file has them.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RulesView {
    /// Path of notifications.yaml.
    pub file: String,
    /// Triggers, broken ones included.
    pub triggers: Vec<TriggerRow>,
    /// Templates, broken ones included.
    pub templates: Vec<TemplateRow>,
    /// Names of destinations.
    pub services: Vec<String>,
    /// Who is told what, in the order of the file.
    pub subscriptions: Vec<SubscriptionRow>,
    /// The version of the subscriptions as a whole; empty: there are none.
    pub subscriptions_version: String,
    /// What is wrong, with line and column.
    pub problems: Vec<ProblemView>,
    /// The text of the file.
    pub text: String,
    /// The version of the text.
    pub version: String,
    /// The key whose last change can be undone, if any.
    pub undo: Option<String>,
}

/// A trigger in the list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TriggerRow {
    /// What subscriptions call it.
    pub name: String,
    /// Of its first condition that has one; else the condition itself.
    pub description: String,
    /// Templates it sends.
    pub sends: Vec<String>,
    /// Destinations that are subscribed to it in the manifest.
    pub services: Vec<String>,
    /// Why it is not in force.
    pub problem: Option<ProblemView>,
}

/// A template in the list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TemplateRow {
    /// What triggers call it.
    pub name: String,
    /// `text`, `markdown`, `link`, `actionCard`, `webhook` or `message`.
    pub kind: String,
    /// Triggers that send it.
    pub triggers: Vec<String>,
    /// Why it is not in force.
    pub problem: Option<ProblemView>,
}

/// A subscription in the list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SubscriptionRow {
    /// As written.
    pub form: SubscriptionForm,
    /// Its triggers, the default ones if it names none.
    pub triggers: Vec<String>,
}

/// A mistake in one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FieldProblem {
    /// `text`, `buttons.0.url`, `webhooks.1.body`, `conditions.0.when` …
    pub field: String,
    /// From 1, in the field.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

/// A template as its form has it. An empty field is absent.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, TS)]
pub struct TemplateForm {
    /// What triggers call it.
    pub name: String,
    /// Argo CD's `message`.
    pub message: String,
    /// The `dingtalk` block.
    pub dingtalk: Option<DingTalkForm>,
    /// Raw requests, one for each service.
    pub webhooks: Vec<WebhookForm>,
}

/// The `dingtalk` block of a template.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, TS)]
pub struct DingTalkForm {
    /// `text`, `markdown`, `link` or `actionCard`.
    pub msgtype: String,
    /// A Go template, as the following.
    pub title: String,
    /// The message.
    pub text: String,
    /// Where a link leads.
    pub message_url: String,
    /// A link's picture.
    pub pic_url: String,
    /// The one button of a card.
    pub single_title: String,
    /// Where it leads.
    pub single_url: String,
    /// Several buttons.
    pub buttons: Vec<ButtonForm>,
    /// Buttons stand beside each other.
    pub horizontal: bool,
    /// Names that are looked up in the group's table; `initiator`: whoever started it.
    pub mention: Vec<String>,
    /// Everyone in the group is mentioned.
    pub at_all: bool,
}

/// A button of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, TS)]
pub struct ButtonForm {
    /// Its word.
    pub title: String,
    /// Where it leads.
    pub url: String,
}

/// A raw request.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, TS)]
pub struct WebhookForm {
    /// The service it is for.
    pub service: String,
    /// Empty: POST to robots, GET to others.
    pub method: String,
    /// Appended to the service's address.
    pub path: String,
    /// The body.
    pub body: String,
}

/// A template to be edited.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TemplateDraft {
    /// As it is on disk.
    pub form: TemplateForm,
    /// Given back when saving, so that nothing newer is overwritten.
    pub version: String,
    /// Triggers that send it.
    pub triggers: Vec<String>,
    /// It cannot be shown as a form, only as text.
    pub problem: Option<FieldProblem>,
}

/// What a template comes to as it is typed.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TemplateCheck {
    /// Mistakes in fields.
    pub problems: Vec<FieldProblem>,
    /// What else is wrong or worth knowing.
    pub notes: Vec<String>,
    /// The message for the chosen application and destination; None while it cannot be made.
    pub message: Option<MessageView>,
}

/// A message as it would be sent.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct MessageView {
    /// The destination; empty: an imagined robot.
    pub service: String,
    /// It is a DingTalk robot.
    pub robot: bool,
    /// `text`, `markdown`, `link`, `actionCard`, `desktop`, or `other`: only `body` says what.
    pub msgtype: String,
    /// Shown in the list of chats, in notifications and cards.
    pub title: String,
    /// The message.
    pub text: String,
    /// Where a link, card or notification leads.
    pub url: String,
    /// A picture's address.
    pub picture: String,
    /// Buttons of a card.
    pub buttons: Vec<ButtonForm>,
    /// Buttons stand beside each other.
    pub horizontal: bool,
    /// `POST /path`: how a raw request is made.
    pub request: String,
    /// The body as it is sent.
    pub body: String,
    /// Its size as DingTalk counts it.
    pub bytes: usize,
    /// DingTalk refuses more.
    pub max_bytes: usize,
}

/// A trigger as its form has it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, TS)]
pub struct TriggerForm {
    /// What subscriptions call it.
    pub name: String,
    /// Each is judged on its own.
    pub conditions: Vec<ConditionForm>,
}

/// One condition of a trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, TS)]
pub struct ConditionForm {
    /// The expression.
    pub when: String,
    /// Free text.
    pub description: String,
    /// An expression; empty: each time the condition becomes true.
    pub once_per: String,
    /// `5m`; empty: at once.
    pub hold_for: String,
    /// Templates to send.
    pub send: Vec<String>,
    /// Templates to send when it stops being true.
    pub resolved: Vec<String>,
    /// Its place on disk, so that what the form does not know stays with it; None: new.
    pub origin: Option<usize>,
}

/// A trigger to be edited.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TriggerDraft {
    /// As it is on disk.
    pub form: TriggerForm,
    /// Given back when saving.
    pub version: String,
    /// It cannot be shown as a form, only as text.
    pub problem: Option<FieldProblem>,
}

/// What a trigger comes to as it is typed.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TriggerCheck {
    /// Mistakes in fields.
    pub problems: Vec<FieldProblem>,
    /// What else is wrong or worth knowing.
    pub notes: Vec<String>,
    /// What it lacks to send anything; the form has a field for each.
    pub lacks: Vec<String>,
    /// Each condition on the chosen application; empty without one.
    pub conditions: Vec<ConditionCheck>,
}

/// What came of saving a trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct TriggerSaved {
    /// The destinations that are told of it now.
    pub told: Vec<String>,
    /// What it still lacks to send anything, in sentences; empty: it is in force.
    pub lacks: Vec<String>,
}

/// One condition on one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ConditionCheck {
    /// It holds.
    pub triggered: bool,
    /// Its value as Go prints it; empty if it has none.
    pub value: String,
    /// Why it has none.
    pub error: String,
    /// The value of `oncePer`, if it holds.
    pub once_per: Option<String>,
    /// Its parts and their values, in the order of the source.
    pub parts: Vec<PartView>,
}

/// A part of an expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PartView {
    /// As it is written, on one line: `app.status.health.status == 'Degraded'`.
    pub text: String,
    /// `'Degraded'`, `3`, `nil`, `true`; None: it was not looked at.
    pub value: Option<String>,
}

/// Which applications something is about now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct MatchView {
    /// How many there are.
    pub total: usize,
    /// How many match.
    pub matched: usize,
    /// On how many the expression fails.
    pub failed: usize,
    /// The first failure.
    pub failure: String,
    /// The first of those that match.
    pub rows: Vec<AppRow>,
    /// A newer question came: this answer is not complete.
    pub overtaken: bool,
}

/// What a trigger would have sent over the last seven days, tried on what applications looked like then.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct PastView {
    /// Since when states are known (Unix ms), at most seven days back; None: none was kept yet.
    #[ts(type = "number | null")]
    pub from_ms: Option<i64>,
    /// States that were looked at: each time health, sync or operation of an application changed.
    pub states: usize,
    /// Of so many applications.
    pub apps: usize,
    /// Messages in all: each event for each destination.
    pub messages: usize,
    /// The seven days, the oldest first.
    pub days: Vec<PastDay>,
    /// The newest events.
    pub rows: Vec<PastSend>,
    /// How often nothing was sent because the value of `oncePer` was seen before.
    pub held_by_once: usize,
    /// How often a condition with `for` ended before its time.
    pub held_by_for: usize,
    /// How often the condition failed.
    pub failed: usize,
    /// The first failure.
    pub failure: String,
    /// Paths that the trigger reads and that are not kept: nothing can be said then.
    pub missing: Vec<String>,
    /// Nobody is subscribed: counted as if one destination were, for every application.
    pub imagined: bool,
    /// Time ran out: there may be more.
    pub cut: bool,
    /// A newer question came: this answer is not complete.
    pub overtaken: bool,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PastDay {
    /// When it began (Unix ms).
    #[ts(type = "number")]
    pub at_ms: i64,
    /// How many messages.
    pub messages: usize,
}

/// Something that would have been sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PastSend {
    /// When (Unix ms).
    #[ts(type = "number")]
    pub at_ms: i64,
    /// For which application.
    pub app: AppId,
    /// By which condition, from 0.
    pub condition: usize,
    /// To which destinations; none where nobody is subscribed.
    pub to: Vec<String>,
    /// That the condition ended.
    pub resolved: bool,
    /// The value of `oncePer`.
    pub once_per: Option<String>,
}

/// A subscription as its form has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, TS)]
pub struct SubscriptionForm {
    /// `SERVICE[:RECIPIENT]`.
    pub recipients: Vec<String>,
    /// Names of triggers; none: the default triggers.
    pub triggers: Vec<String>,
    /// Names of servers; none: all of them.
    #[serde(default)]
    pub servers: Vec<String>,
    /// Names of projects; none: all of them.
    #[serde(default)]
    pub projects: Vec<String>,
    /// A label selector; empty: every application.
    pub selector: String,
}

/// What there is to say about a subscription of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SubscriptionState {
    /// Applications that it is about now.
    pub matched: usize,
    /// Of so many.
    pub total: usize,
    /// Names that do not exist, nobody who matches, who is told twice: sentences.
    pub notes: Vec<String>,
}

/// Rules as the cluster's own controller takes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ExportView {
    /// The ConfigMap, and a Secret to fill in if the rules name secrets: two YAML documents.
    pub text: String,
    /// What is other there than here, each a sentence.
    pub notes: Vec<String>,
}

/// What a subscription comes to as it is typed.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SubscriptionCheck {
    /// Mistakes in fields.
    pub problems: Vec<FieldProblem>,
    /// What else is wrong or worth knowing.
    pub notes: Vec<String>,
    /// The applications it is about.
    pub matches: MatchView,
}

/// A field of real applications, for completion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FieldView {
    /// `app.status.health.status`; items of lists are `[]`.
    pub path: String,
    /// `string`, `int`, `float`, `bool`, `list` or `map`.
    pub kind: String,
    /// A value of it, cut; empty for lists and maps.
    pub example: String,
}

/// A label of real applications, for selectors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LabelView {
    /// Its name.
    pub name: String,
    /// Values it has.
    pub values: Vec<String>,
}

/// What real applications have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct FieldsView {
    /// Sorted by path.
    pub fields: Vec<FieldView>,
    /// Sorted by name.
    pub labels: Vec<LabelView>,
    /// The projects that applications are in, sorted.
    pub projects: Vec<String>,
}

/// The whole file as it would be.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ManifestCheck {
    /// What is wrong, with line and column.
    pub problems: Vec<ProblemView>,
    /// It is no YAML at all.
    pub unreadable: bool,
    /// What would change.
    pub diff: Vec<DiffLine>,
}

/// A line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DiffLine {
    /// `+`, `-`, a blank, or `…` for lines left out.
    pub sign: String,
    /// Without its line break.
    pub text: String,
}

/// What an import would do.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ImportView {
    /// Keys that are new.
    pub added: Vec<String>,
    /// Keys that would be replaced.
    pub replaced: Vec<String>,
    /// Names of secrets that go to the keychain.
    pub secrets: Vec<String>,
    /// What is wrong or worth knowing.
    pub problems: Vec<ProblemView>,
    /// The text that would be written.
    pub text: String,
    /// What would change in the file.
    pub diff: Vec<DiffLine>,
}

/// A rule to start with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ReadyRule {
    /// The trigger's name.
    pub trigger: String,
    /// What happened, in a word or two.
    pub title: String,
    /// When it fires.
    pub about: String,
    /// The rules have a trigger of this name already.
    pub there: bool,
}

/// The application that a form is tried on, and the destination.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, TS)]
#[serde(default)]
pub struct TryOn {
    /// None: no application.
    pub app: Option<AppId>,
    /// None: the first that fits.
    pub service: Option<String>,
}
