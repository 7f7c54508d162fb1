//! The parser: tokens in, tree out. Operators by precedence; what follows a primary is in `postfix.rs`.
//! Behaviour: parser/parser.go of expr 1.17.8.
//!
//! As in the original, the first error stays and parsing goes on until every open construct has been left: a fault of
//! the lexer that is met on the way replaces it. Functions give `None` once there is an error.

use std::sync::Arc;

use dinghy_govalue::{Str, Value};

use crate::ast::{Binary, Id, Kind, Pointer, Tree, Unary};
use crate::builtin::Builtin;
use crate::error::Fault;
use crate::lexer::lex;
use crate::token::{self, Token};

/// The language's limit of nodes.
const MAX_NODES: usize = 10_000;
const TOO_MANY_NODES: &str = "compilation failed: expression exceeds maximum allowed nodes";
/// Every level of nesting makes at least one node, so a deeper source cannot end well.
const MAX_DEPTH: usize = MAX_NODES;

/// Parses a source.
pub(crate) fn parse(source: &str) -> Result<(Tree, Id), Fault> {
    let (tokens, fault) = lex(source);
    let mut parser = Parser {
        tokens,
        lexer_fault: fault,
        at: 0,
        error: None,
        tree: Tree::default(),
        predicates: 0,
        depth: 0,
        nodes: 0,
        scopes: Vec::new(),
        slots: 0,
    };
    if parser.tokens.is_empty() {
        parser.advance_failed();
    }
    let root = parser.sequence();
    if parser.current().kind != token::Kind::Eof {
        parser.unexpected();
    }
    match (parser.error, root) {
        (Some(fault), _) => Err(fault),
        (None, Some(root)) => Ok((parser.tree, root)),
        (None, None) => Err(Fault::new(0, "unexpected end of expression")),
    }
}

pub(crate) struct Parser<'s> {
    tokens: Vec<Token<'s>>,
    lexer_fault: Option<Fault>,
    at: usize,
    error: Option<Fault>,
    pub(crate) tree: Tree,
    /// How many predicates are open.
    pub(crate) predicates: usize,
    depth: usize,
    nodes: usize,
    /// The variables of `let` in sight, with their slots.
    scopes: Vec<(Str, u32)>,
    slots: u32,
}

/// Precedence and operator of a binary operator's text.
fn binary(text: &str) -> Option<(u16, Binary, &'static str)> {
    Some(match text {
        "or" => (10, Binary::Or, "or"),
        "||" => (10, Binary::Or, "||"),
        "and" => (15, Binary::And, "and"),
        "&&" => (15, Binary::And, "&&"),
        "==" => (20, Binary::Eq, "=="),
        "!=" => (20, Binary::Ne, "!="),
        "<" => (20, Binary::Lt, "<"),
        ">" => (20, Binary::Gt, ">"),
        ">=" => (20, Binary::Ge, ">="),
        "<=" => (20, Binary::Le, "<="),
        "in" => (20, Binary::In, "in"),
        "matches" => (20, Binary::Matches, "matches"),
        "contains" => (20, Binary::Contains, "contains"),
        "startsWith" => (20, Binary::StartsWith, "startsWith"),
        "endsWith" => (20, Binary::EndsWith, "endsWith"),
        ".." => (25, Binary::Range, ".."),
        "+" => (30, Binary::Add, "+"),
        "-" => (30, Binary::Sub, "-"),
        "*" => (60, Binary::Mul, "*"),
        "/" => (60, Binary::Div, "/"),
        "%" => (60, Binary::Rem, "%"),
        "**" => (100, Binary::Pow, "**"),
        "^" => (100, Binary::Pow, "^"),
        "??" => (500, Binary::Coalesce, "??"),
        _ => return None,
    })
}

fn unary(text: &str) -> Option<(u16, Unary, &'static str)> {
    Some(match text {
        "not" => (50, Unary::Not, "not"),
        "!" => (50, Unary::Not, "!"),
        "-" => (90, Unary::Neg, "-"),
        "+" => (90, Unary::Plus, "+"),
        _ => return None,
    })
}

fn is_comparison(op: Binary) -> bool {
    matches!(op, Binary::Lt | Binary::Gt | Binary::Ge | Binary::Le)
}

