//! Words that must not stand in the tree: one machine's paths, a mirror's host, Tauri outside its one door.

use super::Finding;
use super::tree::Tree;

/// Every rule of this module.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    [machine_paths(tree), foreign_registries(tree), tauri_outside_client(tree)]
        .into_iter()
        .flatten()
        .collect()
}

/// Each line of each file that `is_wrong` with `advice`.
fn lines<'a>(
    files: impl Iterator<Item = (&'a str, &'a str)>,
    is_wrong: impl Fn(&str) -> bool,
    advice: &str,
) -> Vec<Finding> {
    let wrong = |(path, text): (&'a str, &'a str)| {
        let numbered = text.lines().enumerate().filter(|(_, line)| is_wrong(line));
        numbered.map(|(index, _)| Finding::new(path, index + 1, advice)).collect::<Vec<_>>()
    };
    files.flat_map(wrong).collect()
}

/// Written in two halves, so that this file does not hold what it looks for.
const MACHINE_PATHS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let names_machine = |line: &str| MACHINE_PATHS.iter().any(|path| starts_a_path(line, path));
    lines(
        tree.all(),
        names_machine,
        "a path of one machine: write it relative, or from an environment variable",
    )
}

/// Whether `path` occurs where an absolute path begins: `cd /x/` and `"/x/` but neither `https://host/x/` nor `a/x/`.
fn starts_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !"._-/~}*)".contains(before))
    })
}

/// Where crates come from, as cargo writes it in every lock file.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn foreign_registries(tree: &Tree) -> Vec<Finding> {
    let named = |names: &'static [&'static str]| {
        tree.all().filter(move |(path, _)| names.contains(&path.rsplit('/').next().unwrap_or(path)))
    };
    let foreign_crate = |line: &str| {
        let source = line.trim_start().strip_prefix("source = ");
        source.is_some_and(|source| source.trim_matches('"') != CRATES_IO)
    };
    let foreign_module = |line: &str| line.trim_start().starts_with("\"resolved\":");
    let setting = |line: &str| {
        let line = line.trim_start();
        ["registry", "replace-with", "@"].iter().any(|key| line.starts_with(key)) && line.contains('=')
    };
    let crates = "only crates.io may stand in the lock file: remove the source replacement and lock again";
    let modules =
        "the lock file names a registry's host: set `omit-lockfile-registry-resolved` and lock again";
    let settings = "a registry belongs into the developer's own configuration, not into the repository";
    let mut findings = lines(named(&["Cargo.lock"]), foreign_crate, crates);
    findings.extend(lines(named(&["package-lock.json"]), foreign_module, modules));
    findings.extend(lines(named(&[".npmrc"]), setting, settings));
    findings.extend(lines(
        tree.all().filter(|(path, _)| path.ends_with(".cargo/config.toml")),
        setting,
        settings,
    ));
    findings
}

/// The one importer of Tauri, and its own test, which puts Tauri's mocks behind it.
const TAURI_DOORS: [&str; 2] = ["ui/src/ipc/client.ts", "ui/test/client.test.ts"];

fn tauri_outside_client(tree: &Tree) -> Vec<Finding> {
    let ui = tree.with_extension(&["ts", "js", "mjs", "svelte"]);
    let others = ui.filter(|(path, _)| path.starts_with("ui/") && !TAURI_DOORS.contains(path));
    let imports =
        |line: &str| ["'", "\"", "`"].iter().any(|quote| line.contains(&format!("{quote}@tauri-apps/")));
    lines(
        others,
        imports,
        "only ui/src/ipc/client.ts imports Tauri: ask it, so that the window also runs in a browser",
    )
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
    fn paths_of_one_machine() {
        let [work, root] = MACHINE_PATHS;
        let text = [
            format!("cd {work}main"),
            format!("let p = \"{root}.cargo\";"),
            format!("https://host{work}a"),
            format!("docs{work}a and ~{root}b and ${{x}}{root}c"),
        ];
        check_files(
            &[("a.sh", &text.join("\n"))],
            expect![[r#"
                a.sh:1: a path of one machine: write it relative, or from an environment variable
                a.sh:2: a path of one machine: write it relative, or from an environment variable
            "#]],
        );
    }

    #[test]
    fn registries_in_lock_files() {
        check_files(
            &[
                (
                    "Cargo.lock",
                    "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
                     source = \"sparse+https://mirror.example/\"\n\
                     source = \"git+https://github.com/a/b\"\n",
                ),
                (
                    "ui/package-lock.json",
                    "{\n  \"resolved\": \"https://mirror.example/a.tgz\",\n  \"integrity\": \"x\"\n}\n",
                ),
                ("ui/.npmrc", "engine-strict=true\nregistry=https://mirror.example\n"),
                (".cargo/config.toml", "[source.crates-io]\nreplace-with = \"mirror\"\n"),
                ("docs/guide.md", "\"resolved\": is fine here\n"),
            ],
            expect![[r#"
                Cargo.lock:2: only crates.io may stand in the lock file: remove the source replacement and lock again
                Cargo.lock:3: only crates.io may stand in the lock file: remove the source replacement and lock again
                ui/package-lock.json:2: the lock file names a registry's host: set `omit-lockfile-registry-resolved` and lock again
                ui/.npmrc:2: a registry belongs into the developer's own configuration, not into the repository
                .cargo/config.toml:2: a registry belongs into the developer's own configuration, not into the repository
            "#]],
        );
    }

    #[test]
    fn tauri_has_one_door() {
        check_files(
            &[
                ("ui/src/ipc/client.ts", "import { invoke } from '@tauri-apps/api/core';\n"),
                (
                    "ui/src/pages/Apps.svelte",
                    "<script>\n  import { invoke } from \"@tauri-apps/api/core\";\n</script>\n",
                ),
                ("ui/src/ipc/fake.ts", "// without @tauri-apps/api at all\n"),
                ("ui/vite.config.ts", "await import('@tauri-apps/cli');\n"),
            ],
            expect![[r#"
                ui/src/pages/Apps.svelte:2: only ui/src/ipc/client.ts imports Tauri: ask it, so that the window also runs in a browser
                ui/vite.config.ts:1: only ui/src/ipc/client.ts imports Tauri: ask it, so that the window also runs in a browser
            "#]],
        );
    }
}
