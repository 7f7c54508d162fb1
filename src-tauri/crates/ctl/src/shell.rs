//! What every command starts from: folders, language, and where to print.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use anyhow::anyhow;
use dinghy_api::wire::ApiError;
use dinghy_api::{Api, Dirs, Follow};
use dinghy_model::{Lang, Problem};

use crate::args::Format;
use crate::output::{Out, say};

/// What a command comes to when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done.
    Yes,
    /// Done as far as it goes, and the answer is no.
    No,
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// One call of `dinghyctl`.
pub(crate) struct Shell {
    pub(crate) dirs: Dirs,
    pub(crate) lang: Lang,
    pub(crate) out: Out,
    system: Lang,
    /// What [`Shell::beside`] opened; ended with the command, whichever way that ends.
    opened: OnceLock<Arc<Api>>,
}

impl Shell {
    pub(crate) fn new(
        config: Option<PathBuf>,
        data: Option<PathBuf>,
        format: Format,
    ) -> anyhow::Result<Self> {
        let system = sys_locale::get_locale().map_or(Lang::En, |locale| Lang::from_locale(&locale));
        let dirs = Dirs::resolve(config, data).map_err(|problem| in_words(&problem, system))?;
        let lang = dinghy_api::language(&dirs, system);
        Ok(Self { dirs, lang, out: Out::new(format), system, opened: OnceLock::new() })
    }

    /// The desktop's language, for who reads settings.toml again later.
    pub(crate) fn system(&self) -> Lang {
        self.system
    }

    /// Use cases beside a running app; one for each command.
    pub(crate) fn beside(&self, follow: Follow) -> anyhow::Result<Arc<Api>> {
        self.create_folders()?;
        let api = Api::beside(self.dirs.clone(), dinghy_api::os_vault(), self.system, follow)
            .map_err(|problem| self.failed(&problem))?;
        Ok(self.opened.get_or_init(|| Arc::new(api)).clone())
    }

    /// Stops what was opened: a runtime that ends under running tasks makes them panic.
    pub(crate) async fn stop(&self) {
        if let Some(api) = self.opened.get() {
            api.stop().await;
        }
    }

    /// Both folders must exist before there is an engine.
    pub(crate) fn create_folders(&self) -> anyhow::Result<()> {
        self.dirs.create().map_err(|problem| self.failed(&problem))
    }

    /// A problem that ends the command.
    pub(crate) fn failed(&self, problem: &Problem) -> anyhow::Error {
        in_words(problem, self.lang)
    }

    /// A sentence in the user's language, on stderr.
    pub(crate) fn say(&self, en: &str, zh: &str) {
        say(self.lang.pick(en, zh));
    }
}

/// A use case's failure as an error that prints its sentences.
pub(crate) fn refused(error: ApiError) -> anyhow::Error {
    anyhow!("{}", join(&error.message, &error.todo))
}

/// What is wrong and what to do, in one line. What a file's problem says ends without a full stop.
pub(crate) fn join(what: &str, todo: &str) -> String {
    let stop = match (what.ends_with(['.', '。', '?', '？']), todo.ends_with('。')) {
        (true, _) => "",
        (false, true) => "。",
        (false, false) => ".",
    };
    if todo.is_empty() { what.to_owned() } else { format!("{what}{stop} {todo}") }
}

fn in_words(problem: &Problem, lang: Lang) -> anyhow::Error {
    let sentence = dinghy_api::words::sentence(problem, lang);
    anyhow!("{}", join(&sentence.what, &sentence.todo))
}
