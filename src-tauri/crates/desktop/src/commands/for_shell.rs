//! Commands that are for the shell and not for a use case alone: pages to open, another language, a new start.

use dinghy_api::wire::ApiError;
use dinghy_model::Lang;

use crate::shell::{Shell, open_url};

pub(super) fn set_language(shell: &Shell, lang: Lang) -> Result<(), ApiError> {
    shell.api.set_language(lang)?;
    shell.redraw.notify_one();
    shell.tell_window();
    Ok(())
}

/// Opens the page at the address, if there is one.
pub(super) fn open(url: Result<impl AsRef<str>, ApiError>) -> Result<(), ApiError> {
    open_url(url?.as_ref());
    Ok(())
}

pub(super) fn open_demo_page(shell: &Shell) -> Result<(), ApiError> {
    if let Some(page) = shell.api.demo_page() {
        open_url(page);
    }
    Ok(())
}

/// Starts Dinghy anew on the user's own settings: what is added in the demo is thrown away with it.
pub(super) fn leave_demo(shell: &Shell) -> Result<(), ApiError> {
    let args =
        std::env::args_os().skip(1).filter(|arg| arg != "--demo" && arg != "--or-demo" && arg != "--hidden");
    let started =
        std::env::current_exe().and_then(|program| std::process::Command::new(program).args(args).spawn());
    match started {
        Ok(_) => shell.screen.quit(),
        Err(error) => tracing::error!(%error, "Dinghy could not be started anew"),
    }
    Ok(())
}
