//! The alerts that are built in: a trigger and templates that need not stand in the file.
//!
//! They are rules like any other, read by the same code. A trigger or template of the same name in the file takes the
//! place of the one here, so that the words can be changed.

use std::time::Duration;

use dinghy_model::Lang;
use serde_json::json;

use crate::about::About;
use crate::catalog::{Catalog, Destination, Subscription};
use crate::subject::Subject;

/// The trigger for an application that is not Synced for long.
pub const NOT_SYNCED: &str = "on-not-synced-for-long";
/// What is sent when a server shows no application; also stands for a trigger in the event log.
pub const NO_APPLICATIONS: &str = "no-applications";
/// What is sent when it shows some again.
pub const APPLICATIONS_AGAIN: &str = "applications-again";

/// What is to be built in.
#[derive(Clone, Copy, Debug)]
pub struct Alerts<'a> {
    /// How long an application may be other than Synced; None: the trigger is not there.
    pub not_synced_for: Option<Duration>,
    /// Who is told, as a subscription names them.
    pub send_to: &'a [String],
    /// The language of the messages.
    pub lang: Lang,
}

/// Why no application of a server is visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// It answers, and shows none.
    Empty,
    /// It does not let the account in.
    Unauthorized,
    /// It cannot be reached.
    Unreachable,
}

impl Unseen {
    /// The word that templates see as `.app.alert.reason`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unauthorized => "unauthorized",
            Self::Unreachable => "unreachable",
        }
    }
}

impl Catalog {
    /// Adds the built-in alerts. Gives the names of services in `send_to` that the file does not have.
    pub fn add_alerts(&mut self, alerts: Alerts<'_>) -> Vec<String> {
        let built_in = Self::parse(&manifest(alerts), "");
        debug_assert!(built_in.diagnostics().is_empty(), "{:?}", built_in.diagnostics());
        let recipients: Vec<Destination> =
            alerts.send_to.iter().map(|text| Destination::parse(text)).collect();
        if alerts.not_synced_for.is_some() {
            let triggers = vec![NOT_SYNCED.to_owned()];
            let about = About::default();
            let subscription = Subscription { recipients: recipients.clone(), triggers, about };
            self.add(built_in, Some(subscription));
        } else {
            self.add(built_in, None);
        }
        let missing = recipients.into_iter().map(|to| to.service);
        missing.filter(|service| !self.services().contains_key(service)).collect()
    }
}

/// What templates see as the application when a server shows none: its name, and what is known of it.
pub fn server_subject(server: &str, reason: Option<Unseen>, lasted: Duration, lang: Lang) -> Subject {
    let app = json!({
        "metadata": {"name": server},
        "alert": {"reason": reason.map_or("", Unseen::word), "lasted": words(lasted, lang)},
    });
    Subject::parse(&app.to_string(), None).unwrap_or_default()
}

fn manifest(alerts: Alerts<'_>) -> String {
    let pick = |en: &'static str, zh: &'static str| alerts.lang.pick(en, zh);
    let mut data = String::new();
    let mut add = |key: &str, value: &str| {
        data += &format!("  {key}: |\n    {}\n", value.replace('\n', "\n    "));
    };
    let message = |text: &str| format!("message: {}", json!(text));
    if let Some(hold) = alerts.not_synced_for {
        // The recipients stand here so that others are others for who compares the source.
        add(
            &format!("trigger.{NOT_SYNCED}"),
            &format!(
                "# {}\n- when: app.status?.sync?.status != 'Synced'\n  for: {}s\n  send: [app-not-synced-for-long]\n  \
                 resolved: [app-synced-again]",
                json!(alerts.send_to),
                hold.as_secs()
            ),
        );
        let lasted = words(hold, alerts.lang);
        let text = pick(
            "Application {{.app.metadata.name}} is not synced for {}: {{.app.status.sync.status}}.",
            "应用 {{.app.metadata.name}} 已有 {}未同步\
             {{if eq (toString .app.status.sync.status) \"Unknown\"}}，同步状态未知{{end}}。",
        );
        add("template.app-not-synced-for-long", &message(&text.replace("{}", &lasted)));
        let text = pick(
            "Application {{.app.metadata.name}} is synced again.",
            "应用 {{.app.metadata.name}} 已恢复同步。",
        );
        add("template.app-synced-again", &message(text));
    }
    let text = pick(
        "No application of Argo CD “{{.app.metadata.name}}” is visible for {{.app.alert.lasted}}: \
         {{if eq .app.alert.reason \"empty\"}}it answers, but shows none. Either there are none or the account may see none.\
         {{else if eq .app.alert.reason \"unauthorized\"}}it does not let the account in.\
         {{else}}it cannot be reached from here.{{end}}",
        "Argo CD“{{.app.metadata.name}}”已有 {{.app.alert.lasted}}看不到任何应用：\
         {{if eq .app.alert.reason \"empty\"}}服务器正常应答，但列表为空：没有应用，或账号无权查看。\
         {{else if eq .app.alert.reason \"unauthorized\"}}服务器拒绝了该账号。\
         {{else}}从这里无法连接服务器。{{end}}",
    );
    add(&format!("template.{NO_APPLICATIONS}"), &message(text));
    let text = pick(
        "Applications of Argo CD “{{.app.metadata.name}}” are visible again.",
        "Argo CD“{{.app.metadata.name}}”的应用已恢复可见。",
    );
    add(&format!("template.{APPLICATIONS_AGAIN}"), &message(text));
    format!("kind: ConfigMap\ndata:\n{data}")
}

