//! Who may import whom, read from `cargo metadata`.
//!
//! The tables here are the machine's copy of the ones in docs/architecture.md: change both or neither.

use super::Finding;
use super::metadata::{Dependency, Metadata, Package};
use super::tree::Tree;

/// The packages of ours that each package of ours may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("dinghy-model", &[]),
    ("dinghy-govalue", &[]),
    ("dinghy-expr", &["dinghy-govalue"]),
    ("dinghy-gotmpl", &["dinghy-govalue"]),
    ("dinghy-rules", &["dinghy-model", "dinghy-expr", "dinghy-gotmpl", "dinghy-govalue"]),
    ("dinghy-transport", &["dinghy-model"]),
    ("dinghy-argocd", &["dinghy-model", "dinghy-transport"]),
    ("dinghy-dingtalk", &["dinghy-model", "dinghy-transport"]),
    ("dinghy-store", &["dinghy-model"]),
    ("dinghy-vault", &["dinghy-model"]),
    (
        "dinghy-engine",
        &["dinghy-rules", "dinghy-argocd", "dinghy-dingtalk", "dinghy-store", "dinghy-vault", "dinghy-model"],
    ),
    ("dinghy-api", &["dinghy-engine", "dinghy-rules", "dinghy-store", "dinghy-vault", "dinghy-model"]),
    // The application embeds the demo for `dinghy --demo`.
    ("dinghy-desktop", &["dinghy-api", "dinghy-engine", "dinghy-demo", "dinghy-model"]),
    ("dinghy", &["dinghy-desktop"]),
    ("dinghyctl", &["dinghy-api", "dinghy-engine", "dinghy-model"]),
    ("dinghy-demo", &["dinghy-model"]),
    ("xtask", &[]),
];

/// May see everything, and is seen by nothing.
const WHOLE_PATH_TESTS: &str = "dinghy-tests";

/// Any package's own tests may talk to the demo as to any server.
const DEMO: &str = "dinghy-demo";

/// Others' packages that live behind one door each. A name that ends in `*` stands for all that begin so.
const DOORS: &[Door] = &[
    Door {
        of: "reqwest",
        only: &["dinghy-transport", "dinghy-argocd", "dinghy-dingtalk"],
        tests: &["dinghy-demo"],
    },
    // What is trusted is decided once.
    Door { of: "rustls-platform-verifier", only: &["dinghy-transport"], tests: &[] },
    Door { of: "rusqlite", only: &["dinghy-store"], tests: &[] },
    Door { of: "keyring*", only: &["dinghy-vault"], tests: &[] },
    Door { of: "zbus-secret-service*", only: &["dinghy-vault"], tests: &[] },
    Door { of: "tauri*", only: &["dinghy"], tests: &[] },
    Door { of: "notify-rust", only: &["dinghy-engine"], tests: &[] },
];

struct Door {
    of: &'static str,
    only: &'static [&'static str],
    /// Packages whose tests may come in too, besides the package of whole-path tests.
    tests: &'static [&'static str],
}

/// Packages that know no async, not even in their tests.
const WITHOUT_TOKIO: &[&str] =
    &["dinghy-model", "dinghy-govalue", "dinghy-expr", "dinghy-gotmpl", "dinghy-rules"];

/// Every rule of this module.
pub(super) fn check(tree: &Tree, metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in metadata.members() {
        for dependency in &package.dependencies {
            let advice = [
                arrow(package, dependency, metadata),
                door(package, dependency),
                no_async(package, dependency),
            ];
            for advice in advice.into_iter().flatten() {
                let manifest = metadata.manifest(package);
                let line = line_of(tree, &manifest, &dependency.name);
                findings.push(Finding::new(manifest, line, advice));
            }
        }
    }
    findings.extend(screen_in_ctl(metadata));
    findings
}

