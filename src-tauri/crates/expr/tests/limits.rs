//! Nothing aborts, hangs or panics, whatever the source; and what a program says about itself.

use dinghy_expr::{Stage, canonical, compile};
use dinghy_govalue::{JsonStyle, Time, Value};
use proptest::prelude::*;

fn run(source: &str) -> Result<String, String> {
    let env =
        Value::from_json_str(r#"{"i": 7, "t": true, "s": "text", "nums": [3, 1, 2], "m": {"a": {"b": 1}}}"#);
    let value = compile(source).and_then(|program| program.run(&env.unwrap_or_default(), &Time::zero()));
    value.map(|value| value.to_string()).map_err(|error| error.message)
}

/// Runs on a stack of the size that a worker thread has.
fn on_small_stack(sources: Vec<String>) -> Vec<Result<String, String>> {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || sources.iter().map(|source| run(source)).collect())
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn deep_sources_fit_on_a_small_stack() {
    let answers = on_small_stack(vec![
        format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("1{}", "+i".repeat(4_999)),
        format!("{}t", "!".repeat(9_000)),
        format!("m{}", "?.b".repeat(3_000)),
        format!("{}{}", "[".repeat(900), "]".repeat(900)),
        format!("{}1{}", "t ? ".repeat(2_000), ": 2".repeat(2_000)),
        format!("{}1{}", "map(nums, ".repeat(300), ")".repeat(300)),
    ]);
    let short: Vec<String> = answers
        .into_iter()
        .map(|answer| match answer {
            Ok(value) => value.chars().take(12).collect(),
            Err(message) => message,
        })
        .collect();
    assert_eq!(short, ["1", "34994", "true", "<nil>", "[[[[[[[[[[[[", "1", "memory budget exceeded"]);
}

/// All that can be asked of a source, on a stack of that size.
fn everything(source: String, stack: usize) {
    let work = move || {
        let env = Value::from_json_str(r#"{"i": 7, "t": true, "nums": [3, 1, 2], "m": {"a": 1}}"#).unwrap();
        let _ = canonical(&source);
        let Ok(program) = compile(&source) else { return };
        program.paths();
        let value = program.run(&env, &Time::zero());
        if let Ok(value) = &value {
            let _ = (value.to_string(), value.to_json(JsonStyle::COMPACT));
        }
        let trace = program.run_traced(&env, &Time::zero());
        assert_eq!(value.is_ok(), trace.result.is_ok(), "{source:.40}");
    };
    std::thread::Builder::new().stack_size(stack).spawn(work).unwrap().join().unwrap();
}

#[test]
fn everything_about_a_deep_source_fits_on_a_small_stack() {
    // What stands before, within and after the nesting. Each as deep as values or nodes may be.
    let shapes = [
        ("[", "i", "]"),
        ("{a: ", "i", "}"),
        ("(", "i", ")"),
        ("not (", "t", ")"),
        ("-", "i", ""),
        ("t ? ", "1", " : 2"),
        ("i == 0 ? 1 : ", "1", ""),
        ("map([1], ", "#", ")"),
        ("any([1], {", "true", "})"),
        ("reduce([1], ", "#acc", ", 0)"),
        ("", "m", "?.b"),
        ("", "m", ".b"),
        ("nums[", "0", "] % 3"),
        ("", "i", " | abs()"),
        ("", "nums", " | map(#)"),
        ("1 ** ", "1", ""),
        ("t and (", "t", ")"),
        ("", "t", " == t"),
        ("if t { ", "1", " } else { 2 }"),
        ("let x = (", "i", "); x"),
        ("(i; ", "i", ")"),
        ("foo(", "i", ")"),
    ];
    for (before, within, after) in shapes {
        for times in [980, 4_980] {
            everything(format!("{}{within}{}", before.repeat(times), after.repeat(times)), 2 << 20);
        }
    }
}

#[test]
fn deep_values_fit_wherever_they_are_made() {
    let lists = format!("{}i{}", "[".repeat(990), "]".repeat(990));
    let maps = format!("{}i{}", "{a: ".repeat(990), "}".repeat(990));
    let last = [
        format!("{lists} == {lists}"),
        format!("{maps} == {maps}"),
        format!("max({lists}) == 7"),
        format!("string({lists}) == ''"),
    ];
    // The stack may be nearly full of a tree when the value comes.
    let mut sources = Vec::new();
    for last in last {
        for times in (0..4_000).step_by(250) {
            sources.push(format!("{}{last}{}", "not (".repeat(times), ")".repeat(times)));
        }
    }
    for answer in on_small_stack(sources) {
        assert!(matches!(answer.as_deref(), Ok("true" | "false")), "{answer:?}");
    }
    // Nor does a loop make deeper values than fit.
    for step in ["[#acc]", "{a: #acc}"] {
        let made = format!("reduce(1..990, {step})");
        everything(format!("{made} == {made} and len(uniq([{made}, {made}])) == 1"), 1 << 20);
        everything(made, 1 << 20);
    }
}

#[test]
fn limits_are_errors() {
    let too_many = "compilation failed: expression exceeds maximum allowed nodes";
    let check = |source: &str, want: &str| assert_eq!(run(source), Err(want.to_owned()), "{source:.40}");
    check(&format!("1{}", "+i".repeat(5_000)), too_many);
    check(&"[".repeat(1_000_000), too_many);
    check(&"-".repeat(1_000_000), too_many);
    check("len(1..100000000)", "memory budget exceeded");
    check("map(1..1000, map(1..1000, #))", "memory budget exceeded");
    check("repeat('ab', 500000)", "memory budget exceeded");
    check("reduce(1..100000, [#acc])", "recursion depth exceeded");
}

/// `let v0 = first; let v1 = step(v0); …; last` with `v` in the step for the value before.
fn doubled(first: &str, step: &str, times: usize, last: &str) -> String {
    let mut source = format!("let v0 = {first}; ");
    for at in 1..=times {
        source += &format!("let v{at} = {}; ", step.replace('v', &format!("v{}", at - 1)));
    }
    source + &last.replace('v', &format!("v{times}"))
}

#[test]
fn what_doubles_ends() {
    let memory = [
        doubled("s", "v + v", 60, "len(v)"),
        doubled("s", "join([v, v], ',')", 60, "v"),
        doubled("s", "join(map(1..1000, v), '')", 6, "v"),
        doubled("'tt'", "replace(v, 't', v)", 60, "v"),
        doubled("'tt'", "replace(v, '', v)", 60, "v"),
        doubled("repeat('x', 900000)", "toJSON(map(1..20, v))", 1, "v"),
        doubled("s", "string([v, v])", 60, "v"),
        doubled("repeat('x', 900000)", "v + v", 1, "split(v, '')"),
        doubled("repeat('x', 900000)", "v + v", 4, "replace(v, 'x', v)"),
        doubled("repeat('[],', 300000)", "v + v", 3, "fromJSON('[' + v + '0]')"),
        doubled("[i]", "concat(v, v)", 60, "v"),
        doubled("[i, i]", "[v, v]", 60, "toJSON(v)"),
        doubled("[i, i]", "[v, v]", 60, "string(v)"),
        doubled("[i, i]", "[v, v]", 60, "v == v"),
        doubled("[i, i]", "[v, v]", 60, "v != [v]"),
        doubled("[i, i]", "[v, v]", 60, "[v] in [[v]]"),
        doubled("[i, i]", "[v, v]", 60, "flatten(v)"),
        doubled("[]", "[v, v]", 60, "flatten(v)"),
        doubled("[i, i]", "[v, v]", 60, "max(v)"),
        doubled("{a: i}", "{a: v, b: v}", 60, "v == v"),
        doubled("{a: i}", "{a: v, b: v}", 60, "toJSON(v)"),
        doubled("{a: i}", "{a: v, b: v}", 60, "toPairs(v)"),
        doubled("map(1..900, i)", "map(v, v)", 60, "1"),
        doubled("map(1..900, i)", "[v, v, v, v]", 60, "uniq(v)"),
        // Little of a value that nests deeply is mostly indentation.
        "toJSON(reduce(1..400, [#acc], 1..200000))".to_owned(),
        "map(1..20, let t = repeat('x', 990000); t + t + t + t)".to_owned(),
        "reduce(1..1000000, #acc + 'a text of some length', '')".to_owned(),
    ];
    let steps = [
        "let r = 1..90000; count(r, count(r, # > 0) == 1)".to_owned(),
        "uniq(1..900000)".to_owned(),
        "fromPairs(map(1..90000, [#, #]))".to_owned(),
        "let g = groupBy(1..90000, #); count(1..90000, g[#] != nil)".to_owned(),
        "let r = 1..90000; count(r, # in r)".to_owned(),
        "let r = 1..90000; count(r, r == r)".to_owned(),
        doubled("s", "v + v", 20, "count(1..90000, v == v)"),
        doubled("s", "v + v", 20, "count(1..90000, len(v) > 0)"),
        doubled("s", "v + v", 20, "count(1..90000, v contains 'z')"),
        doubled("s", "v + v", 20, "count(1..90000, v matches 'z')"),
        doubled("s", "v + v", 20, "len(groupBy(1..90000, v))"),
        "count(1..90000, s matches s + string(#))".to_owned(),
    ];
    for (sources, want) in [(&memory[..], "memory budget"), (&steps[..], "expression takes more than")] {
        for source in sources {
            let answer = run(source);
            let message = answer.map(|value| value.chars().take(40).collect::<String>());
            assert!(
                matches!(&message, Err(message) if message.starts_with(want)),
                "{source:.200} {message:?}"
            );
        }
    }
}

#[test]
fn what_folds_is_no_larger_than_the_source() {
    let part = "x".repeat(200);
    let sum = vec![format!("'{part}'"); 4_900].join("+");
    assert_eq!(run(&format!("len({sum})")).as_deref(), Ok("980000"));
}

#[test]
fn budgets_leave_room() {
    let check = |source: &str, want: &str| assert_eq!(run(source).as_deref(), Ok(want), "{source:.60}");
    check("len(repeat(repeat('x', 1000), 900))", "900000");
    check("let a = repeat('x', 990000); let b = a + a; let c = b + b; let d = c + c; len(d + d)", "15840000");
    check("len(1..999999)", "999999");
    check("len(uniq(1..5000))", "5000");
    check("count(1..900000, # % 2 == 0)", "450000");
    check("len(toJSON(1..100000))", "888897");
}

#[test]
fn errors_have_a_place() {
    let error =
        compile("let a = repeat('x', 990000);\nlet b = a + a; let c = b + b + b + b; c + c + c").unwrap();
    let error = error.run(&Value::Nil, &Time::zero()).unwrap_err();
    assert_eq!((error.message.as_str(), error.line, error.column), ("memory budget exceeded", 2, 45));
    let error = compile("1 +\n  'a'").unwrap_err();
    assert_eq!((error.stage, error.line, error.column), (Stage::Compile, 1, 3));
    // The checker does not look into the call of what it does not know.
    let unknown = compile("map(nums, missing(#index, #0))").unwrap_err();
    let found = (unknown.stage, unknown.message.as_str(), unknown.line, unknown.column);
    assert_eq!(found, (Stage::Compile, "unknown pointer 0", 1, 27));
    assert_eq!(
        error.to_string(),
        "invalid operation: + (mismatched types int and string) (1:3)\n | 1 +\n | ..^"
    );
}

#[test]
fn paths_and_clock() {
    let check = |source: &str, paths: &[&str], clock: bool| {
        let program = compile(source).unwrap();
        assert_eq!(
            (program.paths().to_vec(), program.reads_clock()),
            (paths.iter().map(|p| (*p).to_owned()).collect(), clock)
        );
    };
    check("app.status.operationState.phase in ['Error']", &["app.status.operationState.phase"], false);
    check("app.status?.sync?.status == x", &["app.status.sync.status", "x"], false);
    check("$env['app'].kind", &["app.kind"], false);
    check("app.m[key].x", &["app.m", "key"], false);
    check("any(app.list, .kind == 'Job')", &["app.list[].kind"], false);
    check("let s = app.status; s.health.status", &["app.status.health.status"], false);
    check("let s = app.status.a; true", &["app.status.a"], false);
    check("any(app.list, key)", &["app.list", "key"], false);
    check("get(app.spec, 'x').y", &["app.spec.x.y"], false);
    check("len(app.list)", &["app.list"], false);
    check("now() > date(app.at)", &["app.at"], true);
    check("time.Now().Sub(time.Parse(app.at)).Minutes() > 5", &["app.at", "time.Now", "time.Parse"], true);
}

/// Pieces of sources, as likely to fit together as not.
fn token() -> impl Strategy<Value = String> {
    let pieces = [
        "i",
        "t",
        "s",
        "nums",
        "m",
        "missing",
        "#",
        "#index",
        "#acc",
        ".a",
        "?.b",
        ".",
        "..",
        "?.",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        ":",
        "::",
        "|",
        "?",
        "??",
        "+",
        "-",
        "*",
        "/",
        "%",
        "**",
        "==",
        "!=",
        "<",
        ">=",
        "and",
        "or",
        "not",
        "in",
        "matches",
        "contains",
        "let",
        "=",
        "if",
        "else",
        "map(",
        "filter(",
        "len(",
        "reduce(",
        "sortBy(",
        "date(",
        "duration(",
        "1",
        "0",
        "2.5",
        "1e3",
        "0x1f",
        "'a'",
        "\"\\u00e9\"",
        "`r`",
        "b'x'",
        "nil",
        "true",
        "$env",
        "//",
        "/*",
        "*/",
        "\n",
        "é",
        "世",
        "\\",
        "'",
        "\"",
        "`",
        "@",
    ];
    prop_oneof![
        8 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => any::<i64>().prop_map(|number| number.to_string()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics(tokens in prop::collection::vec(token(), 0..20), spaced in any::<bool>()) {
        let source = tokens.join(if spaced { " " } else { "" });
        if let Err(message) = run(&source) {
            prop_assert!(!message.is_empty());
        }
    }
}
