//! Writes a parsed template as source again.
//!
//! The text is not the one that was parsed: comments and trim markers are gone, blocks are calls with definitions. What
//! it parses to is the same.

use std::fmt::{self, Formatter};

use dinghy_govalue::Str;

use crate::ast::Node;
use crate::{Template, text};

impl fmt::Display for Template {
    /// The definitions by name, then the main template.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&Str> = self.templates.keys().filter(|name| **name != *self.name).collect();
        names.sort();
        let mut out = Writer { out: f, before: Before::Action };
        for name in names {
            out.action(format_args!("define {}", text::quote(name.as_bytes())))?;
            out.list(&self.templates[name])?;
            out.action(format_args!("end"))?;
        }
        self.templates.get(self.name.as_bytes()).map_or(Ok(()), |body| out.list(body))
    }
}

/// What was written last.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Action,
    Text,
    /// A text that ends with a brace: another one behind it would be a delimiter.
    Brace,
}

struct Writer<'f, 'b> {
    out: &'f mut Formatter<'b>,
    before: Before,
}

impl Writer<'_, '_> {
    fn action(&mut self, what: fmt::Arguments<'_>) -> fmt::Result {
        // The space is trimmed again.
        let open = if self.before == Before::Brace { " {{- " } else { "{{" };
        self.before = Before::Action;
        write!(self.out, "{open}{what}}}}}")
    }

    /// Two texts in a row had a comment between them.
    fn text(&mut self, bytes: &[u8]) -> fmt::Result {
        match self.before {
            Before::Action => {}
            Before::Text => self.out.write_str("{{/**/}}")?,
            Before::Brace => self.out.write_str(" {{- /**/}}")?,
        }
        self.before = if bytes.ends_with(b"{") { Before::Brace } else { Before::Text };
        self.out.write_str(&dinghy_govalue::to_str_lossy(bytes))
    }

    fn list(&mut self, list: &[Node]) -> fmt::Result {
        list.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> fmt::Result {
        match node {
            Node::Text(bytes) => self.text(bytes),
            Node::Action(pipe) => self.action(format_args!("{pipe}")),
            Node::Choice { sets_dot, branches, otherwise } => {
                let word = if *sets_dot { "with" } else { "if" };
                for (at, (pipe, body)) in branches.iter().enumerate() {
                    let otherwise = if at > 0 { "else " } else { "" };
                    self.action(format_args!("{otherwise}{word} {pipe}"))?;
                    self.list(body)?;
                }
                self.end(otherwise.as_deref())
            }
            Node::Range(range) => {
                self.action(format_args!("range {}", range.pipe))?;
                self.list(&range.body)?;
                self.end(range.otherwise.as_deref())
            }
            Node::Template(call) => {
                let name = text::quote(call.name.as_bytes());
                match &call.pipe {
                    Some(pipe) => self.action(format_args!("template {name} {pipe}")),
                    None => self.action(format_args!("template {name}")),
                }
            }
            Node::Break => self.action(format_args!("break")),
            Node::Continue => self.action(format_args!("continue")),
        }
    }

    fn end(&mut self, otherwise: Option<&[Node]>) -> fmt::Result {
        if let Some(body) = otherwise {
            self.action(format_args!("else"))?;
            self.list(body)?;
        }
        self.action(format_args!("end"))
    }
}
