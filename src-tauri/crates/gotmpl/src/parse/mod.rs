//! From tokens to trees, with the grammar and the error texts of Go's `text/template/parse/parse.go`.

mod pipeline;

use std::collections::HashMap;

use dinghy_govalue::Str;

use crate::ast::{Call, List, Node, Range, is_empty};
use crate::error::{Error, Stage};
use crate::lex::{Kind, Token, Tokens, tokens};
use crate::number;

/// How deep parentheses, `{{if}}`, `{{with}}`, `{{range}}` and `{{block}}` may nest together. Go's limit is 10,000
/// parentheses on a stack that grows; this one keeps parsing and rendering within a thread's fixed stack.
pub(crate) const MAX_NESTING: usize = 100;

/// Every template of a source by name.
pub(crate) type Templates = HashMap<Str, List>;

/// Parses a source into its main template, called `name`, and those it defines.
///
/// # Errors
/// The first one Go would report, in its words.
pub(crate) fn parse(name: &str, source: &str) -> Result<Templates, Error> {
    if u32::try_from(source.len()).is_err() {
        let message = "template is longer than 4 GiB".to_owned();
        return Err(Error { stage: Stage::Parse, name: name.to_owned(), line: 1, column: 0, message });
    }
    let Tokens { list: tokens, error } = tokens(source);
    let mut parser = Parser {
        name,
        tokens,
        error,
        next: 0,
        tree: Tree::new(),
        names: vec![Str::from("$")],
        depth: 0,
        templates: Templates::new(),
    };
    parser.main()?;
    Ok(parser.templates)
}

type Parsed<T> = Result<T, Error>;

struct Parser<'s> {
    name: &'s str,
    tokens: Vec<Token<'s>>,
    /// What the error says that ends the tokens, if one does.
    error: String,
    /// The token to be read next.
    next: usize,
    tree: Tree,
    /// Every variable's name; its place is its number.
    names: Vec<Str>,
    depth: usize,
    templates: Templates,
}

/// What a definition keeps for itself.
struct Tree {
    /// One past the last token looked at: errors name the line of that token, even after stepping back.
    seen: usize,
    /// Line of the action under way, 0 outside.
    action_line: u32,
    range_depth: usize,
    /// Variables in scope, by number.
    scope: Vec<u32>,
}

impl Tree {
    fn new() -> Self {
        Tree { seen: 0, action_line: 0, range_depth: 0, scope: vec![0] }
    }
}

/// What ended a list of nodes.
enum Stop {
    End,
    Else,
}

impl Stop {
    fn show(&self) -> &'static str {
        match self {
            Stop::End => "{{end}}",
            Stop::Else => "{{else}}",
        }
    }
}

enum Item {
    Node(Node),
    Stop(Stop),
}

