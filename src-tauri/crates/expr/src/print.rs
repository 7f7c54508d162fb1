//! An expression in one way of writing: read again, it gives the same tree.
//!
//! Every operand that is not a literal, a name or a call stands in parentheses, so that no precedence has to be known.

use dinghy_govalue::{Value, quote};

use crate::ast::{Id, Kind, Pointer, Tree, Unary};
use crate::token::is_name;

/// Writes a tree as the parser made it.
pub(crate) fn print(tree: &Tree, root: Id) -> String {
    let mut printer = Printer { tree, out: String::new(), variables: Vec::new() };
    printer.node(root);
    printer.out
}

struct Printer<'a> {
    tree: &'a Tree,
    out: String,
    /// Names of the variables of `let` by their slots.
    variables: Vec<(u32, String)>,
}

impl Printer<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn node(&mut self, id: Id) {
        // As deep as the tree.
        stacker::maybe_grow(128 << 10, 2 << 20, || self.kind(id));
    }

    fn kind(&mut self, id: Id) {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Nil => self.push("nil"),
            Kind::Bool(truth) => self.push(if *truth { "true" } else { "false" }),
            Kind::Int(number) => self.push(&number.to_string()),
            // Always with an exponent, so that it is no integer.
            Kind::Float(number) => self.push(&format!("{number:e}")),
            Kind::Str(text) => self.push(&quote(text)),
            Kind::Const(Value::Bytes(bytes)) => {
                self.push("b\"");
                for byte in bytes.iter() {
                    self.push(&format!("\\x{byte:02x}"));
                }
                self.push("\"");
            }
            // Only the optimizer makes these.
            Kind::Const(_) | Kind::Set(_) | Kind::Regex { .. } | Kind::Field { .. } | Kind::Fused { .. } => {}
            Kind::Name(name) => self.push(&name.to_str_lossy()),
            Kind::Env => self.push("$env"),
            Kind::Local(slot) => {
                let name = self.variables.iter().rev().find(|(known, _)| known == slot);
                let name = name.map_or_else(String::new, |(_, name)| name.clone());
                self.push(&name);
            }
            Kind::Unary { op, text, node } => {
                self.push(text);
                if *op == Unary::Not {
                    self.push(" ");
                }
                self.operand(*node);
            }
            Kind::Binary { text, left, right, .. } => {
                self.operand(*left);
                self.push(&format!(" {text} "));
                self.operand(*right);
            }
            Kind::Chain(node) | Kind::Predicate(node) => self.node(*node),
            Kind::Member { node, property, optional, .. } => self.member(*node, *property, *optional),
            Kind::Slice { node, from, to } => {
                self.operand(*node);
                self.push("[");
                from.iter().for_each(|from| self.node(*from));
                self.push(":");
                to.iter().for_each(|to| self.node(*to));
                self.push("]");
            }
            Kind::Call { callee, args } => {
                self.node(*callee);
                self.list("(", args, ")");
            }
            Kind::Builtin { builtin, args } => {
                self.push(builtin.name());
                self.list("(", args, ")");
            }
            Kind::Pointer(pointer) => match pointer {
                Pointer::Item => self.push("#"),
                Pointer::Index => self.push("#index"),
                Pointer::Acc => self.push("#acc"),
                Pointer::Unknown(name) => self.push(&format!("#{name}")),
            },
            Kind::Let { name, slot, value, body } => {
                self.push(&format!("let {name} = "));
                self.operand(*value);
                self.push("; ");
                self.variables.push((*slot, name.to_string()));
                self.node(*body);
                self.variables.pop();
            }
            Kind::Sequence(nodes) => {
                for (at, node) in nodes.iter().enumerate() {
                    if at > 0 {
                        self.push("; ");
                    }
                    self.operand(*node);
                }
            }
            Kind::Conditional { cond, yes, no } => {
                self.operand(*cond);
                self.push(" ? ");
                self.operand(*yes);
                self.push(" : ");
                self.operand(*no);
            }
            Kind::Array(nodes) => self.list("[", nodes, "]"),
            Kind::Map(pairs) => self.map(pairs),
        }
    }

    /// A part of something larger: in parentheses, unless nothing could tear it apart.
    fn operand(&mut self, id: Id) {
        let whole = matches!(
            self.tree.kind(id),
            Kind::Str(_)
                | Kind::Name(_)
                | Kind::Local(_)
                | Kind::Env
                | Kind::Pointer(_)
                | Kind::Builtin { .. }
                | Kind::Call { .. }
                | Kind::Member { .. }
                | Kind::Slice { .. }
                | Kind::Array(_)
                | Kind::Map(_)
        );
        if whole {
            self.node(id);
        } else {
            self.push("(");
            self.node(id);
            self.push(")");
        }
    }

    fn member(&mut self, node: Id, property: Id, optional: bool) {
        self.operand(node);
        // A name after a chain of `?.` would go on with it, an index ends it.
        let ends_chain = matches!(self.tree.kind(node), Kind::Chain(_));
        match self.tree.kind(property) {
            Kind::Str(name) if !ends_chain && name.as_str().is_some_and(is_name) => {
                self.push(if optional { "?." } else { "." });
                self.push(&name.to_str_lossy());
            }
            _ => {
                self.push(if optional { "?.[" } else { "[" });
                self.node(property);
                self.push("]");
            }
        }
    }

    /// Separated by commas; a sequence or a declaration among them needs parentheses.
    fn list(&mut self, open: &str, nodes: &[Id], close: &str) {
        self.push(open);
        for (at, node) in nodes.iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            match self.tree.kind(*node) {
                Kind::Predicate(body) => {
                    self.push("{");
                    self.node(*body);
                    self.push("}");
                }
                Kind::Sequence(_) | Kind::Let { .. } => self.operand(*node),
                _ => self.node(*node),
            }
        }
        self.push(close);
    }

    fn map(&mut self, pairs: &[(Id, Id)]) {
        self.push("{");
        for (at, (key, value)) in pairs.iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            match self.tree.kind(*key) {
                Kind::Str(_) => self.node(*key),
                _ => {
                    self.push("(");
                    self.node(*key);
                    self.push(")");
                }
            }
            self.push(": ");
            self.operand(*value);
        }
        self.push("}");
    }
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::grammar::{Random, program};
    use crate::parser::parse;

    fn check(source: &str) -> Option<String> {
        let (tree, root) = parse(source).ok()?;
        let printed = print(&tree, root);
        let (again, second) = match parse(&printed) {
            Ok(parsed) => parsed,
            Err(fault) => panic!("{source}\n{printed}\n{fault:?}"),
        };
        assert!(tree.matches(root, &again, second), "{source}\n{printed}\n{}", print(&again, second));
        Some(printed)
    }

    #[test]
    fn one_way_of_writing() {
        for (source, printed) in [
            ("1+2*3", "(1) + ((2) * (3))"),
            ("a?.b.c ?? 'x'", "(a?.b.c) ?? \"x\""),
            ("(a?.b).c", "a?.b.c"),
            ("x|filter({.n>1})|len()", "len(filter(x, {#.n > (1)}))"),
            ("let v = 2.0; v; v not in [1,]", "let v = (2e0); v; (not (v in [1]))"),
            ("if a { b } else { c }", "a ? b : c"),
            ("{a: b'x', (c): -1}", "{\"a\": (b\"\\x78\"), (c): (-(1))}"),
            ("a[1:][:2].b // end", "a[1:][:2].b"),
        ] {
            if let Some(have) = check(source) {
                assert_eq!(have, printed, "{source}");
            }
        }
    }

    #[test]
    fn random_programs_come_back() {
        let mut random = Random::new(5);
        let printed = (0..5_000).filter(|_| check(&program(&mut random)).is_some()).count();
        assert!(printed > 3_000, "{printed}");
    }
}
