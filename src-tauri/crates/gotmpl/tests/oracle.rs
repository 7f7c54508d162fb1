//! Every row of the corpus must come out as Go's `text/template` with sprig answered it.

mod support;

use std::collections::HashMap;

use dinghy_gotmpl::{Stage, parse};
use dinghy_govalue::{Time, Value};

#[derive(serde::Deserialize)]
struct Row {
    id: String,
    input: String,
    data: String,
    ok: bool,
    #[serde(default)]
    stage: String,
    output: String,
    #[serde(default)]
    err: String,
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
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Other corpora of the same form can be checked with `GOTMPL_ROWS=file`.
fn rows() -> Vec<Row> {
    let text = match std::env::var("GOTMPL_ROWS") {
        Ok(path) => std::fs::read_to_string(path).expect("the file of GOTMPL_ROWS"),
        Err(_) => support::corpus("tmpl.json"),
    };
    serde_json::from_str(&text).expect("rows")
}

/// The answers were made with UTC as the local zone, which only the environment of a process can say.
fn runs_in_utc(test: &str) -> bool {
    if std::env::var("TZ").as_deref() == Ok("UTC") {
        return true;
    }
    let this = std::env::current_exe().expect("this test");
    let run =
        std::process::Command::new(this).args([test, "--exact"]).env("TZ", "UTC").output().expect("a run");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    false
}

#[test]
fn answers_as_go_does() {
    if !runs_in_utc("answers_as_go_does") {
        return;
    }
    let data: HashMap<String, Value> = serde_json::from_str(&support::corpus("data.json")).expect("data");
    let data = data.into_iter().map(|(name, raw)| (name, support::variables(&raw))).collect();
    let mut different = Vec::new();
    for row in rows() {
        let expected = if row.ok { Ok(row.output.clone()) } else { Err((&*row.stage, row.err.clone())) };
        let got = answer(&row, &data);
        if got.as_ref().map_err(|(stage, text)| (*stage, text.clone()))
            != expected.as_ref().map_err(Clone::clone)
        {
            different.push(format!("{} {:?}\n   Go: {expected:?}\n here: {got:?}", row.id, row.input));
        }
    }
    assert!(different.is_empty(), "{} rows differ:\n{}", different.len(), different.join("\n"));
}
