//! Go's own answers: every row of tests/compat/expr*.json has to come out the same.

mod support;

use std::collections::HashMap;

use support::{Answer, environments, read};

#[test]
fn answers_as_go_does() {
    check("expr.json");
}

/// Edge cases written by hand, and random programs.
#[test]
fn answers_as_go_does_further_out() {
    check("expr-more.json");
}

/// Differences that random programs found, and what the grammar makes.
#[test]
fn answers_as_go_does_to_random_programs() {
    check("expr-random.json");
}

fn check(file: &str) {
    let (rows, environments) = (read(file), environments());
    let rows = rows.as_array().unwrap();
    let mut differing = Vec::new();
    for row in rows {
        let field = |name: &str| row[name].as_str().unwrap_or_default();
        let (expected, have) =
            (Answer::of_row(row), Answer::to(field("input"), &environments[field("data")]));
        if have != expected {
            let start: String = field("input").chars().take(200).collect();
            differing.push(format!("{} {start}\n  expected {expected:?}\n  have     {have:?}", field("id")));
        }
    }
    let (count, all) = (differing.len(), rows.len());
    assert!(differing.is_empty(), "{count} of {all} rows of {file} differ:\n{}", differing.join("\n"));
}

#[test]
fn no_row_stands_twice() {
    let mut seen = HashMap::new();
    for file in ["expr.json", "expr-more.json", "expr-random.json"] {
        for row in read(file).as_array().unwrap() {
            let id = row["id"].as_str().unwrap().to_owned();
            let before = seen.insert((row["input"].to_string(), row["data"].to_string()), id.clone());
            assert_eq!(before, None, "{id} is a copy");
        }
    }
    assert!(seen.len() >= 3_000, "{} rows", seen.len());
}
