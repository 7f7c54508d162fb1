//! Positions are checked by what stands at them: each scalar is shown with the file's text at its first and last byte.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Kind, Node, Text, parse};

fn show(node: &Node, file: &str, out: &mut String, indent: usize) {
    let pad = "  ".repeat(indent);
    match &node.kind {
        Kind::Scalar { text, .. } => {
            let value = node.string().map(|text| text.value).unwrap_or_default();
            let from = |at: usize| {
                let rest = file.get(text.place(at) as usize..).unwrap_or("<not a boundary>");
                rest.chars().take(6).collect::<String>()
            };
            let last = text.value.char_indices().last().map_or(0, |(at, _)| at);
            out.push_str(&format!("{pad}{value:?} from {:?} to {:?}\n", from(0), from(last)));
        }
        Kind::Sequence(items) => {
            out.push_str(&format!("{pad}list\n"));
            items.iter().for_each(|item| show(item, file, out, indent + 1));
        }
        Kind::Mapping(pairs) => {
            out.push_str(&format!("{pad}mapping\n"));
            for (key, value) in pairs {
                show(key, file, out, indent + 1);
                show(value, file, out, indent + 2);
            }
        }
    }
}

fn check(file: &str, expect: Expect) {
    let mut out = String::new();
    match parse(&Text::file(file)) {
        Ok(documents) => documents.iter().for_each(|node| show(node, file, &mut out, 0)),
        Err(error) => out = format!("{} before {:?}", error.detail, &file[error.at as usize..]),
    }
    expect.assert_eq(&out);
}