fn arrow(package: &Package, dependency: &Dependency, metadata: &Metadata) -> Option<String> {
    let is_ours = metadata.members().any(|member| member.name == dependency.name);
    let (from, to) = (package.name.as_str(), dependency.name.as_str());
    if !is_ours || from == WHOLE_PATH_TESTS || (dependency.is_dev() && to == DEMO) {
        return None;
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == from) else {
        return Some(format!(
            "{from} has no place in the house: add it to ARROWS in xtask/src/tidy/walls.rs"
        ));
    };
    if allowed.contains(&to) {
        return None;
    }
    let allowed =
        if allowed.is_empty() { "none of ours".to_owned() } else { format!("only {}", allowed.join(", ")) };
    Some(format!("wrong arrow: {from} may not know {to} ({allowed}): move the code, or turn the call around"))
}

fn door(package: &Package, dependency: &Dependency) -> Option<String> {
    let from = package.name.as_str();
    let Door { of: _, only, tests } = DOORS.iter().find(|door| stands_for(door.of, &dependency.name))?;
    let in_tests = from == WHOLE_PATH_TESTS || (dependency.is_dev() && tests.contains(&from));
    if only.contains(&from) || in_tests {
        return None;
    }
    let rooms = match only {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => only.join(""),
    };
    Some(format!("{} lives in {rooms} only: ask that crate instead", dependency.name))
}

fn no_async(package: &Package, dependency: &Dependency) -> Option<String> {
    let is_async = stands_for("tokio*", &dependency.name);
    (is_async && WITHOUT_TOKIO.contains(&package.name.as_str())).then(|| {
        format!("{} is pure: no {} here, do the waiting in the engine", package.name, dependency.name)
    })
}

/// What draws. Not `tauri*`: Windows' notifications come from a small crate of that family.
const SCREEN: [&str; 6] = ["tauri", "tauri-runtime*", "wry", "tao", "webkit2gtk*", "gtk*"];

/// The command line tool runs on machines without a screen.
fn screen_in_ctl(metadata: &Metadata) -> Vec<Finding> {
    let tree = metadata.tree_of("dinghyctl");
    let draws = |name: &str| SCREEN.iter().any(|pattern| stands_for(pattern, name));
    let advice = |(name, by): (&&str, &&str)| {
        let advice = format!("dinghyctl must build without a screen, but {by} brings {name} into its tree");
        Finding::new("src-tauri/crates/ctl/Cargo.toml", 1, advice)
    };
    tree.iter().filter(|(name, _)| draws(name)).map(advice).collect()
}

