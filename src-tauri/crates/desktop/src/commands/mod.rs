//! What the window may call: one line for each command, by noun. Each asks `dinghy_api` and decides
//! nothing. A new command must also be named in `src-tauri/permissions/commands.toml`.

mod args;
mod for_shell;

use dinghy_api::wire::{ApiError, SubscriptionForm};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::clock;
use crate::shell::Shell;
use args::Args;

/// What a command answers the window: JSON, or an error in words.
pub type Answer = Result<Box<RawValue>>;

type Result<T> = std::result::Result<T, ApiError>;

/// Runs the command `name` with `args`, a JSON object of its arguments. Fails also when there is no such
/// command or an argument is missing or of another kind.
pub async fn call(shell: &Shell, name: &str, args: &RawValue) -> Answer {
    shell.page_asked.notify_one();
    let api = &shell.api;
    let args = Args::read(args)?;
    match name {
        "status" => json(Ok(api.status_view(shell.tray_shown()))),
        "refresh" => json(done(api.refresh()).await),
        "refresh_app" => json(api.refresh_app(&args.get("id")?).await),
        "pause" => json(done(api.pause(args.get("how")?, clock::tomorrow_at_nine())).await),
        "resume" => json(done(api.resume()).await),
        "mute" => json(api.mute(&args.get("id")?, args.get("how")?, clock::tomorrow_at_nine()).await),
        "set_mute" => json(api.set_mute(&args.get("id")?, args.get("mute")?).await),
        "set_language" => json(for_shell::set_language(shell, args.get("lang")?)),
        "settings" => json(api.settings_view(crate::autostart::is_on(), shell.log.is_fixed())),
        "set_preference" => json(api.set_preference(args.get("preference")?).await),
        "set_autostart" => json(for_shell::set_autostart(shell, args.get("on")?)),
        "open_folder" => json(for_shell::open_folder(shell, api.folder(args.get("data")?)).await),
        "diagnostics" => json(api.diagnostics(&dinghy_api::downloads())),
        "open_demo_page" => json(for_shell::open_demo_page(shell)),
        "show_demo" => json(for_shell::show_demo(shell).await),
        "leave_demo" => json(for_shell::leave_demo(shell).await),

        "apps" => json(Ok(api.apps(&args.get("filter")?))),
        "overview" => json(api.overview(args.get("period")?, args.get("zoneMinutes")?).await),
        "app_details" => json(Ok(api.app_details(&args.get("id")?).await)),
        "app_rules" => json(api.app_rules(&args.get("id")?, clock::local_time).await),
        "explain" => json(api.explain(&args.text("trigger")?, &args.get("id")?, clock::local_time).await),
        "open_app" => json(for_shell::open(shell, api.app_url(&args.get("id")?))),

        "open_server" => json(for_shell::open(shell, api.server_url(args.text("name")?.as_str()))),
        "server_test" => json(api.server_test(args.get("form")?)),
        "server_test_more" => {
            json(api.server_test_more(args.get("run")?, args.get("seen")?, &args.text("trying")?).await)
        }
        "server_test_stop" => {
            api.server_test_stop(args.get("run")?);
            json(Ok(()))
        }
        "server_add" => json(api.server_add(args.get("form")?).await),
        "server_update" => json(api.server_update(&args.text("name")?, args.get("form")?).await),
        "server_trust" => json(api.server_trust(&args.text("name")?, &args.text("sha256")?).await),
        "server_remove" => json(api.server_remove(&args.text("name")?).await),
        "server_sign_in" => {
            json(api.server_sign_in(&args.text("name")?, args.secret("secret")?, args.get("username")?).await)
        }

        "server_token_expiry" => json(Ok(api.server_token_expiry(&args.text("name")?).await)),
        "servers_found" => {
            json(for_shell::cli_config().map_or(Ok(Vec::new()), |file| api.servers_found(&file)))
        }
        "servers_import" => {
            let names: Vec<String> = args.get("names")?;
            match for_shell::cli_config() {
                Some(file) => json(api.servers_import(&file, &names).await),
                None => json(Ok(0)),
            }
        }

        "webhook_read" => json(Ok(api.webhook_read(&args.secret("url")?))),
        "group_add" => json(api.group_add(args.get("form")?).await),
        "group_update" => json(api.group_update(&args.text("name")?, args.get("form")?).await),
        "group_remove" => json(api.group_remove(&args.text("name")?).await),
        "set_switch" => json(api.set_switch(&args.text("service")?, args.get("on")?).await),
        "group_test" => {
            let mention: Option<String> = args.get("mention")?;
            json(logged(shell, api.group_test(&args.text("name")?, mention.as_deref()).await))
        }
        "group_try" => {
            let mention: Option<String> = args.get("mention")?;
            json(logged(shell, api.group_try(args.get("form")?, mention.as_deref()).await))
        }
        "group_form" => json(api.group_form(&args.text("name")?)),
        "groups_now" => json(api.groups_now().await),
        "group_uses" => json(api.group_uses(&args.text("name")?)),
        "group_retry" => json(api.group_retry(&args.text("name")?).await.map(drop)),
        "group_drop" => json(api.group_drop(&args.text("name")?).await.map(drop)),
        "desktop_view" => json(api.desktop_view()),
        "desktop_set" => json(api.desktop_set(args.get("on")?).await),

        "rules" => json(api.rules()),
        "rules_import_preview" => json(api.import_preview(&args.text("text")?)),
        "rules_import" => json(api.import(&args.text("text")?).await.map(drop)),
        "rules_undo" => json(api.rules_undo().await),
        "rules_ready" => json(api.rules_ready()),
        "rules_ready_add" => {
            let triggers: Vec<String> = args.get("triggers")?;
            let services: Vec<String> = args.get("services")?;
            json(api.rules_ready_add(&triggers, &services).await)
        }
        "rules_fields" => json(Ok(api.rule_fields().await)),
        "unsaved_keep" => {
            api.unsaved_keep(&args.text("key")?, args.get("form")?);
            json(Ok(()))
        }
        "unsaved_kept" => json(Ok(api.unsaved_kept(&args.text("key")?))),
        "rule_remove" => json(api.rule_remove(&args.text("key")?, &args.text("base")?).await),
        "template_draft" => json(api.template_draft(&args.text("name")?)),
        "template_start" => json(api.template_start(&args.get("trigger")?)),
        "template_check" => json(api.template_check(&args.get("form")?, &args.get("on")?).await),
        "template_save" => json(api.template_save(&args.get("form")?, &args.text("base")?).await),
        "template_test" => json(logged(shell, api.template_test(&args.get("form")?, &args.get("on")?).await)),
        "trigger_draft" => json(api.trigger_draft(&args.text("name")?)),
        "trigger_check" => {
            let services: Vec<String> = args.get("services")?;
            json(api.trigger_check(&args.get("form")?, &services, &args.get("on")?).await)
        }
        "trigger_matches" => json(api.trigger_matches(&args.get("form")?).await),
        "trigger_explain" => {
            let services: Vec<String> = args.get("services")?;
            let (form, on) = (args.get("form")?, args.get("on")?);
            json(api.trigger_explain(&form, &services, &on, clock::local_time).await)
        }
        "trigger_past" => {
            let services: Vec<String> = args.get("services")?;
            json(api.trigger_past(&args.get("form")?, &services, args.get("zoneMinutes")?).await)
        }
        "trigger_save" => {
            let services: Vec<String> = args.get("services")?;
            json(api.trigger_save(&args.get("form")?, &args.text("base")?, &services).await)
        }
        "trigger_rename" => {
            json(api.trigger_rename(&args.text("name")?, &args.text("to")?, &args.text("base")?).await)
        }
        "subscription_check" => json(api.subscription_check(&args.get("form")?, args.get("index")?).await),
        "subscription_states" => json(api.subscription_states().await),
        "rules_export" => json(api.rules_export()),
        "rules_export_save" => json(api.rules_export_save(&dinghy_api::downloads())),
        "subscription_save" => {
            let form: Option<SubscriptionForm> = args.get("form")?;
            json(api.subscription_save(args.get("index")?, form.as_ref(), &args.text("base")?).await)
        }
        "manifest_check" => json(api.manifest_check(&args.text("text")?)),
        "manifest_save" => json(api.manifest_save(&args.text("text")?, &args.text("base")?).await),

        "events" => json(api.event_log(&args.get("filter")?)),
        "event_details" => json(api.event_details(args.get("id")?).await),
        "events_export" => {
            let folder = dinghy_api::downloads();
            json(api.events_export(&args.get("filter")?, args.get("format")?, &folder))
        }
        "events_delete_old" => json(api.delete_old_events()),
        "queue" => json(api.queue()),
        "queue_retry" => json(api.queue_retry(args.get("row")?).await.map(drop)),
        "queue_drop" => json(api.queue_drop(Some(args.get("row")?)).await.map(drop)),

        _ => Err(args::fault(format!("there is no command `{name}`"))),
    }
}

