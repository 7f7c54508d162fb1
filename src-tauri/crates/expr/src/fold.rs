//! Constant folding. Behaviour: optimizer/fold.go of expr 1.17.8.

use dinghy_govalue::{Str, Value};

use crate::ast::{Binary, Id, Kind, Tree, Unary};
use crate::builtin::Builtin;
use crate::error::Fault;
use crate::ty::{INT, Ty};

/// A longer text is put together while running, where the budgets are.
const MAX_FOLDED: usize = 1 << 20;

/// Folds one node if it can be; whether it was.
pub(crate) fn fold(tree: &mut Tree, id: Id) -> Result<bool, Fault> {
    let folded = match tree.kind(id) {
        Kind::Unary { op, node, .. } => unary(*op, tree.kind(*node)),
        Kind::Binary { op, left, right, .. } => {
            let (left, right) = (*left, *right);
            match op {
                Binary::And | Binary::Or => return Ok(logic(tree, id, *op == Binary::And, left, right)),
                Binary::Rem => match (tree.kind(left), tree.kind(right)) {
                    (Kind::Int(_), Kind::Int(0)) => {
                        return Err(Fault::new(tree.node(id).at, "integer divide by zero"));
                    }
                    (Kind::Int(a), Kind::Int(b)) => Some(Kind::Int(a.wrapping_rem(*b))),
                    _ => None,
                },
                op => binary(*op, tree.kind(left), tree.kind(right)),
            }
        }
        Kind::Array(items) => array(tree, items),
        Kind::Builtin { builtin: Builtin::Filter, args } => {
            return Ok(filter_filter(tree, id, args[0], args[1]));
        }
        _ => None,
    };
    let Some(kind) = folded else { return Ok(false) };
    if let (Kind::Str(_), Kind::Binary { left, right, .. }) = (&kind, tree.kind(id)) {
        // Nobody needs the parts any more, and all the parts of a long sum are long.
        for part in [*left, *right] {
            tree.node_mut(part).kind = Kind::Nil;
        }
    }
    let node = tree.node_mut(id);
    node.ty = match &kind {
        Kind::Int(_) => INT,
        Kind::Float(_) => Ty::Float,
        Kind::Bool(_) => Ty::Bool,
        Kind::Str(_) => Ty::Str,
        _ => Ty::List(None),
    };
    node.kind = kind;
    Ok(true)
}

fn unary(op: Unary, operand: &Kind) -> Option<Kind> {
    Some(match (op, operand) {
        (Unary::Neg, Kind::Int(number)) => Kind::Int(number.wrapping_neg()),
        (Unary::Neg, Kind::Float(number)) => Kind::Float(-number),
        (Unary::Plus, Kind::Int(number)) => Kind::Int(*number),
        (Unary::Plus, Kind::Float(number)) => Kind::Float(*number),
        (Unary::Not, Kind::Bool(truth)) => Kind::Bool(!truth),
        _ => return None,
    })
}

fn binary(op: Binary, left: &Kind, right: &Kind) -> Option<Kind> {
    match (left, right) {
        (Kind::Int(a), Kind::Int(b)) => Some(match op {
            Binary::Add => Kind::Int(a.wrapping_add(*b)),
            Binary::Sub => Kind::Int(a.wrapping_sub(*b)),
            Binary::Mul => Kind::Int(a.wrapping_mul(*b)),
            Binary::Eq => Kind::Bool(a == b),
            _ => return floats(op, *a as f64, *b as f64),
        }),
        (Kind::Int(a), Kind::Float(b)) => floats(op, *a as f64, *b),
        (Kind::Float(a), Kind::Int(b)) => floats(op, *a, *b as f64),
        (Kind::Float(a), Kind::Float(b)) => floats(op, *a, *b),
        (Kind::Str(a), Kind::Str(b)) => match op {
            Binary::Add if a.len() + b.len() <= MAX_FOLDED => {
                Some(Kind::Str(Str::from([a.as_bytes(), b.as_bytes()].concat())))
            }
            Binary::Eq => Some(Kind::Bool(a == b)),
            _ => None,
        },
        (Kind::Bool(a), Kind::Bool(b)) if op == Binary::Eq => Some(Kind::Bool(a == b)),
        _ => None,
    }
}

fn floats(op: Binary, a: f64, b: f64) -> Option<Kind> {
    Some(Kind::Float(match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Pow => crate::pow::pow(a, b),
        _ => return None,
    }))
}

/// `true and x` is x, whatever it is; `x and false` is false, whether or not x could be evaluated.
fn logic(tree: &mut Tree, id: Id, and: bool, left: Id, right: Id) -> bool {
    let truth = |id: Id| match tree.kind(id) {
        Kind::Bool(truth) => Some(*truth == and),
        _ => None,
    };
    // Whether a side is the one that leaves the other to decide, or the one that decides.
    let kind = match (truth(left), truth(right)) {
        (Some(true), _) => tree.kind(right).clone(),
        (_, Some(true)) => tree.kind(left).clone(),
        (None, None) => return false,
        _ => Kind::Bool(!and),
    };
    let node = tree.node_mut(id);
    node.kind = kind;
    node.ty = Ty::Bool;
    true
}

/// A list of literals is one value.
fn array(tree: &Tree, items: &[Id]) -> Option<Kind> {
    if items.is_empty() {
        return None;
    }
    let values: Option<Vec<Value>> = items
        .iter()
        .map(|item| match tree.kind(*item) {
            Kind::Int(number) => Some(Value::int(*number)),
            Kind::Float(number) => Some(Value::Float(*number)),
            Kind::Str(text) => Some(Value::Str(text.clone())),
            Kind::Bool(truth) => Some(Value::Bool(*truth)),
            _ => None,
        })
        .collect();
    values.map(|values| Kind::Const(Value::list(values)))
}

/// `filter(filter(x, a), b)` is `filter(x, a && b)`.
fn filter_filter(tree: &mut Tree, id: Id, list: Id, predicate: Id) -> bool {
    let Kind::Builtin { builtin: Builtin::Filter, args } = tree.kind(list) else { return false };
    let (inner_list, inner) = (args[0], args[1]);
    let (Kind::Predicate(left), Kind::Predicate(right)) = (tree.kind(inner), tree.kind(predicate)) else {
        return false;
    };
    let both = Kind::Binary { op: Binary::And, text: "&&", left: *left, right: *right };
    let both = tree.push(both, 0);
    let predicate = tree.push(Kind::Predicate(both), 0);
    let args = vec![inner_list, predicate];
    tree.node_mut(id).kind = Kind::Builtin { builtin: Builtin::Filter, args };
    true
}
