//! What the window may do, held to what it does: every command that it is allowed is one that it calls and that the
//! shell answers; the page runs and loads nothing but its own; nothing in it becomes markup.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

const PERMISSIONS: &str = "src-tauri/permissions/commands.toml";
const CAPABILITY: &str = "src-tauri/capabilities/window.json";
const COMMANDS: &str = "src-tauri/crates/desktop/src/commands/mod.rs";
const CLIENT: &str = "ui/src/ipc/client.ts";
const CONFIG: &str = "tauri.conf.json";

/// Every rule of this module.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = commands(tree);
    findings.extend(policy(tree));
    findings.extend(capability(tree));
    findings.extend(markup(tree));
    findings
}

/// The three lists of commands are one.
fn commands(tree: &Tree) -> Vec<Finding> {
    let (Some(allowed), Some(answered), Some(called)) =
        (tree.text(PERMISSIONS), tree.text(COMMANDS), tree.text(CLIENT))
    else {
        return Vec::new();
    };
    let allowed: BTreeSet<&str> = allowed
        .split_once("commands.allow")
        .map_or("", |(_, list)| list)
        .split('"')
        .skip(1)
        .step_by(2)
        .collect();
    let answered: BTreeSet<&str> = answered.lines().filter_map(arm).collect();
    let called: BTreeSet<&str> =
        ["invoke(\"", "done(\""].iter().flat_map(|call| after(called, call)).collect();
    let missing = |from: &BTreeSet<&str>, path: &str, has: &BTreeSet<&str>, advice: &str| {
        let gone = from.difference(has).map(|name| Finding::new(path, 1, format!("`{name}` {advice}")));
        gone.collect::<Vec<_>>()
    };
    let mut findings = missing(&allowed, PERMISSIONS, &called, "is allowed, but the window never calls it");
    findings.extend(missing(&called, PERMISSIONS, &allowed, "is called by the window, but not allowed"));
    findings.extend(missing(&answered, COMMANDS, &allowed, "is answered, but the window may not call it"));
    findings.extend(missing(&allowed, COMMANDS, &answered, "is allowed, but nobody answers it"));
    findings
}

/// `"refresh" => …` as `refresh`.
fn arm(line: &str) -> Option<&str> {
    let (name, rest) = line.trim_start().strip_prefix('"')?.split_once('"')?;
    rest.trim_start().starts_with("=>").then_some(name)
}

/// What stands between each `call` and the next quote.
fn after<'a>(text: &'a str, call: &str) -> Vec<&'a str> {
    text.split(call).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// All that the content security policy may say. Styles: the bundle's own file and what scripts set; pictures: the
/// bundle's, and those written out in the styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn policy(tree: &Tree) -> Vec<Finding> {
    let Some(config) = tree.text(CONFIG) else { return Vec::new() };
    if config.contains(&format!("\"csp\": \"{POLICY}\"")) && !config.contains("dangerous") {
        return Vec::new();
    }
    vec![Finding::new(
        CONFIG,
        1,
        "the content security policy is another than tidy's: change both or neither",
    )]
}

const PERMISSIONS_OF_WINDOW: [&str; 3] =
    ["core:event:allow-listen", "core:event:allow-unlisten", "dinghy-commands"];

fn capability(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(CAPABILITY) else { return Vec::new() };
    let list = text.split_once("\"permissions\"").map_or("", |(_, list)| list);
    let given: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    if given == PERMISSIONS_OF_WINDOW && !text.contains("\"remote\"") {
        return Vec::new();
    }
    vec![Finding::new(
        CAPABILITY,
        1,
        "the window may do something else than tidy knows: change both or neither",
    )]
}

/// Written in halves, so that this file does not hold what it looks for.
const MARKUP: [&str; 7] = [
    concat!("{@", "html"),
    concat!("inner", "HTML"),
    concat!("outer", "HTML"),
    concat!("insertAdjacent", "HTML"),
    concat!("document.", "write"),
    concat!("new Func", "tion("),
    concat!("src", "doc"),
];

fn markup(tree: &Tree) -> Vec<Finding> {
    let advice = "names and messages come from outside: draw them as text";
    let ours = tree.with_extension(&["ts", "svelte"]).filter(|(path, _)| path.starts_with("ui/src/"));
    ours.flat_map(|(path, text)| {
        let lines = text.lines().enumerate();
        let wrong = lines.filter(|(_, line)| MARKUP.iter().any(|word| line.contains(word)));
        wrong.map(move |(at, _)| Finding::new(path, at + 1, advice)).collect::<Vec<_>>()
    })
    .collect()
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
    fn a_command_is_allowed_called_and_answered() {
        let toml = "commands.allow = [\n  \"status\", \"open\",\n]\n";
        let rust = "match name {\n  \"status\" => json(a),\n  \"open\" => {\n  _ => other(\"x\"),\n}";
        let script = "status: () => invoke(\"status\"),\nopen: () => done(\"open\", {}),";
        check_files(&[(PERMISSIONS, toml), (COMMANDS, rust), (CLIENT, script)], expect![""]);
        let less = "commands.allow = [\"status\", \"gone\"]";
        check_files(
            &[(PERMISSIONS, less), (COMMANDS, rust), (CLIENT, script)],
            expect![[r#"
                src-tauri/permissions/commands.toml:1: `gone` is allowed, but the window never calls it
                src-tauri/permissions/commands.toml:1: `open` is called by the window, but not allowed
                src-tauri/crates/desktop/src/commands/mod.rs:1: `open` is answered, but the window may not call it
                src-tauri/crates/desktop/src/commands/mod.rs:1: `gone` is allowed, but nobody answers it
            "#]],
        );
    }

    #[test]
    fn the_policy_and_the_capability_are_as_strict_as_they_were() {
        let config = format!("{{\"csp\": \"{POLICY}\"}}");
        let window = "{\"permissions\": [\"core:event:allow-listen\", \"core:event:allow-unlisten\", \"dinghy-commands\"]}";
        check_files(&[(CONFIG, &config), (CAPABILITY, window)], expect![""]);
        let loose = config.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'");
        let wide = window.replace("core:event:allow-listen", "core:default");
        check_files(
            &[(CONFIG, &loose), (CAPABILITY, &wide)],
            expect![[r#"
                tauri.conf.json:1: the content security policy is another than tidy's: change both or neither
                src-tauri/capabilities/window.json:1: the window may do something else than tidy knows: change both or neither
            "#]],
        );
    }

    #[test]
    fn nothing_becomes_markup() {
        let page = format!("<!-- A page. -->\n<p>{} name}}</p>", MARKUP[0]);
        check_files(
            &[("ui/src/pages/Page.svelte", &page), ("ui/test/page.test.ts", &page)],
            expect![[r#"
                ui/src/pages/Page.svelte:2: names and messages come from outside: draw them as text
            "#]],
        );
    }
}