/// What cannot fail.
async fn done(work: impl Future<Output = ()>) -> Result<()> {
    work.await;
    Ok(())
}

/// What has put a line in the log that the engine does not know of: the window looks at it again.
fn logged<T>(shell: &Shell, result: Result<T>) -> Result<T> {
    shell.redraw.notify_one();
    result
}

fn json<T: Serialize>(result: Result<T>) -> Answer {
    to_raw_value(&result?).map_err(|error| args::fault(error.to_string()))
}

#[cfg(test)]
mod tests {
    /// The arms of `call` and the list that Tauri lets through are one list.
    #[test]
    fn what_is_permitted_is_what_there_is() {
        let quoted = |text: &str| -> Vec<String> {
            let mut names: Vec<_> = text.split('"').skip(1).step_by(2).map(str::to_owned).collect();
            names.sort();
            names
        };
        let permitted = include_str!("../../../../permissions/commands.toml");
        let permitted = permitted.split_once("commands.allow = ").expect("the list").1;
        let arms: String = include_str!("mod.rs")
            .lines()
            .filter(|line| line.starts_with("        \"") && line.contains("\" => "))
            .filter_map(|line| line.split_once(" => "))
            .map(|(name, _)| format!("{name}\n"))
            .collect();
        assert_eq!(quoted(&arms), quoted(permitted));
    }
}
