//! A run that tells the value of every part of the expression, for explanations and for an editor.
//!
//! What is followed is the expression as it is written: nothing folded, no two loops made one. Where that ends
//! otherwise than the optimized program (`broken() and false` is false), the optimized program is followed instead.

use std::collections::HashSet;
use std::ops::Range;

use dinghy_govalue::{Time, Value};

use crate::ast::{Id, Kind, Tree};
use crate::error::{Error, Stage};
use crate::eval::{Machine, Outcome, Stop, with_room};
use crate::optimize;

/// So many steps of loops are kept: a long list makes several for each item.
const MOST_STEPS: usize = 10_000;

/// What a run gave, and how it came to it.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The same as [`Program::run`](crate::Program::run) gives.
    pub result: Result<Value, Error>,
    /// The parts of the expression that were evaluated, each after the parts that it is made of; the last one is the
    /// expression itself, or what failed. Literals are left out, and lists and maps of nothing but literals.
    pub steps: Vec<Step>,
    /// The largest parts that were never evaluated, in the order of the source: what follows a false `and`, the other
    /// branch of a condition, what follows `?.` on nil, what comes after the failure.
    pub skipped: Vec<Range<usize>>,
    /// Whether loops made more steps than the 10,000 that are kept.
    pub cut: bool,
}

/// One part of an expression with its value.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it stands: bytes of [`Program::source`](crate::Program::source), parentheses around it included.
    pub span: Range<usize>,
    /// For what stands in a predicate: at which item each open loop is, the outermost first, counted from 0.
    pub rounds: Vec<usize>,
    /// Its value, or why it failed. The parts around one that failed have no step.
    pub outcome: Result<Value, String>,
}

/// What a machine notes while it runs.
#[derive(Default)]
pub(crate) struct Notes {
    steps: Vec<(Id, Vec<usize>, Result<Value, String>)>,
    started: HashSet<Id>,
    rounds: Vec<usize>,
    failed: bool,
    cut: bool,
}

impl<'a> Machine<'a> {
    /// Evaluates a node and notes what came out.
    pub(crate) fn noted(&mut self, id: Id) -> Outcome<'a> {
        let tree = self.tree;
        let in_predicate = matches!(tree.kind(id), Kind::Predicate(_));
        let index = self.scopes.last().map_or(0, |scope| scope.index);
        if let Some(notes) = &mut self.notes {
            notes.started.insert(id);
            if in_predicate {
                notes.rounds.push(index);
            }
        }
        let outcome = with_room(|| self.node(id));
        if let Some(notes) = &mut self.notes {
            if in_predicate {
                notes.rounds.pop();
            } else if !is_literal(tree, id) {
                notes.note(tree, id, &outcome);
            }
        }
        outcome
    }
}

impl Notes {
    fn note(&mut self, tree: &Tree, id: Id, outcome: &Outcome<'_>) {
        let (start, end) = tree.span(id);
        let outcome = match outcome {
            Ok(value) => Ok((**value).clone()),
            Err(Stop::Fault(fault)) if !self.failed => Err(fault.message.clone()),
            Err(_) => return,
        };
        self.failed |= outcome.is_err();
        // A chain of `?.` stands where its last member stands, and `a not in b` where `a in b` does.
        if self.steps.last().is_some_and(|last| tree.span(last.0) == (start, end) && last.1 == self.rounds) {
            self.steps.pop();
        }
        if start == end {
            return;
        }
        // What stands in no loop is never too much.
        if self.steps.len() < MOST_STEPS || self.rounds.is_empty() {
            self.steps.push((id, self.rounds.clone(), outcome));
        } else {
            self.cut = true;
        }
    }
}

/// Whether a node's value is what is written.
fn is_literal(tree: &Tree, id: Id) -> bool {
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        match tree.kind(id) {
            Kind::Nil
            | Kind::Bool(_)
            | Kind::Int(_)
            | Kind::Float(_)
            | Kind::Str(_)
            | Kind::Const(_)
            | Kind::Set(_) => {}
            Kind::Unary { .. } | Kind::Array(_) | Kind::Map(_) => open.extend(tree.children(id)),
            _ => return false,
        }
    }
    true
}

/// Runs a source that is known to compile, and notes every step.
pub(crate) fn run(source: &str, env: &Value, now: &Time, result: Result<Value, Error>) -> Trace {
    let Ok((mut tree, root)) = crate::checked(source) else { return Trace::without_steps(result) };
    let mut written = tree.clone();
    if optimize::finish(&mut written, root).is_ok()
        && let (outcome, notes) = follow(source, &written, root, env, now)
        && same(&outcome, &result)
    {
        return trace(source, &written, root, notes, result);
    }
    if optimize::optimize(&mut tree, root).is_err() {
        return Trace::without_steps(result);
    }
    let (_, notes) = follow(source, &tree, root, env, now);
    trace(source, &tree, root, notes, result)
}

fn follow(source: &str, tree: &Tree, root: Id, env: &Value, now: &Time) -> (Result<Value, Error>, Notes) {
    let mut machine = Machine::new(tree, env, now, true);
    machine.notes = Some(Box::default());
    let outcome = match machine.eval(root) {
        Ok(value) => Ok(value.into_owned()),
        Err(Stop::Short) => Ok(Value::Nil),
        Err(Stop::Fault(fault)) => Err(fault.bind(Stage::Run, source)),
    };
    (outcome, machine.notes.map(|notes| *notes).unwrap_or_default())
}

fn same(a: &Result<Value, Error>, b: &Result<Value, Error>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a.deep_equal(b),
        (Err(a), Err(b)) => a == b,
        _ => false,
    }
}

impl Trace {
    fn without_steps(result: Result<Value, Error>) -> Trace {
        Trace { result, steps: Vec::new(), skipped: Vec::new(), cut: false }
    }
}

fn trace(source: &str, tree: &Tree, root: Id, notes: Notes, result: Result<Value, Error>) -> Trace {
    let bytes: Vec<usize> = source.char_indices().map(|(at, _)| at).chain([source.len()]).collect();
    let byte = |at: u32| bytes.get(at as usize).copied().unwrap_or(source.len());
    let range = |id: Id| {
        let (start, end) = tree.span(id);
        byte(start)..byte(end)
    };
    let skipped = skipped(tree, root, &notes).into_iter().map(range).collect();
    let steps = notes.steps.into_iter();
    let steps = steps.map(|(id, rounds, outcome)| Step { span: range(id), rounds, outcome }).collect();
    Trace { result, steps, skipped, cut: notes.cut }
}

/// The highest nodes of which nothing was evaluated.
fn skipped(tree: &Tree, root: Id, notes: &Notes) -> Vec<Id> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        // The callee of a method's call is not evaluated by itself, but what it is a method of is.
        let is_callee = matches!(tree.kind(id), Kind::Member { method: true, .. });
        if notes.started.contains(&id) || is_callee {
            open.extend(tree.children(id));
        } else {
            let (start, end) = tree.span(id);
            if start < end && !is_literal(tree, id) {
                found.push(id);
            }
        }
    }
    found.sort_by_key(|id| tree.span(*id));
    found
}
