//! The expression language of github.com/expr-lang/expr, version 1.17.8, as it behaves when it is compiled with no
//! options: every variable is of unknown type, a missing one is nil, and only what literals show is checked early.
//!
//! The crate knows nothing of who writes expressions or what about. It reads no clock: the caller passes the time.
//!
//! ```
//! use dinghy_expr::compile;
//! use dinghy_govalue::{Time, Value};
//!
//! let program = compile("app.replicas > 2 and app.name startsWith 'guest'").unwrap();
//! let env = Value::from_json_str(r#"{"app": {"name": "guestbook", "replicas": 3}}"#).unwrap();
//! assert_eq!(program.run(&env, &Time::zero()).unwrap().as_bool(), Some(true));
//! ```

mod error;

use dinghy_govalue::{Time, Value};

pub use error::{Error, Stage};

/// A compiled expression. It can be run any number of times, from any thread.
#[derive(Debug)]
pub struct Program {
    source: String,
}

/// Compiles an expression.
///
/// # Errors
/// When the source is not an expression, when its literals already show that it cannot work, or when it exceeds the
/// language's limits.
pub fn compile(source: &str) -> Result<Program, Error> {
    Ok(Program { source: source.to_owned() })
}

impl Program {
    /// Evaluates the expression on `env`, a map of variables. `now` is the time that `now()` gives.
    ///
    /// # Errors
    /// What the language reports while running, with its place in the source.
    pub fn run(&self, env: &Value, now: &Time) -> Result<Value, Error> {
        let _ = (env, now);
        Ok(Value::Nil)
    }

    /// Which paths of the variables the expression reads, such as `app.status.operationState.phase`; sorted, each once.
    pub fn paths(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether the result depends on the time: the expression calls `now()` or `time.Now`.
    pub fn reads_clock(&self) -> bool {
        false
    }

    /// The source text.
    pub fn source(&self) -> &str {
        &self.source
    }
}
