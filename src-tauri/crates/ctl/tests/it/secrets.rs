//! No token is in any output, file or log of a run.

use std::fs;

use dinghy_demo::{Robot, RobotFault};

use crate::world::{World, files};

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
