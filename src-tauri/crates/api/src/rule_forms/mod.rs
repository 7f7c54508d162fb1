//! Rules as forms: a form becomes the text that the file would have, and that text is read by the code that runs for
//! real. What is previewed, matched and tested is therefore what would happen once it is saved.
//!
//! A form is saved against the version of its key: another key that changed on disk meanwhile is no conflict, the same
//! key is, and the caller has to decide.

mod diff;
mod fields;
mod manifest;
mod matching;
mod message;
mod overlap;
mod past;
mod ready;
mod start;
mod subscription;
mod template;
mod trigger;
mod unsaved;

use std::hash::{DefaultHasher, Hash, Hasher};

use dinghy_model::{Lang, Problem};
use dinghy_rules::{Catalog, FieldFault, Level, PartsError, set_key};
use dinghy_store::write_atomic;

use crate::wire::{ApiError, FieldProblem, ProblemView};
use crate::{Api, words};

pub(crate) use diff::diff;
pub(crate) use matching::Questions;
pub(crate) use message::{is_robot, message};
pub(crate) use subscription::{rows, told};
pub(crate) use template::{kind, senders};
pub(crate) use unsaved::Unsaved;

/// Changes of rules that can be taken back.
const UNDO_DEPTH: usize = 50;

/// A change that can be taken back.
pub(crate) struct Change {
    /// What it was about.
    key: String,
    /// The text before.
    before: String,
    /// The version it made; if the file has another one by now, the change cannot be taken back alone.
    after: String,
}

