//! The tree of a parsed template, and how Go shows its nodes in error messages.
//!
//! Names of variables and functions are resolved while parsing; nothing here knows data.

use std::fmt;

use dinghy_govalue::{Str, Value};

use crate::func::Func;

/// Byte offset in the source.
pub(crate) type Pos = u32;

/// A sequence of nodes.
pub(crate) type List = Vec<Node>;

/// What stands between actions, and actions.
#[derive(Debug)]
pub(crate) enum Node {
    Text(Box<[u8]>),
    Action(Pipe),
    /// `{{if}}` with its `{{else if}}`s, or `{{with}}` with its `{{else with}}`s.
    Choice {
        sets_dot: bool,
        branches: Vec<(Pipe, List)>,
        otherwise: Option<List>,
    },
    Range(Box<Range>),
    Template(Box<Call>),
    Break,
    Continue,
}

#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) pipe: Pipe,
    pub(crate) body: List,
    pub(crate) otherwise: Option<List>,
}

/// `{{template "name" pipe}}`; `{{block}}` becomes one too.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) pos: Pos,
    pub(crate) name: Str,
    pub(crate) pipe: Option<Pipe>,
}

/// Commands joined by `|`, with the variables that take the result.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) pos: Pos,
    /// `=` rather than `:=`.
    pub(crate) assigns: bool,
    pub(crate) variables: Vec<Variable>,
    pub(crate) commands: Vec<Command>,
}

/// A variable's number in the template and its name with the dollar sign.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) id: u32,
    pub(crate) name: Str,
}

/// Operands separated by space; the first one is what is called or shown. Never empty.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) pos: Pos,
    pub(crate) operands: Vec<Operand>,
}

#[derive(Debug)]
pub(crate) struct Operand {
    pub(crate) pos: Pos,
    pub(crate) term: Term,
}

#[derive(Debug)]
pub(crate) enum Term {
    Dot,
    Nil,
    Bool(bool),
    Number(Box<Number>),
    /// The text with its quotes, and what it stands for.
    Text {
        quoted: Box<str>,
        value: Value,
    },
    Field(Vec<Str>),
    Variable {
        variable: Variable,
        fields: Vec<Str>,
    },
    Function(&'static Func),
    Pipe(Box<Pipe>),
    /// Fields of a parenthesized pipeline or of a function's result.
    Chain {
        of: Box<Operand>,
        fields: Vec<Str>,
    },
}

impl Term {
    /// Constants cannot stand behind a `|`.
    pub(crate) fn is_constant(&self) -> bool {
        matches!(self, Term::Bool(_) | Term::Dot | Term::Nil | Term::Number(_) | Term::Text { .. })
    }
}

/// A constant number under every type that can hold it, as Go's untyped constants are.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Number {
    pub(crate) text: String,
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) complex: Option<(f64, f64)>,
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, variable) in self.variables.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { ", " } else { "" }, variable.name)?;
        }
        if !self.variables.is_empty() {
            f.write_str(if self.assigns { " = " } else { " := " })?;
        }
        for (i, command) in self.commands.iter().enumerate() {
            write!(f, "{}{command}", if i > 0 { " | " } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, operand) in self.operands.iter().enumerate() {
            let space = if i > 0 { " " } else { "" };
            match &operand.term {
                Term::Pipe(pipe) => write!(f, "{space}({pipe})")?,
                _ => write!(f, "{space}{operand}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = |f: &mut fmt::Formatter<'_>, fields: &[Str]| {
            fields.iter().try_for_each(|field| write!(f, ".{field}"))
        };
        match &self.term {
            Term::Dot => f.write_str("."),
            Term::Nil => f.write_str("nil"),
            Term::Bool(truth) => write!(f, "{truth}"),
            Term::Number(number) => f.write_str(&number.text),
            Term::Text { quoted, .. } => f.write_str(quoted),
            Term::Field(names) => fields(f, names),
            Term::Variable { variable, fields: names } => {
                write!(f, "{}", variable.name)?;
                fields(f, names)
            }
            Term::Function(func) => f.write_str(func.name),
            Term::Pipe(pipe) => write!(f, "{pipe}"),
            Term::Chain { of, fields: names } => {
                match &of.term {
                    Term::Pipe(pipe) => write!(f, "({pipe})")?,
                    _ => write!(f, "{of}")?,
                }
                fields(f, names)
            }
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{template {}", crate::text::quote(self.name.as_bytes()))?;
        if let Some(pipe) = &self.pipe {
            write!(f, " {pipe}")?;
        }
        f.write_str("}}")
    }
}

/// Is there nothing but space? Such a definition does not replace another one.
pub(crate) fn is_empty(list: &[Node]) -> bool {
    list.iter().all(|node| match node {
        // Go trims Unicode's white space here, not only the four characters of trim markers.
        Node::Text(text) => std::str::from_utf8(text).is_ok_and(|text| text.trim().is_empty()),
        _ => false,
    })
}
