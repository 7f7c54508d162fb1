//! `cargo xtask bench languages`: what the rule languages cost beside Go's, in one run on one machine.
//!
//! Ours is measured by the benches of each crate (criterion, and a count of allocations), Go's by `testing.B` in
//! tests/compat/oracle. Both read the same sources (tests/compat/bench.json) and the same applications, made here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{machine, page};
use crate::command;
use crate::workspace::Workspace;

/// A language: the key of its cases, its package, how Go's benchmarks are named, and what stands above its table.
struct Language {
    key: &'static str,
    package: &'static str,
    go: &'static str,
    title: &'static str,
    goal_run: f64,
}

const LANGUAGES: [Language; 2] = [
    Language {
        key: "expr",
        package: "dinghy-expr",
        go: "Expr",
        title: "Expressions beside github.com/expr-lang/expr",
        goal_run: 1.0 / 3.0,
    },
    Language {
        key: "tmpl",
        package: "dinghy-gotmpl",
        go: "Tmpl",
        title: "Templates beside text/template with sprig",
        goal_run: 1.0 / 3.0,
    },
];
const GOAL_COMPILE: f64 = 0.5;

/// Time and allocations of one case.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cost {
    nanos: f64,
    allocations: u64,
}

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    if !command::exists("go") {
        bail!("Go is not installed: there is nothing to measure beside");
    }
    let data = applications(workspace)?;
    let cases = workspace.root().join("tests/compat/bench.json");
    let mut machine = machine::common(workspace)?;
    let mut version = Command::new("go");
    machine.push(("Beside", command::capture(version.arg("version"))?.trim().to_owned()));
    for language in &LANGUAGES {
        let environment = [("BENCH_CASES", cases.as_path()), ("BENCH_DATA", data.as_path())];
        // Built first, so that the two are measured one right after the other.
        let mut build = workspace.cargo();
        command::run(build.args(["bench", "--no-run", "--package", language.package]))?;
        let go = go(workspace, language, &environment)?;
        let ours = ours(workspace, language, &environment)?;
        write(workspace, language, &table(language, &machine, &go, &ours))?;
    }
    Ok(())
}

/// An application of 6 KB with four resources, and the same with 2,000.
fn applications(workspace: &Workspace) -> Result<PathBuf> {
    let text = fs::read_to_string(workspace.root().join("tests/compat/data.json"))?;
    let data: Value = serde_json::from_str(&text)?;
    let mut app = data["app"]["app"].clone();
    app["status"]["operationState"]["phase"] = json!("Succeeded");
    app["status"]["health"]["status"] = json!("Healthy");
    let known = app["status"]["resources"].as_array().cloned().unwrap_or_default();
    let mut sized = |count: usize| {
        let resources = known.iter().cycle().take(count).enumerate().map(|(at, resource)| {
            let mut resource = resource.clone();
            resource["name"] = json!(format!("resource-with-a-name-of-usual-length-{at}"));
            resource["message"] = json!(format!(
                "deployment.apps/resource-{at} configured. Warning: an annotation \
                is missing and will be patched automatically, as it is for most objects in most clusters"
            ));
            resource
        });
        app["status"]["resources"] = resources.collect();
        let mut set = data["app"].clone();
        set["app"] = app.clone();
        set
    };
    let made = json!({"small": sized(4), "large": sized(2_000)});
    let path = workspace.target().join("oracle/bench-data.json");
    fs::create_dir_all(workspace.target().join("oracle"))?;
    fs::write(&path, made.to_string())?;
    Ok(path)
}

type Costs = BTreeMap<String, Cost>;

fn go(workspace: &Workspace, language: &Language, environment: &[(&str, &Path)]) -> Result<Costs> {
    let mut go = Command::new("go");
    go.current_dir(workspace.root().join("tests/compat/oracle"));
    go.args(["test", "-run", "^$", "-benchmem", "-benchtime", "500ms", "-bench", language.go]);
    go.envs(environment.iter().copied());
    println!("$ {}", command::line(&go));
    let text = command::capture_with_progress(&mut go)?;
    Ok(text.lines().filter_map(go_line).collect())
}