/// The version of a text. Empty texts have the empty version.
pub(crate) fn version(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The rules as they would be with one key changed.
struct Edited {
    text: String,
    catalog: Catalog,
}

impl Api {
    /// The rules with a key set, not stored.
    fn edited(&self, key: &str, value: Option<&str>) -> Result<Edited, ApiError> {
        self.edited_together(&[(key, value)])
    }

    /// The rules with several keys set in one step, not stored.
    fn edited_together(&self, changes: &[(&str, Option<&str>)]) -> Result<Edited, ApiError> {
        let catalog = self.catalog()?;
        let mut text = self.rules_text()?;
        for (key, value) in changes {
            if catalog.old_form().contains(*key) {
                return Err(self.in_old_form());
            }
            text = set_key(&text, key, *value).map_err(|error| self.not_editable(&error))?;
        }
        let catalog = Catalog::parse(&text, &self.dirs.rules().to_string_lossy());
        Ok(Edited { text, catalog })
    }

    fn in_old_form(&self) -> ApiError {
        self.form_error(
            "name",
            "This rule stands in the old form config.yaml: import the rules file to edit it.",
            "这条规则写在旧格式 config.yaml 中：请先导入规则文件，再编辑。",
        )
    }

    fn not_editable(&self, error: &dinghy_rules::EditError) -> ApiError {
        self.error(&Problem::File {
            file: self.dirs.rules().display().to_string(),
            line: 0,
            column: 0,
            detail: error.to_string(),
        })
    }

    /// Refuses if a key's value has another version by now than when its form was opened.
    fn unchanged(&self, catalog: &Catalog, key: &str, base: &str) -> Result<(), ApiError> {
        let is_same = version(catalog.source(key).unwrap_or_default()) == base;
        if is_same { Ok(()) } else { Err(self.changed_meanwhile()) }
    }

    /// Sets or removes a key whose value had the version `base` when the form was opened.
    async fn save_key(&self, key: &str, value: Option<&str>, base: &str) -> Result<(), ApiError> {
        self.unchanged(&self.catalog()?, key, base)?;
        let Edited { text, .. } = self.edited(key, value)?;
        self.save_rules(key, &text).await
    }

    /// Writes the rules and puts them in force; `key` says what the change was about.
    pub(crate) async fn save_rules(&self, key: &str, text: &str) -> Result<(), ApiError> {
        let before = self.rules_text()?;
        if before == text {
            return Ok(());
        }
        write_atomic(&self.dirs.rules(), text.as_bytes()).map_err(|problem| self.error(&problem))?;
        {
            let mut undo = self.undo();
            undo.push(Change { key: key.to_owned(), before, after: version(text) });
            if undo.len() > UNDO_DEPTH {
                undo.remove(0);
            }
        }
        self.reload().await;
        Ok(())
    }

    /// Removes a trigger or template (`trigger.NAME`). What names it stays and is reported.
    pub async fn rule_remove(&self, key: &str, base: &str) -> Result<(), ApiError> {
        self.save_key(key, None, base).await
    }

    /// Takes the last change back. Only while the file is still as that change left it.
    pub async fn rules_undo(&self) -> Result<(), ApiError> {
        let now = version(&self.rules_text()?);
        let change = self.undo().pop_if(|change| change.after == now);
        let Some(change) = change else { return Err(self.changed_meanwhile()) };
        write_atomic(&self.dirs.rules(), change.before.as_bytes()).map_err(|problem| self.error(&problem))?;
        self.reload().await;
        Ok(())
    }

    /// What the last change was about, if it can be taken back.
    pub(crate) fn can_undo(&self, text: &str) -> Option<String> {
        let now = version(text);
        self.undo().last().filter(|change| change.after == now).map(|change| change.key.clone())
    }

    fn undo(&self) -> std::sync::MutexGuard<'_, Vec<Change>> {
        self.undo.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn changed_meanwhile(&self) -> ApiError {
        let pick = |en, zh| self.lang().pick(en, zh).to_owned();
        ApiError {
            code: "changed_meanwhile".to_owned(),
            message: pick("The rules file changed on disk meanwhile.", "规则文件在此期间已被修改。"),
            todo: pick("Look at what is there now, then save again.", "请先查看现在的内容，再保存。"),
            field: None,
        }
    }

    /// Refuses to save what has a mistake, with the first of them in words.
    fn without_mistakes(&self, mistakes: &[FieldProblem]) -> Result<(), ApiError> {
        let Some(first) = mistakes.first() else { return Ok(()) };
        let pick = |en, zh| self.lang().pick(en, zh);
        Err(ApiError {
            code: "form".to_owned(),
            message: format!(
                "{}{}",
                pick("Not saved, there is a mistake: ", "未保存，有错误："),
                first.message
            ),
            todo: pick("Mend it, then save again.", "请改正后再保存。").to_owned(),
            field: None,
        })
    }

    /// A name for a new trigger or template: it becomes a part of a key.
    fn rule_name(&self, name: &str) -> Result<String, ApiError> {
        let name = name.trim();
        let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if name.is_empty() || !fits {
            return Err(self.form_error(
                "name",
                "A name has letters, digits, “-”, “_” and “.”: other rules use it.",
                "名称只能包含字母、数字、“-”、“_”和“.”：其他规则会用到它。",
            ));
        }
        Ok(name.to_owned())
    }

    /// A name for a rule that must not exist yet.
    fn new_name(&self, prefix: &str, name: &str) -> Result<String, ApiError> {
        let name = self.rule_name(name)?;
        if self.catalog()?.source(&format!("{prefix}.{name}")).is_some() {
            let (en, zh) = ("There is one of this name already.", "已有同名的规则。");
            return Err(self.form_error("name", en, zh));
        }
        Ok(name)
    }

    /// What the rules say about a key beyond the mistakes in its fields.
    fn notes(&self, catalog: &Catalog, key: &str, with_errors: bool) -> Vec<String> {
        let of_key = catalog.diagnostics().iter().filter(|found| found.key == key);
        let detail = |problem: &Problem| match problem {
            Problem::File { detail, .. } => words::in_form(detail, self.lang()).into_owned(),
            other => words::sentence(other, self.lang()).what,
        };
        let mut notes = Vec::new();
        // Two conditions may lack the same.
        for found in of_key.filter(|found| with_errors || found.level != Level::Error) {
            let note = detail(&found.problem);
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        notes
    }

    /// Why a key is not in force.
    pub(crate) fn broken(&self, catalog: &Catalog, key: &str) -> Option<ProblemView> {
        let mut of_key = catalog.diagnostics().iter().filter(|found| found.key == key);
        of_key.find(|found| found.level == Level::Error).map(|found| words::view(&found.problem, self.lang()))
    }
}

fn field_problem(prefix: &str, fault: FieldFault, lang: Lang) -> FieldProblem {
    let FieldFault { field, line, column, detail } = fault;
    let message = words::diagnosed(&detail, lang).into_owned();
    FieldProblem { field: format!("{prefix}{field}"), line, column, message }
}

fn unreadable(error: PartsError) -> FieldProblem {
    let PartsError { line, column, detail } = error;
    FieldProblem { field: String::new(), line, column, message: detail }
}