fn stands_for(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

/// The line of the manifest that names the dependency; its first line when it is written in a way of its own.
fn line_of(tree: &Tree, manifest: &str, dependency: &str) -> usize {
    let names = |line: &str| {
        let rest = line.trim_start().strip_prefix(dependency);
        rest.is_some_and(|rest| rest.starts_with([' ', '.', '=']))
    };
    tree.text(manifest).and_then(|text| text.lines().position(names)).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    use super::*;
    use crate::tidy::shown;

    /// A workspace made of lines `package -> dependency`, where `-dev->` is a dev-dependency. What begins with
    /// `dinghy` is ours.
    fn metadata(arrows: &str) -> Metadata {
        let arrows: Vec<(&str, &str, Value)> = arrows
            .split_terminator('\n')
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| match line.split_once(" -dev-> ") {
                Some((from, to)) => (from, to, json!("dev")),
                None => line.split_once(" -> ").map(|(from, to)| (from, to, Value::Null)).expect("an arrow"),
            })
            .collect();

        let mut names: Vec<_> = arrows.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
        names.sort_unstable();
        names.dedup();
        let ours: Vec<_> = names.iter().filter(|name| name.starts_with("dinghy")).collect();
        let of = |name: &str| arrows.iter().filter(move |(from, ..)| *from == name).collect::<Vec<_>>();
        let package = |name: &&str| {
            let dependencies: Vec<_> =
                of(name).iter().map(|(_, to, kind)| json!({"name": to, "kind": kind})).collect();
            json!({"id": name, "name": name, "dependencies": dependencies, "manifest_path": format!("/r/{name}/Cargo.toml")})
        };
        let node = |name: &&str| {
            let deps: Vec<_> = of(name)
                .iter()
                .map(|(_, to, kind)| json!({"pkg": to, "dep_kinds": [{"kind": kind}]}))
                .collect();
            json!({"id": name, "deps": deps})
        };
        let json = json!({
            "packages": names.iter().map(package).collect::<Vec<_>>(),
            "workspace_members": ours,
            "resolve": {"nodes": names.iter().map(node).collect::<Vec<_>>()},
            "workspace_root": "/r",
        });
        Metadata::parse(&json.to_string()).expect("as cargo writes it")
    }

    fn check_arrows(arrows: &str, expected: Expect) {
        expected.assert_eq(&shown(&check(&Tree::made_up(&[]), &metadata(arrows))));
    }

    #[test]
    fn the_straight_line_is_in_order() {
        check_arrows(
            "dinghy-expr -> dinghy-govalue
             dinghy-govalue -> regex
             dinghy-model -> serde
             dinghy-argocd -> dinghy-model
             dinghy-argocd -> reqwest
             dinghy-argocd -dev-> dinghy-demo
             dinghy-demo -> dinghy-model
             dinghy-demo -dev-> reqwest
             dinghy-tests -> rusqlite
             dinghy-tests -> dinghy-argocd
             dinghy -> tauri",
            expect![""],
        );
    }

    #[test]
    fn wrong_arrows() {
        check_arrows(
            "dinghy-argocd -> dinghy-store
             dinghy-store -> dinghy-model
             dinghy-model -dev-> dinghy-store
             dinghy-new -> dinghy-model
             dinghy-store -dev-> dinghy-argocd",
            expect![[r#"
                dinghy-argocd/Cargo.toml:1: wrong arrow: dinghy-argocd may not know dinghy-store (only dinghy-model, dinghy-transport): move the code, or turn the call around
                dinghy-model/Cargo.toml:1: wrong arrow: dinghy-model may not know dinghy-store (none of ours): move the code, or turn the call around
                dinghy-new/Cargo.toml:1: dinghy-new has no place in the house: add it to ARROWS in xtask/src/tidy/walls.rs
                dinghy-store/Cargo.toml:1: wrong arrow: dinghy-store may not know dinghy-argocd (only dinghy-model): move the code, or turn the call around
            "#]],
        );
    }

    #[test]
    fn doors_for_others() {
        check_arrows(
            "dinghy-engine -> reqwest
             dinghy-demo -> reqwest
             dinghy-api -> rusqlite
             dinghy-api -> keyring-core
             dinghy-vault -> keyring-core
             dinghy-engine -> tauri-plugin-opener
             dinghy-rules -dev-> tokio-util",
            expect![[r#"
                dinghy-api/Cargo.toml:1: rusqlite lives in dinghy-store only: ask that crate instead
                dinghy-api/Cargo.toml:1: keyring-core lives in dinghy-vault only: ask that crate instead
                dinghy-demo/Cargo.toml:1: reqwest lives in dinghy-transport, dinghy-argocd and dinghy-dingtalk only: ask that crate instead
                dinghy-engine/Cargo.toml:1: reqwest lives in dinghy-transport, dinghy-argocd and dinghy-dingtalk only: ask that crate instead
                dinghy-engine/Cargo.toml:1: tauri-plugin-opener lives in dinghy only: ask that crate instead
                dinghy-rules/Cargo.toml:1: dinghy-rules is pure: no tokio-util here, do the waiting in the engine
            "#]],
        );
    }

    #[test]
    fn the_command_line_has_no_screen_however_deep() {
        check_arrows(
            "dinghyctl -> dinghy-api
             dinghy-api -> other
             other -> deeper
             deeper -> webkit2gtk
             deeper -> tauri-winrt-notification
             dinghyctl -dev-> wry",
            expect![[r#"
                src-tauri/crates/ctl/Cargo.toml:1: dinghyctl must build without a screen, but deeper brings webkit2gtk into its tree
            "#]],
        );
    }

    #[test]
    fn a_finding_names_the_line_of_the_manifest() {
        let tree = Tree::made_up(&[(
            "dinghy-model/Cargo.toml",
            "[dependencies]\nserde.workspace = true\ntokio-util = \"0.7\"\ntokio = { version = \"1\" }\n",
        )]);
        let findings = check(&tree, &metadata("dinghy-model -> tokio"));
        assert_eq!(findings[0].line, 4, "{}", shown(&findings));
    }
}
