//! The parser, continued: arguments, predicates, lists, maps, and what follows a primary (members, indices, slices).

use crate::ast::{Id, Kind};
use crate::builtin::Builtin;
use crate::parser::Parser;
use crate::token::{self, is_name};

impl<'s> Parser<'s> {
    /// Arguments in parentheses, after those that are already there.
    pub(crate) fn arguments(&mut self, mut args: Vec<Option<Id>>) -> Option<Vec<Id>> {
        let given = args.len();
        self.expect_bracket("(");
        while !self.current().is_bracket(")") && !self.failed() {
            if args.len() > given {
                self.expect_operator(",");
            }
            if self.current().is_bracket(")") {
                break;
            }
            args.push(self.expression(0));
        }
        self.expect_bracket(")");
        args.into_iter().collect()
    }

    /// The arguments of a builtin that takes a predicate: a list, the predicate, and for some one more.
    pub(crate) fn predicate_arguments(
        &mut self,
        builtin: Builtin,
        mut args: Vec<Option<Id>>,
    ) -> Option<Vec<Id>> {
        self.expect_bracket("(");
        let shape = builtin.predicate_shape();
        let (given, wanted) = (args.len(), shape.len() - args.len());
        for (at, argument) in shape[given..].iter().enumerate() {
            if self.current().is_bracket(")") {
                if argument.optional {
                    break;
                }
                self.fail(format!("expected at least {wanted} arguments"));
            }
            if at > 0 {
                self.expect_operator(",");
            }
            let node = if argument.predicate { self.predicate() } else { self.expression(0) };
            args.push(node);
        }
        if self.current().is_operator(",") {
            self.next();
        }
        self.expect_bracket(")");
        args.into_iter().collect()
    }

    fn predicate(&mut self) -> Option<Id> {
        let at = self.current().at;
        let braced = self.current().is_bracket("{");
        if braced {
            self.next();
        }
        self.predicates += 1;
        let node = if braced {
            self.sequence()
        } else {
            let node = self.expression(0);
            if self.current().is_operator(";") {
                self.fail("wrap predicate with brackets { and }");
            }
            node
        };
        self.predicates -= 1;
        if braced {
            self.expect_bracket("}");
        }
        node.and_then(|node| self.node(Kind::Predicate(node), at))
    }

    pub(crate) fn array(&mut self, open: &token::Token<'s>) -> Option<Id> {
        let mut nodes = Vec::new();
        self.expect_bracket("[");
        while !self.current().is_bracket("]") && !self.failed() {
            if !nodes.is_empty() {
                self.expect_operator(",");
                if self.current().is_bracket("]") {
                    break;
                }
            }
            nodes.push(self.expression(0));
        }
        self.expect_bracket("]");
        let nodes: Option<Vec<Id>> = nodes.into_iter().collect();
        self.node(Kind::Array(nodes.unwrap_or_default()), open.at)
    }

    pub(crate) fn map(&mut self, open: &token::Token<'s>) -> Option<Id> {
        self.expect_bracket("{");
        let mut pairs = Vec::new();
        while !self.current().is_bracket("}") && !self.failed() {
            if !pairs.is_empty() {
                self.expect_operator(",");
                if self.current().is_bracket("}") {
                    break;
                }
                if self.current().is_operator(",") {
                    self.unexpected();
                }
            }
            let token = self.current().clone();
            let key = match token.kind {
                token::Kind::Number | token::Kind::Str | token::Kind::Identifier => {
                    let key = self.node(Kind::Str(token.value()), token.at)?;
                    self.next();
                    Some(key)
                }
                _ if token.is_bracket("(") => self.expression(0),
                _ => {
                    let wanted =
                        "a quoted string, a number, a identifier, or an expression enclosed in parentheses";
                    self.fail(format!("a map key must be {wanted} (unexpected token {})", token.describe()));
                    None
                }
            };
            self.expect_operator(":");
            let value = self.expression(0);
            // The original makes a node of each pair.
            self.count_node()?;
            pairs.push((key?, value?));
        }
        self.expect_bracket("}");
        self.node(Kind::Map(pairs), open.at)
    }

    /// Counts a node that this tree does not have.
    fn count_node(&mut self) -> Option<()> {
        let at = self.current().at;
        self.node(Kind::Nil, at).map(|_| ())
    }

    /// Members, indices, slices and method calls after a node.
    pub(crate) fn postfix(&mut self, mut node: Option<Id>) -> Option<Id> {
        while matches!(self.current().kind, token::Kind::Operator | token::Kind::Bracket) && !self.failed() {
            let mut token = self.current().clone();
            let optional = token.is_operator("?.");
            if optional || token.is_operator(".") {
                self.next();
                if !(optional && self.current().is_bracket("[")) {
                    node = Some(self.member(node?, optional)?);
                    continue;
                }
                token = self.current().clone();
            }
            if !token.is_bracket("[") {
                break;
            }
            self.next();
            node = Some(self.index(node?, optional, token.at)?);
        }
        node
    }

    /// `.name` or `?.name`, and the arguments if it is called.
    fn member(&mut self, mut node: Id, optional: bool) -> Option<Id> {
        let name = self.current().clone();
        self.next();
        let fits = match name.kind {
            token::Kind::Identifier => true,
            token::Kind::Operator => is_name(name.text),
            _ => false,
        };
        if !fits {
            self.fail("expected name");
        }
        let property = self.node(Kind::Str(name.value()), name.at)?;
        // A chain goes on: it ends where the members end.
        let chained = if let Kind::Chain(inner) = self.tree.kind(node) {
            node = *inner;
            true
        } else {
            false
        };
        let method = self.current().is_bracket("(");
        let mut result = self.node(Kind::Member { node, property, optional, method }, name.at)?;
        if method {
            let args = self.arguments(Vec::new());
            result = self.node(Kind::Call { callee: result, args: args? }, name.at)?;
        }
        if chained || optional { self.node(Kind::Chain(result), name.at) } else { Some(result) }
    }

    /// What follows an opening bracket: an index, or the bounds of a slice.
    fn index(&mut self, node: Id, optional: bool, at: u32) -> Option<Id> {
        let from = if self.current().is_operator(":") { None } else { Some(self.expression(0)?) };
        if self.current().is_operator(":") {
            self.next();
            let to = if self.current().is_bracket("]") { None } else { Some(self.expression(0)?) };
            let slice = self.node(Kind::Slice { node, from, to }, at)?;
            self.expect_bracket("]");
            self.spread(slice, self.tree.span(slice).0);
            return Some(slice);
        }
        let property = from?;
        let member = self.node(Kind::Member { node, property, optional, method: false }, at)?;
        let result = if optional { self.node(Kind::Chain(member), at)? } else { member };
        self.expect_bracket("]");
        for node in [member, result] {
            self.spread(node, self.tree.span(node).0);
        }
        Some(result)
    }
}
