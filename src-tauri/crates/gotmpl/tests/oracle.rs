//! Every row of the corpus must come out as Go's `text/template` with sprig answered it.

#[path = "support/answer.rs"]
mod answer;
mod support;

use answer::Row;

/// Other corpora of the same form can be checked with `GOTMPL_ROWS=file`.
fn rows() -> Vec<Row> {
    let texts = match std::env::var("GOTMPL_ROWS") {
        Ok(path) => vec![std::fs::read_to_string(path).expect("the file of GOTMPL_ROWS")],
        Err(_) => support::CORPORA.iter().map(|name| support::corpus(name)).collect(),
    };
    texts.iter().flat_map(|text| serde_json::from_str::<Vec<Row>>(text).expect("rows")).collect()
}

#[test]
fn answers_as_go_does() {
    if !answer::runs_in_utc("answers_as_go_does") {
        return;
    }
    let data = answer::data();
    let different: Vec<_> = rows().iter().filter_map(|row| answer::difference(row, &data)).collect();
    assert!(different.is_empty(), "{} rows differ:\n{}", different.len(), different.join("\n"));
}