/// `12 hours`, `90 minutes`.
fn words(duration: Duration, lang: Lang) -> String {
    let minutes = duration.as_secs() / 60;
    let (number, en, zh) = match (minutes / 60, minutes % 60) {
        (hours @ 1.., 0) => (hours, "hour", "小时"),
        _ => (minutes, "minute", "分钟"),
    };
    let plural = if number == 1 { "" } else { "s" };
    match lang {
        Lang::En => format!("{number} {en}{plural}"),
        Lang::ZhCn => format!("{number} {zh}"),
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::{Memory, Payload};
    use expect_test::{Expect, expect};

    use super::*;
    use crate::evaluate::{Options, evaluate};
    use crate::render::{Delivery, render};
    use crate::secrets::Secrets;

    const HOUR: i64 = 3_600_000;

    fn check(rules: &str, lang: Lang, expect: Expect) {
        let mut catalog =
            Catalog::parse(&format!("kind: ConfigMap\ndata:\n  service.desktop: '{{}}'\n{rules}"), "n.yaml");
        let send_to = ["desktop".to_owned(), "nobody:x".to_owned()];
        let alerts = Alerts { not_synced_for: Some(Duration::from_secs(12 * 3600)), send_to: &send_to, lang };
        assert_eq!(catalog.add_alerts(alerts), ["nobody"]);
        let mut out = String::new();
        let mut memory = Memory { known: true, ..Memory::default() };
        for (hour, sync) in [(0, "OutOfSync"), (11, "Unknown"), (12, "OutOfSync"), (13, "Synced")] {
            let app = json!({"metadata": {"name": "web"}, "status": {"sync": {"status": sync}}});
            let subject = Subject::parse(&app.to_string(), None).expect("app");
            let found = evaluate(&catalog, &memory, &subject, hour * HOUR, Options::default());
            for change in &found.changes {
                memory.apply(change);
            }
            for intent in &found.intents {
                out += &show(&catalog, &subject, Delivery::of(intent, false, "", lang));
            }
        }
        for reason in [Some(Unseen::Empty), Some(Unseen::Unauthorized), Some(Unseen::Unreachable), None] {
            let subject = server_subject("prod", reason, Duration::from_secs(900), lang);
            let name = if reason.is_some() { NO_APPLICATIONS } else { APPLICATIONS_AGAIN };
            let templates = [name.to_owned()];
            let delivery = Delivery {
                templates: &templates,
                service: "desktop",
                recipient: "",
                robot: false,
                app_url: "",
                lang,
            };
            out += &show(&catalog, &subject, delivery);
        }
        expect.assert_eq(&out);
    }

    fn show(catalog: &Catalog, subject: &Subject, delivery: Delivery<'_>) -> String {
        match render(catalog, subject, delivery, &Secrets::Masked, 0).map(|made| made.payload) {
            Ok(Payload::Desktop { title, body, .. }) => format!("{title} | {body}\n"),
            other => format!("{other:?}\n"),
        }
    }

    #[test]
    fn in_english() {
        check(
            "",
            Lang::En,
            expect![[r#"
            web: OutOfSync | Application web is not synced for 12 hours: OutOfSync.
            web: Synced | Application web is synced again.
            prod | No application of Argo CD “prod” is visible for 15 minutes: it answers, but shows none. Either there are none or the account may see none.
            prod | No application of Argo CD “prod” is visible for 15 minutes: it does not let the account in.
            prod | No application of Argo CD “prod” is visible for 15 minutes: it cannot be reached from here.
            prod | Applications of Argo CD “prod” are visible again.
        "#]],
        );
    }

    #[test]
    fn in_chinese() {
        check(
            "",
            Lang::ZhCn,
            expect![[r#"
                web：未同步 | 应用 web 已有 12 小时未同步。
                web：已同步 | 应用 web 已恢复同步。
                prod | Argo CD“prod”已有 15 分钟看不到任何应用：服务器正常应答，但列表为空：没有应用，或账号无权查看。
                prod | Argo CD“prod”已有 15 分钟看不到任何应用：服务器拒绝了该账号。
                prod | Argo CD“prod”已有 15 分钟看不到任何应用：从这里无法连接服务器。
                prod | Argo CD“prod”的应用已恢复可见。
            "#]],
        );
    }

    #[test]
    fn the_files_own_words_take_their_place() {
        check(
            "  template.app-not-synced-for-long: 'message: mine'\n  template.no-applications: 'message: \"{{.app.alert.reason}}\"'\n",
            Lang::En,
            expect![[r#"
                web: OutOfSync | mine
                web: Synced | Application web is synced again.
                prod | empty
                prod | unauthorized
                prod | unreachable
                prod | Applications of Argo CD “prod” are visible again.
            "#]],
        );
    }

    #[test]
    fn durations_in_words() {
        for (seconds, en, zh) in
            [(3600, "1 hour", "1 小时"), (5400, "90 minutes", "90 分钟"), (60, "1 minute", "1 分钟")]
        {
            let duration = Duration::from_secs(seconds);
            assert_eq!((words(duration, Lang::En).as_str(), words(duration, Lang::ZhCn).as_str()), (en, zh));
        }
    }
}