impl<'s> Parser<'s> {
    fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        let line = self.tree.seen.checked_sub(1).map_or(0, |last| self.tokens[last].line);
        Err(Error {
            stage: Stage::Parse,
            name: self.name.to_owned(),
            line,
            column: 0,
            message: message.into(),
        })
    }

    fn unexpected<T>(&self, token: &Token<'_>, context: &str) -> Parsed<T> {
        if token.kind != Kind::Error {
            return self.fail(format!("unexpected {} in {context}", token.describe()));
        }
        let mut message = self.error.clone();
        if self.tree.action_line != 0 && self.tree.action_line != token.line {
            let action = if message.ends_with(" action") { "" } else { " in action" };
            message += &format!("{action} started at {}:{}", self.name, self.tree.action_line);
        }
        self.fail(message)
    }

    fn read(&mut self) -> Token<'s> {
        let at = self.next.min(self.tokens.len() - 1);
        self.next = at + 1;
        self.tree.seen = self.tree.seen.max(self.next);
        self.tokens[at]
    }

    fn back(&mut self) {
        self.next -= 1;
    }

    fn peek(&mut self) -> Kind {
        let kind = self.read().kind;
        self.back();
        kind
    }

    fn read_solid(&mut self) -> Token<'s> {
        loop {
            let token = self.read();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_solid(&mut self) -> Token<'s> {
        let token = self.read_solid();
        self.back();
        token
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<()> {
        let token = self.read_solid();
        if token.kind == kind { Ok(()) } else { self.unexpected(&token, context) }
    }

    fn main(&mut self) -> Parsed<()> {
        let mut root = List::new();
        while self.peek() != Kind::Eof {
            if self.peek() == Kind::LeftDelim {
                let start = self.next;
                self.read();
                if self.read_solid().kind == Kind::Define {
                    self.definition()?;
                    continue;
                }
                self.next = start;
            }
            match self.text_or_action()? {
                Item::Node(node) => root.push(node),
                Item::Stop(stop) => return self.fail(format!("unexpected {}", stop.show())),
            }
        }
        self.add(Str::from(self.name), root)
    }

    /// Keeps a template; an empty one never replaces another, and two that are not are an error.
    fn add(&mut self, name: Str, list: List) -> Parsed<()> {
        match self.templates.get(&name) {
            Some(old) if !is_empty(old) => {
                if !is_empty(&list) {
                    let name = crate::text::quote(name.as_bytes());
                    return self.fail(format!("template: multiple definition of template {name}"));
                }
            }
            _ => {
                self.templates.insert(name, list);
            }
        }
        Ok(())
    }

    /// `{{define "name"}} … {{end}}`; the keyword is behind us.
    fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let outer = std::mem::replace(&mut self.tree, Tree::new());
        let token = self.read_solid();
        let name = self.template_name(&token, CONTEXT)?;
        self.expect(Kind::RightDelim, CONTEXT)?;
        let (list, stop) = self.list()?;
        if let Stop::Else = stop {
            return self.fail(format!("unexpected {} in {CONTEXT}", stop.show()));
        }
        self.add(name, list)?;
        self.tree = outer;
        Ok(())
    }

    fn template_name(&mut self, token: &Token<'_>, context: &str) -> Parsed<Str> {
        match token.kind {
            Kind::Str | Kind::RawString => match number::unquote(token.text) {
                Ok(bytes) => Ok(Str::from(bytes)),
                Err(message) => self.fail(message),
            },
            _ => self.unexpected(token, context),
        }
    }

    fn list(&mut self) -> Parsed<(List, Stop)> {
        if self.depth >= MAX_NESTING {
            return self.fail(format!("actions nest deeper than {MAX_NESTING} levels"));
        }
        self.depth += 1;
        let mut list = List::new();
        while self.peek_solid().kind != Kind::Eof {
            match self.text_or_action()? {
                Item::Node(node) => list.push(node),
                Item::Stop(stop) => {
                    self.depth -= 1;
                    return Ok((list, stop));
                }
            }
        }
        self.fail("unexpected EOF")
    }

    fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.read_solid();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(token.text.as_bytes().into()))),
            Kind::LeftDelim => {
                self.tree.action_line = token.line;
                let item = self.action()?;
                self.tree.action_line = 0;
                Ok(item)
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self) -> Parsed<Item> {
        let token = self.read_solid();
        Ok(Item::Node(match token.kind {
            Kind::Block => self.block()?,
            Kind::Break => self.leave_range(Node::Break, "{{break}}")?,
            Kind::Continue => self.leave_range(Node::Continue, "{{continue}}")?,
            Kind::Else => {
                if !matches!(self.peek_solid().kind, Kind::If | Kind::With) {
                    self.expect(Kind::RightDelim, "else")?;
                }
                return Ok(Item::Stop(Stop::Else));
            }
            Kind::End => {
                self.expect(Kind::RightDelim, "end")?;
                return Ok(Item::Stop(Stop::End));
            }
            Kind::If => self.choice("if", Kind::If)?,
            Kind::With => self.choice("with", Kind::With)?,
            Kind::Range => self.range()?,
            Kind::Template => {
                let token = self.read_solid();
                let name = self.template_name(&token, "template clause")?;
                let mut pipe = None;
                if self.read_solid().kind != Kind::RightDelim {
                    self.back();
                    pipe = Some(self.pipeline("template clause", Kind::RightDelim)?);
                }
                Node::Template(Box::new(Call { pos: token.pos, name, pipe }))
            }
            _ => {
                self.back();
                Node::Action(self.pipeline("command", Kind::RightDelim)?)
            }
        }))
    }

    fn leave_range(&mut self, node: Node, shown: &str) -> Parsed<Node> {
        let token = self.read_solid();
        if token.kind != Kind::RightDelim {
            return self.unexpected(&token, shown);
        }
        if self.tree.range_depth == 0 {
            return self.fail(format!("{shown} outside {{{{range}}}}"));
        }
        Ok(node)
    }

    /// `{{if}}` or `{{with}}`, each with any number of `{{else if}}` or `{{else with}}`.
    fn choice(&mut self, context: &str, keyword: Kind) -> Parsed<Node> {
        let in_scope = self.tree.scope.len();
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let pipe = self.pipeline(context, Kind::RightDelim)?;
            let (list, stop) = self.list()?;
            branches.push((pipe, list));
            if let Stop::End = stop {
                break;
            }
            if self.peek() == keyword {
                self.read();
                continue;
            }
            otherwise = Some(self.else_list()?);
            break;
        }
        self.tree.scope.truncate(in_scope);
        Ok(Node::Choice { sets_dot: keyword == Kind::With, branches, otherwise })
    }

    fn else_list(&mut self) -> Parsed<List> {
        let (list, stop) = self.list()?;
        match stop {
            Stop::End => Ok(list),
            Stop::Else => self.fail(format!("expected end; found {}", stop.show())),
        }
    }

    fn range(&mut self) -> Parsed<Node> {
        let in_scope = self.tree.scope.len();
        let pipe = self.pipeline("range", Kind::RightDelim)?;
        self.tree.range_depth += 1;
        let (body, stop) = self.list()?;
        self.tree.range_depth -= 1;
        let otherwise = match stop {
            Stop::End => None,
            Stop::Else => Some(self.else_list()?),
        };
        self.tree.scope.truncate(in_scope);
        Ok(Node::Range(Box::new(Range { pipe, body, otherwise })))
    }

    fn block(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "block clause";
        let token = self.read_solid();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, Kind::RightDelim)?;
        let outer = std::mem::replace(&mut self.tree, Tree::new());
        let (list, stop) = self.list()?;
        if let Stop::Else = stop {
            self.tree = outer;
            return self.fail(format!("unexpected {} in {CONTEXT}", stop.show()));
        }
        self.add(name.clone(), list)?;
        self.tree = outer;
        Ok(Node::Template(Box::new(Call { pos: token.pos, name, pipe: Some(pipe) })))
    }
}
