//! `cargo xtask bench engine`: what a change of an application costs beside notifications-engine, Argo CD's own library,
//! in one run on one machine.
//!
//! Ours is measured by the engine's own test `controller::speed` in a release build, Go's by tests/compat/engine. Both are
//! given the same file ([`super::scene`]).

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::{machine, page, scene};
use crate::command;
use crate::workspace::Workspace;

/// A change, judged by the catalog.
const GOAL_MICROS: f64 = 100.0;
/// What a change among many applications may cost more than among few.
const GOAL_GROWTH: f64 = 1.2;
/// Kept for each application beyond what lists and details show.
const GOAL_BYTES: f64 = 4096.0;
/// Messages a second, from the text to the disk.
const GOAL_COMMITTED: f64 = 2_000.0;

/// What Go says.
#[derive(Debug, Deserialize)]
struct Go {
    rules: String,
    applications: usize,
    sent: usize,
    micros: f64,
    bytes: f64,
}

/// What `controller::speed` says; its fields are described there.
#[derive(Debug, Deserialize)]
struct Ours {
    rules: String,
    applications: usize,
    sent: usize,
    micros: f64,
    judging: f64,
    same_nanos: f64,
    committed: f64,
    bytes: f64,
    shown_bytes: f64,
}

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    if !command::exists("go") {
        bail!("Go is not installed: there is nothing to measure beside");
    }
    let folder = workspace.target().join("bench-engine");
    fs::create_dir_all(&folder)?;
    let scene = folder.join("scene.json");
    fs::write(&scene, scene::scene(workspace)?.to_string())?;
    let mut machine = machine::common(workspace)?;
    let mut version = Command::new("go");
    machine.push(("Beside", command::capture(version.arg("version"))?.trim().to_owned()));

    // Built first, so that the two are measured one right after the other.
    let mut build = workspace.cargo();
    command::run(build.args(["test", "--release", "--no-run", "--package", "dinghy-engine", "--lib"]))?;
    let go = lines(&go(workspace, &folder, &scene)?)?;
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--quiet", "--release", "--package", "dinghy-engine", "--lib", "--"]);
    cargo.args(["--ignored", "--exact", "--nocapture", "controller::speed::engine"]);
    println!("$ {}", command::line(&cargo));
    let text = command::capture_with_progress(cargo.env("BENCH_SCENE", &scene))?;
    let ours = lines(&text)?;

    let path = workspace.root().join("docs/measurements.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    fs::write(&path, page::put(&before, "engine", "rules", &part(&machine, &go, &ours)))?;
    println!("wrote the engine's part of {}", path.display());
    Ok(())
}

fn go(workspace: &Workspace, folder: &Path, scene: &Path) -> Result<String> {
    let program = folder.join(format!("engine{}", std::env::consts::EXE_SUFFIX));
    let mut build = Command::new("go");
    build
        .current_dir(workspace.root().join("tests/compat/engine"))
        .args(["build", "-o"])
        .arg(&program)
        .arg(".");
    command::run(&mut build)?;
    let mut go = Command::new(program);
    println!("$ {}", command::line(go.arg(scene)));
    command::capture_with_progress(&mut go)
}

/// The figures among what a program printed: one JSON object a line, perhaps after `figures: `.
fn lines<T: for<'a> Deserialize<'a>>(text: &str) -> Result<Vec<T>> {
    let json = text.lines().filter_map(|line| line.find('{').map(|at| &line[at..]));
    json.map(|line| serde_json::from_str(line).with_context(|| format!("no figures: {line}"))).collect()
}

fn part(machine: &[(&str, String)], go: &[Go], ours: &[Ours]) -> String {
    let machine: String = machine.iter().map(|(key, value)| format!("- {key}: {value}\n")).collect();
    let mut text = format!("{HEAD}\n{machine}\n{}", TABLE);
    for ours in ours {
        let same = |go: &&Go| go.rules == ours.rules && go.applications == ours.applications;
        let Some(go) = go.iter().find(same) else { continue };
        text += &format!(
            "| {} | {} | {:.0} | {:.0} | {:.2} | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} |\n",
            ours.rules,
            ours.applications,
            go.micros,
            ours.micros,
            ours.micros / go.micros,
            ours.judging,
            ours.same_nanos / 1_000.0,
            go.bytes / 1024.0,
            ours.shown_bytes / 1024.0,
            ours.bytes / 1024.0,
            ours.sent as f64 / go.sent as f64,
            ours.committed,
        );
    }
    text += "\n| Goal | Worst figure | Limit | |\n|---|--:|--:|---|\n";
    goals(ours).iter().for_each(|goal| text += &goal.line());
    text
}

const HEAD: &str = "\
## A change of an application beside notifications-engine

