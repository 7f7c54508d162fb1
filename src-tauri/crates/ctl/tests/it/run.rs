//! `run --once` and `run --dry-run`.

use std::fs;

use dinghy_demo::RobotFault;

use crate::world::World;

/// What the guide's template makes of the application, to the character.
fn guides_message(world: &World) -> String {
    let app = world.argocd.get("argocd", "web").expect("web");
    let started = app["status"]["operationState"]["startedAt"].as_str().expect("a time").to_owned();
    let manifest = world.guide();
    let body = manifest.split_once("        body: |\n").expect("a body").1;
    let body = body.split_once("  trigger.on-deployed").expect("its end").0;
    let lines: String =
        body.lines().map(|line| format!("{}\n", line.strip_prefix("          ").unwrap_or(line))).collect();
    lines
        .replace("{{.app.metadata.name}}", "web")
        .replace("{{ .app.status.operationState.phase}}", "Succeeded")
        .replace("{{.app.status.operationState.startedAt}}", &started)
        .replace("{{.context.argocdUrl}}", "http://argocd.k8s.local")
}

/// A body without the id that was added as its last member.
fn without_uuid(body: &str) -> String {
    let start = body.rfind(",\"msgUuid\":\"").expect("an id");
    let end = body.rfind('}').expect("an end");
    assert_eq!(end - start, ",\"msgUuid\":\"\"".len() + 32, "{body}");
    format!("{}{}", &body[..start], &body[end..])
}

#[test]
fn once_delivers_the_manifests_message_to_the_character_and_never_twice() {
    let world = World::new();
    world.rules(&world.guide());
    let done = world.ctl(&["run", "--once"]).ok();
    assert_eq!(done.err, "");
    // on-deployed and on-sync-succeeded hold; both say the same.
    let expected = guides_message(&world);
    let shown = world.shown();
    assert_eq!(shown.iter().map(|body| without_uuid(body)).collect::<Vec<_>>(), [expected.clone(), expected]);
    assert_ne!(shown[0], shown[1]);
    for line in [
        "prod: Polling",
        "prod/argocd/web  on-deployed → dingtalk  Queued  ArgoCD同步状态",
        "on-sync-succeeded → dingtalk  Sent",
    ] {
        assert!(done.out.contains(line), "{line}: {}", done.out);
    }

    let again = world.ctl(&["run", "--once"]).ok();
    assert_eq!(world.shown().len(), 2, "{again:?}");
    let asked: Vec<String> = world.argocd.requests().into_iter().map(|asked| asked.target).collect();
    assert!(!asked.iter().any(|path| path.contains("/stream/")), "{asked:?}");
}

#[test]
fn json_is_one_object_a_line() {
    let world = World::new();
    world.rules(&world.guide());
    let done = world.ctl(&["-o", "json", "run", "--once"]).ok();
    let kinds: Vec<String> = done
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect(line)["kind"]["kind"].to_string())
        .collect();
    assert!(kinds.contains(&"\"sent\"".to_owned()), "{kinds:?}");
}

#[test]
fn a_dry_run_prints_and_neither_sends_nor_remembers() {
    let world = World::new();
    world.rules(&world.guide());
    let done = world.ctl(&["run", "--once", "--dry-run"]).ok();
    assert!(done.out.contains("--- prod/argocd/web on-deployed → dingtalk POST\n{\n"), "{}", done.out);
    assert!(done.out.contains("> - app名称: web\\n"), "{}", done.out);
    assert_eq!(world.dingtalk.requests().len(), 0);
    assert_eq!(fs::read_dir(world.path("data")).expect("data").count(), 0);

    // Beside a memory: what was sent is not sent again, and the memory stays as it is.
    world.ctl(&["run", "--once"]).ok();
    let events = world.ctl(&["events"]).out;
    let done = world.ctl(&["run", "--once", "--dry-run"]).ok();
    assert!(!done.out.contains("---"), "{}", done.out);
    assert_eq!(world.ctl(&["events"]).out, events);
}

#[test]
fn what_does_not_get_through_is_told_and_the_answer_is_no() {
    let world = World::new();
    world.rules(&world.guide());
    let token = world.webhook.rsplit('=').next().expect("a token");
    world.dingtalk.fault(token, RobotFault::Errcode(400_102, "robot disabled".to_owned()));
    let done = world.ctl(&["run", "--once"]);
    assert_eq!(done.code, 1);
    assert!(
        done.out.contains("Refused  The robot is switched off (errcode 400102: robot disabled)."),
        "{}",
        done.out
    );
    assert!(done.err.contains("Messages refused: 1"), "{}", done.err);

    // What waits is delivered by the next run after it was mended.
    world.dingtalk.clear_fault(token);
    world.ctl(&["queue", "retry"]).ok();
    world.ctl(&["run", "--once"]).ok();
    assert_eq!(world.shown().len(), 2);
}

#[test]
fn a_hiccup_is_tried_again_in_the_same_run() {
    let world = World::new();
    world.rules(&world.guide());
    let token = world.webhook.rsplit('=').next().expect("a token");
    world.dingtalk.fault_next(token, 1, RobotFault::Reset);
    world.ctl(&["run", "--once"]).ok();
    assert_eq!(world.shown().len(), 2);
}

#[test]
fn a_secret_that_cannot_be_had_is_not_waited_for() {
    let world = World::new();
    world.settings("");
    world.rules(&world.guide().replace(&world.webhook, "$dingtalk-url"));
    world.write(
        "config/settings.toml",
        &fs::read_to_string(world.path("config/settings.toml"))
            .expect("settings")
            .replace("\"cat\"", "\"false\""),
    );
    let done = world.ctl(&["run", "--once"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("waiting after a failure: 1"), "{done:?}");
}

#[test]
fn a_server_that_cannot_be_listed_is_a_no_and_the_others_go_on() {
    let world = World::new();
    world.rules(&world.guide());
    let settings = fs::read_to_string(world.path("config/settings.toml")).expect("settings");
    let dead = "[[servers]]\nname = \"dead\"\nurl = \"http://127.0.0.1:1\"\nauth = \"none\"\n\n";
    world.write("config/settings.toml", &format!("{dead}{settings}"));
    let done = world.ctl(&["run", "--once"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("dead: 127.0.0.1:1 does not accept connections"), "{done:?}");
    assert_eq!(world.shown().len(), 2);
}

#[test]
fn nothing_to_do_is_said() {
    let world = World::new();
    world.write("config/settings.toml", "");
    let done = world.ctl(&["run", "--once"]).ok();
    assert_eq!(done.err, "dinghyctl: settings.toml has no servers.\n");
    // A broken file is no reason not to run, and a reason for a no.
    world.write("config/settings.toml", "servers = [\n");
    let done = world.ctl(&["run", "--once"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("settings.toml:"), "{done:?}");
}