#[test]
fn scalars_of_every_style_know_their_place() {
    check(
        "a: plain text # c\n",
        expect![[r#"
        mapping
          "a" from "a: pla" to "a: pla"
            "plain text" from "plain " to "t # c\n"
    "#]],
    );
    check(
        "a: plain\n  folded\n",
        expect![[r#"
        mapping
          "a" from "a: pla" to "a: pla"
            "plain folded" from "plain\n" to "d\n"
    "#]],
    );
    check(
        "a: 'it''s'\n",
        expect![[r#"
        mapping
          "a" from "a: 'it" to "a: 'it"
            "it's" from "it''s'" to "s'\n"
    "#]],
    );
    check(
        r#"a: "t\tx\u4e2d\"z""#,
        expect![[r#"
        mapping
          "a" from "a: \"t\\" to "a: \"t\\"
            "t\tx中\"z" from "t\\tx\\u" to "z\""
    "#]],
    );
    check(
        "a: \"one \\\n  two\"\n",
        expect![[r#"
        mapping
          "a" from "a: \"on" to "a: \"on"
            "one two" from "one \\\n" to "o\"\n"
    "#]],
    );
    check(
        "a: |\n    one\n      two\n\n    中文\n",
        expect![[r#"
        mapping
          "a" from "a: |\n " to "a: |\n "
            "one\n  two\n\n中文\n" from "one\n  " to "\n"
    "#]],
    );
    check(
        "a: |2\n    one\n  two\nb: x\n",
        expect![[r#"
        mapping
          "a" from "a: |2\n" to "a: |2\n"
            "  one\ntwo\n" from "  one\n" to "\nb: x\n"
          "b" from "b: x\n" to "b: x\n"
            "x" from "x\n" to "x\n"
    "#]],
    );
    check(
        "a: |-\n\n  \n  one\n",
        expect![[r#"
        mapping
          "a" from "a: |-\n" to "a: |-\n"
            "\n\none" from "one\n" to "e\n"
    "#]],
    );
    check(
        "a: >\n  one\n  two\n\n  three\n",
        expect![[r#"
        mapping
          "a" from "a: >\n " to "a: >\n "
            "one two\nthree\n" from "one\n  " to "\n"
    "#]],
    );
    check(
        "a: |\r\n  one\r\n  two\r\nb: x\r\n",
        expect![[r#"
        mapping
          "a" from "a: |\r\n" to "a: |\r\n"
            "one\ntwo\n" from "one\r\n " to "\r\nb: x"
          "b" from "b: x\r\n" to "b: x\r\n"
            "x" from "x\r\n" to "x\r\n"
    "#]],
    );
    check(
        "\u{feff}a: x\n",
        expect![[r#"
        mapping
          "a" from "a: x\n" to "a: x\n"
            "x" from "x\n" to "x\n"
    "#]],
    );
}

#[test]
fn scalars_are_those_of_yaml_1_1() {
    check(
        "[yes, 'yes', off, Y, ~, 0x1F, 010, 1_000, 1e3, 1.50, 1e21, 0.00001, -0b11, 2024-01-02, !!str yes]",
        expect![[r#"
        list
          "true" from "yes, '" to "s, 'ye"
          "yes" from "yes', " to "s', of"
          "false" from "off, Y" to "f, Y, "
          "true" from "Y, ~, " to "Y, ~, "
          "" from "~, 0x1" to "~, 0x1"
          "31" from "0x1F, " to "F, 010"
          "8" from "010, 1" to "0, 1_0"
          "1000" from "1_000," to "0, 1e3"
          "1000" from "1e3, 1" to "3, 1.5"
          "1.5" from "1.50, " to "0, 1e2"
          "1e+21" from "1e21, " to "1, 0.0"
          "1e-05" from "0.0000" to "1, -0b"
          "-3" from "-0b11," to "1, 202"
          "2024-01-02" from "2024-0" to "2, !!s"
          "yes" from "yes]" to "s]"
    "#]],
    );
    check(
        "{5: a, true: b}",
        expect![[r#"
        mapping
          "5" from "5: a, " to "5: a, "
            "a" from "a, tru" to "a, tru"
          "true" from "true: " to "e: b}"
            "b" from "b}" to "b}"
    "#]],
    );
}

#[test]
fn anchors_aliases_and_merges() {
    check(
        "a: &m Hello\nb: *m\n",
        expect![[r#"
        mapping
          "a" from "a: &m " to "a: &m "
            "Hello" from "Hello\n" to "o\nb: *"
          "b" from "b: *m\n" to "b: *m\n"
            "Hello" from "Hello\n" to "o\nb: *"
    "#]],
    );
    check(
        "a: &m |\n  Hello\n    you\nb: !!str | # c\n    Hello\n",
        expect![[r#"
        mapping
          "a" from "a: &m " to "a: &m "
            "Hello\n  you\n" from "Hello\n" to "\nb: !!"
          "b" from "b: !!s" to "b: !!s"
            "Hello\n" from "Hello\n" to "\n"
    "#]],
    );
    check(
        "a: &m 'x'\nb: !!str \"y\"\n",
        expect![[r#"
        mapping
          "a" from "a: &m " to "a: &m "
            "x" from "x'\nb: " to "x'\nb: "
          "b" from "b: !!s" to "b: !!s"
            "y" from "y\"\n" to "y\"\n"
    "#]],
    );
    check(
        "x: &x {one: 1, two: 2}\ny:\n  <<: *x\n  two: 22\n",
        expect![[r#"
        mapping
          "x" from "x: &x " to "x: &x "
            mapping
              "one" from "one: 1" to "e: 1, "
                "1" from "1, two" to "1, two"
              "two" from "two: 2" to "o: 2}\n"
                "2" from "2}\ny:\n" to "2}\ny:\n"
          "true" from "y:\n  <" to "y:\n  <"
            mapping
              "two" from "two: 2" to "o: 22\n"
                "22" from "22\n" to "2\n"
              "one" from "one: 1" to "e: 1, "
                "1" from "1, two" to "1, two"
    "#]],
    );
    check("a: *nobody\n", expect![[r#"while parsing node, found unknown anchor before "*nobody\n""#]]);
    check("a: &a [*a]\n", expect![[r#"alias of a value that is not complete before "*a]\n""#]]);
}

#[test]
fn broken_text_points_at_the_break() {
    check("a: [1, 2\nb: 3\n", expect![[r#"illegal placement of ':' indicator before ": 3\n""#]]);
    check(
        "a:\n\t- b\n",
        expect![[r#"tabs disallowed within this context (block indentation) before "- b\n""#]],
    );
    check("a: b: c\n", expect![[r#"mapping values are not allowed in this context before ": c\n""#]]);
    check(&"[".repeat(100), expect![[r#"nested too deeply before "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""#]]);
}

#[test]
fn aliases_cannot_explode() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    assert!(parse(&Text::file(&text)).is_err());
}

#[test]
fn yaml_in_yaml_in_yaml_points_into_the_file() {
    let file = "data:\n  k: |\n    x:\n      - body: |\n          one {{ two }}\n";
    let outer = parse(&Text::file(file)).expect("outer");
    let text = outer[0].get("data").and_then(|data| data.get("k")).and_then(Node::string).expect("k");
    let inner = parse(&text).expect("inner");
    let Some(Kind::Sequence(items)) = inner[0].get("x").map(|node| node.kind.clone()) else { panic!("list") };
    let body = items[0].get("body").and_then(Node::string).expect("body");
    assert_eq!(&file[body.place_of(1, 8) as usize..], "two }}\n");
}

proptest! {
    #[test]
    fn no_text_panics_and_places_stay_inside(text in r"([a-c:|>&*<{}\[\]\-#'\x22\\ 中\n\t%!?,]|\r\n|yes: |- |  ){0,60}") {
        if let Ok(documents) = parse(&Text::file(&text)) {
            fn walk(node: &Node, len: usize) {
                match &node.kind {
                    Kind::Scalar { text, .. } => {
                        for at in 0..=text.value.len() {
                            assert!(text.place(at) as usize <= len);
                        }
                    }
                    Kind::Sequence(items) => items.iter().for_each(|item| walk(item, len)),
                    Kind::Mapping(pairs) => pairs.iter().for_each(|(k, v)| { walk(k, len); walk(v, len); }),
                }
            }
            documents.iter().for_each(|node| walk(node, text.len()));
        }
    }
}
