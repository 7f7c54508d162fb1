//! Evaluation: the tree is walked, values of the environment are lent and not cloned. Behaviour: vm/vm.go of expr
//! 1.17.8; errors stand where its instructions stand.

use std::borrow::Cow;

use dinghy_govalue::{Elem, List, Map, Str, Time, Value};

use crate::ast::{Binary, Id, Kind, Pointer, Tree, Unary};
use crate::error::Fault;
use crate::fetch::fetch;
use crate::ops::{self, not_a, text, to_int};
use crate::pointer::followed;
use crate::trace::Notes;

/// The language's budget: items of all lists and maps that a run makes.
const MEMORY_BUDGET: u64 = 1_000_000;
/// The longest text, in bytes. The original has no such limit, nor the ones below: what doubles a text sixty times takes
/// its process down.
pub(crate) const MAX_TEXT: usize = 16 << 20;
/// The most that a value may weigh unfolded, in bytes: what holds one list twice, and that twice again, takes next to no
/// memory and forever to print.
const MAX_WEIGHT: u32 = 64 << 20;
/// What all texts, lists and maps of a run may take, in bytes.
const MAX_BYTES: u64 = 256 << 20;
/// Rounds of loops in a run; what takes longer than a round of a simple loop counts more.
const MAX_STEPS: u64 = 2_000_000;
/// Values that weigh no more are compared in no time.
pub(crate) const LIGHT: u32 = 4_096;
/// What a pattern takes that is compiled while running.
const PATTERN_STEPS: u64 = 400;
/// Bytes that are compared or searched in a step.
const STEP: u64 = 64;
pub(crate) const OVER_BUDGET: &str = "memory budget exceeded";
const OVER_STEPS: &str = "expression takes more than 2000000 steps";
/// Values nest no deeper than this. Go's limit is 10,000 where it has one; comparing and dropping recurse here.
const MAX_VALUE_DEPTH: u16 = 1_000;
/// Bytes of stack in which the deepest values can be compared, searched and dropped, in a build without optimizations.
const ROOM: usize = 3 << 20;

pub(crate) type Lent<'a> = Cow<'a, Value>;
pub(crate) type Outcome<'a> = Result<Lent<'a>, Stop>;

/// Why evaluation of a node ended without a value.
pub(crate) enum Stop {
    /// `?.` met nil: the whole chain is nil.
    Short,
    Fault(Box<Fault>),
}

/// Evaluates what nests deeply, or makes values that do: the stack grows on the heap when it must.
pub(crate) fn with_room<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(ROOM, 2 * ROOM, work)
}

/// One run of an expression.
pub(crate) struct Machine<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) env: &'a Value,
    pub(crate) now: &'a Time,
    pub(crate) locals: Vec<Lent<'a>>,
    pub(crate) scopes: Vec<Scope<'a>>,
    memory: u64,
    bytes: u64,
    steps: u64,
    /// The steps that a round of a loop counts as: in a large expression it may be long.
    pub(crate) round: u64,
    /// Whether the tree is deeper than fits on any thread's stack for sure, or every step is noted.
    pub(crate) careful: bool,
    /// Room for a text that is put together.
    scratch: Vec<u8>,
    /// Where steps are noted.
    pub(crate) notes: Option<Box<Notes>>,
}

