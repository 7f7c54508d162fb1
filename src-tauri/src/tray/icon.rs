//! Which of the five icons is shown. The worst state wins.

use dinghy_model::{GroupState, ServerState, ServerStatus, Severity, Status};

/// Five shapes that differ without their colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrayIcon {
    /// Degraded, failed, refused, or a sign-in is needed.
    Attention,
    /// No server answers: what is known is old.
    Offline,
    /// The user paused sending.
    Paused,
    /// Something syncs or progresses, or the first answer is awaited.
    Progressing,
    /// Every server answers and nothing is wrong.
    Well,
}

/// The icon of a status. Old data never makes it [`TrayIcon::Well`].
pub(crate) fn of(status: &Status) -> TrayIcon {
    let fresh_apps = || {
        status.servers.iter().filter(|server| server.state.is_fresh()).flat_map(|server| server.apps.iter())
    };
    let any = |severity| fresh_apps().any(|app| app.severity() == severity);
    let answers = status.servers.iter().any(|server| server.state.is_fresh());
    let connecting = status.servers.iter().any(|server| server.state == ServerState::Connecting);
    let person_needed = status.servers.iter().any(|server| wants_attention(status, server))
        || status.groups.iter().any(|group| matches!(group.state, GroupState::Refusing { .. }))
        || !status.problems.is_empty()
        || status.refused > 0;
    if person_needed || any(Severity::Attention) {
        TrayIcon::Attention
    } else if !answers && !connecting {
        TrayIcon::Offline
    } else if status.paused.is_some() {
        TrayIcon::Paused
    } else if connecting || any(Severity::Progressing) {
        TrayIcon::Progressing
    } else {
        TrayIcon::Well
    }
}

/// A server whose state does not mend itself, or that alone does not answer: when none answers, this
/// computer is offline, and there is nothing to attend to.
pub(crate) fn wants_attention(status: &Status, server: &ServerStatus) -> bool {
    match server.state {
        ServerState::Unauthorized
        | ServerState::Forbidden
        | ServerState::TlsProblem
        | ServerState::NotArgoCd => true,
        ServerState::Unreachable => status.servers.iter().any(|other| other.state.is_fresh()),
        ServerState::Connecting | ServerState::Live | ServerState::Polling => false,
    }
}

/// An icon in both sizes, 22 and 44 px, for a dark or a light panel.
pub(crate) fn images(icon: TrayIcon, dark_panel: bool) -> [tauri::image::Image<'static>; 2] {
    use tauri::include_image;
    match (icon, dark_panel) {
        (TrayIcon::Attention, true) => [
            include_image!("icons/tray/tray-attention-dark-panel.png"),
            include_image!("icons/tray/tray-attention-dark-panel@2x.png"),
        ],
        (TrayIcon::Attention, false) => [
            include_image!("icons/tray/tray-attention-light-panel.png"),
            include_image!("icons/tray/tray-attention-light-panel@2x.png"),
        ],
        (TrayIcon::Offline, true) => [
            include_image!("icons/tray/tray-offline-dark-panel.png"),
            include_image!("icons/tray/tray-offline-dark-panel@2x.png"),
        ],
        (TrayIcon::Offline, false) => [
            include_image!("icons/tray/tray-offline-light-panel.png"),
            include_image!("icons/tray/tray-offline-light-panel@2x.png"),
        ],
        (TrayIcon::Paused, true) => [
            include_image!("icons/tray/tray-paused-dark-panel.png"),
            include_image!("icons/tray/tray-paused-dark-panel@2x.png"),
        ],
        (TrayIcon::Paused, false) => [
            include_image!("icons/tray/tray-paused-light-panel.png"),
            include_image!("icons/tray/tray-paused-light-panel@2x.png"),
        ],
        (TrayIcon::Progressing, true) => [
            include_image!("icons/tray/tray-progressing-dark-panel.png"),
            include_image!("icons/tray/tray-progressing-dark-panel@2x.png"),
        ],
        (TrayIcon::Progressing, false) => [
            include_image!("icons/tray/tray-progressing-light-panel.png"),
            include_image!("icons/tray/tray-progressing-light-panel@2x.png"),
        ],
        (TrayIcon::Well, true) => [
            include_image!("icons/tray/tray-well-dark-panel.png"),
            include_image!("icons/tray/tray-well-dark-panel@2x.png"),
        ],
        (TrayIcon::Well, false) => [
            include_image!("icons/tray/tray-well-light-panel.png"),
            include_image!("icons/tray/tray-well-light-panel@2x.png"),
        ],
    }
}
