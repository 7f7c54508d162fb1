//! Any template over the corpus's variables ends with bytes or an error, and leaves the variables alone.
#![no_main]

use std::sync::LazyLock;

use dinghy_govalue::{Time, Value};

static DATA: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../../tests/compat/data.json");
    let Ok(Value::Map(sets)) = Value::from_json_str(text) else { panic!("sets of variables") };
    sets.get(b"misc").expect("a set").into_owned()
});

libfuzzer_sys::fuzz_target!(|source: &str| {
    let Ok(template) = dinghy_gotmpl::parse("t", source) else { return };
    let before = DATA.deep_clone();
    if let Err(error) = template.render(&DATA, &Time::zero()) {
        assert!(error.to_string().starts_with("template: t:"), "{error}");
    }
    assert!(DATA.deep_equal(&before), "the caller's data changed");
});
