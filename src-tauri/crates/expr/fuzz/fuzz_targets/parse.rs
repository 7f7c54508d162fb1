//! Any text: compiling answers with a program or an error that has words and a place in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    match dinghy_expr::compile(source) {
        Ok(program) => {
            program.paths();
            program.reads_clock();
        }
        Err(error) => {
            assert!(!error.message.is_empty());
            assert!(error.line as usize <= source.split('\n').count());
        }
    }
});
