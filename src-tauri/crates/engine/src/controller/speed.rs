//! What a change of an application costs from its text to the disk, and what is kept of it: the figures of
//! `cargo xtask bench engine`, which sets Go's beside them. The controller is the real one, its inputs are put in by hand
//! in batches as its loop takes them, and nothing is delivered.

#![expect(clippy::print_stdout, reason = "read by xtask")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dinghy_argocd::snapshot;
use dinghy_model::{AppSnapshot, ServerName};
use dinghy_store::Dirs;
use dinghy_vault::{MemoryKeychain, Vault};
use serde::{Deserialize, Serialize};

use super::Controller;
use crate::input::News;
use crate::supervisor::{Engine, Follow, Options, Parts};
use crate::table::Table;

/// As many inputs as may wait for the controller, and so the size of its batches when it is busy.
const BATCH: usize = 64;

/// What both sides read; tests/compat/engine says what each is.
#[derive(Deserialize)]
struct Scene {
    app: String,
    states: Vec<BTreeMap<String, String>>,
    rules: BTreeMap<String, String>,
    sizes: Vec<usize>,
    rounds: usize,
    changes: usize,
}

#[derive(Serialize)]
struct Figure<'a> {
    rules: &'a str,
    applications: usize,
    changes: usize,
    sent: usize,
    /// Microseconds from the text of a change to what follows from it.
    micros: f64,
    /// Of it, without the reading of the summary that lists show.
    judging: f64,
    /// Nanoseconds for a text that is the same as before.
    same_nanos: f64,
    /// Messages a second from the text to the disk.
    committed: f64,
    /// Bytes kept for each application beyond its summary and its packed text.
    bytes: f64,
    /// Those two, with the id.
    shown_bytes: f64,
}

impl Scene {
    fn text(&self, app: usize, round: usize) -> String {
        let revision = format!("{:040}", round / self.states.len());
        let words = [
            ("@NAME@", format!("app-{app:05}")),
            ("@PROJECT@", format!("team-{:02}", app % 92)),
            ("@REVISION@", revision),
        ];
        let mut text = self.app.clone();
        for (word, value) in words {
            text = text.replace(word, &value);
        }
        let state = &self.states[round % self.states.len()];
        state.iter().fold(text, |text, (word, value)| text.replace(word, value))
    }
}

fn server() -> ServerName {
    "prod".into()
}

fn read(text: &str) -> AppSnapshot {
    snapshot(&server(), text).expect("an application")
}

/// The times of one round.
#[derive(Default)]
struct Round {
    /// Of each change, from the text to what follows from it.
    changes: Vec<Duration>,
    /// Of it, without the reading of the summary.
    judging: Vec<Duration>,
    /// Of all of them, with the disk.
    whole: Duration,
}

fn controller(folder: &Path, rules: &str) -> (Engine, Controller) {
    let dirs = Dirs { config: folder.join("config"), data: folder.join("data") };
    dirs.create().expect("folders");
    std::fs::write(dirs.rules(), rules).expect("a file");
    let vault = Arc::new(Vault::new(Box::new(MemoryKeychain::default()), BTreeMap::new()));
    let options = Options {
        dirs,
        vault,
        open_url: Arc::new(|_| {}),
        demo: false,
        follow: Follow::Always,
        dry_run: true,
    };
    let Parts { engine, mut controller, .. } = Engine::assemble(options).expect("an engine");
    let loaded = controller.spawner.load();
    assert!(!loaded.rules_broken, "{:?}", loaded.rules_problems);
    controller.apply(loaded);
    (engine, controller)
}

impl Controller {
    /// Every application changes once.
    fn round(&mut self, scene: &Scene, size: usize, round: usize) -> Round {
        let mut times = Round::default();
        let apps: Vec<usize> = (0..size).collect();
        for batch in apps.chunks(BATCH) {
            let texts: Vec<String> = batch.iter().map(|app| scene.text(*app, round)).collect();
            let start = Instant::now();
            for text in &texts {
                let start = Instant::now();
                let snapshot = read(text);
                let is_read = Instant::now();
                self.take_news(&server(), News::Seen(Box::new(snapshot)));
                times.judging.push(is_read.elapsed());
                times.changes.push(start.elapsed());
            }
            self.look_at_servers();
            self.write();
            times.whole += start.elapsed();
        }
        times
    }

