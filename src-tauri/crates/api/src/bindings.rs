//! The TypeScript of `wire`, as one file. Written to `ui/src/ipc/bindings.ts` by `cargo xtask codegen`.

use std::fmt::Write as _;

use dinghy_model as model;
use ts_rs::{Config, TS};

use crate::wire;

/// The whole text of `bindings.ts`.
pub fn typescript() -> String {
    let config = Config::new();
    let mut out = String::from(
        "// Generated from src-tauri/crates/api/src/wire.rs by `cargo xtask codegen`. Do not edit.\n",
    );
    macro_rules! export {
        ($($type:ty),+ $(,)?) => {
            $( let _ = writeln!(out, "\nexport {}", <$type>::decl(&config)); )+
        };
    }
    export!(
        model::Lang,
        model::ServerName,
        model::AppId,
        model::Health,
        model::SyncStatus,
        model::OperationPhase,
        model::Operation,
        model::AppSummary,
        model::Auth,
        model::ServerState,
        model::Severity,
        model::Pause,
        model::Mute,
        model::RowId,
        model::QueueState,
        model::Refusal,
        model::SettingType,
        model::SettingFault,
        model::Problem,
        model::EventKind,
        model::Event,
        wire::ProblemView,
        wire::ApiError,
        wire::Counts,
        wire::ServerForm,
        wire::ServerView,
        wire::GroupView,
        wire::DesktopView,
        wire::StatusView,
        wire::ProbeStep,
        wire::ProbeView,
        wire::AppRow,
        wire::AppFilter,
        wire::AppsView,
        wire::AppCondition,
        wire::AppResource,
        wire::AppDeployment,
        wire::AppDetails,
        wire::Period,
        wire::Tally,
        wire::Bar,
        wire::AttentionRow,
        wire::OverviewView,
        wire::FoundServer,
        wire::SettingsView,
        wire::QuietForm,
        wire::Preference,
        wire::GroupForm,
        wire::WebhookReading,
        wire::TestView,
        wire::RulesView,
        wire::TriggerRow,
        wire::TemplateRow,
        wire::SubscriptionRow,
        wire::FieldProblem,
        wire::TemplateForm,
        wire::DingTalkForm,
        wire::ButtonForm,
        wire::WebhookForm,
        wire::TemplateDraft,
        wire::TemplateCheck,
        wire::MessageView,
        wire::TriggerForm,
        wire::ConditionForm,
        wire::TriggerDraft,
        wire::TriggerCheck,
        wire::ConditionCheck,
        wire::PartView,
        wire::MatchView,
        wire::SubscriptionForm,
        wire::SubscriptionCheck,
        wire::FieldView,
        wire::LabelView,
        wire::FieldsView,
        wire::ManifestCheck,
        wire::DiffLine,
        wire::ImportView,
        wire::ReadyRule,
        wire::TryOn,
        wire::Tone,
        wire::EventRow,
        wire::EventFilter,
        wire::ExportFormat,
        wire::Exported,
        wire::QueueRow,
        wire::PauseFor,
        wire::MuteFor,
        wire::ExplainView,
        wire::ExplainCondition,
        wire::ExplainPart,
        wire::ExplainSubscription,
        wire::ExplainDestination,
    );
    out
}
