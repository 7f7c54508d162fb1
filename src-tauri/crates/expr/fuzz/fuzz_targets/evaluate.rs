//! Any text that compiles, run on some variables: it ends with a value or an error, and the traced run says the same.

#![no_main]

use std::sync::LazyLock;

use dinghy_govalue::{Func, Time, Value};
use libfuzzer_sys::fuzz_target;

static VARIABLES: LazyLock<Value> = LazyLock::new(|| {
    let json = r#"{"i": 7, "f": 2.5, "t": true, "n": null, "s": "héllo wörld", "at": "2024-03-05T14:07:09Z",
        "nums": [3, 1, 2], "list": ["c", "a"], "mixed": [1, "two", 3.5, null, {"k": "v"}, [1]],
        "m": {"a": {"b": 1}, "k": "v"}, "objs": [{"n": 1, "tags": ["x"]}, {"n": 2}]}"#;
    let Ok(Value::Map(map)) = Value::from_json_str(json) else { return Value::Nil };
    let upper = Value::Func(Func::new("func(string) string", |args| Ok(args[0].clone())));
    // A new map, since one that was changed lends nothing.
    let entries = map.entries();
    let entries = entries.iter().map(|(name, value)| (name.to_string(), value.clone()));
    Value::map(entries.chain([("upper".to_owned(), upper)]))
});

fuzz_target!(|source: &str| {
    let Ok(program) = dinghy_expr::compile(source) else { return };
    let now = Time::zero();
    let result = program.run(&VARIABLES, &now);
    if source.len() < 200 {
        let trace = program.run_traced(&VARIABLES, &now);
        assert_eq!(result.is_ok(), trace.result.is_ok());
        for step in &trace.steps {
            assert!(source.get(step.span.clone()).is_some());
        }
    }
    if let Ok(value) = result {
        let _ = value.to_string();
    }
});
