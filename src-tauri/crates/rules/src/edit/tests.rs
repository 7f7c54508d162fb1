//! Each edit is shown as a whole; that no other byte changed is also checked over random manifests.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const MANIFEST: &str = "\
# my rules
kind: ConfigMap
metadata: {name: argocd-notifications-cm}
data:
  trigger.a: |   # why
    - when: x
      send: [t]

  # about b
  context: 'argocdUrl: https://x'   # here
  template.t: |-
      message: hi
  quoted: \"line one\\nline two\\n\"
";

fn check(text: &str, key: &str, value: Option<&str>, expect: Expect) {
    expect.assert_eq(&set_key(text, key, value).unwrap_or_else(|error| format!("{error}")));
}

#[test]
fn a_block_keeps_its_comment_and_its_neighbours() {
    check(
        MANIFEST,
        "trigger.a",
        Some("- when: y\n\n- when: z\n"),
        expect![[r##"
        # my rules
        kind: ConfigMap
        metadata: {name: argocd-notifications-cm}
        data:
          trigger.a: |   # why
            - when: y

            - when: z

          # about b
          context: 'argocdUrl: https://x'   # here
          template.t: |-
              message: hi
          quoted: "line one\nline two\n"
    "##]],
    );
    check(
        MANIFEST,
        "template.t",
        Some("message: bye\n"),
        expect![[r##"
        # my rules
        kind: ConfigMap
        metadata: {name: argocd-notifications-cm}
        data:
          trigger.a: |   # why
            - when: x
              send: [t]

          # about b
          context: 'argocdUrl: https://x'   # here
          template.t: |
              message: bye
          quoted: "line one\nline two\n"
    "##]],
    );
}

#[test]
fn short_values_stay_on_their_line() {
    check(
        MANIFEST,
        "context",
        Some("argocdUrl: it's"),
        expect![[r##"
        # my rules
        kind: ConfigMap
        metadata: {name: argocd-notifications-cm}
        data:
          trigger.a: |   # why
            - when: x
              send: [t]

          # about b
          context: 'argocdUrl: it''s'   # here
          template.t: |-
              message: hi
          quoted: "line one\nline two\n"
    "##]],
    );
    check(
        MANIFEST,
        "context",
        Some("a: 1\nb: 2\n"),
        expect![[r##"
        # my rules
        kind: ConfigMap
        metadata: {name: argocd-notifications-cm}
        data:
          trigger.a: |   # why
            - when: x
              send: [t]

          # about b
          context: |   # here
            a: 1
            b: 2
          template.t: |-
              message: hi
          quoted: "line one\nline two\n"
    "##]],
    );
    check(
        MANIFEST,
        "quoted",
        Some("one\n"),
        expect![[r#"
        # my rules
        kind: ConfigMap
        metadata: {name: argocd-notifications-cm}
        data:
          trigger.a: |   # why
            - when: x
              send: [t]

          # about b
          context: 'argocdUrl: https://x'   # here
          template.t: |-
              message: hi
          quoted: |
            one
    "#]],
    );
}

#[test]
fn keys_are_added_and_removed() {
    check(
        MANIFEST,
        "trigger.new",
        Some("- when: n\n"),
        expect![[r##"
        # my rules
        kind: ConfigMap
        metadata: {name: argocd-notifications-cm}
        data:
          trigger.a: |   # why
            - when: x
              send: [t]

          # about b
          context: 'argocdUrl: https://x'   # here
          template.t: |-
              message: hi
          quoted: "line one\nline two\n"
          trigger.new: |
            - when: n
    "##]],
    );
    check(
        MANIFEST,
        "trigger.a",
        None,
        expect![[r##"
        # my rules
        kind: ConfigMap
        metadata: {name: argocd-notifications-cm}
        data:

          # about b
          context: 'argocdUrl: https://x'   # here
          template.t: |-
              message: hi
          quoted: "line one\nline two\n"
    "##]],
    );
    check(
        "",
        "context",
        Some("a: b\n"),
        expect![[r#"
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          context: |
            a: b
    "#]],
    );
    check(
        "kind: ConfigMap\nmetadata:\n  name: argocd-notifications-cm",
        "context",
        Some("a: b"),
        expect![[r#"
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          context: |-
            a: b
    "#]],
    );
    check(
        "data: {a: b, c: d}\n",
        "a",
        Some("x\ny\n"),
        expect![[r#"
        data: {a: "x\ny\n", c: d}
    "#]],
    );
    check(
        "data:\nkind: ConfigMap\n",
        "a",
        Some("x\n"),
        expect![[r#"
        data:
          a: |
            x
        kind: ConfigMap
    "#]],
    );
}

#[test]
fn values_that_no_block_can_hold_are_quoted() {
    check(
        "data:\n  a: |\n    b\n",
        "a",
        Some("  indented\n"),
        expect![[r#"
        data:
          a: "  indented\n"
    "#]],
    );
    check(
        "data:\n  a: |\n    b\n  c: d\n",
        "a",
        Some("two\n\n"),
        expect![[r#"
        data:
          a: "two\n\n"
          c: d
    "#]],
    );
    check(
        "data:\n  a: |\n    b\n",
        "a",
        Some("bell\u{7}\n"),
        expect![[r#"
        data:
          a: "bell\u0007\n"
    "#]],
    );
    check(
        "data:\n  a: |\n    b\n",
        "a",
        Some(""),
        expect![[r#"
        data:
          a: ''
    "#]],
    );
}

#[test]
fn what_cannot_be_done_alone_is_refused() {
    check(
        "data: [",
        "a",
        Some("x"),
        expect![
            "the rules are no valid YAML at offset 7: while parsing a node, did not find expected node content"
        ],
    );
    check(
        "data: &d\n  a: b\nother: *d\n",
        "a",
        Some("x"),
        expect![[r#"
        data: &d
          a: 'x'
        other: *d
    "#]],
    );
    check(
        "- list\n",
        "a",
        Some("x"),
        expect!["`a` cannot be changed without touching other parts of the file"],
    );
}

proptest! {
    #[test]
    fn only_the_key_changes(
        values in proptest::collection::vec("[a-z:#'\\x22\\n \\-|]{0,24}", 1..5),
        at in 0usize..5,
        new in "[a-z:#'\\x22\\n \\-|{%\\t中]{0,30}",
    ) {
        let mut text = String::new();
        for (index, value) in values.iter().enumerate() {
            text = set_key(&text, &format!("k{index}"), Some(value)).expect("built");
        }
        let key = format!("k{at}");
        let edited = set_key(&text, &key, Some(&new)).expect("edited");
        let mut wanted = keys(&text).expect("keys");
        wanted.insert(key.clone(), new);
        prop_assert_eq!(keys(&edited).expect("keys"), wanted);
        let removed = set_key(&edited, &key, None).expect("removed");
        prop_assert!(!keys(&removed).expect("keys").contains_key(&key));
    }
}
