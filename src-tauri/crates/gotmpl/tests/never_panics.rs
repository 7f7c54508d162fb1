//! Whatever the source, parsing and rendering end with bytes or an error.

mod support;

use dinghy_govalue::{Time, Value};
use proptest::prelude::*;

/// Pieces that make many sources pass the parser.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{- ",
    " -}}",
    "{{end}}",
    "{{else}}",
    "{{if ",
    "{{range ",
    "{{with ",
    "{{else if ",
    "{{define \"a\"}}",
    "{{block \"b\" ",
    "{{template \"a\" ",
    "{{break}}",
    "{{continue}}",
    "{{/* c */}}",
    "$x",
    "$x := ",
    "$x = ",
    "$i, $e := ",
    ".",
    ".app",
    ".app.metadata",
    ".app.status.history",
    ".secrets",
    ".context",
    ".missing.x",
    "$",
    " | ",
    " ",
    "(",
    ")",
    "nil",
    "true",
    "1",
    "-1",
    "0x1p4",
    "1.5",
    "'a'",
    "1i",
    "\"\"",
    "\"a b\"",
    "\"\\xff\"",
    "`é`",
    "9223372036854775807",
    ",",
    "and ",
    "or ",
    "not ",
    "eq ",
    "lt ",
    "len ",
    "index ",
    "slice ",
    "call ",
    "print ",
    "printf \"%v %d %x\" ",
    "html ",
    "js ",
    "list ",
    "dict ",
    "set ",
    "merge ",
    "append ",
    "chunk ",
    "dig ",
    "first ",
    "until ",
    "untilStep ",
    "seq ",
    "round ",
    "substr ",
    "trunc ",
    "abbrevboth ",
    "wrap ",
    "wrapWith ",
    "repeat ",
    "indent ",
    "replace ",
    "split ",
    "splitn ",
    "camelcase ",
    "snakecase ",
    "title ",
    "b64dec ",
    "b32dec ",
    "sha1sum ",
    "toJson ",
    "fromJson ",
    "date \"2006\" ",
    "toDate \"2006-01-02\" ",
    "ago ",
    "durationRound ",
    "dateModify ",
    "semver ",
    "semverCompare ",
    "urlParse ",
    "urlJoin ",
    "regexFind ",
    "regexReplaceAll ",
    "regexSplit ",
    "divf ",
    "mulf ",
    "div ",
    "mod ",
    "int ",
    "float64 ",
    "kindOf ",
    "typeOf ",
    "deepEqual ",
    "sortAlpha ",
    "join ",
    "quote ",
    "default ",
    "ternary ",
    "uniq ",
    "slice ",
    "clean ",
    "(now)",
    ".Year",
    ".Format",
    ".x",
    "\n",
    "text",
];

fn source() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
        1 => any::<i64>().prop_map(|n| n.to_string()),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Well-formed actions: a function with arguments, so that more than the parser is tried.
fn action() -> impl Strategy<Value = String> {
    let names: Vec<&str> =
        PIECES.iter().copied().filter(|p| p.ends_with(' ') && p.as_bytes()[0].is_ascii_lowercase()).collect();
    let argument = prop_oneof![
        Just("$".to_owned()),
        Just(".app.metadata.labels".to_owned()),
        Just(".app.status".to_owned()),
        Just("(list 1 \"b\" nil)".to_owned()),
        Just("(dict \"a\" 1)".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(|f| format!("{f:?}")),
        "[ -~é世]{0,8}".prop_map(|text| format!("{text:?}")),
        Just("nil".to_owned()),
        Just("(now)".to_owned()),
    ];
    (prop::sample::select(names), prop::collection::vec(argument, 0..5))
        .prop_map(|(name, arguments)| format!("{{{{{name}{}}}}}", arguments.join(" ")))
}

fn data() -> Value {
    let all = Value::from_json_str(&support::corpus("data.json")).expect("data");
    let Value::Map(sets) = &all else { panic!("sets of variables") };
    support::variables(&sets.get(b"app").expect("a set"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_any_source(sources in prop::collection::vec(prop_oneof![source(), action()], 1..4)) {
        let source = sources.concat();
        if let Ok(template) = dinghy_gotmpl::parse("t", &source) {
            template.paths();
            if let Err(error) = template.render(&data(), &Time::zero()) {
                prop_assert!(error.to_string().starts_with("template: t:"), "{error}");
            }
        }
    }

    #[test]
    fn on_any_text(source in ".{0,60}") {
        let _ = dinghy_gotmpl::parse("t", &source);
        let _ = dinghy_gotmpl::parse("t", &format!("{{{{{source}}}}}"));
    }
}