Written by `cargo xtask bench engine`. An application of 7 KB with 16 resources goes through four states (synced and well,
a sync under way, failed, well again); every application of a server changes in turn. `catalog` is Argo CD's eight
triggers, `hundred` those and 92 more, each of them narrowed to one project; all are subscribed to one webhook, whose
bodies are rendered.

A change is counted from its JSON text to what is due and remembered. Go: the informer's decoder, `RunTrigger`, `Send` to
a service that does nothing, the state's annotation, in the order of the controller's own function, without its log,
metrics and patches. Dinghy: the summary that lists show, then the whole of the controller's work (judging) without the
disk. Both on one thread, Go's collector beside it. *Same* is a text that came before: it is not judged again.

Kept is live heap for each application; Dinghy's is what lists and details show (summary, packed text) and what lies
beyond (memory of rules, times, errors). *Sent* is our number of messages by Go's. Committed are messages a second from
the text to the disk, in batches of 64 changes, a transaction with `synchronous=FULL` each.
";

const TABLE: &str = "\
| Rules | Applications | Go, µs | Dinghy, µs | Ratio | Judging, µs | Same, µs | Go keeps, KiB | Dinghy: shown, KiB | beyond, KiB | Sent | Committed a second |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
";

struct Goal {
    what: &'static str,
    figure: f64,
    limit: f64,
    /// The figure should be no smaller instead of no larger.
    at_least: bool,
}

impl Goal {
    fn line(&self) -> String {
        let is_met = if self.at_least { self.figure >= self.limit } else { self.figure <= self.limit };
        let (sign, verdict) =
            (if self.at_least { '≥' } else { '≤' }, if is_met { "met" } else { "**missed**" });
        let figure =
            if self.figure < 10.0 { format!("{:.2}", self.figure) } else { format!("{:.0}", self.figure) };
        format!("| {} | {figure} | {sign} {} | {verdict} |\n", self.what, self.limit)
    }
}

fn goals(ours: &[Ours]) -> [Goal; 4] {
    let worst = |figure: &dyn Fn(&Ours) -> f64| ours.iter().map(figure).fold(0.0, f64::max);
    let judging = |rules: &str, size: Option<usize>| {
        let found = ours
            .iter()
            .filter(|ours| ours.rules == rules && size.is_none_or(|size| size == ours.applications));
        found.map(|ours| ours.judging).fold(0.0, f64::max)
    };
    let few = scene::SIZES.first().copied();
    let growth = |rules: &str| judging(rules, None) / judging(rules, few);
    let [catalog, hundred] = ["catalog", "hundred"];
    let least = ours.iter().map(|ours| ours.committed).fold(f64::INFINITY, f64::min);
    let goal = |what, figure, limit| Goal { what, figure, limit, at_least: false };
    [
        goal("A change judged by the catalog, µs", judging(catalog, None), GOAL_MICROS),
        goal("The same among 10,000 by that among 100", growth(catalog).max(growth(hundred)), GOAL_GROWTH),
        goal("Kept beyond what is shown, bytes", worst(&|ours| ours.bytes), GOAL_BYTES),
        Goal { what: "Messages committed a second", figure: least, limit: GOAL_COMMITTED, at_least: true },
    ]
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn figures_of_both_make_a_table() {
        let go = r#"{"rules":"catalog","applications":100,"changes":8,"sent":10,"micros":500,"judging":300,"bytes":51200}"#;
        let ours = "running 1 test\nfigures: {\"rules\":\"catalog\",\"applications\":100,\"changes\":8,\"sent\":10,\
                    \"micros\":125,\"judging\":101,\"same_nanos\":5000,\"committed\":9000,\"bytes\":1024,\
                    \"shown_bytes\":3072}\ntest ok";
        let text = part(&[("Date", "today".to_owned())], &lines(go).unwrap(), &lines(ours).unwrap());
        let table: String = text
            .lines()
            .filter(|line| line.starts_with('|') && !line.starts_with("| Rules"))
            .map(|line| format!("{line}\n"))
            .collect();
        expect![[r#"
            |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
            | catalog | 100 | 500 | 125 | 0.25 | 101 | 5.0 | 50.0 | 3.0 | 1.0 | 1.0 | 9000 |
            | Goal | Worst figure | Limit | |
            |---|--:|--:|---|
            | A change judged by the catalog, µs | 101 | ≤ 100 | **missed** |
            | The same among 10,000 by that among 100 | 1.00 | ≤ 1.2 | met |
            | Kept beyond what is shown, bytes | 1024 | ≤ 4096 | met |
            | Messages committed a second | 9000 | ≥ 2000 | met |
        "#]]
        .assert_eq(&table);
        assert!(lines::<Go>("{").is_err());
    }
}
