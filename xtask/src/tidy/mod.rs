//! What the compiler does not check: the walls between the crates, the shape of the files, and links between pages.
//!
//! Each rule is a pure function from a [`Tree`] or cargo's [`Metadata`] to findings, and is tested on made-up trees.

mod files;
mod links;
mod metadata;
mod surface;
mod tree;
mod walls;
mod words;

use std::fmt;

use anyhow::{Result, bail};

use crate::codegen;
use crate::workspace::Workspace;
use metadata::Metadata;
use tree::Tree;

/// Something to mend.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// From the repository's root, with forward slashes.
    path: String,
    /// Counted from 1.
    line: usize,
    /// What is wrong and what to do about it.
    advice: String,
}

impl Finding {
    fn new(path: impl Into<String>, line: usize, advice: impl Into<String>) -> Finding {
        Finding { path: path.into(), line, advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.advice)
    }
}

/// All rules, and whether the generated TypeScript is up to date; the second is asked also when the first fail.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let rules = check(workspace);
    match &rules {
        Ok(sentence) => println!("{sentence}"),
        Err(findings) => println!("{findings:#}"),
    }
    println!("comparing the TypeScript types with the Rust ones, which may take a build …");
    codegen::run(workspace, true)?;
    if rules.is_err() {
        bail!("see the list above");
    }
    Ok(())
}

/// All rules that need nothing compiled. Gives back a sentence for the summary; a failure lists every finding.
pub(crate) fn check(workspace: &Workspace) -> Result<String> {
    let tree = Tree::of_repository(workspace.root())?;
    let mut findings = walls::check(&tree, &Metadata::read(workspace)?);
    findings.extend(files::check(&tree));
    findings.extend(links::check(&tree));
    findings.extend(words::check(&tree));
    findings.extend(surface::check(&tree));
    findings.sort();
    if findings.is_empty() {
        return Ok(format!("{} files and every wall between the crates are in order", tree.len()));
    }
    let list: Vec<_> = findings.iter().map(Finding::to_string).collect();
    bail!("{}\n{} to mend", list.join("\n"), findings.len())
}

/// The findings of one rule as text, for the tests of the rules.
#[cfg(test)]
fn shown(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}