/// `BenchmarkExprRun/small/on-deleted-2   713070   407.4 ns/op   64 B/op   3 allocs/op`
fn go_line(line: &str) -> Option<(String, Cost)> {
    let mut words = line.strip_prefix("Benchmark")?.split_whitespace();
    let (_, name) = words.next()?.split_once('/')?;
    // What follows the last dash is the number of processors.
    let (name, _) = name.rsplit_once('-')?;
    let words: Vec<&str> = words.collect();
    let before = |unit: &str| {
        let at = words.iter().position(|word| *word == unit)?;
        words.get(at.checked_sub(1)?)?.parse::<f64>().ok()
    };
    let cost = Cost { nanos: before("ns/op")?, allocations: before("allocs/op")? as u64 };
    Some((name.to_owned(), cost))
}

fn ours(workspace: &Workspace, language: &Language, environment: &[(&str, &Path)]) -> Result<Costs> {
    let bench = |name: &str| {
        let mut cargo = workspace.cargo();
        cargo.args(["bench", "--quiet", "--package", language.package, "--bench", name]);
        cargo.envs(environment.iter().copied());
        println!("$ {}", command::line(&cargo));
        command::capture_with_progress(&mut cargo)
    };
    bench("speed")?;
    let counted = bench("allocations")?;
    let mut costs = Costs::new();
    for line in counted.lines() {
        let Some((id, count)) = line.rsplit_once(' ') else { continue };
        let Some(name) = id.strip_prefix(language.key).and_then(|name| name.strip_prefix('/')) else {
            continue;
        };
        let folder = workspace.target().join("criterion").join(id.replace('/', "_"));
        let path = folder.join("new/estimates.json");
        let text =
            fs::read_to_string(&path).with_context(|| format!("criterion left no {}", path.display()))?;
        let estimates: Value = serde_json::from_str(&text)?;
        let nanos =
            estimates["median"]["point_estimate"].as_f64().context("no median in criterion's file")?;
        costs.insert(name.to_owned(), Cost { nanos, allocations: count.parse()? });
    }
    Ok(costs)
}

fn table(language: &Language, machine: &[(&str, String)], go: &Costs, ours: &Costs) -> String {
    let machine: String = machine.iter().map(|(key, value)| format!("- {key}: {value}\n")).collect();
    let mut text = format!(
        "## {}\n\nWritten by `cargo xtask bench languages`. `small` is an application of 6 KB with four resources, \
         `large` the same\nwith 2,000; `compile` is from the text to a program. Times are medians in nanoseconds.\n\n\
         {machine}\n| Case | Go | Dinghy | Ratio | Goal | | Allocations, Go | Dinghy |\n|---|--:|--:|--:|--:|---|--:|--:|\n",
        language.title
    );
    for (name, ours) in ours {
        let Some(go) = go.get(name) else { continue };
        let ratio = ours.nanos / go.nanos;
        let goal = if name.starts_with("compile/") { GOAL_COMPILE } else { language.goal_run };
        let verdict = if ratio <= goal { "met" } else { "**missed**" };
        let (go_nanos, nanos, more, less) = (go.nanos, ours.nanos, go.allocations, ours.allocations);
        text += &format!(
            "| {name} | {go_nanos:.0} | {nanos:.0} | {ratio:.2} | {goal:.2} | {verdict} | {more} | {less} |\n"
        );
    }
    text
}

fn write(workspace: &Workspace, language: &Language, text: &str) -> Result<()> {
    let path = workspace.root().join("docs/measurements.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    fs::write(&path, page::put(&before, "languages", language.key, text))?;
    println!("wrote {} to {}", language.title, path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_go() {
        let line = "BenchmarkExprRun/small/on-deleted-2  \t  713070\t  407.4 ns/op\t  64 B/op\t  3 allocs/op";
        let cost = Cost { nanos: 407.4, allocations: 3 };
        assert_eq!(go_line(line), Some(("small/on-deleted".to_owned(), cost)));
        assert_eq!(go_line("PASS"), None);
    }
}
