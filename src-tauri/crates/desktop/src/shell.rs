//! One run of the application: its engine, the use cases over it, and the screen that shows them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dinghy_api::Api;
use dinghy_engine::{Engine, Follow, Options};
use dinghy_model::{Lang, Problem};
use tokio::sync::Notify;

use crate::anew::Held;
use crate::logging::LogLevel;
use crate::places::Places;

/// What shows the window: a process beside this one on Linux, Tauri in this process elsewhere.
pub trait Screen: Send + Sync {
    /// Shows the window, at a page (`/servers`) if one is given; makes it if there is none.
    fn show(&self, page: Option<&str>);
    /// Gives the window an event with JSON; does nothing without a window.
    fn tell(&self, event: &'static str, payload: String);
    /// Ends the application.
    fn quit(&self);
}

/// What commands and tray work on.
pub struct Shell {
    /// The use cases.
    pub api: Api,
    /// The window, if there is one.
    pub screen: Box<dyn Screen>,
    /// This desktop shows tray icons; false as long as that is not known.
    tray_shown: AtomicBool,
    /// How much is logged.
    pub(crate) log: LogLevel,
    /// Tray and window must be drawn again although the status is the same (another language).
    pub(crate) redraw: Notify,
    /// The window's page is there: it has asked for something.
    pub(crate) page_asked: Notify,
    /// While this process gives way to a new one.
    held: Mutex<Option<Held>>,
    /// The demo's servers live as long as this.
    _demo: Option<crate::demo::Running>,
}

impl Shell {
    /// Starts the engine (and the demo before it). Fails when settings or database cannot be opened.
    pub fn start(places: Places, screen: Box<dyn Screen>, log: LogLevel) -> Result<Self, Problem> {
        let Places { dirs, demo } = places;
        let (vault, running) = match demo {
            None => (dinghy_api::os_vault(), None),
            Some(folders) => {
                let (vault, running) = crate::demo::start(folders)?;
                (vault, Some(running))
            }
        };
        let vault = Arc::new(vault);
        let engine = Arc::new(Engine::start(Options {
            dirs: dirs.clone(),
            vault: vault.clone(),
            // A notification has no place for what went wrong; it is logged.
            open_url: Arc::new(|url: &str| drop(open_url(url))),
            demo: running.is_some(),
            follow: Follow::Always,
            dry_run: false,
        })?);
        let page = running.as_ref().map(|demo| demo.page_url());
        let api = Api::new(engine, dirs, vault, system_lang(), page);
        let (tray_shown, held) = (AtomicBool::new(false), Mutex::default());
        let (redraw, page_asked) = (Notify::new(), Notify::new());
        Ok(Self { api, screen, tray_shown, log, redraw, page_asked, held, _demo: running })
    }

    /// Whether a tray icon is on the screen: only then the application lives on without a window.
    pub fn tray_shown(&self) -> bool {
        self.tray_shown.load(Ordering::Relaxed)
    }

    pub(crate) fn set_tray_shown(&self, shown: bool) {
        self.tray_shown.store(shown, Ordering::Relaxed);
    }

    /// Ends the application in favour of a new process, which waits for that.
    pub(crate) fn end_for(&self, new: Held) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(new);
        self.screen.quit();
    }

    /// The window is gone: a new process that waits for it goes on.
    pub(crate) fn let_go(&self) {
        drop(self.held.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Sends the status to the window, if there is one.
    pub(crate) fn tell_window(&self) {
        match serde_json::to_string(&self.api.status_view(self.tray_shown())) {
            Ok(view) => self.screen.tell("status", view),
            Err(error) => tracing::error!(%error, "the status cannot be written as JSON"),
        }
    }
}

/// Opens a page in the user's browser. Only http and https leave this function.
pub(crate) fn open_url(url: &str) -> Result<(), Problem> {
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        tracing::warn!("not opened: no web address");
        return Err(Problem::BadUrl { url: url.to_owned(), detail: "no web address".to_owned() });
    }
    open::that_detached(url).map_err(|error| {
        tracing::warn!(%error, "no browser could be started");
        Problem::NoBrowser { url: url.to_owned() }
    })
}

/// A problem before there is a window to show it, in the desktop's language.
pub fn in_words(problem: &Problem) -> String {
    format!("dinghy: {}", dinghy_api::words::sentence(problem, system_lang()).line())
}

/// Says on the desktop why Dinghy did not start: who started it from a menu sees no terminal.
pub async fn tell_not_started(message: &str) {
    let title = system_lang().pick("Dinghy cannot start", "Dinghy 无法启动");
    tell(title, message.trim_start_matches("dinghy: ")).await;
}

/// Says on the desktop why the window does not open, in the desktop's language.
#[cfg(target_os = "linux")]
pub(crate) async fn tell_no_window(program: &str, reason: &std::io::Error) {
    let lang = system_lang();
    let title = lang.pick("The window cannot be opened", "窗口无法打开");
    let message = match lang {
        Lang::En => format!(
            "{program} cannot be started: {reason}. Install Dinghy again; it goes on working in the tray."
        ),
        Lang::ZhCn => {
            format!("无法启动 {program}：{reason}。请重新安装 Dinghy；托盘中的 Dinghy 会继续工作。")
        }
    };
    tell(title, &message).await;
}

async fn tell(title: &str, message: &str) {
    let said = dinghy_engine::tell_desktop(title, message);
    // A desktop that does not answer must not keep the process.
    if !tokio::time::timeout(Duration::from_secs(2), said).await.unwrap_or(false) {
        tracing::info!("no desktop notification could be shown");
    }
}

/// The desktop's language.
pub(crate) fn system_lang() -> Lang {
    sys_locale::get_locale().map_or(Lang::En, |locale| Lang::from_locale(&locale))
}
