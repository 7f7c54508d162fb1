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
//! assert_eq!(program.paths(), ["app.name", "app.replicas"]);
//! ```
//!
//! For explanations and projections a program says more of itself: [`Program::run_traced`] gives the value of every part
//! with its place in the source, [`Program::paths`] what of the variables is read, and [`canonical`] one way of writing.
//!
//! # Limits
//! Beside the language's own limits (10,000 nodes, 1,000,000 items of lists and maps) a run ends with an error at 16 MiB
//! in one text, 64 MiB in one value unfolded, 256 MiB in all, and 2,000,000 rounds of loops.
//!
//! Where the answers differ from Go's is listed in docs/compatibility.md.

mod ast;
mod builtin;
mod call;
mod check_call;
mod checker;
mod collections;
mod condition;
mod dates;
mod error;
mod eval;
mod fetch;
mod fold;
mod functions;
mod lexer;
mod loops;
mod numbers;
mod ops;
mod optimize;
mod parser;
mod paths;
mod pointer;
mod postfix;
mod pow;
mod print;
mod sort;
mod strconv;
mod strings;
mod token;
mod trace;
mod ty;
mod unescape;

#[cfg(test)]
#[path = "../tests/support/grammar.rs"]
mod grammar;

use std::sync::OnceLock;

use dinghy_govalue::{Time, Value};

pub use error::{Error, Stage};
pub use trace::{Step, Trace};

use ast::{Id, Kind, Tree};
use builtin::Builtin;
use eval::{Machine, Stop, with_room};

/// A tree of so many levels is evaluated on any thread's stack without looking how much of it is left.
const SHALLOW: usize = 64;

/// A compiled expression. It can be run any number of times, from any thread.
#[derive(Debug)]
pub struct Program {
    source: String,
    tree: Tree,
    root: Id,
    deep: bool,
    /// Whether values may come of it that nest deeply, since a loop puts each into the next.
    nests: bool,
    /// Found out when it is asked for.
    reads: OnceLock<(Vec<String>, bool)>,
}

/// Compiles an expression.
///
/// # Errors
/// When the source is not an expression, when its literals already show that it cannot work, or when it exceeds the
/// language's limits.
pub fn compile(source: &str) -> Result<Program, Error> {
    let bind = |fault: error::Fault| fault.bind(Stage::Compile, source);
    let (mut tree, root) = checked(source).map_err(bind)?;
    optimize::optimize(&mut tree, root).map_err(bind)?;
    let deep = tree.depth(root) > SHALLOW;
    let nests = tree.any(|kind| matches!(kind, Kind::Builtin { builtin: Builtin::Reduce, .. }));
    let tree = tree.without_spans();
    Ok(Program { source: source.to_owned(), tree, root, deep, nests, reads: OnceLock::new() })
}

/// The expression in one way of writing: without comments, with double quotes, with parentheses around every operand.
/// Two expressions that are written alike here have the same tree.
///
/// ```
/// let written = dinghy_expr::canonical("a.b==1 /* really */ or   c?.d in ['x']").unwrap();
/// assert_eq!(written, r#"(a.b == (1)) or ((c?.d) in ["x"])"#);
/// ```
///
/// # Errors
/// When the source is not an expression. Types are not looked at.
pub fn canonical(source: &str) -> Result<String, Error> {
    let (tree, root) = parser::parse(source).map_err(|fault| fault.bind(Stage::Compile, source))?;
    Ok(print::print(&tree, root))
}

/// The tree as it is written.
fn checked(source: &str) -> Result<(Tree, Id), error::Fault> {
    let (mut tree, root) = parser::parse(source)?;
    checker::check(&mut tree, root)?;
    Ok((tree, root))
}

impl Program {
    /// Evaluates the expression on `env`, a map of variables. `now` is the time that `now()` gives.
    ///
    /// # Errors
    /// What the language reports while running, with its place in the source.
    #[inline] // A constant costs a comparison in the caller's own code.
    pub fn run(&self, env: &Value, now: &Time) -> Result<Value, Error> {
        match self.tree.kind(self.root) {
            Kind::Const(value) => Ok(value.clone()),
            _ => self.evaluate(env, now),
        }
    }

    fn evaluate(&self, env: &Value, now: &Time) -> Result<Value, Error> {
        let evaluate = || Machine::new(&self.tree, env, now, self.deep).eval(self.root);
        match if self.nests { with_room(evaluate) } else { evaluate() } {
            Ok(value) => Ok(value.into_owned()),
            Err(Stop::Short) => Ok(Value::Nil),
            Err(Stop::Fault(fault)) => Err(fault.bind(Stage::Run, &self.source)),
        }
    }

    /// Evaluates the expression as [`run`](Program::run) does, and tells the value of every part of it. This takes
    /// several times as long, as the source is compiled again.
    ///
    /// ```
    /// use dinghy_govalue::{Time, Value};
    ///
    /// let program = dinghy_expr::compile("app.ready and app.replicas > 2").unwrap();
    /// let env = Value::from_json_str(r#"{"app": {"ready": true, "replicas": 1}}"#).unwrap();
    /// let trace = program.run_traced(&env, &Time::zero());
    ///
    /// let shown = trace.steps.iter().map(|step| {
    ///     let value = step.outcome.as_ref().map_or_else(Clone::clone, |value| value.to_string());
    ///     format!("{} = {value}", &program.source()[step.span.clone()])
    /// });
    /// assert_eq!(shown.collect::<Vec<_>>(), [
    ///     "app = map[ready:true replicas:1]",
    ///     "app.ready = true",
    ///     "app = map[ready:true replicas:1]",
    ///     "app.replicas = 1",
    ///     "app.replicas > 2 = false",
    ///     "app.ready and app.replicas > 2 = false",
    /// ]);
    /// assert_eq!(trace.result.unwrap().as_bool(), Some(false));
    /// ```
    pub fn run_traced(&self, env: &Value, now: &Time) -> Trace {
        with_room(|| trace::run(&self.source, env, now, self.run(env, now)))
    }

    /// Which paths of the variables the expression reads, such as `app.status.operationState.phase`; sorted, each
    /// once. Items of a list are written `[]`: `app.status.resources[].kind`. A path ends where it goes on by a value
    /// that only a run knows.
    pub fn paths(&self) -> &[String] {
        &self.reads().0
    }

    /// Whether the result depends on the time: the expression calls `now()` or `time.Now`.
    pub fn reads_clock(&self) -> bool {
        self.reads().1
    }

    /// Read from the tree before the optimizer took parts out of it.
    fn reads(&self) -> &(Vec<String>, bool) {
        self.reads.get_or_init(|| match checked(&self.source) {
            Ok((tree, root)) => paths::read(&tree, root),
            Err(_) => Default::default(),
        })
    }

    /// The source text.
    pub fn source(&self) -> &str {
        &self.source
    }
}