impl<'s> Parser<'s> {
    pub(crate) fn current(&self) -> &Token<'s> {
        &self.tokens[self.at]
    }

    pub(crate) fn failed(&self) -> bool {
        self.error.is_some()
    }

    pub(crate) fn fail(&mut self, message: impl Into<String>) {
        self.fail_at(self.current().at, message);
    }

    fn fail_at(&mut self, at: u32, message: impl Into<String>) {
        self.error.get_or_insert_with(|| Fault::new(at, message));
    }

    pub(crate) fn unexpected(&mut self) {
        self.fail(format!("unexpected token {}", self.current().describe()));
    }

    pub(crate) fn next(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        } else {
            self.advance_failed();
        }
    }

    /// There is no further token: the lexer's fault, or the end.
    fn advance_failed(&mut self) {
        match &self.lexer_fault {
            Some(fault) => self.error = Some(fault.clone()),
            None => self.fail("unexpected end of expression"),
        }
        if self.tokens.is_empty() {
            self.tokens.push(Token { kind: token::Kind::Eof, text: "", literal: None, at: 0, end: 0 });
        }
    }

    pub(crate) fn expect(&mut self, kind: token::Kind, value: &str) {
        if self.current().is(kind, value) {
            self.next();
        } else {
            self.unexpected();
        }
    }

    pub(crate) fn expect_operator(&mut self, value: &str) {
        self.expect(token::Kind::Operator, value);
    }

    pub(crate) fn expect_bracket(&mut self, value: &str) {
        self.expect(token::Kind::Bracket, value);
    }

    fn expect_identifier(&mut self) -> Token<'s> {
        let token = self.current().clone();
        if token.kind == token::Kind::Identifier {
            self.next();
        } else {
            self.unexpected();
        }
        token
    }

    /// Adds a node, unless there is an error or there are too many.
    pub(crate) fn node(&mut self, kind: Kind, at: u32) -> Option<Id> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.fail(TOO_MANY_NODES);
        }
        if self.failed() {
            return None;
        }
        let id = self.tree.push(kind, at);
        let leading = self.tree.leading(id).map_or(at, |child| self.tree.span(child).0);
        self.spread(id, at.min(leading));
        Some(id)
    }

    /// Lets a node reach from a character to the last token that was read.
    pub(crate) fn spread(&mut self, id: Id, start: u32) {
        let end = self.at.checked_sub(1).map_or(0, |at| self.tokens[at].end);
        self.tree.set_span(id, start, end.max(start));
    }

    /// Expressions separated by semicolons.
    pub(crate) fn sequence(&mut self) -> Option<Id> {
        let first = self.expression(0);
        self.sequence_after(first)
    }

    fn sequence_after(&mut self, first: Option<Id>) -> Option<Id> {
        let mut nodes = vec![first];
        while self.current().is_operator(";") && !self.failed() {
            self.next();
            if self.current().kind == token::Kind::Eof {
                break;
            }
            nodes.push(self.expression(0));
        }
        if nodes.len() == 1 {
            return first;
        }
        let nodes: Option<Vec<Id>> = nodes.into_iter().collect();
        let at = first.map_or(0, |first| self.tree.node(first).at);
        self.node(Kind::Sequence(nodes.unwrap_or_default()), at)
    }

    /// An expression of operators that bind at least as tightly as `precedence`.
    pub(crate) fn expression(&mut self, precedence: u16) -> Option<Id> {
        if self.failed() {
            return None;
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.fail(TOO_MANY_NODES);
            self.depth -= 1;
            return None;
        }
        // The parser recurses as deep as the source nests: the stack grows on the heap when it must.
        let node = stacker::maybe_grow(128 << 10, 2 << 20, || match precedence {
            0 if self.current().is_operator("let") => self.declaration(),
            0 if self.current().is_operator("if") => self.conditional_if(),
            _ => {
                let left = self.primary();
                self.operators(left, precedence)
            }
        });
        self.depth -= 1;
        node
    }

    /// The operators after a left operand.
    fn operators(&mut self, mut left: Option<Id>, precedence: u16) -> Option<Id> {
        let mut after_coalesce = false;
        while self.current().kind == token::Kind::Operator && !self.failed() {
            let mut token = self.current().clone();
            let mut negate = None;
            if token.is_operator("not") {
                let before = self.at;
                self.next();
                let word = self.current().clone();
                if !matches!(word.text, "contains" | "matches" | "startsWith" | "endsWith" | "in") {
                    self.unexpected();
                    break;
                }
                if binary(word.text).is_none_or(|(binds, _, _)| binds < precedence) {
                    self.at = before;
                    break;
                }
                negate = Some(word.at);
                token = word;
            }
            if token.is_operator("|") && precedence == 0 {
                self.next();
                let name = self.expect_identifier();
                left = self.call(&name, vec![left]);
                after_coalesce = false;
                continue;
            }
            let Some((binds, op, text)) = binary(token.text).filter(|(binds, _, _)| *binds >= precedence)
            else {
                break;
            };
            self.next();
            if after_coalesce && op != Binary::Coalesce {
                let mixed = "and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.";
                self.fail_at(token.at, format!("Operator ({text}) {mixed}"));
                break;
            }
            if is_comparison(op) {
                left = self.comparison(left, token, binds);
            } else {
                // The power operator alone binds to the right.
                let right = self.expression(if op == Binary::Pow { binds } else { binds + 1 });
                left = self.binary(op, text, left, right, token.at);
                if let (Some(at), Some(node)) = (negate, left) {
                    left = self.node(Kind::Unary { op: Unary::Not, text: "not", node }, at);
                }
                left?;
            }
            after_coalesce = op == Binary::Coalesce;
        }
        if precedence == 0 { self.ternary(left) } else { left }
    }

    fn binary(
        &mut self,
        op: Binary,
        text: &'static str,
        left: Option<Id>,
        right: Option<Id>,
        at: u32,
    ) -> Option<Id> {
        match (left, right) {
            (Some(left), Some(right)) => self.node(Kind::Binary { op, text, left, right }, at),
            _ => self.node(Kind::Nil, at).and(None),
        }
    }

    /// `a < b < c` means `a < b && b < c`.
    fn comparison(&mut self, mut left: Option<Id>, mut token: Token<'s>, precedence: u16) -> Option<Id> {
        let mut root: Option<Id> = None;
        loop {
            let (_, op, text) = binary(token.text)?;
            let right = self.expression(precedence + 1);
            let compared = self.binary(op, text, left, right, token.at);
            root = match root {
                None => compared,
                Some(_) => self.binary(Binary::And, "&&", root, compared, token.at),
            };
            root?;
            left = right;
            token = self.current().clone();
            let more = token.kind == token::Kind::Operator
                && binary(token.text).is_some_and(|(_, op, _)| is_comparison(op))
                && !self.failed();
            if !more {
                return root;
            }
            self.next();
        }
    }

    fn declaration(&mut self) -> Option<Id> {
        let start = self.current().at;
        self.expect_operator("let");
        let name = self.expect_identifier();
        self.expect_operator("=");
        let value = self.expression(0);
        self.expect_operator(";");
        let slot = self.slots;
        self.slots += 1;
        self.scopes.push((name.value(), slot));
        let body = self.sequence();
        self.scopes.pop();
        match (value, body) {
            (Some(value), Some(body)) => {
                let node = self.node(Kind::Let { name: name.value(), slot, value, body }, name.at)?;
                self.spread(node, start);
                Some(node)
            }
            _ => None,
        }
    }

    fn conditional_if(&mut self) -> Option<Id> {
        let mut branches = Vec::new();
        let mut otherwise = loop {
            let start = self.current().at;
            self.next();
            if self.failed() {
                return None;
            }
            let cond = self.expression(0);
            let yes = self.block();
            branches.push((start, cond, yes));
            self.expect_operator("else");
            if !self.current().is_operator("if") {
                break self.block();
            }
        };
        for (start, cond, yes) in branches.into_iter().rev() {
            let (Some(cond), Some(yes), Some(no), false) = (cond, yes, otherwise, self.failed()) else {
                return None;
            };
            // The original neither counts nor places this node.
            let node = self.tree.push(Kind::Conditional { cond, yes, no }, 0);
            self.spread(node, start);
            otherwise = Some(node);
        }
        otherwise
    }

    fn block(&mut self) -> Option<Id> {
        self.expect_bracket("{");
        let body = self.sequence();
        self.expect_bracket("}");
        body
    }

    /// `cond ? yes : no` and `cond ?: no`.
    fn ternary(&mut self, mut node: Option<Id>) -> Option<Id> {
        while self.current().is_operator("?") && !self.failed() {
            self.next();
            let (yes, no);
            if self.current().is_operator(":") {
                self.next();
                yes = node;
                no = self.expression(0);
            } else {
                yes = self.expression(0);
                self.expect_operator(":");
                no = self.expression(0);
            }
            let at = self.current().at;
            node = match (node, yes, no) {
                (Some(cond), Some(yes), Some(no)) => self.node(Kind::Conditional { cond, yes, no }, at),
                _ => None,
            };
            node?;
        }
        node
    }

    /// What operators work on.
    fn primary(&mut self) -> Option<Id> {
        let token = self.current().clone();
        if token.kind == token::Kind::Operator
            && let Some((binds, op, text)) = unary(token.text)
        {
            self.next();
            let operand = self.expression(binds);
            let node = operand.and_then(|node| self.node(Kind::Unary { op, text, node }, token.at))?;
            return self.postfix(Some(node));
        }
        if token.is_bracket("(") {
            return self.parentheses();
        }
        if self.predicates > 0 && (token.is_operator("#") || token.is_operator(".")) {
            let mut pointer = Pointer::Item;
            if token.is_operator("#") {
                self.next();
                if self.current().kind == token::Kind::Identifier {
                    pointer = match self.current().text {
                        "index" => Pointer::Index,
                        "acc" => Pointer::Acc,
                        _ => Pointer::Unknown(self.current().value()),
                    };
                    self.next();
                }
            }
            let node = self.node(Kind::Pointer(pointer), token.at)?;
            return self.postfix(Some(node));
        }
        if token.is_operator("::") {
            self.next();
            let name = self.expect_identifier();
            let node = self.call(&name, Vec::new());
            return self.postfix(node);
        }
        self.secondary()
    }

    /// Parentheses make no node and may stand by the thousand: those that open together are read in one loop.
    fn parentheses(&mut self) -> Option<Id> {
        let mut open = Vec::new();
        while self.current().is_bracket("(") && !self.failed() {
            open.push(self.current().at);
            self.next();
        }
        let mut node = self.sequence();
        for (left, start) in open.into_iter().enumerate().rev() {
            self.expect_bracket(")");
            if let Some(node) = node {
                self.spread(node, start);
            }
            node = self.postfix(node);
            if left > 0 {
                let inner = self.operators(node, 0);
                node = self.sequence_after(inner);
            }
        }
        node
    }

    fn secondary(&mut self) -> Option<Id> {
        let token = self.current().clone();
        let node = match token.kind {
            token::Kind::Identifier => {
                self.next();
                match token.text {
                    "true" => return self.node(Kind::Bool(true), token.at),
                    "false" => return self.node(Kind::Bool(false), token.at),
                    "nil" => return self.node(Kind::Nil, token.at),
                    _ if self.current().is_bracket("(") => self.call(&token, Vec::new()),
                    _ => self.name(&token),
                }
            }
            token::Kind::Number => {
                self.next();
                return self.number(&token);
            }
            token::Kind::Str => {
                self.next();
                self.node(Kind::Str(token.value()), token.at)
            }
            token::Kind::Bytes => {
                self.next();
                let bytes: Arc<[u8]> = token.value().into();
                self.node(Kind::Const(Value::Bytes(bytes)), token.at)
            }
            _ if token.is_bracket("[") => self.array(&token),
            _ if token.is_bracket("{") => self.map(&token),
            _ => {
                self.unexpected();
                None
            }
        };
        self.postfix(node)
    }

    /// A name: a variable of `let`, the environment, or an entry of it.
    pub(crate) fn name(&mut self, token: &Token<'s>) -> Option<Id> {
        let local = self.scopes.iter().rev().find(|(name, _)| *name == token.text).map(|(_, slot)| *slot);
        let kind = match local {
            Some(slot) => Kind::Local(slot),
            None if token.text == "$env" => Kind::Env,
            None => Kind::Name(token.value()),
        };
        self.node(kind, token.at)
    }

    fn number(&mut self, token: &Token<'s>) -> Option<Id> {
        let text = token.text.replace('_', "");
        let lower = text.to_lowercase();
        let based = |digits: &str, base| i64::from_str_radix(digits, base);
        let (integer, what) = if let Some(digits) = lower.strip_prefix("0x") {
            (based(digits, 16), "hex")
        } else if lower.contains(['.', 'e']) {
            return match crate::strconv::parse_float(&text) {
                Ok(number) => self.node(Kind::Float(number), token.at),
                Err(why) => {
                    self.fail(format!("invalid float literal: {why}"));
                    None
                }
            };
        } else if let Some(digits) = lower.strip_prefix("0b") {
            (based(digits, 2), "binary")
        } else if let Some(digits) = lower.strip_prefix("0o") {
            (based(digits, 8), "octal")
        } else {
            (text.parse::<i64>(), "integer")
        };
        match integer {
            Ok(number) => self.node(Kind::Int(number), token.at),
            Err(why) => {
                let why = crate::strconv::int_fault("ParseInt", &text, &why);
                self.fail(format!("invalid {what} literal: {why}"));
                None
            }
        }
    }

    /// A call by name, of a builtin or of a variable. After a pipe the first argument is already there.
    fn call(&mut self, name: &Token<'s>, first: Vec<Option<Id>>) -> Option<Id> {
        match Builtin::find(name.text) {
            Some(builtin) if builtin.takes_predicate() => {
                let args = self.predicate_arguments(builtin, first);
                self.node(Kind::Builtin { builtin, args: args? }, name.at)
            }
            Some(builtin) => {
                let args = self.arguments(first);
                self.node(Kind::Builtin { builtin, args: args? }, name.at)
            }
            None => {
                let callee = self.name(name)?;
                let args = self.arguments(first);
                self.node(Kind::Call { callee, args: args? }, name.at)
            }
        }
    }
}
