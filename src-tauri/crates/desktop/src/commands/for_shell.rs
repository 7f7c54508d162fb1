//! Commands that are for the shell and not for a use case alone: pages to open, another language, a new start.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dinghy_api::wire::ApiError;
use dinghy_model::{Lang, Problem};

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

/// What opens folders says within this time that it cannot; some of them run for as long as the folder is shown.
const REFUSES_WITHIN: Duration = Duration::from_secs(3);

/// Shows one of Dinghy's own folders in the desktop's file manager.
pub(super) async fn open_folder(shell: &Shell, folder: &Path) -> Result<(), ApiError> {
    let path = folder.to_owned();
    unless_refused(move || open::that(path), REFUSES_WITHIN).await.map_err(|error| {
        tracing::warn!(%error, "no file manager could be started");
        shell.api.error(&Problem::NoFileManager { path: folder.display().to_string() })
    })
}

/// Runs what may never end; fails if it fails soon.
async fn unless_refused(
    work: impl FnOnce() -> io::Result<()> + Send + 'static,
    within: Duration,
) -> io::Result<()> {
    let (tell, told) = tokio::sync::oneshot::channel();
    // A thread of its own: the runtime waits for its own ones when it ends. Nobody may be listening any more.
    std::thread::spawn(move || drop(tell.send(work())));
    tokio::time::timeout(within, told).await.map_or(Ok(()), |told| told.unwrap_or(Ok(())))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_fails_soon_is_told_and_what_runs_on_is_not_waited_for() {
        let soon = Duration::from_secs(60);
        let refused = unless_refused(|| Err(io::Error::other("no such program")), soon).await;
        assert_eq!(refused.expect_err("an error").to_string(), "no such program");
        unless_refused(|| Ok(()), soon).await.expect("opened");

        let (end, ends) = std::sync::mpsc::channel::<()>();
        let runs_on = move || ends.recv().map_err(io::Error::other);
        unless_refused(runs_on, Duration::from_millis(10)).await.expect("still open");
        drop(end);
    }
}
