//! `cargo xtask oracle`: has Go write its answers to the rows of tests/compat, or compares random programs with it.
//!
//! The program that asks Go is tests/compat/oracle. What makes up random programs is a test of the crate in question,
//! which is told by an environment variable where the program is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this language
    #[arg(value_enum)]
    language: Option<Language>,
    /// Change nothing and fail if an answer would change
    #[arg(long)]
    check: bool,
    /// Make up so many programs and compare Go's answers with ours
    #[arg(long, value_name = "N", conflicts_with = "check")]
    random: Option<u64>,
    /// Where the random programs begin
    #[arg(long, default_value_t = 1, requires = "random")]
    seed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Language {
    /// Expressions
    Expr,
    /// Templates
    Tmpl,
}

impl Language {
    /// The oracle's subcommand, and how the files of rows begin.
    fn name(self) -> &'static str {
        match self {
            Language::Expr => "expr",
            Language::Tmpl => "tmpl",
        }
    }

    /// The package whose test `random` makes up programs.
    fn package(self) -> &'static str {
        match self {
            Language::Expr => "dinghy-expr",
            Language::Tmpl => "dinghy-gotmpl",
        }
    }
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let oracle = build(workspace)?;
    let languages = options.language.map_or(vec![Language::Expr, Language::Tmpl], |language| vec![language]);
    for language in languages {
        match options.random {
            Some(count) => random(workspace, &oracle, language, count, options.seed)?,
            None => answer(workspace, &oracle, language, options.check)?,
        }
    }
    Ok(())
}

/// Compiles the Go program.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    if !command::exists("go") {
        bail!("Go is not installed; the answers in tests/compat stay as they are");
    }
    let oracle = workspace.target().join("oracle").join(format!("oracle{}", std::env::consts::EXE_SUFFIX));
    let mut go = Command::new("go");
    go.current_dir(folder(workspace).join("oracle")).args(["build", "-o"]).arg(&oracle).arg(".");
    command::run(&mut go)?;
    Ok(oracle)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("tests/compat")
}

fn answer(workspace: &Workspace, oracle: &Path, language: Language, check: bool) -> Result<()> {
    let data = folder(workspace).join("data.json");
    for path in files(&folder(workspace), language.name())? {
        let before = fs::read(&path)?;
        let target = if check { workspace.target().join("oracle/answers.json") } else { path.clone() };
        if check {
            fs::copy(&path, &target)?;
        }
        let mut ask = Command::new(oracle);
        ask.arg(language.name()).arg(&data).arg(&target);
        command::capture(&mut ask)?;
        let same = fs::read(&target)? == before;
        let verdict = if same { "as before" } else { "changed" };
        println!("{}: {verdict}", path.display());
        if check && !same {
            bail!("{} is not what Go answers", path.display());
        }
    }
    Ok(())
}

/// The files of rows of a language, sorted.
fn files(folder: &Path, prefix: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with(prefix) && name.ends_with(".json") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn random(workspace: &Workspace, oracle: &Path, language: Language, count: u64, seed: u64) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--release", "--package", language.package(), "--test", "random"]);
    cargo.args(["--", "--ignored", "--nocapture", "as_go_does"]);
    cargo.env("ORACLE", oracle).env("COUNT", count.to_string()).env("SEED", seed.to_string());
    command::run(&mut cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_language() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["tmpl.json", "expr.json", "expr-more.json", "expr.txt", "data.json"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let names: Vec<_> = files(folder.path(), "expr")
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["expr-more.json", "expr.json"]);
    }
}
