//! Both files, looked at without an engine, a network or a keychain.

use dinghy_engine::read_or_empty;
use dinghy_model::{Lang, Problem, SettingFault};
use dinghy_rules::Catalog;
use dinghy_store::{Dirs, SettingsFile};
use serde::Serialize;

use crate::words;

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The place is not in force.
    Error,
    /// Something is ignored or cannot work.
    Warning,
    /// Worth knowing.
    Note,
}

/// One thing to say about a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Its path.
    pub file: String,
    /// From 1; 0: the whole file.
    pub line: u32,
    /// From 1; 0: the whole file.
    pub column: u32,
    /// How much it matters.
    pub level: Level,
    /// What is wrong, without the place.
    pub message: String,
}

/// Everything that is to be said about settings.toml, then about notifications.yaml.
pub fn check(dirs: &Dirs, lang: Lang) -> Vec<Remark> {
    let settings = match SettingsFile::new(dirs.settings()).load() {
        Ok(parsed) => parsed.problems,
        Err(problem) => vec![problem],
    };
    let settings = settings.into_iter().map(|problem| {
        let level = match problem {
            Problem::Setting { fault: SettingFault::UnknownKey { .. }, .. } => Level::Warning,
            _ => Level::Error,
        };
        remark(problem, level, &dirs.settings().display().to_string(), lang)
    });
    let file = dirs.rules().display().to_string();
    let rules: Vec<(Problem, Level)> = match rules_in(dirs) {
        Err(problem) => vec![(problem, Level::Error)],
        Ok(catalog) => {
            let found = catalog.diagnostics().iter();
            found.map(|found| (found.problem.clone(), level_of(found.level))).collect()
        }
    };
    let rules = rules.into_iter().map(|(problem, level)| remark(problem, level, &file, lang));
    settings.chain(rules).collect()
}

/// The rules of notifications.yaml; none if there is no file.
pub fn rules_in(dirs: &Dirs) -> Result<Catalog, Problem> {
    let file = dirs.rules();
    Ok(Catalog::parse(&read_or_empty(&file)?, &file.to_string_lossy()))
}

fn level_of(level: dinghy_rules::Level) -> Level {
    match level {
        dinghy_rules::Level::Error => Level::Error,
        dinghy_rules::Level::Warning => Level::Warning,
        dinghy_rules::Level::Note => Level::Note,
    }
}

fn remark(problem: Problem, level: Level, asked: &str, lang: Lang) -> Remark {
    match problem {
        Problem::Setting { file, line, column, fault } => {
            Remark { file, line, column, level, message: fault.words(lang) }
        }
        Problem::File { file, line, column, detail } => Remark { file, line, column, level, message: detail },
        Problem::Io { detail, .. } => {
            Remark { file: asked.to_owned(), line: 0, column: 0, level, message: detail }
        }
        other => {
            let message = words::sentence(&other, lang).what;
            Remark { file: asked.to_owned(), line: 0, column: 0, level, message }
        }
    }
}
