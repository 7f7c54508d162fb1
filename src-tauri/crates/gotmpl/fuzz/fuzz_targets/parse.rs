//! Any text either is no template or is the same one after being written out and parsed again.
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &str| {
    let Ok(template) = dinghy_gotmpl::parse("t", source) else { return };
    template.paths();
    let text = template.to_string();
    let again = dinghy_gotmpl::parse("t", &text).expect("what was written out");
    assert_eq!(again.to_string(), text);
});
