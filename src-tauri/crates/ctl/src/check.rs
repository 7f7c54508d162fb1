//! `check`: every problem of settings and rules with its place.

use anyhow::Result;
use dinghy_api::{Level, Remark};
use dinghy_model::Lang;
use serde_json::json;

use crate::shell::{Answer, Shell};

/// Prints all problems. The answer is no if any of them keeps something from being in force.
pub(crate) fn check(shell: &Shell) -> Result<Answer> {
    let remarks = dinghy_api::check(&shell.dirs, shell.lang);
    if shell.out.json() {
        shell.out.value(&json!(remarks))?;
    } else {
        for remark in &remarks {
            shell.out.line(&line(remark, shell.lang))?;
        }
        if remarks.is_empty() {
            shell.say("Settings and rules have no problems.", "设置和规则没有问题。");
        }
    }
    Ok(Answer::from(remarks.iter().all(|remark| remark.level != Level::Error)))
}

/// `FILE:LINE:COLUMN: message`, as compilers and editors write it.
pub(crate) fn line(remark: &Remark, lang: Lang) -> String {
    let Remark { file, line, column, level, message } = remark;
    let level = match level {
        Level::Error => "",
        Level::Warning => lang.pick("warning: ", "警告："),
        Level::Note => lang.pick("note: ", "提示："),
    };
    if *line == 0 {
        format!("{file}: {level}{message}")
    } else {
        format!("{file}:{line}:{column}: {level}{message}")
    }
}
