//! All sentences that Rust says to people, in both languages. Style: name the thing, then the state;
//! short sentences, no exclamation marks; Argo CD's and DingTalk's own terms stay.

mod certificate;
mod diagnosis;
mod event;
mod explain;
mod export;
mod problem;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use dinghy_model::{Lang, Problem};

pub use certificate::certificate;
pub(crate) use diagnosis::{diagnosed, in_form, is_lack};
pub use event::event_words;
pub(crate) use event::suppressed;
pub use explain::{Reasons, found_word, origin_word};
pub use export::export_words;
pub use state::{
    app_state, health_word, operation_word, pause_until, probe_found, probe_step, server_state, sync_word,
    token_ends,
};

use crate::wire::ProblemView;

/// Said of a preview that would hold secrets: in English, in Chinese.
pub const MASKED: (&str, &str) =
    ("`***` stands for secrets, which a preview does not read.", "`***` 代表密钥，预览不会读取密钥。");

/// What is wrong, and what to do about it: one sentence each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// What is wrong.
    pub what: String,
    /// What to do; empty if nothing can be done.
    pub todo: String,
}

impl Sentence {
    /// Both in one line. Chinese has no space between sentences.
    pub fn line(&self) -> String {
        let Self { what, todo } = self;
        let space = if todo.is_empty() || what.ends_with('。') { "" } else { " " };
        format!("{what}{space}{todo}")
    }

    fn new(lang: Lang, en: (String, &str), zh: (String, &str)) -> Self {
        let (what, todo) = match lang {
            Lang::En => en,
            Lang::ZhCn => zh,
        };
        Self { what, todo: todo.to_owned() }
    }
}

/// `1 application`, `2 applications`: English has a singular.
pub fn count<N: Display + PartialEq + From<u8>>(count: N, one: &str, other: &str) -> String {
    let word = if count == N::from(1) { one } else { other };
    format!("{count} {word}")
}

/// The words for a problem.
pub fn sentence(problem: &Problem, lang: Lang) -> Sentence {
    problem::sentence(problem, lang)
}

/// A problem as shells show it.
pub fn view(problem: &Problem, lang: Lang) -> ProblemView {
    let Sentence { what, todo } = sentence(problem, lang);
    let (file, line, column) = match problem {
        Problem::File { file, line, column, .. } | Problem::Setting { file, line, column, .. } => {
            (Some(file.clone()), *line, *column)
        }
        Problem::BodyNotJson { line, column, .. } => (None, *line, *column),
        _ => (None, 0, 0),
    };
    ProblemView { code: code(problem), what, todo, file, line, column }
}

/// The stable code of a problem, as its JSON has it.
pub fn code(problem: &Problem) -> String {
    serde_json::to_value(problem)
        .ok()
        .and_then(|value| value.get("code").and_then(|code| code.as_str().map(str::to_owned)))
        .unwrap_or_else(|| "other".to_owned())
}
