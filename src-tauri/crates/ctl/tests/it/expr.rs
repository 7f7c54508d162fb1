//! `expr` and `render`.

use crate::world::World;
use expect_test::{Expect, expect};

const VARS: &str =
    r#"{"app": {"metadata": {"name": "web"}, "n": 9007199254740993, "f": 1.5}, "context": {"a": "b"}}"#;

#[track_caller]
fn check(world: &World, args: &[&str], expected: Expect) {
    expected.assert_eq(&world.ctl(args).told(world));
}

#[test]
fn expressions() {
    let world = World::new();
    world.write("vars.json", VARS);
    let check = |expression: &str, expected: Expect| {
        check(&world, &["expr", "--vars", "vars.json", "--", expression], expected);
    };
    check(
        "app.metadata.name",
        expect![[r#"
        0
        web
    "#]],
    );
    check(
        "app.n",
        expect![[r#"
        0
        9007199254740993
    "#]],
    );
    check(
        "-1",
        expect![[r#"
        0
        -1
    "#]],
    );
    check(
        "app.metadata",
        expect![[r#"
        0
        map[name:web]
    "#]],
    );
    check(
        "app.metadata.name == 'web'",
        expect![[r#"
        0
        true
    "#]],
    );
    check(
        "nil",
        expect![[r#"
        0
        <nil>
    "#]],
    );
    check(
        "app.x.y",
        expect![[r#"
        1
        dinghyctl: cannot fetch y from <nil> (1:7)
         | app.x.y
         | ......^
    "#]],
    );
    check(
        "app.",
        expect![[r#"
        1
        dinghyctl: unexpected end of expression (1:4)
         | app.
         | ...^
    "#]],
    );
}

#[test]
fn json_has_exactly_these_members() {
    let world = World::new();
    world.write("vars.json", VARS);
    let check = |expression: &str, expected: Expect| {
        check(&world, &["-o", "json", "expr", "--vars", "vars.json", "--", expression], expected);
    };
    check(
        "app.f > 1",
        expect![[r#"
        0
        {"display":"true","error":null,"ok":true,"triggered":true}
    "#]],
    );
    check(
        "app.metadata.name",
        expect![[r#"
        0
        {"display":"web","error":null,"ok":true,"triggered":false}
    "#]],
    );
    check(
        "app.x.y",
        expect![[r#"
        1
        {"display":"","error":{"column":7,"line":1,"message":"cannot fetch y from <nil>","stage":"run"},"ok":false,"triggered":false}
    "#]],
    );
    check(
        "1 +",
        expect![[r#"
        1
        {"display":"","error":{"column":3,"line":1,"message":"unexpected token EOF","stage":"compile"},"ok":false,"triggered":false}
    "#]],
    );
}

#[test]
fn variables_come_from_stdin_or_from_nowhere() {
    let world = World::new();
    assert_eq!(world.ctl_with(&["expr", "app.metadata.name", "--vars", "-"], VARS).ok().out, "web\n");
    assert_eq!(world.ctl(&["expr", "1 + 2"]).ok().out, "3\n");
    check(
        &world,
        &["expr", "1", "--vars", "none.json"],
        expect![[r#"
        1
        dinghyctl: none.json cannot be used: No such file or directory (os error 2). Check that it exists and may be read and written.
    "#]],
    );
    world.write("bad.json", "{\"app\": ");
    check(
        &world,
        &["expr", "1", "--vars", "bad.json"],
        expect![[r#"
        1
        dinghyctl: the variables are no JSON: EOF while parsing a value at line 1 column 8
    "#]],
    );
    world.write("list.json", "[1]");
    check(
        &world,
        &["-o", "json", "expr", "1", "--vars", "list.json"],
        expect![[r#"
        1
        {"display":"","error":{"column":0,"line":0,"message":"the variables must be a JSON object, not []interface {}","stage":"run"},"ok":false,"triggered":false}
    "#]],
    );
}

#[test]
fn templates_are_rendered_byte_for_byte() {
    let world = World::new();
    world.write("vars.json", VARS);
    world.write("hello.tmpl", "{{.app.metadata.name | upper}}\r\n  {{- .context.a}}");
    assert_eq!(world.ctl(&["render", "hello.tmpl", "--vars", "vars.json"]).ok().out, "WEBb");
    assert_eq!(
        world.ctl_with(&["render", "-", "--vars", "vars.json"], "\u{feff}{{1}}\n\n").ok().out,
        "\u{feff}1\n\n"
    );
    world.write("bad.tmpl", "a\n{{ .app.metadata.name.x }}");
    check(
        &world,
        &["render", "bad.tmpl", "--vars", "vars.json"],
        expect![[r#"
        1
        dinghyctl: template: bad.tmpl:2:7: executing "bad.tmpl" at <.app.metadata.name.x>: can't evaluate field x in type interface {}
    "#]],
    );
    world.write("broken.tmpl", "{{ if }}");
    check(
        &world,
        &["render", "broken.tmpl"],
        expect![[r#"
        1
        dinghyctl: template: broken.tmpl:1: missing value for if
    "#]],
    );
    check(
        &world,
        &["render", "none.tmpl"],
        expect![[r#"
        1
        dinghyctl: none.tmpl cannot be used: No such file or directory (os error 2). Check that it exists and may be read and written.
    "#]],
    );
}
