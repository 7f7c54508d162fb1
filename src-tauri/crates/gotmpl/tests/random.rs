//! Compares this crate with Go on templates that are made up as it goes, when Go's side is there.
//!
//! `ORACLE` names the built program of `tests/compat/oracle`; `SEED` and `COUNT` choose which
//! templates and how many; `DIFFERENT` a file that gets the rows that differ, for the corpus.

#[path = "support/answer.rs"]
mod answer;
#[path = "support/generate.rs"]
mod generate;
mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use answer::Row;

/// Go's side, started again when a template took it down (a value that holds itself overflows its stack) or kept it
/// busy (a loop over an hour of nanoseconds).
struct Go {
    program: String,
    process: Option<(Child, ChildStdin, Receiver<String>)>,
}

impl Go {
    /// The answer as a line of JSON; `None` when there was none.
    fn ask(&mut self, question: &serde_json::Value) -> Option<String> {
        let (child, to, from) = self.process.get_or_insert_with(|| start(&self.program));
        writeln!(to, "{question}").expect("Go listens");
        if let Ok(line) = from.recv_timeout(Duration::from_secs(3)) {
            return Some(line);
        }
        // It may be gone already.
        let _ = child.kill();
        child.wait().expect("Go ended");
        self.process = None;
        None
    }
}

fn start(program: &str) -> (Child, ChildStdin, Receiver<String>) {
    let data = format!("{}/../../../tests/compat/data.json", env!("CARGO_MANIFEST_DIR"));
    let mut child = Command::new(program)
        .args(["tmpl", &data, "-"])
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Go's side");
    let (to, from) = (child.stdin.take().expect("stdin"), child.stdout.take().expect("stdout"));
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    (child, to, receiver)
}

/// What docs/compatibility.md says is different: limits, what a zone is made of, and slices of what lies behind a slice's end.
const KNOWN: &[&str] = &[
    "exceeded maximum template depth",
    "nests deeper than",
    "template takes more than",
    "*time.Location=&{",
    "reflect.Value.Slice: slice index out of bounds",
];

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
#[allow(clippy::print_stderr)] // What differs is to be seen as it is found.
#[ignore = "needs Go: cargo xtask oracle tmpl --random N"]
fn answers_random_templates_as_go_does() {
    if !answer::runs_in_utc("answers_random_templates_as_go_does") {
        return;
    }
    let mut go = Go { program: std::env::var("ORACLE").expect("ORACLE"), process: None };
    let data = answer::data();
    let (first, runs) = (number("SEED", 1), number("COUNT", 2000));
    let mut different = Vec::new();
    for seed in first..first + runs {
        let input = generate::Generator::new(seed).template();
        let question = serde_json::json!({
            "id": format!("s{seed}"), "category": "random", "input": input, "data": "misc", "ok": false,
        });
        let Some(line) = go.ask(&question) else {
            eprintln!("s{seed}: no answer from Go");
            continue;
        };
        let mut row = question;
        let answer: serde_json::Map<_, _> = serde_json::from_str(&line).expect("an answer");
        row.as_object_mut().expect("a row").extend(answer);
        let parsed: Row = serde_json::from_value(row.clone()).expect("a row");
        if let Some(text) = answer::difference(&parsed, &data)
            && !KNOWN.iter().any(|known| text.contains(known))
        {
            eprintln!("{text}");
            different.push(row);
        }
    }
    if let Ok(file) = std::env::var("DIFFERENT") {
        std::fs::write(file, serde_json::to_string(&different).expect("rows")).expect("the file");
    }
    assert!(different.is_empty(), "{} of {runs} templates differ", different.len());
}
