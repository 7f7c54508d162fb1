//! The program `dinghy-window`: the window on Linux, started by `dinghy` and of no use alone.

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    return dinghy_app::run_window();
    // Elsewhere the window is in the program `dinghy`; this one is not built there (Cargo.toml, `window-process`).
    #[cfg(not(target_os = "linux"))]
    return std::process::ExitCode::FAILURE;
}
