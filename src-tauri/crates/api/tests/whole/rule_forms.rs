//! Rules as forms, on a running Dinghy: what is previewed is what is sent, what is saved is what is in force.

use dinghy_api::wire::{
    ApiError, ConditionForm, DingTalkForm, SubscriptionForm, TemplateForm, TriggerForm, TryOn,
};
use dinghy_demo::{ArgoCd, DingTalk, Robot};
use dinghy_model::{AppId, ServerState};

use crate::house::{Dinghy, House, RULES, argocd, dingtalk, health, put, texts};

fn app(name: &str) -> AppId {
    AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: name.to_owned() }
}

fn on(name: &str, service: Option<&str>) -> TryOn {
    TryOn { app: Some(app(name)), service: service.map(str::to_owned) }
}

fn code<T>(result: Result<T, ApiError>) -> String {
    result.err().map(|error| error.code).unwrap_or_default()
}

/// A Dinghy that sees two applications, one of them degraded.
async fn running(house: &House) -> Dinghy {
    let dinghy = house.start();
    dinghy.until("both applications", |status| status.servers.iter().any(|s| s.apps.len() == 2)).await;
    dinghy
}

struct World {
    house: House,
    dingtalk: DingTalk,
    _argocd: ArgoCd,
}

fn world() -> World {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    put(&argocd, "api");
    health(&argocd, "web", "Degraded");
    let house = House::with(&argocd, &dingtalk);
    World { house, dingtalk, _argocd: argocd }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_from_typing_to_the_group() {
    let World { house, dingtalk, _argocd } = world();
    let Dinghy { api, .. } = running(&house).await;
    let block = |text: &str| DingTalkForm {
        msgtype: "markdown".to_owned(),
        title: "{{.app.metadata.name}}".to_owned(),
        text: text.to_owned(),
        ..DingTalkForm::default()
    };
    let mut form = TemplateForm {
        name: "bad".to_owned(),
        dingtalk: Some(block("### {{.app.metadata.name}}\n{{if}}")),
        ..TemplateForm::default()
    };
    let check = api.template_check(&form, &on("web", None)).await.expect("a check");
    assert_eq!(check.message, None);
    let found = &check.problems[0];
    assert_eq!((found.field.as_str(), found.line), ("text", 2), "{}", found.message);

    // A mistake that only shows on an application.
    form.dingtalk = Some(block("{{index .app.none \"x\"}}"));
    let check = api.template_check(&form, &on("web", None)).await.expect("a check");
    assert_eq!((check.problems.len(), check.problems[0].field.as_str()), (1, "text"));

    form.dingtalk = Some(block("### {{.app.metadata.name}} is {{.app.status.health.status}}"));
    let check = api.template_check(&form, &on("web", None)).await.expect("a check");
    let message = check.message.expect("a message");
    assert_eq!(
        (message.service.as_str(), message.robot, message.msgtype.as_str()),
        ("ops", true, "markdown")
    );
    assert_eq!((message.title.as_str(), message.text.as_str()), ("web", "### web is Degraded"));
    assert_eq!((check.problems, check.notes), (vec![], Vec::<String>::new()));

    let sent = api.template_test(&form, &on("web", Some("ops"))).await.expect("a test");
    assert!(sent.ok, "{sent:?}");
    let received = dingtalk.messages("ops");
    assert_eq!(received.len(), 1);
    // Measured as DingTalk gets it.
    assert_eq!(received[0].body.len(), message.bytes);

    api.template_save(&form, "").await.expect("saved");
    assert_eq!(code(api.template_save(&form, "").await), "form", "the name is taken");
    let draft = api.template_draft("bad").expect("a draft");
    assert_eq!(draft.form, form);
    assert!(
        api.rules().expect("rules").templates.iter().any(|row| row.name == "bad" && row.kind == "markdown")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_with_its_values_and_matches() {
    let world = world();
    let house = &world.house;
    let Dinghy { api, .. } = running(house).await;
    let mut form = api.trigger_draft("on-degraded").expect("a draft").form;
    form.conditions[0].when = "app.status.health.status = 'Degraded'".to_owned();
    let check = api.trigger_check(&form, &[], &on("web", None)).await.expect("a check");
    let found = &check.problems[0];
    assert_eq!((found.field.as_str(), found.line, found.column), ("conditions.0.when", 1, 26));
    assert_eq!(check.conditions, []);

    form.conditions[0].when = "app.status.health.status == 'Degraded'".to_owned();
    let sent = std::mem::take(&mut form.conditions[0].send);
    let check = api.trigger_check(&form, &[], &on("web", None)).await.expect("a check");
    assert_eq!(check.lacks, ["No template is chosen: nothing would be sent."]);
    form.conditions[0].send = sent;
    form.conditions[0].send.push("none".to_owned());
    let check = api.trigger_check(&form, &[], &on("web", None)).await.expect("a check");
    assert_eq!(check.notes, ["no template is called `none`"]);
    let value = &check.conditions[0];
    assert!(value.triggered);
    let part = &value.parts[0];
    assert_eq!((part.text.as_str(), part.value.as_deref()), ("app.status.health.status", Some("'Degraded'")));

    let matches = api.trigger_matches(&form).await.expect("matches");
    assert_eq!((matches.total, matches.matched, matches.failed), (2, 1, 0));
    assert_eq!(matches.rows[0].app.id, app("web"));

    form.conditions[0].when = "app.none.x == 1".to_owned();
    let matches = api.trigger_matches(&form).await.expect("matches");
    assert_eq!((matches.matched, matches.failed), (0, 2));
    assert_eq!(
        matches.failure,
        "cannot fetch x from <nil>. ?. in place of . passes over what may be missing."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_meanwhile_is_not_overwritten_and_a_change_can_be_taken_back() {
    let world = world();
    let house = &world.house;
    let Dinghy { api, .. } = running(house).await;
    let draft = api.trigger_draft("on-degraded").expect("a draft");
    let mut form = draft.form;
    form.conditions[0].description = "mine".to_owned();

    // Another key: no conflict, and the other change stays.
    house.rules(&RULES.replace("at {{.app", "now at {{.app"));
    api.trigger_save(&form, &draft.version, &[]).await.expect("saved");
    let text = api.rules_text().expect("text");
    assert!(text.contains("description: mine") && text.contains("now at {{.app"));

    // The same key: asked.
    house.rules(&RULES.replace("'Degraded'", "'Missing'"));
    assert_eq!(code(api.trigger_save(&form, &draft.version, &[]).await), "changed_meanwhile");
    assert_eq!(code(api.rules_undo().await), "changed_meanwhile");

    house.rules(RULES);
    api.rule_remove("trigger.on-degraded", &draft.version).await.expect("removed");
    let view = api.rules().expect("rules");
    assert_eq!((view.triggers.len(), view.undo.as_deref()), (1, Some("trigger.on-degraded")));
    api.rules_undo().await.expect("undone");
    assert_eq!(api.rules_text().expect("text"), RULES);
    assert_eq!(api.rules().expect("rules").undo, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_and_who_gets_it_are_saved_in_one_change() {
    let world = world();
    let house = &world.house;
    // Words of the user's own stand among the subscriptions.
    let own = RULES.replace("  subscriptions: |\n", "  subscriptions: |\n    # who is told\n");
    assert_ne!(own, RULES);
    house.rules(&own);
    let Dinghy { api, .. } = running(house).await;
    let condition = ConditionForm {
        when: "app.status.health.status == 'Missing'".to_owned(),
        send: vec!["degraded".to_owned()],
        ..ConditionForm::default()
    };
    let form = TriggerForm { name: "on-missing".to_owned(), conditions: vec![condition.clone(), condition] };
    let ops = ["ops".to_owned()];
    let text = || api.rules_text().expect("text");

    // What it lacks is said while it is typed, and whether a group is chosen with it.
    let mut bare = form.clone();
    bare.conditions.iter_mut().for_each(|condition| condition.send.clear());
    let nobody = "No group is chosen: nobody would be told.";
    let nothing = "No template is chosen: nothing would be sent.";
    let check = api.trigger_check(&bare, &[], &on("web", None)).await.expect("a check");
    assert_eq!(check.lacks, [nothing, nobody], "each once, though two conditions lack a template");
    assert_eq!(check.notes, Vec::<String>::new());
    let check = api.trigger_check(&form, &ops, &on("web", None)).await.expect("a check");
    assert_eq!((check.lacks, check.notes), (Vec::new(), Vec::new()));

    // Refused, it leaves everything as it was.
    let stranger = [ops[0].clone(), "gone".to_owned()];
    assert_eq!(code(api.trigger_save(&form, "", &stranger).await), "no_such_service");
    let mut typo = form.clone();
    typo.conditions[0].when = "app.status = ".to_owned();
    assert_eq!(code(api.trigger_save(&typo, "", &ops).await), "form");
    let taken = TriggerForm { name: "on-degraded".to_owned(), ..form.clone() };
    assert_eq!(code(api.trigger_save(&taken, "", &ops).await), "form");
    house.rules(&own.replace("    - recipients", "    recipients"));
    assert_eq!(code(api.trigger_save(&form, "", &ops).await), "unreadable");
    assert!(!text().contains("on-missing"));
    house.rules(&own);
    assert_eq!(api.rules().expect("rules").undo, None);

    // Saved, both are there; taken back once, neither is.
    let saved = api.trigger_save(&form, "", &ops).await.expect("saved");
    assert_eq!((saved.told, saved.lacks), (vec!["ops".to_owned()], Vec::new()));
    let view = api.rules().expect("rules");
    assert_eq!((view.problems.len(), view.undo.as_deref()), (0, Some("trigger.on-missing")));
    let row = view.triggers.iter().find(|row| row.name == "on-missing").expect("the trigger");
    assert_eq!(row.services, ["ops"]);
    assert_eq!(view.subscriptions.last().expect("the subscription").form.triggers, ["on-missing"]);
    assert!(text().contains("    # who is told\n"));
    api.rules_undo().await.expect("undone");
    assert_eq!(text(), own);

    // Without a group it is saved, and says what it lacks.
    let saved = api.trigger_save(&bare, "", &[]).await.expect("saved");
    assert_eq!((saved.told, saved.lacks), (Vec::new(), vec![nothing.to_owned(), nobody.to_owned()]));
    let draft = api.trigger_draft("on-missing").expect("a draft");

    // A group that another program has subscribed meanwhile is not subscribed twice, and the trigger, untouched, keeps
    // its own text.
    let by_hand = text().replace("  trigger.on-missing: |\n", "  trigger.on-missing: |\n    # by hand\n");
    let named = "      triggers: [on-degraded, on-deployed]\n";
    let by_hand =
        by_hand.replace(named, &format!("{named}    - {{recipients: [ops], triggers: [on-missing]}}\n"));
    house.rules(&by_hand);
    let version = api.trigger_draft("on-missing").expect("a draft").version;
    let saved = api.trigger_save(&draft.form, &version, &ops).await.expect("saved");
    assert_eq!((saved.told, saved.lacks), (vec!["ops".to_owned()], vec![nothing.to_owned()]));
    assert_eq!(text(), by_hand);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_gets_another_name_wherever_it_is_named() {
    let world = world();
    let house = &world.house;
    let Dinghy { api, .. } = running(house).await;
    let version = api.trigger_draft("on-degraded").expect("a draft").version;
    assert_eq!(code(api.trigger_rename("on-degraded", "on bad", &version).await), "form");
    assert_eq!(code(api.trigger_rename("on-degraded", "on-deployed", &version).await), "form");
    assert_eq!(code(api.trigger_rename("on-degraded", "on-bad", "other").await), "changed_meanwhile");
    assert_eq!(api.rules_text().expect("text"), RULES);
    api.trigger_rename("on-degraded", "on-bad", &version).await.expect("renamed");
    assert_eq!(api.rules_text().expect("text"), RULES.replace("on-degraded", "on-bad"));
    assert_eq!(api.rules().expect("rules").problems, []);
    api.rules_undo().await.expect("undone");
    assert_eq!(api.rules_text().expect("text"), RULES);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_template_starts_with_what_its_trigger_is_about() {
    let world = world();
    let house = &world.house;
    let Dinghy { api, .. } = running(house).await;
    let condition = |when: &str, description: &str| ConditionForm {
        when: when.to_owned(),
        description: description.to_owned(),
        ..ConditionForm::default()
    };
    let health = condition("app.status.health.status == 'Degraded'", "");
    let form = TriggerForm { name: "on-broken".to_owned(), conditions: vec![health] };
    let start = api.template_start(&form).expect("a start");
    assert_eq!(start.name, "app-broken");
    let check = api.template_check(&start, &on("web", None)).await.expect("a check");
    assert_eq!(check.problems, []);
    let message = check.message.expect("a message");
    assert_eq!(message.title, "broken web");
    assert!(message.text.starts_with("### broken\n\n**web**\n"), "{}", message.text);
    assert!(message.text.contains("- Health: Degraded"), "{}", message.text);

    // What it says of itself comes first; a name that is taken gets a number.
    api.template_save(&start, "").await.expect("saved");
    let sync = condition("app.status.operationState.phase == 'Failed'", "A sync failed");
    let start = api.template_start(&TriggerForm { conditions: vec![sync], ..form }).expect("a start");
    assert_eq!(start.name, "app-broken-2");
    let block = start.dingtalk.as_ref().expect("a block");
    assert_eq!(block.title, "A sync failed {{.app.metadata.name}}");
    assert!(block.text.contains(".app.status.operationState"), "{}", block.text);
    let check = api.template_check(&start, &on("api", None)).await.expect("a check");
    assert_eq!((check.problems, check.message.is_some()), (vec![], true));

    // What cannot stand in a template, and no name at all.
    let odd = TriggerForm { name: " ".to_owned(), conditions: vec![condition("true", "{{end}}")] };
    let start = api.template_start(&odd).expect("a start");
    assert_eq!(
        (start.name.as_str(), start.message.as_str()),
        ("app-message", "Something changed {{.app.metadata.name}}")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_say_whom_they_are_about() {
    let world = world();
    let house = &world.house;
    let Dinghy { api, .. } = running(house).await;
    let version = api.rules().expect("rules").subscriptions_version;
    let mut form = SubscriptionForm {
        recipients: vec!["ops".to_owned()],
        triggers: vec!["on-degraded".to_owned()],
        selector: "team in (".to_owned(),
        ..SubscriptionForm::default()
    };
    let check = api.subscription_check(&form, None).await.expect("a check");
    assert_eq!(check.problems[0].field, "selector");
    form.selector = "team=nobody".to_owned();
    let check = api.subscription_check(&form, None).await.expect("a check");
    assert_eq!((check.matches.total, check.matches.matched), (2, 0));
    form.selector = String::new();
    let told = std::mem::take(&mut form.recipients);
    let check = api.subscription_check(&form, None).await.expect("a check");
    assert_eq!(check.notes, ["Nobody is chosen to be told."]);
    form.recipients = told;
    form.recipients.push("nobody".to_owned());
    let check = api.subscription_check(&form, None).await.expect("a check");
    assert_eq!(check.matches.matched, 2);
    let twice = "Subscription 1 tells ops of on-degraded too, for 2 applications: it is sent once.";
    assert_eq!(check.notes, ["no service is called `nobody`", twice]);
    let check = api.subscription_check(&form, Some(0)).await.expect("a check");
    assert_eq!(check.notes, ["no service is called `nobody`"], "in its own place it is alone");

    form.recipients.pop();
    api.subscription_save(None, Some(&form), &version).await.expect("added");
    let states = api.subscription_states().await.expect("both");
    assert_eq!((states[0].matched, states[1].matched, states[1].total), (2, 2, 2));
    assert_eq!(states[1].notes, [twice]);
    assert_eq!(code(api.subscription_save(None, Some(&form), &version).await), "changed_meanwhile");
    let view = api.rules().expect("rules");
    assert_eq!((view.subscriptions.len(), &view.subscriptions[1].form), (2, &form));
    api.subscription_save(Some(0), None, &view.subscriptions_version).await.expect("removed");
    assert_eq!(api.rules().expect("rules").subscriptions.len(), 1);
}

/// The same application on two servers: one group hears of both, the other of the one that its subscription names.
#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_for_one_of_two_servers() {
    let (prod, staging, dingtalk) = (argocd(), argocd(), dingtalk());
    for server in [&prod, &staging] {
        put(server, "web");
    }
    let mut house = House::with(&prod, &dingtalk);
    house.server("staging", &staging, "");
    house.secret("duty-url", &dingtalk.add_robot(Robot::new("duty")));
    let service = "  service.webhook.duty: |\n    url: $duty-url\n";
    let body = "      duty:\n        method: POST\n        body: |\n          {\"msgtype\": \"text\", \"text\": {\"content\": \"{{.app.metadata.name}} is bad\"}}\n";
    let rules = RULES.replacen("  trigger.on-degraded", &format!("{service}  trigger.on-degraded"), 1);
    let rules = rules.replacen("  template.deployed", &format!("{body}  template.deployed"), 1);
    house.rules(&format!("{rules}    - {{recipients: [duty], triggers: [on-degraded], servers: [prod]}}\n"));
    let dinghy = house.start();
    for server in ["prod", "staging"] {
        dinghy.server_is(server, ServerState::Live).await;
    }
    health(&staging, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    health(&prod, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 2).await.len(), 2);
    assert_eq!(texts(&dingtalk, "duty", 1).await, ["web is bad"], "of prod alone");

    let api = &dinghy.api;
    let why = async |server: &str| {
        let id = AppId { server: server.into(), namespace: "argocd".into(), name: "web".into() };
        let view = api.explain("on-degraded", &id, |_| String::new()).await.expect("an explanation");
        view.subscriptions.into_iter().map(|one| (one.counts, one.why)).collect::<Vec<_>>()
    };
    let counts = (true, "counts".to_owned());
    assert_eq!(why("prod").await, [counts.clone(), counts.clone()]);
    let other = (false, "only for server prod; this one is on staging".to_owned());
    assert_eq!(why("staging").await, [counts.clone(), other]);
    let file = r#"{"metadata": {"name": "web"}}"#;
    let view = api.explain_file("on-degraded", file, |_| String::new()).await.expect("an explanation");
    assert_eq!(view.subscriptions[1].why, "only for server prod; an application from a file is on none");

    let view = api.rules().expect("rules");
    let mut form = view.subscriptions[1].form.clone();
    assert_eq!((form.servers.as_slice(), form.projects.len()), (&["prod".to_owned()][..], 0));
    form.servers.push("gone".to_owned());
    form.projects = vec!["nobody's".to_owned()];
    let check = api.subscription_check(&form, Some(1)).await.expect("a check");
    assert_eq!((check.matches.matched, check.matches.total), (0, 2));
    let strange = ["There is no server gone.", "No application is in the project nobody's now."];
    assert_eq!(check.notes, strange);
    api.subscription_save(Some(1), Some(&form), &view.subscriptions_version).await.expect("saved");
    assert_eq!(api.rules().expect("rules").subscriptions[1].form, form);
    let states = api.subscription_states().await.expect("both");
    assert_eq!(states[1].notes, [strange[0], strange[1], "It matches no application now."]);
    let export = api.rules_export().expect("an export");
    let said = export.notes.iter().filter(|note| note.contains("`servers`")).count();
    assert_eq!(said, 1, "{:?}", export.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_rules_and_the_whole_file() {
    let world = world();
    let house = &world.house;
    let Dinghy { api, .. } = running(house).await;
    let condition = ConditionForm {
        when: "app.spec.project == 'x'".to_owned(),
        once_per: "app.status.sync.revision".to_owned(),
        send: vec!["degraded".to_owned()],
        ..ConditionForm::default()
    };
    let form = TriggerForm { name: "on x".to_owned(), conditions: vec![condition] };
    assert_eq!(
        api.trigger_save(&form, "", &[]).await.expect_err("a bad name").field.as_deref(),
        Some("name")
    );
    let form = TriggerForm { name: "on-x".to_owned(), ..form };
    let mut typo = form.clone();
    typo.conditions[0].when = "app.spec.project = 'x'".to_owned();
    let refused = api.trigger_save(&typo, "", &[]).await.expect_err("a mistake");
    assert!(refused.message.starts_with("Not saved, there is a mistake: "), "{refused:?}");
    assert!(!api.rules().expect("rules").text.contains("on-x"));
    api.trigger_save(&form, "", &[]).await.expect("saved");

    let view = api.rules().expect("rules");
    let text = view.text.replace("project == 'x'", "project = 'x'");
    let check = api.manifest_check(&text).expect("a check");
    assert_eq!((check.problems.len(), check.unreadable), (1, false));
    let changed: Vec<&str> =
        check.diff.iter().filter(|line| line.sign != " ").map(|line| line.text.trim()).collect();
    assert_eq!(changed, ["- when: app.spec.project == 'x'", "- when: app.spec.project = 'x'"]);
    assert_eq!(code(api.manifest_save(&text, "other").await), "changed_meanwhile");
    api.manifest_save(&text, &view.version).await.expect("saved");
    assert!(api.rules().expect("rules").triggers.iter().any(|row| row.problem.is_some()));

    let ready = api.rules_ready().expect("ready rules");
    assert!(ready.iter().any(|rule| rule.trigger == "on-deployed" && rule.there));
    let wanted = ["on-sync-failed".to_owned(), "on-deployed".to_owned()];
    api.manifest_save(RULES, &api.rules().expect("rules").version).await.expect("saved");
    api.rules_ready_add(&wanted, &["ops".to_owned()]).await.expect("added");
    let added = api.rules().expect("rules");
    assert_eq!(added.problems, []);
    assert!(
        added.text.contains("context: |\n    argocdUrl: ") && added.text.contains("template.app-sync-failed")
    );
    assert!(!added.text.contains("template.app-deployed"), "the trigger of that name stays the user's own");
    assert_eq!(added.subscriptions[1].triggers, ["on-sync-failed", "on-deployed"]);

    api.unsaved_keep("trigger.on-x", Some("{}".to_owned()));
    assert_eq!(api.unsaved_kept("trigger.on-x").as_deref(), Some("{}"));
    api.unsaved_keep("trigger.on-x", None);
    assert_eq!(api.unsaved_kept("trigger.on-x"), None);

    let fields = api.rule_fields().await;
    assert!(fields.fields.iter().any(|field| field.path == "app.status.health.status"));
}
