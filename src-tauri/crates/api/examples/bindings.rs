//! Prints the TypeScript bindings; `cargo xtask codegen` puts them where the UI looks.

fn main() {
    use std::io::Write as _;
    let text = dinghy_api::bindings::typescript();
    if let Err(error) = std::io::stdout().write_all(text.as_bytes()) {
        panic!("cannot write to stdout: {error}");
    }
}
