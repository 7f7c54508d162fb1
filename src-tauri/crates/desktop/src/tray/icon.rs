//! Which of the five icons is shown. The worst state wins.

use dinghy_model::{ServerState, ServerStatus, Severity, Status};

/// Five shapes that differ without their colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrayIcon {
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
    let any = |severity| fresh_apps().any(|app| status.severity(app) == Some(severity));
    let answers = status.servers.iter().any(|server| server.state.is_fresh());
    let connecting = status.servers.iter().any(|server| server.state == ServerState::Connecting);
    let person_needed = status.servers.iter().any(|server| wants_attention(status, server))
        || status.servers.iter().any(|server| server.token_ends_ms.is_some())
        || status.groups.iter().any(|group| status.wants_attention(group))
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

/// A picture for a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixmap {
    /// In pixels; as high as wide.
    pub side: u32,
    /// Four bytes a pixel, row by row.
    pub rgba: Vec<u8>,
}

/// An icon in both sizes, 22 and 44 px, for a dark or a light panel.
pub fn pixmap(icon: TrayIcon, dark_panel: bool) -> [Pixmap; 2] {
    macro_rules! both {
        ($name:literal) => {
            [
                include_bytes!(concat!("../../../../../icons/tray/tray-", $name, "-panel.png")).as_slice(),
                include_bytes!(concat!("../../../../../icons/tray/tray-", $name, "-panel@2x.png")).as_slice(),
            ]
        };
    }
    let files = match (icon, dark_panel) {
        (TrayIcon::Attention, true) => both!("attention-dark"),
        (TrayIcon::Attention, false) => both!("attention-light"),
        (TrayIcon::Offline, true) => both!("offline-dark"),
        (TrayIcon::Offline, false) => both!("offline-light"),
        (TrayIcon::Paused, true) => both!("paused-dark"),
        (TrayIcon::Paused, false) => both!("paused-light"),
        (TrayIcon::Progressing, true) => both!("progressing-dark"),
        (TrayIcon::Progressing, false) => both!("progressing-light"),
        (TrayIcon::Well, true) => both!("well-dark"),
        (TrayIcon::Well, false) => both!("well-light"),
    };
    files.map(|file| decode(file).unwrap_or(Pixmap { side: 0, rgba: Vec::new() }))
}

/// A test decodes every file, so none is missing or of another kind.
fn decode(file: &[u8]) -> Option<Pixmap> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut rgba).ok()?;
    let is_icon = frame.color_type == png::ColorType::Rgba && frame.width == frame.height;
    is_icon.then_some(Pixmap { side: frame.width, rgba })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_has_both_sizes() {
        use TrayIcon::{Attention, Offline, Paused, Progressing, Well};
        let mut seen = Vec::new();
        for icon in [Attention, Offline, Paused, Progressing, Well] {
            for dark in [true, false] {
                let both = pixmap(icon, dark);
                assert_eq!(both.each_ref().map(|pixmap| pixmap.side), [22, 44], "{icon:?} {dark}");
                assert!(
                    both.iter().all(|pixmap| pixmap.rgba.len() == 4 * (pixmap.side * pixmap.side) as usize)
                );
                assert!(!seen.contains(&both), "{icon:?} {dark} looks like another one");
                seen.push(both);
            }
        }
    }
}
