//! Wrong usage and bad input: each ends in a sentence and its exit code.

use std::fs;

use expect_test::{Expect, expect};

use crate::world::World;

#[test]
fn wrong_usage_is_two() {
    let world = World::new();
    let rows: [&[&str]; 12] = [
        &[],
        &["nonsense"],
        &["explain", "t"],
        &["export", "--helm"],
        &["login", "prod"],
        &["login", "prod", "--sso"],
        &["login", "prod", "--token-stdin", "--password-stdin"],
        &["trigger", "run", "t"],
        &["trigger", "run", "t", "web", "--app-file", "f"],
        &["queue", "drop"],
        &["expr", "-1"],
        &["render", "-", "--vars", "-"],
    ];
    for row in rows {
        let done = world.ctl(row);
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{row:?}: {done:?}");
        assert!(!done.err.is_empty(), "{row:?}");
    }
    assert!(world.ctl(&["--help"]).ok().out.contains("trigger"));
    assert_eq!(world.ctl(&["--version"]).ok().out, concat!("dinghyctl ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[track_caller]
fn check(world: &World, args: &[&str], expected: Expect) {
    expected.assert_eq(&world.ctl(args).told(world));
}

#[test]
fn what_does_not_exist_is_said_in_a_sentence() {
    let world = World::new();
    world.rules(&world.guide());
    let check = |args: &[&str], expected: Expect| check(&world, args, expected);
    check(
        &["trigger", "get", "x"],
        expect![[r#"
        1
        dinghyctl: There is no such trigger.
    "#]],
    );
    check(
        &["template", "get", "x"],
        expect![[r#"
        1
        dinghyctl: There is no such template.
    "#]],
    );
    check(
        &["trigger", "run", "x", "web"],
        expect![[r#"
        1
        dinghyctl: There is no such trigger.
    "#]],
    );
    check(
        &["trigger", "run", "on-deployed", "x"],
        expect![[r#"
        1
        dinghyctl: There is no such application.
    "#]],
    );
    check(
        &["trigger", "run", "on-deployed", "x/argocd/web"],
        expect![[r#"
        1
        dinghyctl: There is no such server.
    "#]],
    );
    check(
        &["template", "notify", "x", "web"],
        expect![[r#"
        1
        dinghyctl: There is no such template.
    "#]],
    );
    check(
        &["template", "notify", "app-sync-change", "web", "--recipient", "x"],
        expect![[r#"
        1
        dinghyctl: There is no destination “x”. Add the group, or mend the subscription.
    "#]],
    );
    check(
        &["apps", "--server", "x"],
        expect![[r#"
        1
        dinghyctl: There is no such server.
    "#]],
    );
    check(
        &["group", "test", "x"],
        expect![[r#"
        1
        dinghyctl: There is no destination “x”. Add the group, or mend the subscription.
    "#]],
    );
    check(
        &["logout", "x"],
        expect![[r#"
        1
        dinghyctl: There is no server “x” in DIR/config/settings.toml, or its entry is broken.
    "#]],
    );
    check(
        &["import", "x.yaml"],
        expect![[r#"
        1
        dinghyctl: x.yaml cannot be used: No such file or directory (os error 2). Check that it exists and may be read and written.
    "#]],
    );
    check(
        &["queue", "retry", "7"],
        expect![[r#"
        1
        dinghyctl: There is no message 7 in the queue.
    "#]],
    );
    check(
        &["queue", "drop", "7"],
        expect![[r#"
        1
        dinghyctl: There is no message 7 in the queue.
    "#]],
    );
}

#[test]
fn broken_places_on_disk() {
    let world = World::new();
    world.write("data/dinghy.db", "this is no database, and long enough to be seen as none");
    check(
        &world,
        &["events"],
        expect![[r#"
        1
        dinghyctl: The database DIR/data/dinghy.db is damaged (file is not a database). Move it away and start again; it holds the event log and what was already sent.
    "#]],
    );
    check(
        &world,
        &["run", "--once"],
        expect![[r#"
        1
        dinghyctl: The database DIR/data/dinghy.db is damaged (file is not a database). Move it away and start again; it holds the event log and what was already sent.
    "#]],
    );
    // A database of a later version: SQLite keeps `user_version` in four bytes at 60.
    fs::remove_file(world.path("data/dinghy.db")).expect("gone");
    world.ctl(&["queue", "list"]).ok();
    let mut database = fs::read(world.path("data/dinghy.db")).expect("a database");
    database[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(world.path("data/dinghy.db"), database).expect("a database");
    check(
        &world,
        &["run", "--once"],
        expect![[r#"
            1
            dinghyctl: The database was written by a newer Dinghy (format 99, this one knows 5). Install the newer version, or use another data folder.
        "#]],
    );
    check(
        &world,
        &["queue", "list"],
        expect![[r#"
            1
            dinghyctl: The database was written by a newer Dinghy (format 99, this one knows 5). Install the newer version, or use another data folder.
        "#]],
    );
    // A file where a folder should be.
    let done = world.ctl(&["--data-dir", "config/settings.toml", "queue", "list"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("settings.toml cannot be used"), "{done:?}");
}

#[test]
fn the_language_is_that_of_the_settings_else_of_the_system() {
    let world = World::new();
    world.rules(&world.guide());
    let chinese = |world: &World| {
        let mut command = world.command(&["trigger", "get", "x"]);
        let output = command.env("LANG", "zh_CN.UTF-8").output().expect("dinghyctl");
        String::from_utf8(output.stderr).expect("text")
    };
    assert_eq!(chinese(&world), "dinghyctl: 没有这个触发器。\n");
    let settings = fs::read_to_string(world.path("config/settings.toml")).expect("settings");
    world.write("config/settings.toml", &format!("language = \"en\"\n{settings}"));
    assert_eq!(chinese(&world), "dinghyctl: There is no such trigger.\n");
}

#[test]
fn arguments_win_over_variables_and_a_closed_pipe_ends_quietly() {
    let world = World::new();
    world.rules(&world.guide());
    fs::create_dir(world.path("other")).expect("a folder");
    assert_eq!(world.ctl(&["export", "--config-dir", "other"]).code, 1);
    assert_eq!(world.ctl(&["--config-dir", "config", "export"]).ok().out, world.guide());

    let mut child = world.command(&["export"]).spawn().expect("dinghyctl");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
