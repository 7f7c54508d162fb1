//! Renders a parsed template: walks its nodes and writes bytes.
//!
//! Where Go keeps a `reflect.Value`, this keeps a [`Slot`]; the node named by errors is tracked exactly as Go tracks it.

mod call;
mod eval;
mod field;
mod lend;

use dinghy_govalue::{Time, Value};

use crate::ast::{Call, Command, Node, Operand, Pipe, Pos, Range};
use crate::env::{Env, MAX_BYTES};
use crate::error::{Error, Stage};
use crate::slot::{Form, Slot, truth};
use crate::{Escape, Template};

/// How deep bodies, parentheses and template calls may nest while rendering. Go allows 100,000 template calls.
const MAX_DEPTH: usize = 250;

const TOO_LONG: &str = "output longer than 16777216 bytes";
const _: () = assert!(MAX_BYTES == 16_777_216);

pub(crate) fn render(
    template: &Template,
    data: &Value,
    now: &Time,
    escape: Option<Escape<'_>>,
) -> Result<Vec<u8>, Error> {
    let Some(body) = template.templates.get(template.name.as_bytes()) else {
        let name = crate::text::quote(template.name.as_bytes());
        return Err(Error {
            stage: Stage::Exec,
            name: template.name.clone(),
            line: 0,
            column: 0,
            message: format!("{name} is an incomplete or empty template"),
        });
    };
    // A function like `set` changes the map it is given; the caller's data must not change.
    let data = if template.mutates { data.deep_clone() } else { data.clone() };
    let dot = Slot::concrete(data).unwrapped();
    let mut exec = Exec {
        template,
        current: template.name.as_bytes(),
        at: None,
        vars: vec![(0, dot.clone())],
        out: Vec::with_capacity(template.source.len() * 2),
        spare: Vec::new(),
        depth: 0,
        env: Env::new(now, &template.patterns),
        escape,
    };
    exec.walk(&dot, body).map_err(|error| *error)?;
    Ok(std::mem::take(&mut exec.out))
}

/// Boxed, for it travels far and rarely.
type Result<T, E = Box<Error>> = std::result::Result<T, E>;

