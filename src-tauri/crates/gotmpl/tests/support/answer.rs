//! Rows of the corpus and what this crate answers to them.

use std::collections::HashMap;

use dinghy_gotmpl::{Stage, parse};
use dinghy_govalue::{Time, Value};

use crate::support;

/// A question with Go's answer.
#[derive(serde::Deserialize)]
pub(crate) struct Row {
    id: String,
    input: String,
    data: String,
    ok: bool,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    output: String,
    #[serde(default)]
    err: String,
}

/// The sets of variables by name.
pub(crate) fn data() -> HashMap<String, Value> {
    let sets: HashMap<String, Value> = serde_json::from_str(&support::corpus("data.json")).expect("data");
    sets.into_iter().map(|(name, raw)| (name, support::variables(&raw))).collect()
}

/// What this crate answers, in the corpus's terms: stage and text of an error, or the output.
fn answer(row: &Row, data: &HashMap<String, Value>) -> Result<String, (&'static str, String)> {
    let failure = |error: dinghy_gotmpl::Error| {
        let stage = if error.stage == Stage::Parse { "parse" } else { "exec" };
        (stage, error.to_string())
    };
    let template = parse("t", &row.input).map_err(failure)?;
    let now = Time::from_unix(1_710_000_000, 0, dinghy_govalue::Zone::Utc);
    let bytes = template.render(&data[&row.data], &now).map_err(failure)?;
    // The rows are JSON, so this is what they have of other bytes.
    Ok(dinghy_govalue::to_str_lossy(&bytes).into_owned())
}

/// Says what differs, if anything does.
pub(crate) fn difference(row: &Row, data: &HashMap<String, Value>) -> Option<String> {
    let expected = if row.ok { Ok(&*row.output) } else { Err((&*row.stage, &*row.err)) };
    let got = answer(row, data);
    let same = got.as_deref().map_err(|(stage, text)| (*stage, &**text)) == expected;
    (!same).then(|| format!("{} {:?}\n   Go: {expected:?}\n here: {got:?}", row.id, row.input))
}

/// The answers were made with UTC as the local zone, which only the environment of a process can say: runs the test
/// again in one that has it. False if that was necessary.
pub(crate) fn runs_in_utc(test: &str) -> bool {
    if std::env::var("TZ").as_deref() == Ok("UTC") {
        return true;
    }
    let this = std::env::current_exe().expect("this test");
    let run = std::process::Command::new(this)
        .args([test, "--exact", "--include-ignored"])
        .env("TZ", "UTC")
        .output()
        .expect("a run");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    false
}