/// The loop of an open predicate.
pub(crate) struct Scope<'a> {
    pub(crate) list: Lent<'a>,
    pub(crate) index: usize,
    pub(crate) acc: Lent<'a>,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(tree: &'a Tree, env: &'a Value, now: &'a Time, careful: bool) -> Machine<'a> {
        let (locals, scopes) = (Vec::new(), Vec::new());
        let round = 1 + tree.len() as u64 / 1_024;
        Machine {
            tree,
            env,
            now,
            locals,
            scopes,
            memory: 0,
            bytes: 0,
            steps: 0,
            round,
            careful,
            scratch: Vec::new(),
            notes: None,
        }
    }

    #[cold]
    pub(crate) fn fail<T>(&self, id: Id, message: impl Into<String>) -> Result<T, Stop> {
        Err(Stop::Fault(Box::new(Fault::new(self.tree.node(id).at, message))))
    }

    pub(crate) fn at<T>(&self, id: Id, result: Result<T, String>) -> Result<T, Stop> {
        result.or_else(|message| self.fail(id, message))
    }

    /// Counts what a list or a map takes.
    pub(crate) fn grow(&mut self, id: Id, size: usize) -> Result<(), Stop> {
        self.memory = self.memory.saturating_add(size as u64);
        if self.memory >= MEMORY_BUDGET { self.fail(id, OVER_BUDGET) } else { Ok(()) }
    }

    /// A value that has just been made, unless it nests too deeply, is too large, or too much has been made before.
    pub(crate) fn made(&mut self, id: Id, value: Value) -> Outcome<'a> {
        let size = match &value {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::List(list) => size_of::<Value>() * list.len(),
            Value::Map(map) => 2 * size_of::<Value>() * map.len(),
            // A list for each entry, and what finds it while it is made.
            Value::AnyMap(map) => 8 * size_of::<Value>() * map.len(),
            _ => return Ok(Cow::Owned(value)),
        };
        if value.depth() > MAX_VALUE_DEPTH {
            return self.fail(id, "recursion depth exceeded");
        }
        let is_text = matches!(value, Value::Str(_) | Value::Bytes(_));
        self.bytes = self.bytes.saturating_add(size as u64);
        if self.bytes > MAX_BYTES || value.weight() > MAX_WEIGHT || (is_text && size > MAX_TEXT) {
            return self.fail(id, OVER_BUDGET);
        }
        Ok(Cow::Owned(value))
    }

    /// Counts a text that has just been made, as `made` does.
    fn made_text(&mut self, id: Id, size: usize) -> Result<(), Stop> {
        self.bytes = self.bytes.saturating_add(size as u64);
        if self.bytes > MAX_BYTES || size > MAX_TEXT { self.fail(id, OVER_BUDGET) } else { Ok(()) }
    }

    /// Counts steps.
    pub(crate) fn work(&mut self, id: Id, steps: u64) -> Result<(), Stop> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MAX_STEPS { self.fail(id, OVER_STEPS) } else { Ok(()) }
    }

    /// Counts what it takes to walk over so many bytes; what is light takes no time.
    pub(crate) fn walk(&mut self, id: Id, weight: u32) -> Result<(), Stop> {
        if weight <= LIGHT { Ok(()) } else { self.work(id, u64::from(weight) / STEP) }
    }

    pub(crate) fn eval(&mut self, id: Id) -> Outcome<'a> {
        if self.careful { self.eval_carefully(id) } else { self.node(id) }
    }

    fn eval_carefully(&mut self, id: Id) -> Outcome<'a> {
        if self.notes.is_some() {
            return self.noted(id);
        }
        with_room(|| self.node(id))
    }

    pub(crate) fn node(&mut self, id: Id) -> Outcome<'a> {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Const(value) | Kind::Set(value) => Ok(Cow::Borrowed(value)),
            Kind::Name(_) | Kind::Field { .. } | Kind::Pointer(Pointer::Item) => match self.lent(id) {
                Some(value) => Ok(Cow::Borrowed(value)),
                None => self.found(id),
            },
            Kind::Env => Ok(Cow::Borrowed(self.env)),
            Kind::Local(slot) => {
                Ok(self.locals.get(*slot as usize).cloned().unwrap_or(Cow::Owned(Value::Nil)))
            }
            Kind::Unary { op, node, .. } => {
                if *op == Unary::Not {
                    return self.decide(*node, id).map(|truth| Cow::Owned(Value::Bool(!truth)));
                }
                let value = followed(self.eval(*node)?);
                match op {
                    Unary::Neg => self.at(id, ops::negate(&value)).map(Cow::Owned),
                    _ => Ok(value),
                }
            }
            Kind::Binary { op, left, right, .. } => self.binary(id, *op, *left, *right),
            Kind::Chain(node) => match self.eval(*node) {
                Err(Stop::Short) => Ok(Cow::Owned(Value::Nil)),
                Ok(value) if value.is_nil_like() => Ok(Cow::Owned(Value::Nil)),
                other => other,
            },
            Kind::Predicate(node) => self.eval(*node),
            Kind::Pointer(pointer) => self.pointer(id, pointer),
            Kind::Conditional { cond, yes, no } => {
                let truth = self.decide(*cond, id)?;
                self.eval(if truth { *yes } else { *no })
            }
            _ => self.larger(id),
        }
    }

    /// The nodes that are rarer or do more. Apart, so that the function that walks the tree stays small.
    #[inline(never)]
    fn larger(&mut self, id: Id) -> Outcome<'a> {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Regex { node, regex } => {
                let value = self.eval(*node)?;
                self.walk(id, value.weight())?;
                let matched = match &*value {
                    Value::Str(text) => regex.is_match(text),
                    Value::Bytes(bytes) => !value.is_nil_like() && regex.is_match(bytes),
                    other if other.is_nil_like() => false,
                    other => return self.fail(id, not_a(other, "[]uint8")),
                };
                Ok(Cow::Owned(Value::Bool(matched)))
            }
            Kind::Member { node, property, optional, .. } => {
                let base = self.eval(*node)?;
                if *optional && base.is_nil_like() {
                    return Err(Stop::Short);
                }
                let key = followed(self.eval(*property)?);
                if let Value::AnyMap(map) = &*base {
                    // Such a map is searched from its start.
                    self.work(id, map.len() as u64 / 16)?;
                }
                let fetched = fetch(base, &key);
                self.at(id, fetched)
            }
            Kind::Slice { node, from, to } => self.slice(id, *node, *from, *to),
            Kind::Call { callee, args } => self.call(id, *callee, args),
            Kind::Builtin { builtin, args } if builtin.takes_predicate() => {
                self.looped(id, *builtin, args, None, false, None)
            }
            Kind::Builtin { builtin, args } => self.function(id, *builtin, args),
            Kind::Fused { builtin, args, map, throws, threshold } => {
                self.looped(id, *builtin, args, *map, *throws, *threshold)
            }
            Kind::Let { slot, value, body, .. } => {
                let value = self.eval(*value)?;
                let slot = *slot as usize;
                if self.locals.len() <= slot {
                    self.locals.resize_with(slot + 1, || Cow::Owned(Value::Nil));
                }
                self.locals[slot] = value;
                self.eval(*body)
            }
            Kind::Sequence(nodes) => {
                let mut last = Cow::Owned(Value::Nil);
                for node in nodes {
                    last = self.eval(*node)?;
                }
                Ok(last)
            }
            Kind::Array(nodes) => {
                let mut items = Vec::with_capacity(nodes.len());
                for node in nodes {
                    items.push(self.eval(*node)?.into_owned());
                }
                self.grow(id, items.len())?;
                self.made(id, Value::list(items))
            }
            Kind::Map(pairs) => self.map(id, pairs),
            // Seen to in `node`.
            _ => Ok(Cow::Owned(Value::Nil)),
        }
    }

    /// The value of a literal, of a variable, of the item of a loop, or of a member of one of these, when nothing more
    /// than following references leads to it. Most of what a rule does is this, and here no step makes a value.
    /// `None` says nothing about the value: evaluating finds it.
    pub(crate) fn lent(&self, id: Id) -> Option<&'a Value> {
        if self.careful {
            return None;
        }
        match self.tree.kind(id) {
            Kind::Const(value) | Kind::Set(value) => Some(value),
            Kind::Name(name) => member(self.env, |map| map.lent(name, &mut 0)),
            Kind::Field { node, name, hint, .. } => member(self.lent(*node)?, |map| hint.lent(map, name)),
            Kind::Pointer(Pointer::Item) => self.scopes.last()?.lent_item(),
            Kind::Chain(node) => self.lent(*node).map(|value| if value.is_nil_like() { &NIL } else { value }),
            _ => None,
        }
    }

    /// The value of an operand.
    #[inline]
    fn operand(&mut self, id: Id) -> Outcome<'a> {
        match self.lent(id) {
            Some(value) => Ok(followed(Cow::Borrowed(value))),
            None => self.eval(id).map(followed),
        }
    }

    /// What cannot be lent: members of a value that was just made, methods, what fails.
    #[inline(never)]
    fn found(&mut self, id: Id) -> Outcome<'a> {
        let tree = self.tree;
        let fetched = match tree.kind(id) {
            // A variable that is missing is nil.
            Kind::Name(name) => fetch(Cow::Borrowed(self.env), &Value::Str(name.clone())),
            Kind::Field { node, name, optional, hint } => {
                let base = self.eval(*node)?;
                if let Cow::Borrowed(from) = base
                    && let Some(value) = member(from, |map| hint.lent(map, name))
                {
                    return Ok(Cow::Borrowed(value));
                }
                if *optional && base.is_nil_like() {
                    return Err(Stop::Short);
                }
                fetch(base, &Value::Str(name.clone()))
            }
            _ => return self.pointer(id, &Pointer::Item),
        };
        self.at(id, fetched)
    }

    fn binary(&mut self, id: Id, op: Binary, left: Id, right: Id) -> Outcome<'a> {
        match op {
            Binary::Or | Binary::And => {
                let known = self.decide(left, id)?;
                // The right side is the result, whatever it is.
                return if known == (op == Binary::Or) {
                    Ok(Cow::Owned(Value::Bool(known)))
                } else {
                    self.eval(right).map(followed)
                };
            }
            Binary::Eq | Binary::Ne | Binary::In => {
                return self.related(id, op, left, right).map(|truth| Cow::Owned(Value::Bool(truth)));
            }
            _ => {}
        }
        if op == Binary::Add && !self.careful && self.is_sum(left) {
            return self.joined(id, left, right);
        }
        let a = followed(self.eval(left)?);
        if op == Binary::Coalesce {
            return if a.is_nil_like() { self.eval(right).map(followed) } else { Ok(a) };
        }
        let b = followed(self.eval(right)?);
        self.calculated(id, op, &a, &b)
    }

    fn is_sum(&self, id: Id) -> bool {
        matches!(self.tree.kind(id), Kind::Binary { op: Binary::Add, .. })
    }

    /// `a + b + c`: texts, as they mostly are, become one at the end and not one for each sign.
    #[inline(never)]
    fn joined(&mut self, id: Id, left: Id, right: Id) -> Outcome<'a> {
        let mut text = std::mem::take(&mut self.scratch);
        let sum = match self.sum(id, left, right, &mut text)? {
            Some(sum) => sum,
            None => Cow::Owned(Value::Str(Str::from(text.as_slice()))),
        };
        self.scratch = text;
        Ok(sum)
    }

    /// A chain of `+`; `None` when its sum is what stands in `text`.
    fn sum(&mut self, id: Id, left: Id, right: Id, text: &mut Vec<u8>) -> Result<Option<Lent<'a>>, Stop> {
        let a = match *self.tree.kind(left) {
            Kind::Binary { op: Binary::Add, left: first, right: second, .. } => {
                self.sum(left, first, second, text)?
            }
            _ => Some(self.operand(left)?),
        };
        let b = self.operand(right)?;
        match (a.as_deref(), &*b) {
            (None, Value::Str(b)) => text.extend_from_slice(b),
            (Some(Value::Str(a)), Value::Str(b)) => {
                text.clear();
                text.extend_from_slice(a);
                text.extend_from_slice(b);
            }
            (a, b) => {
                let so_far = a.is_none().then(|| Value::Str(Str::from(text.as_slice())));
                let a = so_far.as_ref().or(a).unwrap_or(&Value::Nil);
                return self.calculated(id, Binary::Add, a, b).map(Some);
            }
        }
        self.made_text(id, text.len())?;
        Ok(None)
    }

    /// Orders, arithmetic and what works on texts.
    #[inline(never)]
    fn calculated(&mut self, id: Id, op: Binary, a: &Value, b: &Value) -> Outcome<'a> {
        let result = match op {
            Binary::Lt => {
                Value::Bool(self.at(id, ops::compare(a, "<", b))?.is_some_and(|order| order.is_lt()))
            }
            Binary::Gt => {
                Value::Bool(self.at(id, ops::compare(a, ">", b))?.is_some_and(|order| order.is_gt()))
            }
            Binary::Le => {
                Value::Bool(self.at(id, ops::compare(a, "<=", b))?.is_some_and(|order| order.is_le()))
            }
            Binary::Ge => {
                Value::Bool(self.at(id, ops::compare(a, ">=", b))?.is_some_and(|order| order.is_ge()))
            }
            Binary::Add => {
                let sum = self.at(id, ops::add(a, b))?;
                return self.made(id, sum);
            }
            Binary::Sub => self.at(id, ops::subtract(a, b))?,
            Binary::Mul => self.at(id, ops::multiply(a, b))?,
            Binary::Div => self.at(id, ops::divide(a, b))?,
            Binary::Rem => self.at(id, ops::modulo(a, b))?,
            Binary::Pow => self.at(id, ops::exponent(a, b))?,
            Binary::Range => return self.range(id, a, b),
            Binary::Matches => {
                self.work(id, PATTERN_STEPS)?;
                self.walk(id, a.weight().saturating_add(b.weight()))?;
                Value::Bool(self.at(id, matches(a, b))?)
            }
            Binary::Contains | Binary::StartsWith | Binary::EndsWith => {
                self.walk(id, a.weight())?;
                Value::Bool(self.at(id, substring(op, a, b))?)
            }
            // Seen to in `binary`.
            _ => Value::Nil,
        };
        Ok(Cow::Owned(result))
    }

    fn range(&mut self, id: Id, from: &Value, to: &Value) -> Outcome<'a> {
        let (from, to) = (self.at(id, to_int(from))?, self.at(id, to_int(to))?);
        let size = to.wrapping_sub(from).wrapping_add(1).max(0);
        self.grow(id, usize::try_from(size).unwrap_or(usize::MAX))?;
        let items = (0..size).map(|step| Value::int(from.wrapping_add(step))).collect();
        Ok(Cow::Owned(Value::List(List::with_elem(Elem::Int, items))))
    }

    fn slice(&mut self, id: Id, node: Id, from: Option<Id>, to: Option<Id>) -> Outcome<'a> {
        let value = self.eval(node)?;
        let to = match to {
            Some(to) => followed(self.eval(to)?),
            None => Cow::Owned(Value::int(self.at(id, ops::length(&value))? as i64)),
        };
        let from = match from {
            Some(from) => followed(self.eval(from)?),
            None => Cow::Owned(Value::int(0)),
        };
        let part = self.at(id, ops::slice(&value, &from, &to))?;
        self.made(id, part)
    }

    fn map(&mut self, id: Id, pairs: &[(Id, Id)]) -> Outcome<'a> {
        let mut entries = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            entries.push((self.eval(*key)?, self.eval(*value)?.into_owned()));
        }
        self.grow(id, entries.len())?;
        // From the last to the first, so that of equal keys the first one stays.
        let mut named: Vec<(Str, Value)> = Vec::with_capacity(entries.len());
        for (key, value) in entries.into_iter().rev() {
            match &*key {
                Value::Str(key) => named.push((key.clone(), value)),
                other => return self.fail(id, not_a(other, "string")),
            }
        }
        self.made(id, Value::Map(Map::new(named)))
    }

    fn pointer(&self, id: Id, pointer: &Pointer) -> Outcome<'a> {
        let Some(scope) = self.scopes.last() else {
            return self.fail(id, "cannot use pointer accessor outside predicate");
        };
        match pointer {
            Pointer::Index => Ok(Cow::Owned(Value::int(scope.index as i64))),
            Pointer::Acc => Ok(scope.acc.clone()),
            _ => self.at(id, scope.item()),
        }
    }
}

