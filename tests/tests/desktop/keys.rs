//! The window by keyboard.

use anyhow::{Result, ensure};
use dinghy_tests::desktop::Window;

pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const SPACE: &str = " ";
/// Control, a letter, and Control let go.
pub(crate) const CONTROL_K: &str = "\u{e009}k\u{e000}";

/// What has the focus: its test id, or the name that a screen reader says, or its kind.
const FOCUSED: &str = "const at = document.activeElement; \
    return at.dataset.testid ?? at.getAttribute('aria-label') ?? at.tagName;";

/// Types where the focus is.
pub(crate) async fn press(window: &Window, keys: &str) -> Result<()> {
    Ok(window.active_element().await?.send_keys(keys).await?)
}

/// Presses Tab until the focus is on what has this name or test id.
pub(crate) async fn tab_to(window: &Window, name: &str) -> Result<()> {
    let mut seen = Vec::new();
    for _ in 0..60 {
        let now = window.execute(FOCUSED, Vec::new()).await?;
        if now == name {
            return Ok(());
        }
        seen.push(now);
        press(window, TAB).await?;
    }
    ensure!(false, "Tab does not come to {name}, only to {seen:?}");
    Ok(())
}
