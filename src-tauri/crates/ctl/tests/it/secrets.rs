//! No token is in any output, file or log of a run.

use std::fs;

use dinghy_demo::{Robot, RobotFault};

use crate::world::{GROUP, World, files, until};

#[test]
fn tokens_are_nowhere() {
    let world = World::new();
    let sign = "SECdeadbeef0123456789";
    let webhook = world.dingtalk.add_robot(Robot {
        sign_secret: Some(sign.to_owned()),
        token: "feedface".repeat(8),
        ..Robot::new("signed")
    });
    world.write("secret/webhook", &webhook);
    world.settings(&format!(
        "\"dingtalk-sign\" = {{ command = [\"cat\", \"{}\"] }}\n",
        world.path("secret/sign").display()
    ));
    world.write("secret/sign", sign);
    let rules = world.guide().replace(&world.webhook, "$dingtalk-url");
    world.rules(&rules.replace("    headers:", "    dingtalk: {signSecret: $dingtalk-sign}\n    headers:"));
    let token = "feedface".repeat(8);

    let mut said = String::new();
    let mut tell = |args: &[&str], stdin: &str| {
        let done = world.ctl_with(args, stdin);
        said.push_str(&done.out);
        said.push_str(&done.err);
    };
    for args in [
        &["run", "--once", "--dry-run"][..],
        &["run", "--once"],
        &["servers"],
        &["-o", "json", "servers"],
        &["apps"],
        &["groups"],
        &["-o", "json", "groups"],
        &["group", "test", "dingtalk"],
        &["template", "notify", "app-sync-change", "web"],
        &["template", "notify", "app-sync-change", "web", "--recipient", "dingtalk"],
        &["events"],
        &["check"],
        &["export"],
    ] {
        tell(args, "");
    }
    // And when things go wrong.
    for fault in [
        RobotFault::Html,
        RobotFault::Reset,
        RobotFault::Status(500),
        RobotFault::Errcode(310_000, format!("bad {token}")),
    ] {
        world.dingtalk.fault(&token, fault);
        tell(&["group", "test", "dingtalk"], "");
        tell(&["-o", "json", "group", "test", "dingtalk"], "");
    }
    world.dingtalk.set_reachable(false);
    tell(&["group", "test", "dingtalk"], "");
    world.argocd.revoke(&world.token);
    tell(&["run", "--once"], "");
    tell(&["events"], "");
    tell(&["-o", "json", "servers"], "");
    tell(&["login", "prod", "--token-stdin"], &world.token);
    assert!(said.contains("Sent"), "{said}");

    let secrets = [world.token.as_str(), &token, sign];
    for secret in secrets {
        assert!(!said.contains(secret), "printed: {secret}");
        for file in files(&world.path("config")).into_iter().chain(files(&world.path("data"))) {
            let bytes = fs::read(&file).expect("a file");
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} has {secret}", file.display());
        }
    }
}

#[test]
fn a_message_with_a_secret_outlives_a_kill_and_stands_in_no_file() {
    let hush = "canary-9d2f71";
    let world = World::new();
    world.write("secret/hush", hush);
    world.write("secret/key", "any long text serves as a key");
    let source = |name: &str| format!("{{ command = [\"cat\", \"{}\"] }}", world.path(name).display());
    world.settings(&format!("hush = {}\n\"outbox.key\" = {}\n", source("secret/hush"), source("secret/key")));
    world.rules(
        r#"kind: ConfigMap
data:
  service.webhook.dingtalk: 'url: $dingtalk-url'
  template.t: |
    dingtalk: {text: "{{.app.metadata.name}} {{.secrets.hush | toString}}"}
  trigger.healthy: |
    - {when: app.status.health.status == 'Healthy', send: [t]}
  subscriptions: |
    - {recipients: [dingtalk], triggers: [healthy]}
"#,
    );
    let nowhere = || {
        for file in files(&world.path("config")).into_iter().chain(files(&world.path("data"))) {
            let bytes = fs::read(&file).expect("a file");
            let found = bytes.windows(hush.len()).any(|window| window == hush.as_bytes());
            assert!(!found, "{} has it", file.display());
        }
    };
    let robot = world.webhook.rsplit('=').next().expect("a token").to_owned();
    // Taken by nobody, answered by nobody: it dies in the middle of the attempt.
    world.dingtalk.fault(&robot, RobotFault::Hang);
    let running = world.start(&["run"]);
    until("an attempt", || world.dingtalk.messages(GROUP).len() == 1);
    drop(running);
    nowhere();
    let queue = world.ctl(&["-o", "json", "queue", "list"]).ok();
    assert_eq!(queue.json().as_array().map(Vec::len), Some(1));
    assert!(!queue.out.contains(hush), "{queue:?}");

    world.dingtalk.clear_fault(&robot);
    world.ctl(&["run", "--once"]).ok();
    let shown = world.shown();
    assert!(shown.len() == 1 && shown[0].contains(&format!("web {hush}")), "{shown:?}");
    nowhere();
    let preview = world.ctl(&["template", "notify", "t", "web"]).ok();
    assert!(preview.out.contains("web ***") && preview.err.contains("stands for secrets"), "{preview:?}");
}
