//! `servers` and `apps`.

use dinghy_demo::{Account, App, ArgoCd, ArgoCdOptions, Fault, Tls};
use expect_test::expect;

use crate::world::World;

fn columns(text: &str, world: &World) -> String {
    text.replace(&world.argocd.url(), "URL")
}

#[test]
fn servers_are_asked_once() {
    let world = World::new();
    expect![[r#"
        0
        NAME  STATE    VERSION         ACCOUNT  APPS  URL                     PROBLEM
        prod  Polling  v3.6.0+37ee009  dinghy   1     URL
    "#]]
    .assert_eq(&columns(&world.ctl(&["servers"]).told(&world), &world));
    let json = world.ctl(&["-o", "json", "servers"]).ok().json();
    assert_eq!((&json[0]["name"], &json[0]["apps"]), (&"prod".into(), &1.into()));
    assert!(!json.to_string().contains(&world.token));
}

#[test]
fn each_trouble_has_its_sentence() {
    let world = World::new();
    let rows = [
        (
            Fault::Unauthorized,
            expect![
                "1 prod Sign-in needed 0 URL The token has expired. Make a new one with argocd account generate-token and sign in again."
            ],
        ),
        (
            Fault::Forbidden,
            expect![
                "1 prod Not permitted 0 URL The account may not do this: the server says “permission denied”. Ask for the right “applications, get” in Argo CD's RBAC."
            ],
        ),
        (
            Fault::Refuse,
            expect![
                "1 prod Unreachable 0 URL HOST does not accept connections (Connection refused). Check the port, the VPN, and that the server runs."
            ],
        ),
        (
            Fault::CutJson,
            expect![
                "1 prod Unreachable 0 URL The answer ends in the middle (EOF while parsing a string at line 1 column 14). A proxy may cut long answers. Dinghy tries again by itself."
            ],
        ),
        (
            Fault::LoginPage,
            expect![
                "1 prod Not an Argo CD 0 URL HOST answers with a web page instead of data. A login proxy stands before Argo CD: let the path /api/ through, or use the address behind it."
            ],
        ),
        (
            Fault::Status(502),
            expect![
                "1 prod Unreachable 0 URL The server answers with an error: HTTP 502: 502 Bad Gateway. Ask whoever runs it. Dinghy tries again by itself."
            ],
        ),
    ];
    for (fault, expected) in rows {
        world.argocd.fault(fault);
        let told = world.ctl(&["servers"]).told(&world);
        world.argocd.clear_fault();
        let address = world.argocd.url();
        let host = address.trim_start_matches("http://");
        let line = told
            .lines()
            .nth(2)
            .unwrap_or_default()
            .replace(" (os error 111)", "")
            .replace(" (os error 61)", "")
            .replace(&address, "URL")
            .replace(host, "HOST");
        expected.assert_eq(&format!(
            "{} {}",
            told.lines().next().unwrap_or_default(),
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        ));
    }
}

#[test]
fn a_certificate_that_nobody_signed_is_named_and_what_is_not_checked_carries_the_warning() {
    let world = World::new();
    let anonymous = Some(Account::new("anonymous"));
    let options = ArgoCdOptions { tls: Tls::SelfSigned, anonymous, ..ArgoCdOptions::default() };
    let lab = ArgoCd::start(options).expect("an Argo CD");
    let server = format!("[[servers]]\nname = \"lab\"\nurl = \"{}\"\nauth = \"none\"\n", lab.url());
    world.write("config/settings.toml", &server);
    let done = world.ctl(&["servers"]);
    assert_eq!(done.code, 1);
    assert!(done.out.contains("lab   Certificate not trusted"), "{done:?}");
    world.write("config/settings.toml", &format!("{server}insecure_skip_verify = true\n"));
    let done = world.ctl(&["servers"]).ok();
    assert!(done.out.contains("Warning: certificates are not checked."), "{done:?}");
}

#[test]
fn applications_of_all_servers_or_of_one() {
    let world = World::new();
    world.argocd.put(App { project: "trade".to_owned(), ..App::new("api") }.build(0));
    world.argocd.edit("argocd", "api", |app| {
        app["status"]["health"]["status"] = "Degraded".into();
        app["status"]["sync"]["status"] = "OutOfSync".into();
    });
    let all = world.ctl(&["apps"]).ok().out;
    expect![[r#"
        SERVER  NAME        PROJECT  SYNC       HEALTH    OPERATION  REVISION
        prod    argocd/api  trade    OutOfSync  Degraded  Sync OK    375092c
        prod    argocd/web  default  Synced     Healthy   Sync OK    5d1f73d
    "#]]
    .assert_eq(&all);
    assert_eq!(world.ctl(&["apps", "--server", "prod"]).ok().out, all);
    let json = world.ctl(&["-o", "json", "apps"]).ok().json();
    assert_eq!(json[0]["id"]["name"], "api");

    // A dead server hides nothing of the others, and is told.
    let settings = std::fs::read_to_string(world.path("config/settings.toml")).expect("settings");
    let dead = "[[servers]]\nname = \"dead\"\nurl = \"http://127.0.0.1:1\"\nauth = \"none\"\n\n";
    world.write("config/settings.toml", &format!("{dead}{settings}"));
    let done = world.ctl(&["apps"]);
    assert_eq!((done.code, done.out.as_str()), (1, all.as_str()));
    assert!(done.err.starts_with("dinghyctl: dead: 127.0.0.1:1 does not accept connections"), "{done:?}");
    assert_eq!(world.ctl(&["apps", "--server", "prod"]).ok().out, all);
}

#[test]
fn looking_needs_the_token_and_no_other_secret() {
    let world = World::new();
    world.rules(&world.guide().replace(&world.webhook, "$dingtalk-url"));
    let settings = std::fs::read_to_string(world.path("config/settings.toml")).expect("settings");
    let asked = world.path("asked");
    world.write(
        "config/settings.toml",
        &settings.replace("\"cat\"", &format!("\"touch\", \"{}\"", asked.display())),
    );
    world.ctl(&["apps"]).ok();
    world.ctl(&["trigger", "run", "on-deployed", "web"]).ok();
    world.ctl(&["queue", "list"]).ok();
    assert!(!asked.exists());
    assert!(world.ctl(&["events"]).ok().out.is_empty());
}
