//! The shape of single files: how long they are and how they open.

use super::Finding;
use super::tree::{Tree, is_generated};

/// A hand-written file beyond this cannot be held in the head.
const MOST_LINES: usize = 800;

/// Every rule of this module.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    [too_long(tree), rust_without_opening(tree), ui_without_opening(tree)].into_iter().flatten().collect()
}

fn too_long(tree: &Tree) -> Vec<Finding> {
    let beyond = |(path, text): (&str, &str)| {
        let lines = text.lines().count();
        let advice = format!("{lines} lines, at most {MOST_LINES}: split it by what it is about");
        (lines > MOST_LINES && !is_generated(text)).then(|| Finding::new(path, MOST_LINES + 1, advice))
    };
    tree.with_extension(&["rs", "ts", "svelte", "css"]).filter_map(beyond).collect()
}

fn rust_without_opening(tree: &Tree) -> Vec<Finding> {
    let advice = "no opening words: begin with `//!`, what this is for and what it must not know";
    tree.with_extension(&["rs"])
        .filter(|(_, text)| !is_generated(text) && !opens_with_module_doc(text))
        .map(|(path, _)| Finding::new(path, 1, advice))
        .collect()
}

/// Only attributes and plain comments may stand before the `//!`, and it must say something.
fn opens_with_module_doc(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let first = lines.find(|line| {
        !line.is_empty() && !line.starts_with("#!") && (!line.starts_with("//") || line.starts_with("//!"))
    });
    let first = first.unwrap_or_default();
    first.starts_with("//!")
        && (has_words(&first[3..])
            || lines.next().is_some_and(|next| next.starts_with("//!") && has_words(&next[3..])))
}

fn ui_without_opening(tree: &Tree) -> Vec<Finding> {
    let advice = "no opening words: begin with a comment, what this is for";
    tree.with_extension(&["ts", "svelte"])
        .filter(|(_, text)| !is_generated(text) && !opens_with_comment(text))
        .map(|(path, _)| Finding::new(path, 1, advice))
        .collect()
}

/// The first thing is a comment; in a Svelte file it may also be the first thing inside its first `<script>`.
fn opens_with_comment(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let body = match text.strip_prefix("<script") {
        Some(rest) => rest.split_once('>').map_or("", |(_, body)| body).trim_start(),
        None => text,
    };
    ["//", "/*", "<!--"].iter().any(|mark| body.strip_prefix(mark).is_some_and(has_words))
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::tidy::shown;

    fn check_files(files: &[(&str, &str)], expected: Expect) {
        expected.assert_eq(&shown(&check(&Tree::made_up(files))));
    }

    #[test]
    fn long_files() {
        let rust = |lines: usize| "//! Long.\n".repeat(lines);
        let script = "// Long.\n".repeat(801);
        let generated = format!("// @generated\n{script}");
        let files = [
            ("a/just.rs", rust(800)),
            ("a/over.rs", rust(801)),
            ("ui/over.ts", script.clone()),
            ("ui/over.css", "a {}\n".repeat(900)),
            ("ui/bindings.ts", generated),
            ("docs/over.md", script),
        ];
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        check_files(
            &files,
            expect![[r#"
                a/over.rs:801: 801 lines, at most 800: split it by what it is about
                ui/over.css:801: 900 lines, at most 800: split it by what it is about
                ui/over.ts:801: 801 lines, at most 800: split it by what it is about
            "#]],
        );
    }

    #[test]
    fn rust_files_open_with_what_they_are_for() {
        check_files(
            &[
                ("good/first.rs", "//! Says it.\nuse a;\n"),
                ("good/late.rs", "// Copyright\n#![allow(x)]\n\n//!\n//! Says it.\n"),
                ("bad/none.rs", "use a;\n//! too late\n"),
                ("bad/empty.rs", ""),
                ("bad/wordless.rs", "//!\n\nuse a;\n"),
                ("bad/outer.rs", "/// Not the module's.\nfn f() {}\n"),
            ],
            expect![[r#"
                bad/empty.rs:1: no opening words: begin with `//!`, what this is for and what it must not know
                bad/none.rs:1: no opening words: begin with `//!`, what this is for and what it must not know
                bad/outer.rs:1: no opening words: begin with `//!`, what this is for and what it must not know
                bad/wordless.rs:1: no opening words: begin with `//!`, what this is for and what it must not know
            "#]],
        );
    }

    #[test]
    fn the_window_s_files_open_with_a_comment() {
        check_files(
            &[
                ("ui/good.ts", "// Says it.\nexport {};\n"),
                ("ui/good-block.ts", "/**\n * Says it.\n */\n"),
                ("ui/Good.svelte", "<!-- Says it. -->\n<script>\n</script>\n"),
                ("ui/GoodInside.svelte", "<script lang=\"ts\">\n  // Says it.\n</script>\n"),
                ("ui/bad.ts", "export {};\n// later\n"),
                ("ui/Bad.svelte", "<script lang=\"ts\">\n  let a = 1;\n</script>\n"),
                ("ui/BadMarkup.svelte", "<p>hello</p>\n"),
                ("ui/free.css", "a {}\n"),
            ],
            expect![[r#"
                ui/Bad.svelte:1: no opening words: begin with a comment, what this is for
                ui/BadMarkup.svelte:1: no opening words: begin with a comment, what this is for
                ui/bad.ts:1: no opening words: begin with a comment, what this is for
            "#]],
        );
    }
}
