//! A template that is written out and parsed again is the same template.

#[path = "support/generate.rs"]
mod generate;
mod support;

use dinghy_gotmpl::{Template, parse};
use dinghy_govalue::{Time, Value};

/// Checks one source that parses; what does not is none of this test's business.
fn check(source: &str, data: &Value) {
    let Ok(first) = parse("t", source) else { return };
    let text = first.to_string();
    let again = parse("t", &text).unwrap_or_else(|error| panic!("{source:?} became {text:?}: {error}"));
    assert_eq!(again.to_string(), text, "{source:?}");
    assert_eq!(again.paths(), first.paths(), "{source:?} became {text:?}");
    // Positions are others, of course.
    let outcome = |template: &Template| template.render(data, &Time::zero()).map_err(|error| error.message);
    let chance = ["rand", "shuffle", "uuid", "bcrypt", "htpasswd", "encryptAES"];
    if !chance.iter().any(|name| source.contains(name)) {
        assert_eq!(outcome(&again), outcome(&first), "{source:?} became {text:?}");
    }
}

fn data() -> Value {
    let Value::Map(sets) = Value::from_json_str(&support::corpus("data.json")).expect("data") else {
        panic!("sets of variables")
    };
    support::variables(&sets.get(b"misc").expect("a set"))
}

#[test]
fn the_corpus() {
    let data = data();
    for file in support::CORPORA {
        let rows: Vec<serde_json::Value> = serde_json::from_str(&support::corpus(file)).expect("rows");
        for row in rows {
            check(row["input"].as_str().expect("a template"), &data);
        }
    }
}

#[test]
fn random_templates() {
    let data = data();
    for seed in 0..1500 {
        check(&generate::Generator::new(seed).template(), &data);
    }
}

#[test]
fn what_could_be_taken_for_a_delimiter() {
    let data = data();
    let texts = [
        "{ {{- .s}}",
        "{ {{- /* c */ -}} { {{- /* c */}}}}",
        "a{{/* c */}}b",
        "{{- /* c */ -}} {",
        "{ {{- if .t}}{ {{- end}}}",
    ];
    for text in texts {
        assert!(parse("t", text).is_ok(), "{text}");
        check(text, &data);
    }
}
