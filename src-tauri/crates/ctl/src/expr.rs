//! `expr` and `render`: one expression or template on a file of variables, without rules, server or database.

use std::path::Path;

use anyhow::Result;
use dinghy_api::{AttemptError, now_ms, try_expression, try_template};
use serde_json::{Value, json};

use crate::input;
use crate::output::say;
use crate::shell::{Answer, Shell};

/// Prints the value as Go's `%v`.
pub(crate) fn expr(shell: &Shell, expression: &str, vars: Option<&Path>) -> Result<Answer> {
    let vars = input::vars(shell, vars)?;
    let evaluated = try_expression(expression, &vars, now_ms());
    if shell.out.json() {
        let value = match &evaluated {
            Ok(found) => {
                json!({"ok": true, "display": found.display, "triggered": found.triggered, "error": null})
            }
            Err(error) => json!({"ok": false, "display": "", "triggered": false, "error": as_json(error)}),
        };
        shell.out.value(&value)?;
        return Ok(Answer::from(evaluated.is_ok()));
    }
    match evaluated {
        Ok(found) => {
            shell.out.bytes(format!("{}\n", found.display).as_bytes())?;
            Ok(Answer::Yes)
        }
        Err(error) => {
            say(&error.to_string());
            Ok(Answer::No)
        }
    }
}

/// Renders a template file to stdout, byte for byte.
pub(crate) fn render(shell: &Shell, template: &Path, vars: Option<&Path>) -> Result<Answer> {
    input::stdin_once([template].into_iter().chain(vars));
    let source = input::read(shell, template)?;
    let vars = input::vars(shell, vars)?;
    let name = template.file_name().unwrap_or(template.as_os_str()).to_string_lossy();
    match try_template(&name, &source, &vars, now_ms()) {
        Ok(bytes) => {
            shell.out.bytes(&bytes)?;
            Ok(Answer::Yes)
        }
        Err(error) => {
            say(&error.to_string());
            Ok(Answer::No)
        }
    }
}

/// What is wrong and where; lines and columns count from 1, 0 is unknown.
fn as_json(error: &AttemptError) -> Value {
    match error {
        // The variables are read when the expression is about to run.
        AttemptError::Variables(message) => {
            json!({"stage": "run", "message": message, "line": 0, "column": 0})
        }
        AttemptError::Failed { stage, message, line, column, .. } => {
            json!({"stage": stage, "message": message, "line": line, "column": column})
        }
    }
}
