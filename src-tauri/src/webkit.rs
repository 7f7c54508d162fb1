//! What WebKitGTK leaves behind when the last window is closed.
//!
//! The web process ends with its window; the network process (about 30 MB) stays for the life of ours, and no
//! interface ends it. WebKit starts a new one with the next window, as it does after a crash of the old one, so
//! it is asked to end. Windows and macOS have no such process of ours.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tauri::{AppHandle, Manager as _};

/// Time for the web process to write its storage through the network process.
const SETTLE: Duration = Duration::from_secs(2);

/// Lets go of the network process, unless a window is open again by then.
pub(crate) fn let_go(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SETTLE).await;
        if !app.webview_windows().is_empty() {
            return;
        }
        for child in children().into_iter().filter(|child| is_network_process(*child)) {
            if let Err(error) = kill_process(child, Signal::TERM) {
                tracing::debug!(%error, "WebKit's network process stays");
            }
        }
    });
}

/// Child processes of every thread of ours.
fn children() -> Vec<Pid> {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return Vec::new() };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|pids| pids.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<i32>>())
        .filter_map(Pid::from_raw)
        .collect()
}

fn is_network_process(pid: Pid) -> bool {
    // The kernel cuts names at 15 bytes.
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("WebKitNetworkPr"))
}
