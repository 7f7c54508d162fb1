//! Commands that are for the shell and not for a use case alone: pages to open, another language, a new start.

use std::path::{Path, PathBuf};

use dinghy_api::wire::ApiError;
use dinghy_model::Lang;

use crate::anew::{self, On};
use crate::shell::{Shell, open_url};

pub(super) fn set_language(shell: &Shell, lang: Lang) -> Result<(), ApiError> {
    shell.api.set_language(lang)?;
    shell.redraw.notify_one();
    shell.tell_window();
    Ok(())
}

/// Where the `argocd` command line keeps its contexts.
pub(super) fn cli_config() -> Option<PathBuf> {
    dinghy_api::argocd_cli_config()
}

pub(super) fn set_autostart(shell: &Shell, on: bool) -> Result<(), ApiError> {
    crate::autostart::set(on).map_err(|problem| shell.api.error(&problem))
}

/// Shows one of Dinghy's own folders in the desktop's file manager.
pub(super) fn open_folder(folder: &Path) -> Result<(), ApiError> {
    if let Err(error) = open::that_detached(folder) {
        tracing::warn!(%error, "no file manager could be started");
    }
    Ok(())
}

/// Opens the page at the address, if there is one.
pub(super) fn open(shell: &Shell, url: Result<impl AsRef<str>, ApiError>) -> Result<(), ApiError> {
    open_url(url?.as_ref()).map_err(|problem| shell.api.error(&problem))
}

pub(super) fn open_demo_page(shell: &Shell) -> Result<(), ApiError> {
    shell.api.demo_page().map_or(Ok(()), |page| open(shell, Ok(page)))
}

/// Starts Dinghy anew on the user's own settings: what is added in the demo is thrown away with it.
pub(super) async fn leave_demo(shell: &Shell) -> Result<(), ApiError> {
    start_anew(shell, On::Own).await
}

/// Starts Dinghy anew on the demo; the user's own settings are left alone.
pub(super) async fn show_demo(shell: &Shell) -> Result<(), ApiError> {
    start_anew(shell, On::Demo).await
}

/// Ends this process once the new one shows its window.
async fn start_anew(shell: &Shell, on: On) -> Result<(), ApiError> {
    match anew::start(on).await {
        Ok(held) => {
            shell.end_for(held);
            Ok(())
        }
        Err(error) => {
            tracing::error!(%error, "Dinghy could not be started anew");
            let lang = shell.api.lang();
            Err(ApiError {
                code: "start".to_owned(),
                message: lang.pick("Dinghy could not be started again.", "Dinghy 无法重新启动。").to_owned(),
                todo: lang
                    .pick("Quit it from the tray, and start it again.", "请从托盘退出后再启动。")
                    .to_owned(),
                field: None,
            })
        }
    }
}
