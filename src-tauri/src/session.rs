//! One run of the application: its folders, its vault, its engine and the use cases over it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dinghy_api::Api;
use dinghy_engine::{Engine, Follow, Options};
use dinghy_model::{Lang, Problem};

use crate::args::Args;
use crate::demo::DemoFolders;

/// Where this run keeps its files.
pub(crate) struct Places {
    pub(crate) dirs: dinghy_api::Dirs,
    /// While the demo runs: throw-away folders, gone at the end.
    pub(crate) demo: Option<DemoFolders>,
}

impl Places {
    /// Finds and creates the folders.
    pub(crate) fn prepare(args: &Args) -> Result<Self, Problem> {
        let dirs = dinghy_api::Dirs::resolve(args.config_dir.clone(), args.data_dir.clone())?;
        if args.demo || (args.or_demo && !dinghy_api::has_servers(&dirs)) {
            let demo = DemoFolders::create()?;
            return Ok(Self { dirs: demo.dirs(), demo: Some(demo) });
        }
        dirs.create()?;
        Ok(Self { dirs, demo: None })
    }

    /// One instance for each data folder: a second start on it shows the first one's window.
    pub(crate) fn instance_id(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.dirs.data.hash(&mut hasher);
        format!("io.github.dinghy.desktop.d{:016x}", hasher.finish())
    }
}

/// What commands and tray work on. Managed by Tauri.
pub(crate) struct Session {
    pub(crate) api: Api,
    /// This desktop shows tray icons; false as long as that is not known.
    pub(crate) tray: AtomicBool,
    /// Tray and window must be drawn again although the status is the same (another language).
    pub(crate) redraw: tokio::sync::Notify,
    /// The demo's servers live as long as this.
    _demo: Option<crate::demo::Running>,
}

impl Session {
    /// Starts the engine (and the demo before it).
    pub(crate) async fn start(places: Places) -> Result<Self, Problem> {
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
            open_url: Arc::new(open_url),
            demo: running.is_some(),
            follow: Follow::Always,
            dry_run: false,
        })?);
        let page = running.as_ref().map(|demo| demo.page_url());
        let api = Api::new(engine, dirs, vault, system_lang(), page);
        Ok(Self { api, tray: AtomicBool::new(false), redraw: tokio::sync::Notify::new(), _demo: running })
    }

    pub(crate) fn tray_shown(&self) -> bool {
        self.tray.load(Ordering::Relaxed)
    }
}

/// Opens a page in the user's browser. Only http and https leave this function.
pub(crate) fn open_url(url: &str) {
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        tracing::warn!("not opened: no web address");
        return;
    }
    if let Err(error) = open::that_detached(url) {
        tracing::warn!(%error, "no browser could be started");
    }
}

/// The desktop's language.
pub(crate) fn system_lang() -> Lang {
    sys_locale::get_locale().map_or(Lang::En, |locale| Lang::from_locale(&locale))
}