static NIL: Value = Value::Nil;

/// The entry of a map; one that is missing is nil, unless the map is of strings or the like.
#[inline]
fn member<'a>(from: &'a Value, find: impl FnOnce(&'a Map) -> Option<Option<&'a Value>>) -> Option<&'a Value> {
    let Value::Map(map) = from else { return None };
    match find(map)? {
        None if map.elem() == Elem::Any => Some(&NIL),
        found => found,
    }
}

impl<'a> Scope<'a> {
    /// The item at which the loop is, when the list outlasts the loop.
    fn lent_item(&self) -> Option<&'a Value> {
        match self.list {
            Cow::Borrowed(Value::List(list)) => list.get(self.index),
            _ => None,
        }
    }

    /// The item at which the loop is.
    pub(crate) fn item(&self) -> Result<Lent<'a>, String> {
        match &self.list {
            Cow::Borrowed(Value::List(list)) => {
                Ok(list.get(self.index).map_or(Cow::Owned(Value::Nil), Cow::Borrowed))
            }
            Cow::Owned(Value::List(list)) => {
                Ok(Cow::Owned(list.get(self.index).cloned().unwrap_or_default()))
            }
            other => match &**other {
                text @ (Value::Str(_) | Value::Bytes(_)) => {
                    fetch(Cow::Owned(text.clone()), &Value::int(self.index as i64))
                }
                _ => Err("reflect: call of reflect.Value.Index on map Value".to_owned()),
            },
        }
    }
}

/// `matches` with a pattern that is not a literal.
fn matches(value: &Value, pattern: &Value) -> Result<bool, String> {
    if value.is_nil_like() || pattern.is_nil_like() {
        return Ok(false);
    }
    let subject: &[u8] = match value {
        Value::Str(text) => text,
        Value::Bytes(bytes) => {
            text(pattern)?;
            bytes
        }
        other => {
            text(pattern)?;
            return Err(not_a(other, "[]uint8"));
        }
    };
    Ok(dinghy_govalue::compile_regex(text(pattern)?)?.is_match(subject))
}

fn substring(op: Binary, value: &Value, part: &Value) -> Result<bool, String> {
    if value.is_nil_like() || part.is_nil_like() {
        return Ok(false);
    }
    let (value, part) = (text(value)?, text(part)?);
    Ok(match op {
        Binary::StartsWith => value.starts_with(part),
        Binary::EndsWith => value.ends_with(part),
        _ => crate::strings::find(value, part).is_some(),
    })
}
