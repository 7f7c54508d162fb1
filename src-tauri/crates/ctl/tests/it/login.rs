//! `login` and `logout`. Against a real keychain where this machine has what it takes to run one privately.

use std::process::Command;

use dinghy_demo::Fault;

use crate::world::World;

/// Settings whose secrets are the keychain's.
fn world() -> World {
    let world = World::new();
    let server = |name: &str, auth: &str| {
        format!(
            "[[servers]]\nname = \"{name}\"\nurl = \"{}\"\nauth = \"{auth}\"\nusername = \"admin\"\n\n",
            world.argocd.url()
        )
    };
    world.write(
        "config/settings.toml",
        &format!("{}{}{}", server("prod", "token"), server("lab", "password"), server("open", "none")),
    );
    world
}

#[test]
fn what_the_server_refuses_is_not_stored() {
    let world = world();
    let done = world.ctl_with(&["login", "prod", "--token-stdin"], "not-a-token\n");
    assert_eq!(done.code, 1);
    assert!(done.err.ends_with("Nothing was stored.\n"), "{done:?}");
    let done = world.ctl_with(&["login", "lab", "--password-stdin"], "wrong");
    assert_eq!(done.code, 1);
    assert!(done.err.contains("User name or password is wrong for admin"), "{done:?}");
    let revoked = world.argocd.token("dinghy");
    world.argocd.revoke(&revoked);
    let done = world.ctl_with(&["login", "prod", "--token-stdin"], &revoked);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("The server no longer accepts the token"), "{done:?}");
    assert!(!format!("{done:?}").contains(&revoked));
}

#[test]
fn what_cannot_be_done_is_said() {
    let world = world();
    let rows = [
        ("prod", "--password-stdin", "x", "This server takes a token"),
        ("lab", "--token-stdin", "x", "This server takes a password"),
        ("open", "--token-stdin", "x", "Nobody signs in to this server"),
        ("prod", "--token-stdin", "\n", "Nothing came in on stdin."),
        ("gone", "--token-stdin", "x", "There is no server “gone” in "),
        ("prod", "--token-stdin", world.token.as_str(), "No keychain service is running"),
    ];
    for (server, how, secret, expected) in rows {
        let done = world.ctl_with(&["login", server, how], secret);
        assert_eq!(done.code, 1, "{done:?}");
        assert!(done.err.contains(expected), "{done:?}");
    }
    let elsewhere = World::new();
    let done = elsewhere.ctl_with(&["login", "prod", "--token-stdin"], &elsewhere.token);
    assert!(done.err.contains("comes from env TEST_TOKEN, so it cannot be stored"), "{done:?}");
    assert_eq!(elsewhere.ctl(&["logout", "prod"]).code, 1);
}

/// Runs a script in a D-Bus session of its own with an unlocked keyring of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_sign_in_is_kept_in_the_keychain_until_the_sign_out() {
    let world = world();
    let script = r#"
        printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        printf '%s\n' "$TEST_TOKEN" | "$0" login prod --token-stdin || exit 11
        "$0" apps --server prod || exit 12
        printf 'wrong' | "$0" login prod --token-stdin && exit 13
        "$0" apps --server prod >/dev/null || exit 14
        "$0" logout prod || exit 15
        "$0" apps --server prod && exit 16
        exit 0
    "#;
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", script, env!("CARGO_BIN_EXE_dinghyctl")])
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env("HOME", world.root.path())
        .env("XDG_RUNTIME_DIR", world.root.path())
        .env("XDG_DATA_HOME", world.path("home"))
        .env("DINGHY_CONFIG_DIR", world.path("config"))
        .env("DINGHY_DATA_DIR", world.path("data"))
        .env("TEST_TOKEN", &world.token)
        .output()
        .expect("a session");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}\n{err}");
    assert!(err.contains("Signed in to prod as dinghy.") && err.contains("Signed out of prod."), "{err}");
    assert!(out.contains("argocd/web"), "{out}");
    assert!(err.contains("There is no secret “server.prod” in the keychain"), "{err}");
    assert!(!out.contains(&world.token) && !err.contains(&world.token));
}

#[test]
fn a_server_that_cannot_be_asked_keeps_nobody_from_signing_in() {
    let world = world();
    world.argocd.fault(Fault::Refuse);
    let done = world.ctl_with(&["login", "prod", "--token-stdin"], &world.token);
    // Here the keychain is what is missing; the server's silence alone would be told and no more.
    assert!(done.err.contains("No keychain service is running"), "{done:?}");
}
