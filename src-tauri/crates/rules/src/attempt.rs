//! Single expressions and templates on a file of variables, for trying them without rules
//! (`dinghyctl expr`, `dinghyctl render`).

use dinghy_expr::Stage;

use crate::env::variables;
use crate::evaluate::time;

/// What an expression gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// The value as Go's `%v` prints it.
    pub display: String,
    /// Whether a trigger with this condition would fire: only the boolean true does.
    pub triggered: bool,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttemptError {
    /// The variables cannot be used.
    #[error("{0}")]
    Variables(String),
    /// The expression or template failed.
    #[error("{text}")]
    Failed {
        /// `compile`, `parse`, `run` or `exec`.
        stage: &'static str,
        /// The message alone.
        message: String,
        /// From 1; 0: unknown.
        line: u32,
        /// From 1; 0: unknown.
        column: u32,
        /// Go's whole text.
        text: String,
    },
}

/// Evaluates an expression as a trigger's `when` would be. `vars` is a JSON object (see [`variables`]).
pub fn try_expression(source: &str, vars: &str, now_ms: i64) -> Result<Evaluated, AttemptError> {
    let now = time(now_ms);
    let failed = |error: dinghy_expr::Error| AttemptError::Failed {
        stage: match error.stage {
            Stage::Compile => "compile",
            Stage::Run => "run",
        },
        message: error.message.clone(),
        line: error.line,
        column: error.column,
        text: error.to_string(),
    };
    let program = dinghy_expr::compile(source).map_err(failed)?;
    let env = variables(vars, &now).map_err(|error| AttemptError::Variables(error.to_string()))?;
    let value = program.run(&env, &now).map_err(failed)?;
    Ok(Evaluated { display: value.to_string(), triggered: value.as_bool() == Some(true) })
}

/// Renders one template; the bytes are exactly what Go would write.
pub fn try_template(name: &str, source: &str, vars: &str, now_ms: i64) -> Result<Vec<u8>, AttemptError> {
    let now = time(now_ms);
    let failed = |error: dinghy_gotmpl::Error| AttemptError::Failed {
        stage: match error.stage {
            dinghy_gotmpl::Stage::Parse => "parse",
            dinghy_gotmpl::Stage::Exec => "exec",
        },
        message: error.message.clone(),
        line: error.line,
        column: error.column,
        text: error.to_string(),
    };
    let template = dinghy_gotmpl::parse(name, source).map_err(failed)?;
    let env = variables(vars, &now).map_err(|error| AttemptError::Variables(error.to_string()))?;
    template.render(&env, &now).map_err(failed)
}