/// The node that an error would name.
#[derive(Clone, Copy)]
enum At<'t> {
    Action(&'t Pipe),
    Pipe(&'t Pipe),
    Command(&'t Command),
    Operand(&'t Operand),
    Template(&'t Call),
}

/// What comes after a node.
#[derive(PartialEq)]
enum Flow {
    On,
    Break,
    Continue,
}

struct Exec<'t> {
    template: &'t Template,
    /// The name of the template under way.
    current: &'t [u8],
    at: Option<At<'t>>,
    /// Variables in the order of their declaration: number and value.
    vars: Vec<(u32, Slot)>,
    out: Vec<u8>,
    /// Room for arguments that calls before have left.
    spare: Vec<Vec<Slot>>,
    depth: usize,
    env: Env<'t>,
    escape: Option<Escape<'t>>,
}

impl<'t> Exec<'t> {
    #[cold]
    fn fail(&self, message: impl std::fmt::Display) -> Box<Error> {
        let current = crate::text::quote(self.current);
        let (pos, shown): (Pos, String) = match self.at {
            None => (0, String::new()),
            Some(At::Action(pipe)) => (pipe.pos, format!("{{{{{pipe}}}}}")),
            Some(At::Pipe(pipe)) => (pipe.pos, pipe.to_string()),
            Some(At::Command(command)) => (command.pos, command.to_string()),
            Some(At::Operand(operand)) => (operand.pos, operand.to_string()),
            Some(At::Template(call)) => (call.pos, call.to_string()),
        };
        let before = &self.template.source.as_bytes()[..(pos as usize).min(self.template.source.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
        Box::new(Error {
            stage: Stage::Exec,
            name: self.template.name.clone(),
            line: line as u32,
            column: column as u32,
            message: format!("executing {current} at <{shown}>: {message}"),
        })
    }

    /// Runs `inner` one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fail(format!("exceeded maximum template depth ({MAX_DEPTH})")));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn step(&mut self) -> Result<()> {
        self.env.step().map_err(|message| self.fail(message))
    }

    fn walk(&mut self, dot: &Slot, list: &'t [Node]) -> Result<Flow> {
        for node in list {
            match node {
                Node::Text(text) => self.write(text)?,
                Node::Action(pipe) => {
                    self.at = Some(At::Action(pipe));
                    if let Some(Value::Str(text)) = lend::value(&self.vars, dot, pipe)
                        && self.escape.is_none()
                    {
                        if self.out.len() + text.len() > MAX_BYTES {
                            return Err(self.fail(TOO_LONG));
                        }
                        self.out.extend_from_slice(text);
                        continue;
                    }
                    let value = self.pipeline(dot, pipe)?;
                    if pipe.variables.is_empty() {
                        self.at = Some(At::Action(pipe));
                        self.print(pipe, &value)?;
                    }
                }
                Node::Choice { sets_dot, branches, otherwise } => {
                    let flow = self.choice(dot, *sets_dot, branches, otherwise.as_deref())?;
                    if flow != Flow::On {
                        return Ok(flow);
                    }
                }
                Node::Range(range) => {
                    let flow = self.range(dot, range)?;
                    if flow != Flow::On {
                        return Ok(flow);
                    }
                }
                Node::Template(call) => self.call_template(dot, call)?,
                Node::Break => return Ok(Flow::Break),
                Node::Continue => return Ok(Flow::Continue),
            }
        }
        Ok(Flow::On)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.out.len() + bytes.len() > MAX_BYTES {
            return Err(self.fail(TOO_LONG));
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// A value's text; the template's own goes through [`Self::write`].
    fn write_value(&mut self, pipe: &Pipe, text: &[u8]) -> Result<()> {
        match self.escape {
            None => self.write(text),
            Some(escape) => {
                let escaped = escape(&self.out, text, pipe);
                self.write(&escaped)
            }
        }
    }

    fn print(&mut self, pipe: &Pipe, value: &Slot) -> Result<()> {
        match &value.value {
            _ if value.is_invalid() => self.write_value(pipe, b"<no value>"),
            Value::Str(text) => self.write_value(pipe, text),
            func @ Value::Func(_) => {
                Err(self.fail(format!("can't print {{{{{pipe}}}}} of type {}", func.type_name())))
            }
            other => {
                self.env.check_depth(other).map_err(|message| self.fail(message))?;
                let shown = crate::text::print(other);
                self.write_value(pipe, &shown)
            }
        }
    }

    fn choice(
        &mut self,
        dot: &Slot,
        sets_dot: bool,
        branches: &'t [(Pipe, Vec<Node>)],
        otherwise: Option<&'t [Node]>,
    ) -> Result<Flow> {
        let mark = self.vars.len();
        let mut flow = Flow::On;
        let mut taken = None;
        for (pipe, body) in branches {
            if !sets_dot && let Some(value) = lend::value(&self.vars, dot, pipe) {
                self.at = Some(At::Pipe(pipe));
                if truth(value) {
                    taken = Some((None, &body[..]));
                    break;
                }
                continue;
            }
            let value = self.pipeline(dot, pipe)?;
            if truth(&value.value) {
                taken = Some((if sets_dot { Some(value) } else { None }, &body[..]));
                break;
            }
        }
        if let Some((new_dot, body)) = taken.or(otherwise.map(|body| (None, body))) {
            let dot = new_dot.as_ref().unwrap_or(dot);
            flow = self.deeper(|exec| exec.walk(dot, body))?;
        }
        self.vars.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, dot: &Slot, range: &'t Range) -> Result<Flow> {
        let mark = self.vars.len();
        let over = self.pipeline(dot, &range.pipe)?;
        let ran = match &over.value {
            Value::Int(int) => {
                let (kind, count) = (int.kind(), int.as_i128());
                self.range_ints(range, &over.value, count, |i| Value::int_of(kind, i))?
            }
            Value::Duration(count) => {
                self.range_ints(range, &over.value, i128::from(*count), Value::Duration)?
            }
            Value::Month(count) => self.range_ints(range, &over.value, i128::from(*count), Value::Month)?,
            Value::Weekday(count) => {
                self.range_ints(range, &over.value, i128::from(*count), Value::Weekday)?
            }
            Value::List(list) => {
                for (i, item) in list.iter().enumerate() {
                    let item = Slot::element(item.clone(), list.elem());
                    if !self.turn(range, Slot::concrete(Value::int(i as i64)), item)? {
                        break;
                    }
                }
                !list.is_empty()
            }
            Value::Bytes(bytes) => {
                for (i, byte) in bytes.iter().enumerate() {
                    let byte = Value::int_of(dinghy_govalue::IntKind::Uint8, i64::from(*byte));
                    if !self.turn(range, Slot::concrete(Value::int(i as i64)), Slot::concrete(byte))? {
                        break;
                    }
                }
                !bytes.is_empty()
            }
            Value::Map(map) => {
                let entries = map.entries();
                for (key, item) in entries.iter() {
                    let item = Slot::element(item.clone(), map.elem());
                    if !self.turn(range, Slot::concrete(Value::Str(key.clone())), item)? {
                        break;
                    }
                }
                !entries.is_empty()
            }
            Value::AnyMap(map) => {
                for (key, item) in map.entries() {
                    let key = Slot { value: key.clone(), form: Form::Interface };
                    if !self.turn(range, key, Slot::element(item.clone(), map.elem()))? {
                        break;
                    }
                }
                !map.is_empty()
            }
            Value::Nil => false,
            other => {
                self.env.check_depth(other).map_err(|message| self.fail(message))?;
                let shown = dinghy_govalue::to_str_lossy(&crate::text::print(other)).into_owned();
                return Err(self.fail(format!("range can't iterate over {shown}")));
            }
        };
        let mut flow = Flow::On;
        if let (false, Some(body)) = (ran, &range.otherwise) {
            flow = self.deeper(|exec| exec.walk(dot, body))?;
        }
        self.vars.truncate(mark);
        Ok(flow)
    }

    fn range_ints(
        &mut self,
        range: &'t Range,
        over: &Value,
        count: i128,
        item: impl Fn(i64) -> Value,
    ) -> Result<bool> {
        if range.pipe.variables.len() > 1 {
            let message = format!("can't use {over} to iterate over more than one variable");
            return Err(self.fail(message));
        }
        for i in 0..count {
            let item = Slot::concrete(item(i as i64));
            if !self.turn(range, Slot::INVALID, item)? {
                break;
            }
        }
        Ok(count > 0)
    }

    /// One turn of a range; false after `{{break}}`.
    fn turn(&mut self, range: &'t Range, index: Slot, item: Slot) -> Result<bool> {
        self.step()?;
        let mark = self.vars.len();
        match (&range.pipe.variables[..], range.pipe.assigns) {
            ([], _) => {}
            ([only], true) => self.assign(only, item.clone())?,
            ([first, second, ..], true) => {
                self.assign(first, index)?;
                self.assign(second, item.clone())?;
            }
            ([_], false) => self.set_top(1, item.clone()),
            ([_, _, ..], false) => {
                self.set_top(1, item.clone());
                self.set_top(2, index);
            }
        }
        let flow = self.deeper(|exec| exec.walk(&item, &range.body))?;
        self.vars.truncate(mark);
        Ok(flow != Flow::Break)
    }

    fn set_top(&mut self, from_top: usize, value: Slot) {
        if let Some(at) = self.vars.len().checked_sub(from_top) {
            self.vars[at].1 = value;
        }
    }

    fn call_template(&mut self, dot: &Slot, call: &'t Call) -> Result<()> {
        self.step()?;
        self.at = Some(At::Template(call));
        let Some((name, body)) = self.template.templates.get_key_value(&call.name) else {
            let name = crate::text::quote(call.name.as_bytes());
            return Err(self.fail(format!("template {name} not defined")));
        };
        let dot = match &call.pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Slot::INVALID,
        };
        let at = self.at;
        let current = std::mem::replace(&mut self.current, name);
        let vars = std::mem::replace(&mut self.vars, vec![(0, dot.clone())]);
        self.at = Some(At::Template(call));
        self.deeper(|exec| exec.walk(&dot, body))?;
        self.vars = vars;
        self.current = current;
        self.at = at;
        Ok(())
    }
}
