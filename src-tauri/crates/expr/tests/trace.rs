//! What a traced run tells: every part with its place and value, and what was never looked at.

use dinghy_expr::compile;
use dinghy_govalue::{Time, Value};
use expect_test::{Expect, expect};

/// One line for each step: rounds of loops, the text of the part, its value or failure; then what was skipped.
fn check(source: &str, expected: Expect) {
    let env = r#"{"i": 7, "t": true, "s": "héllo", "nums": [3, 1, 2], "m": {"a": {"b": 1}},
                  "items": [{"kind": "Job", "n": 1}, {"kind": "Pod", "n": 2}]}"#;
    let env = Value::from_json_str(env).unwrap();
    let program = compile(source).unwrap();
    let trace = program.run_traced(&env, &Time::zero());
    let mut text = String::new();
    for step in &trace.steps {
        let rounds: String = step.rounds.iter().map(|round| format!("[{round}] ")).collect();
        let outcome = match &step.outcome {
            Ok(value) => format!("= {value}"),
            Err(message) => format!("! {message}"),
        };
        text += &format!("{rounds}{} {outcome}\n", &source[step.span.clone()]);
    }
    for span in &trace.skipped {
        text += &format!("skipped {}\n", &source[span.clone()]);
    }
    let have = trace.result.map(|value| value.to_string()).map_err(|error| error.to_string());
    let want = program.run(&env, &Time::zero()).map(|value| value.to_string()).map_err(|e| e.to_string());
    assert_eq!(have, want);
    expected.assert_eq(&text);
}

#[test]
fn members_and_operators() {
    check(
        "m.a.b + i * 2 > 10",
        expect![[r#"
        m = map[a:map[b:1]]
        m.a = map[b:1]
        m.a.b = 1
        i = 7
        i * 2 = 14
        m.a.b + i * 2 = 15
        m.a.b + i * 2 > 10 = true
    "#]],
    );
    check(
        "(i + 1) * (2 + 3)",
        expect![[r#"
        i = 7
        (i + 1) = 8
        (2 + 3) = 5
        (i + 1) * (2 + 3) = 40
    "#]],
    );
    check(
        "s /* text */ not contains 'é' ? m['a'] : nums[1:][0]",
        expect![[r#"
            s = héllo
            s /* text */ not contains 'é' = false
            nums = [3 1 2]
            nums[1:] = [1 2]
            nums[1:][0] = 1
            s /* text */ not contains 'é' ? m['a'] : nums[1:][0] = 1
            skipped m['a']
        "#]],
    );
}

#[test]
fn what_is_not_evaluated() {
    check(
        "i < 5 and m.a.b == 1",
        expect![[r#"
        i = 7
        i < 5 = false
        i < 5 and m.a.b == 1 = false
        skipped m.a.b == 1
    "#]],
    );
    check(
        "missing?.a.b ?? i",
        expect![[r#"
        missing = <nil>
        missing?.a.b = <nil>
        i = 7
        missing?.a.b ?? i = 7
    "#]],
    );
    check(
        "m.a.x.y == 1 or t",
        expect![[r#"
        m = map[a:map[b:1]]
        m.a = map[b:1]
        m.a.x = <nil>
        m.a.x.y ! cannot fetch y from <nil>
        skipped t
    "#]],
    );
    check(
        "if t { i } else { nums[0] + 1 }",
        expect![[r#"
        t = true
        i = 7
        if t { i } else { nums[0] + 1 } = 7
        skipped nums[0] + 1
    "#]],
    );
}

#[test]
fn loops() {
    check(
        "any(items, .n > 1 and .kind in ['Pod'])",
        expect![[r#"
        items = [map[kind:Job n:1] map[kind:Pod n:2]]
        [0] .n = 1
        [0] .n > 1 = false
        [0] .n > 1 and .kind in ['Pod'] = false
        [1] .n = 2
        [1] .n > 1 = true
        [1] .kind = Pod
        [1] .kind in ['Pod'] = true
        [1] .n > 1 and .kind in ['Pod'] = true
        any(items, .n > 1 and .kind in ['Pod']) = true
    "#]],
    );
    check(
        "filter(items, {.kind == 'Job'}) | map(#.n) | sum()",
        expect![[r#"
        items = [map[kind:Job n:1] map[kind:Pod n:2]]
        [0] .kind = Job
        [0] .kind == 'Job' = true
        [1] .kind = Pod
        [1] .kind == 'Job' = false
        filter(items, {.kind == 'Job'}) = [map[kind:Job n:1]]
        [0] # = map[kind:Job n:1]
        [0] #.n = 1
        filter(items, {.kind == 'Job'}) | map(#.n) = [1]
        filter(items, {.kind == 'Job'}) | map(#.n) | sum() = 1
    "#]],
    );
    check(
        "reduce(nums, #acc + #, 10)",
        expect![[r#"
        nums = [3 1 2]
        [0] #acc = 10
        [0] # = 3
        [0] #acc + # = 13
        [1] #acc = 13
        [1] # = 1
        [1] #acc + # = 14
        [2] #acc = 14
        [2] # = 2
        [2] #acc + # = 16
        reduce(nums, #acc + #, 10) = 16
    "#]],
    );
}

#[test]
fn calls_and_variables() {
    check(
        "let d = duration('90m'); d.Hours() > 1",
        expect![[r#"
        duration('90m') = 1h30m0s
        d = 1h30m0s
        d.Hours() = 1.5
        d.Hours() > 1 = true
        let d = duration('90m'); d.Hours() > 1 = true
    "#]],
    );
    check(
        "len(upper(s))",
        expect![[r#"
        s = héllo
        upper(s) = HÉLLO
        len(upper(s)) = 5
    "#]],
    );
}

/// The optimizer sees that the whole is false; written out, it would fail.
#[test]
fn the_result_is_the_programs() {
    check("m.a.b.c.d and false", expect![[""]]);
}

#[test]
fn long_loops_are_cut() {
    let program = compile("count(1..20000, # > 5)").unwrap();
    let trace = program.run_traced(&Value::default(), &Time::zero());
    assert!(trace.cut);
    assert_eq!(trace.steps.len(), 10_001);
    assert_eq!(trace.steps.last().unwrap().span, 0..program.source().len());
    assert_eq!(trace.result.unwrap().to_string(), "19995");
}
