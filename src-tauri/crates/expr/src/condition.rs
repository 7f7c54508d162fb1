//! Conditions: what is evaluated for its truth alone. Most of what a rule is consists of them, and here none of their
//! steps makes a value.

use dinghy_govalue::{IntKind, Value};

use crate::ast::{Binary, Id, Kind, Unary};
use crate::eval::{LIGHT, Machine, Stop};
use crate::ops::{self, not_a, text, truth};
use crate::pointer::followed;
use crate::ty::Ty;

/// Whether comparing the value with another one takes no time.
fn is_light(value: &Value) -> bool {
    match value {
        Value::Str(text) => text.len() <= LIGHT as usize,
        Value::Bytes(_) | Value::List(_) | Value::Map(_) | Value::AnyMap(_) => value.weight() <= LIGHT,
        _ => true,
    }
}

impl Machine<'_> {
    /// The truth of a node. `asker` is who wants it to be a bool: the error that it is none stands there.
    pub(crate) fn decide(&mut self, id: Id, asker: Id) -> Result<bool, Stop> {
        // A careful run takes the way on which every step is seen.
        if !self.careful {
            match *self.tree.kind(id) {
                Kind::Predicate(node) if self.is_operation(node) => return self.decide(node, asker),
                Kind::Unary { op: Unary::Not, node, .. } => return Ok(!self.decide(node, id)?),
                Kind::Binary { op: op @ (Binary::And | Binary::Or), left, right, .. } => {
                    let known = self.decide(left, id)?;
                    return if known == (op == Binary::Or) { Ok(known) } else { self.decide(right, asker) };
                }
                Kind::Binary { op: op @ (Binary::Eq | Binary::Ne | Binary::In), left, right, .. } => {
                    return self.related(id, op, left, right);
                }
                _ => {}
            }
        }
        let value = self.eval(id)?;
        // Operators look through pointers, loops do not.
        let value = if matches!(self.tree.kind(id), Kind::Predicate(_)) { value } else { followed(value) };
        self.at(asker, truth(&value))
    }

    fn is_operation(&self, id: Id) -> bool {
        matches!(self.tree.kind(id), Kind::Unary { .. } | Kind::Binary { .. })
    }

    /// `==`, `!=` and `in`.
    pub(crate) fn related(&mut self, id: Id, op: Binary, left: Id, right: Id) -> Result<bool, Stop> {
        let is_pointer = |value: &Value| matches!(value, Value::Location(_));
        if let (Some(a), Some(b)) = (self.lent(left), self.lent(right))
            && !is_pointer(a)
            && !is_pointer(b)
        {
            return self.relation(id, op, (left, right), a, b);
        }
        let a = followed(self.eval(left)?);
        let b = followed(self.eval(right)?);
        self.relation(id, op, (left, right), &a, &b)
    }

    fn relation(&mut self, id: Id, op: Binary, nodes: (Id, Id), a: &Value, b: &Value) -> Result<bool, Stop> {
        // What is compared is mostly short, and the right side a literal.
        if !is_light(b) && (op == Binary::In || !is_light(a)) {
            self.compared(id, op, a, b)?;
        }
        if op != Binary::In {
            let types = (&self.tree.node(nodes.0).ty, &self.tree.node(nodes.1).ty);
            return Ok(self.equal(id, types, a, b)? == (op == Binary::Eq));
        }
        let found = match self.tree.kind(nodes.1) {
            Kind::Set(set) => ops::in_set(a, set),
            _ => ops::contains(a, b),
        };
        self.at(id, found)
    }

    /// Counts what a relation of heavy values takes.
    #[cold]
    fn compared(&mut self, id: Id, op: Binary, a: &Value, b: &Value) -> Result<(), Stop> {
        let weight = match b {
            _ if op != Binary::In => a.weight().min(b.weight()),
            Value::List(list) => {
                let items = u32::try_from(list.len()).unwrap_or(u32::MAX);
                a.weight().saturating_mul(items).min(b.weight())
            }
            // Finding a key takes no walk.
            Value::Map(_) => 0,
            _ => b.weight(),
        };
        self.walk(id, weight)
    }

    /// Where both sides are known to be strings, or both ints, the original compares without looking, and fails when
    /// the knowledge was wrong.
    fn equal(&self, id: Id, types: (&Ty, &Ty), a: &Value, b: &Value) -> Result<bool, Stop> {
        match types {
            (Ty::Str, Ty::Str) => Ok(self.at(id, text(a))? == self.at(id, text(b))?),
            (Ty::Int(IntKind::Int), Ty::Int(IntKind::Int)) => {
                let int = |value: &Value| match value {
                    Value::Int(int) if int.kind() == IntKind::Int => Ok(int.as_i64()),
                    _ => Err(not_a(value, "int")),
                };
                Ok(self.at(id, int(a))? == self.at(id, int(b))?)
            }
            _ => Ok(ops::equal(a, b)),
        }
    }
}
