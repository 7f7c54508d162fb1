//! What every Tauri application needs.

fn main() {
    tauri_build::build();
}
