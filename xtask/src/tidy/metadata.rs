//! The part of `cargo metadata` that the walls are checked against.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::command;
use crate::workspace::Workspace;

/// Cargo's format version 1: <https://doc.rust-lang.org/cargo/commands/cargo-metadata.html>.
#[derive(Deserialize)]
pub(super) struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
    resolve: Resolve,
    workspace_root: String,
}

/// One package, ours or another's.
#[derive(Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) dependencies: Vec<Dependency>,
    manifest_path: String,
}

/// One line under `[dependencies]`, `[dev-dependencies]` or `[build-dependencies]`.
#[derive(Deserialize)]
pub(super) struct Dependency {
    /// The package's name, whatever the line calls it.
    pub(super) name: String,
    kind: Option<String>,
}

impl Dependency {
    /// Whether only tests, examples and benches see it.
    pub(super) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<NodeDep>,
}

#[derive(Deserialize)]
struct NodeDep {
    pkg: String,
    dep_kinds: Vec<DepKind>,
}

#[derive(Deserialize)]
struct DepKind {
    kind: Option<String>,
}

impl Metadata {
    pub(super) fn read(workspace: &Workspace) -> Result<Metadata> {
        let json = command::capture(workspace.cargo().args(["metadata", "--format-version", "1"]))?;
        Metadata::parse(&json)
    }

    pub(super) fn parse(json: &str) -> Result<Metadata> {
        serde_json::from_str(json).context("cargo metadata is not as expected")
    }

    /// Our own packages.
    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The package's Cargo.toml, from the repository's root with forward slashes.
    pub(super) fn manifest(&self, package: &Package) -> String {
        let path = package.manifest_path.strip_prefix(&self.workspace_root).unwrap_or(&package.manifest_path);
        path.replace('\\', "/").trim_start_matches('/').to_owned()
    }

    /// Names of everything that is compiled into the member `name` on any platform, each with the name of the
    /// package that pulled it in first. Tests' own dependencies are left out. Empty when there is no such member.
    pub(super) fn tree_of(&self, name: &str) -> BTreeMap<&str, &str> {
        let names: BTreeMap<&str, &str> =
            self.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
        let nodes: BTreeMap<&str, &Node> =
            self.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let mut pulled_in = BTreeMap::new();
        let mut to_visit: Vec<&str> = self
            .members()
            .filter(|package| package.name == name)
            .map(|package| package.id.as_str())
            .collect();
        let mut visited: BTreeSet<&str> = to_visit.iter().copied().collect();
        while let Some(id) = to_visit.pop() {
            for dep in nodes.get(id).iter().flat_map(|node| &node.deps) {
                let compiled_in = dep.dep_kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev"));
                if compiled_in && visited.insert(&dep.pkg) {
                    to_visit.push(&dep.pkg);
                    if let (Some(name), Some(by)) = (names.get(dep.pkg.as_str()), names.get(id)) {
                        pulled_in.entry(*name).or_insert(*by);
                    }
                }
            }
        }
        pulled_in
    }
}
