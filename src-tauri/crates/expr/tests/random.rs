//! Random programs: the same answers as Go's, where Go is at hand (`cargo xtask oracle expr --random N`).

#![allow(clippy::print_stdout)] // Its findings are for people.

mod support;

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};
use support::grammar::{Random, program};
use support::{Answer, environments};

/// `ORACLE` is the program that asks Go, `COUNT` and `SEED` say how many programs and which. If `ROWS` names a file, the
/// programs are written there as rows for tests/compat, but for those whose answer changes from run to run.
#[test]
#[ignore = "asks Go: run by cargo xtask oracle"]
fn answers_as_go_does() {
    let variable = |name: &str| std::env::var(name).ok();
    let oracle = variable("ORACLE").expect("ORACLE names the oracle program");
    let count: usize = variable("COUNT").map_or(1_000, |count| count.parse().unwrap());
    let seed: u64 = variable("SEED").map_or(1, |seed| seed.parse().unwrap());
    let data = format!("{}/../../../tests/compat/data.json", env!("CARGO_MANIFEST_DIR"));
    let mut go = Command::new(oracle)
        .args(["expr", &data, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle can be started");
    let mut questions = go.stdin.take().unwrap();
    let mut answers = BufReader::new(go.stdout.take().unwrap()).lines();

    let env = &environments()["misc"];
    let mut random = Random::new(seed);
    let (mut seen, mut differing, mut good) = (HashSet::new(), 0, 0);
    let mut rows = Vec::new();
    for _ in 0..count {
        let source = program(&mut random);
        if !seen.insert(source.clone()) {
            continue;
        }
        let mut ask = || {
            writeln!(questions, "{}", json!({"input": source, "data": "misc"})).unwrap();
            let line = answers.next().expect("one answer for each question").unwrap();
            Answer::of_row(&serde_json::from_str::<Json>(&line).unwrap())
        };
        let mut expected = ask();
        let have = Answer::to(&source, env);
        good += usize::from(expected.ok);
        // What depends on the order of a Go map is another answer each time.
        for _ in 0..20 {
            if !alike(&have, &expected) {
                expected = ask();
            }
        }
        if have == expected && variable("ROWS").is_some() && (0..5).all(|_| ask() == expected) {
            let id = format!("r{seed}-{:05}", seen.len());
            rows.push(json!({"id": id, "category": "random", "input": source, "data": "misc"}).to_string());
        }
        if !alike(&have, &expected) {
            differing += 1;
            println!("{}", json!({"category": "random", "input": source, "data": "misc"}));
            println!("  expected {expected:?}\n  have     {have:?}");
        }
    }
    drop(questions);
    if let Some(path) = variable("ROWS") {
        std::fs::write(path, format!("[\n{}\n]\n", rows.join(",\n"))).unwrap();
    }
    go.wait().unwrap();
    println!("{} programs, {good} with a value, {differing} differ", seen.len());
    assert_eq!(differing, 0);
}

/// The same but for the order in which Go happens to go through a map.
fn alike(a: &Answer, b: &Answer) -> bool {
    let sorted = |text: &str| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.sort_unstable();
        bytes
    };
    let parts = |x: &Answer| [&x.stage, &x.output, &x.ty, &x.display, &x.err].map(|text| sorted(text));
    a == b || parts(a) == parts(b)
}
