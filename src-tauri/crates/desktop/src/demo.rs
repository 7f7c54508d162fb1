//! `--demo`: an embedded Argo CD and DingTalk, with folders that are thrown away at the end.

use std::collections::BTreeMap;

use dinghy_api::{Dirs, Vault, memory_vault};
use dinghy_demo::{Demo, DemoOptions};
use dinghy_model::{Lang, Problem, Secret};
use tempfile::TempDir;

/// Folders of a demo; removed when dropped.
#[derive(Debug)]
pub(crate) struct DemoFolders {
    folder: TempDir,
    lang: Lang,
}

impl DemoFolders {
    pub(crate) fn create(lang: Lang) -> Result<Self, Problem> {
        let folder = tempfile::Builder::new()
            .prefix("dinghy-demo-")
            .tempdir()
            .map_err(|error| io_problem("a temporary folder", &error))?;
        let demo = Self { folder, lang };
        demo.dirs().create()?;
        Ok(demo)
    }

    pub(crate) fn dirs(&self) -> Dirs {
        Dirs { config: self.folder.path().join("config"), data: self.folder.path().join("data") }
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

/// Starts the servers, writes settings and rules for them, and gives a vault with their secrets. Rules and groups are in
/// the language that the window begins in; if it is changed later they stay as they are, for they are the user's then.
pub(crate) fn start(folders: DemoFolders) -> Result<(Vault, Running), Problem> {
    let options = DemoOptions { lang: folders.lang, ..DemoOptions::default() };
    let demo = Demo::start(options).map_err(|error| io_problem("a port on this computer", &error))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_in_the_language_it_is_started_in_and_leaves_nothing_behind() {
        for (lang, system) in [(Lang::En, Lang::ZhCn), (Lang::ZhCn, Lang::En)] {
            let folders = DemoFolders::create(lang).expect("folders");
            let dirs = folders.dirs();
            let (_, running) = start(folders).expect("a demo");
            assert_eq!(dinghy_api::language(&dirs, system), lang);
            let rules = std::fs::read_to_string(dirs.rules()).expect("rules");
            assert!(rules.contains(lang.pick("keywords: [release]", "keywords: [发布]")), "{lang:?}");
            drop(running);
            assert!(!dirs.config.exists());
        }
    }
}