    fn waiting(&self) -> usize {
        self.store.queue_counts().expect("a queue").values().map(|counts| counts.waiting).sum()
    }
}

fn measure<'a>(scene: &Scene, folder: &Path, name: &'a str, size: usize) -> Figure<'a> {
    let mut figure = Figure {
        rules: name,
        applications: size,
        changes: 0,
        sent: 0,
        micros: 0.0,
        judging: 0.0,
        same_nanos: 0.0,
        committed: 0.0,
        bytes: 0.0,
        shown_bytes: shown_bytes(scene, size),
    };
    let (mut changes, mut judging) =
        (vec![Vec::new(); scene.states.len()], vec![Vec::new(); scene.states.len()]);
    let (mut same, mut whole) = (Vec::new(), Duration::ZERO);
    while figure.changes < scene.changes {
        let temp = tempfile::tempdir_in(folder).expect("a folder");
        let (_engine, mut controller) = controller(temp.path(), &scene.rules[name]);
        let mut rounds = Vec::new();
        let kept = allocation_counter::measure(|| {
            for number in 0..=scene.rounds {
                let round = controller.round(scene, size, number);
                allocation_counter::opt_out(|| rounds.push(round));
            }
        });
        let sent = controller.waiting();
        same.extend(controller.round(scene, size, scene.rounds).judging);
        assert_eq!(controller.waiting(), sent, "what did not change was judged again");
        assert!(controller.ledger.problem().is_none() && sent > 0);
        figure.bytes = kept.bytes_current as f64 - times_bytes(&rounds);
        figure.bytes = figure.bytes / size as f64 - figure.shown_bytes;
        // The first round is for getting to know them.
        for (number, round) in rounds.into_iter().enumerate().skip(1) {
            changes[number % scene.states.len()].extend(round.changes);
            judging[number % scene.states.len()].extend(round.judging);
            whole += round.whole;
        }
        figure.changes += size * scene.rounds;
        figure.sent += sent;
    }
    figure.micros = micros(changes);
    figure.judging = micros(judging);
    figure.committed = figure.sent as f64 / whole.as_secs_f64();
    figure.same_nanos = micros(vec![same]) * 1e3;
    figure
}

/// What the times themselves take.
fn times_bytes(rounds: &[Round]) -> f64 {
    let times = rounds.iter().map(|round| round.changes.capacity() + round.judging.capacity());
    (times.sum::<usize>() * size_of::<Duration>()) as f64
}

/// What the same applications take in a table without memory.
fn shown_bytes(scene: &Scene, size: usize) -> f64 {
    let mut table = Table::default();
    let kept = allocation_counter::measure(|| {
        for app in 0..size {
            table.take(&read(&scene.text(app, scene.rounds)), 0);
        }
    });
    drop(table);
    kept.bytes_current as f64 / size as f64
}

/// The mean of the medians of all states: not all cost the same, and what the machine does meanwhile is not counted.
fn micros(states: Vec<Vec<Duration>>) -> f64 {
    let count = states.len() as f64;
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e6
    };
    states.into_iter().map(median).sum::<f64>() / count
}

#[test]
#[ignore = "measures: cargo xtask bench engine"]
fn engine() {
    let path = std::env::var("BENCH_SCENE").expect("BENCH_SCENE names what xtask made");
    let scene: Scene = serde_json::from_str(&std::fs::read_to_string(&path).expect(&path)).expect("a scene");
    let folder = Path::new(&path).parent().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _inside = runtime.enter();
    for name in scene.rules.keys() {
        for &size in &scene.sizes {
            let figure = measure(&scene, folder, name, size);
            println!("figures: {}", serde_json::to_string(&figure).expect("JSON"));
        }
    }
}
