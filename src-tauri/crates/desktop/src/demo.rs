//! `--demo`: an embedded Argo CD and DingTalk, with folders that are thrown away at the end.

use std::collections::BTreeMap;

use dinghy_api::{Dirs, Vault, memory_vault};
use dinghy_demo::{Clock, Demo};
use dinghy_model::{Problem, Secret};
use tempfile::TempDir;

/// Folders of a demo; removed when dropped.
#[derive(Debug)]
pub(crate) struct DemoFolders(TempDir);

impl DemoFolders {
    pub(crate) fn create() -> Result<Self, Problem> {
        let folder = tempfile::Builder::new()
            .prefix("dinghy-demo-")
            .tempdir()
            .map_err(|error| io_problem("a temporary folder", &error))?;
        let demo = Self(folder);
        demo.dirs().create()?;
        Ok(demo)
    }

    pub(crate) fn dirs(&self) -> Dirs {
        Dirs { config: self.0.path().join("config"), data: self.0.path().join("data") }
    }
}

/// A running demo.
pub(crate) struct Running {
    demo: Demo,
    _folders: DemoFolders,
}

impl Running {
    /// The page that draws the group's messages.
    pub(crate) fn page_url(&self) -> String {
        self.demo.page_url()
    }
}

/// Starts the servers, writes settings and rules for them, and gives a vault with their secrets.
pub(crate) fn start(folders: DemoFolders) -> Result<(Vault, Running), Problem> {
    let demo = Demo::start(Clock::real()).map_err(|error| io_problem("a port on this computer", &error))?;
    let dirs = folders.dirs();
    for (path, text) in [(dirs.settings(), demo.settings_toml()), (dirs.rules(), demo.notifications_yaml())] {
        std::fs::write(&path, text).map_err(|error| io_problem(&path.display().to_string(), &error))?;
    }
    let secrets: BTreeMap<String, Secret> =
        demo.secrets().into_iter().map(|(name, clear)| (name, Secret::new(clear))).collect();
    Ok((memory_vault(secrets), Running { demo, _folders: folders }))
}

fn io_problem(what: &str, error: &std::io::Error) -> Problem {
    Problem::Io { path: what.to_owned(), detail: error.to_string() }
}
