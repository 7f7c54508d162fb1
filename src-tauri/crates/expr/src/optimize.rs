//! The optimizer, as far as it shows: constant folding and rewritings change which errors come, where they are said to
//! be, and what is evaluated at all. Behaviour: optimizer/ of expr 1.17.8, in its order.

use std::sync::Arc;

use dinghy_govalue::{Elem, Map, Value, compile_regex};

use crate::ast::{Binary, Hint, Id, Kind, Pointer, Tree};
use crate::builtin::Builtin;
use crate::error::Fault;
use crate::fold::fold;
use crate::ty::{INT, Shape};

/// Rewrites a checked tree in place.
pub(crate) fn optimize(tree: &mut Tree, root: Id) -> Result<(), Fault> {
    let order = post_order(tree, root);
    let looks_in = order.iter().any(|id| matches!(tree.kind(*id), Kind::Binary { op: Binary::In, .. }));
    if looks_in {
        walk(tree, root, in_array);
    }
    for _ in 0..=1000 {
        let mut applied = false;
        for id in post_order(tree, root) {
            applied |= fold(tree, id)?;
        }
        if !applied {
            break;
        }
    }
    if looks_in {
        walk(tree, root, in_range);
    }
    if order.iter().any(|id| matches!(tree.kind(*id), Kind::Builtin { .. })) {
        for pass in [
            filter_map,
            filter_len,
            filter_last,
            filter_first,
            combine_predicates,
            sum_range,
            sum_array,
            sum_map,
            count_any,
            count_threshold,
        ] {
            walk(tree, root, pass);
        }
    }
    finish(tree, root)
}

fn walk(tree: &mut Tree, root: Id, visit: fn(&mut Tree, Id)) {
    for id in post_order(tree, root) {
        visit(tree, id);
    }
}

/// Every node after its children. What a fused builtin makes of its items is not looked into, as in the original.
fn post_order(tree: &Tree, root: Id) -> Vec<Id> {
    let mut order = Vec::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        order.push(id);
        match tree.kind(id) {
            Kind::Fused { args, .. } => open.extend(args),
            _ => tree.each_child(id, |child| open.push(child)),
        }
    }
    order.reverse();
    order
}

/// Puts another kind in a node's place; place and type stay.
fn patch(tree: &mut Tree, id: Id, kind: Kind) {
    tree.node_mut(id).kind = kind;
}

/// A call of a builtin, plain or already rewritten: its arguments, and what it makes of each item.
fn call(tree: &Tree, id: Id, wanted: Builtin) -> Option<(Vec<Id>, Option<Id>)> {
    match tree.kind(id) {
        Kind::Builtin { builtin, args } if *builtin == wanted => Some((args.clone(), None)),
        Kind::Fused { builtin, args, map, .. } if *builtin == wanted => Some((args.clone(), *map)),
        _ => None,
    }
}

fn int(tree: &Tree, id: Id) -> Option<i64> {
    match tree.kind(id) {
        Kind::Int(number) => Some(*number),
        _ => None,
    }
}

/// `x in ['a', 'b']` looks into a set; so does `1 in [1, 2]` when the left side is known to be an int.
fn in_array(tree: &mut Tree, id: Id) {
    let Kind::Binary { op: Binary::In, left, right, .. } = *tree.kind(id) else { return };
    let Kind::Array(items) = tree.kind(right) else { return };
    if items.is_empty() {
        return;
    }
    let whole = matches!(tree.node(left).ty.shape(), Shape::Int(dinghy_govalue::IntKind::Int));
    let ints: Option<Vec<Value>> = items.iter().map(|item| int(tree, *item).map(Value::int)).collect();
    let set = match ints {
        Some(ints) if whole => Value::list(ints),
        _ => {
            let texts: Option<Vec<_>> = items
                .iter()
                .map(|item| match tree.kind(*item) {
                    Kind::Str(text) => Some((text.clone(), Value::Nil)),
                    _ => None,
                })
                .collect();
            let Some(texts) = texts else { return };
            Value::Map(Map::with_elem(Elem::Any, texts))
        }
    };
    let right = tree.push(Kind::Set(set), 0);
    if let Kind::Binary { right: place, .. } = &mut tree.node_mut(id).kind {
        *place = right;
    }
}

/// `n in 1..9` with n known to be an int compares with the ends.
fn in_range(tree: &mut Tree, id: Id) {
    let Kind::Binary { op: Binary::In, left, right, .. } = *tree.kind(id) else { return };
    let Kind::Binary { op: Binary::Range, left: from, right: to, .. } = *tree.kind(right) else { return };
    let whole = matches!(tree.node(left).ty.shape(), Shape::Int(dinghy_govalue::IntKind::Int));
    if !whole || int(tree, from).is_none() || int(tree, to).is_none() {
        return;
    }
    let low = tree.push(Kind::Binary { op: Binary::Ge, text: ">=", left, right: from }, 0);
    let high = tree.push(Kind::Binary { op: Binary::Le, text: "<=", left, right: to }, 0);
    patch(tree, id, Kind::Binary { op: Binary::And, text: "and", left: low, right: high });
}

/// `map(filter(…), …)` becomes one loop, unless the map wants the index.
fn filter_map(tree: &mut Tree, id: Id) {
    let Kind::Builtin { builtin: Builtin::Map, args } = tree.kind(id) else { return };
    let [list, predicate] = args[..] else { return };
    let Kind::Predicate(body) = *tree.kind(predicate) else { return };
    let Some((args, None)) = call(tree, list, Builtin::Filter) else { return };
    let indexed = |node: &Id| matches!(tree.kind(*node), Kind::Pointer(Pointer::Index));
    if post_order(tree, predicate).iter().any(indexed) {
        return;
    }
    let fused =
        Kind::Fused { builtin: Builtin::Filter, args, map: Some(body), throws: false, threshold: None };
    patch(tree, id, fused);
}

/// `len(filter(…))` counts.
fn filter_len(tree: &mut Tree, id: Id) {
    let Kind::Builtin { builtin: Builtin::Len, args } = tree.kind(id) else { return };
    let [list] = args[..] else { return };
    if let Some((args, _)) = call(tree, list, Builtin::Filter) {
        patch(tree, id, Kind::Builtin { builtin: Builtin::Count, args });
    }
}

fn filter_last(tree: &mut Tree, id: Id) {
    filter_end(tree, id, -1, Builtin::Last, Builtin::FindLast);
}

fn filter_first(tree: &mut Tree, id: Id) {
    filter_end(tree, id, 0, Builtin::First, Builtin::Find);
}

/// `filter(…)[0]` and `first(filter(…))` stop at the first hit; likewise from the end.
fn filter_end(tree: &mut Tree, id: Id, index: i64, end: Builtin, find: Builtin) {
    let (list, throws) = match tree.kind(id) {
        Kind::Member { node, property, optional: false, .. } if int(tree, *property) == Some(index) => {
            (*node, true)
        }
        Kind::Builtin { builtin, args } if *builtin == end && args.len() == 1 => (args[0], false),
        _ => return,
    };
    if let Some((args, map)) = call(tree, list, Builtin::Filter) {
        patch(tree, id, Kind::Fused { builtin: find, args, map, throws, threshold: None });
    }
}

/// `all(x, a) && all(x, b)` becomes `all(x, a && b)`, likewise with any and none.
fn combine_predicates(tree: &mut Tree, id: Id) {
    let Kind::Binary { op, text, left, right } = *tree.kind(id) else { return };
    let (Kind::Builtin { builtin, args }, Kind::Builtin { builtin: other, args: others }) =
        (tree.kind(left), tree.kind(right))
    else {
        return;
    };
    let (op, text) = match (builtin, op) {
        (Builtin::All, Binary::And) | (Builtin::Any, Binary::Or) => (op, text),
        (Builtin::None, Binary::And) => (Binary::Or, if text == "and" { "or" } else { "||" }),
        _ => return,
    };
    let (builtin, list, other_list) = (*builtin, args[0], others[0]);
    let (Kind::Predicate(a), Kind::Predicate(b)) = (tree.kind(args[1]), tree.kind(others[1])) else { return };
    let (a, b) = (*a, *b);
    if builtin != *other || !tree.same(list, other_list) {
        return;
    }
    let both = tree.push(Kind::Binary { op, text, left: a, right: b }, 0);
    combine_predicates(tree, both);
    let predicate = tree.push(Kind::Predicate(both), 0);
    patch(tree, id, Kind::Builtin { builtin, args: vec![list, predicate] });
}

/// Sums over constant ranges are known.
fn sum_range(tree: &mut Tree, id: Id) {
    let Kind::Builtin { builtin, args } = tree.kind(id) else { return };
    let Some(first) = args.first() else { return };
    let Kind::Binary { op: Binary::Range, left, right, .. } = *tree.kind(*first) else { return };
    let (Some(from), Some(to)) = (int(tree, left), int(tree, right)) else { return };
    if to < from {
        return;
    }
    let count = to.wrapping_sub(from).wrapping_add(1);
    let sum = count.wrapping_mul(from.wrapping_add(to)) / 2;
    let known = match (builtin, &args[1..]) {
        (Builtin::Sum, []) => Some(sum),
        (Builtin::Sum, [predicate]) => sum_of(tree, *predicate, sum, count),
        (Builtin::Reduce, [predicate]) if adds_up(tree, *predicate) => Some(sum),
        (Builtin::Reduce, [predicate, start]) if adds_up(tree, *predicate) => {
            int(tree, *start).map(|start| start.wrapping_add(sum))
        }
        _ => None,
    };
    if let Some(known) = known {
        patch(tree, id, Kind::Int(known));
        tree.node_mut(id).ty = INT;
    }
}

/// The sum of `#`, `# + k`, `# - k`, `# * k` and their mirrors.
fn sum_of(tree: &Tree, predicate: Id, sum: i64, count: i64) -> Option<i64> {
    let Kind::Predicate(body) = tree.kind(predicate) else { return None };
    let item = |id: Id| matches!(tree.kind(id), Kind::Pointer(Pointer::Item));
    if item(*body) {
        return Some(sum);
    }
    let Kind::Binary { op, left, right, .. } = *tree.kind(*body) else { return None };
    let (number, item_left) = match (int(tree, left), int(tree, right)) {
        (None, Some(number)) if item(left) => (number, true),
        (Some(number), None) if item(right) => (number, false),
        _ => return None,
    };
    let all = count.wrapping_mul(number);
    match op {
        Binary::Mul => Some(number.wrapping_mul(sum)),
        Binary::Add => Some(sum.wrapping_add(all)),
        Binary::Sub if item_left => Some(sum.wrapping_sub(all)),
        Binary::Sub => Some(all.wrapping_sub(sum)),
        _ => None,
    }
}

/// Whether a predicate is `# + #acc` or `#acc + #`.
fn adds_up(tree: &Tree, predicate: Id) -> bool {
    let Kind::Predicate(body) = tree.kind(predicate) else { return false };
    let Kind::Binary { op: Binary::Add, left, right, .. } = *tree.kind(*body) else { return false };
    matches!(
        (tree.kind(left), tree.kind(right)),
        (Kind::Pointer(Pointer::Item), Kind::Pointer(Pointer::Acc))
            | (Kind::Pointer(Pointer::Acc), Kind::Pointer(Pointer::Item))
    )
}

/// `sum([a, b, c])` is `a + (b + c)`.
fn sum_array(tree: &mut Tree, id: Id) {
    let Kind::Builtin { builtin: Builtin::Sum, args } = tree.kind(id) else { return };
    let [list] = args[..] else { return };
    let Kind::Array(items) = tree.kind(list) else { return };
    let items = items.clone();
    let [first, middle @ .., last] = &items[..] else { return };
    let right = middle.iter().rev().fold(*last, |right, left| {
        tree.push(Kind::Binary { op: Binary::Add, text: "+", left: *left, right }, 0)
    });
    patch(tree, id, Kind::Binary { op: Binary::Add, text: "+", left: *first, right });
}

/// `sum(map(x, p))` is `sum(x, p)`.
fn sum_map(tree: &mut Tree, id: Id) {
    let Kind::Builtin { builtin: Builtin::Sum, args } = tree.kind(id) else { return };
    let [list] = args[..] else { return };
    if let Kind::Builtin { builtin: Builtin::Map, args } = tree.kind(list) {
        let args = args.clone();
        patch(tree, id, Kind::Builtin { builtin: Builtin::Sum, args });
    }
}

/// A comparison of a count by a predicate with an integer.
fn count_compared(tree: &Tree, id: Id) -> Option<(Binary, Id, Vec<Id>, i64)> {
    let Kind::Binary { op, left, right, .. } = *tree.kind(id) else { return None };
    let (args, _) = call(tree, left, Builtin::Count).filter(|(args, _)| args.len() == 2)?;
    Some((op, left, args, int(tree, right)?))
}

/// `count(…) > 0` asks for any.
fn count_any(tree: &mut Tree, id: Id) {
    if let Some((Binary::Gt, _, args, 0) | (Binary::Ge, _, args, 1)) = count_compared(tree, id) {
        patch(tree, id, Kind::Builtin { builtin: Builtin::Any, args });
    }
}

/// `count(…) > n` need not count further than it takes to know.
fn count_threshold(tree: &mut Tree, id: Id) {
    let Some((op, count, args, limit)) = count_compared(tree, id) else { return };
    let threshold = match op {
        Binary::Gt | Binary::Le => limit.wrapping_add(1),
        Binary::Ge | Binary::Lt => limit,
        _ => return,
    };
    if limit >= 0 && threshold > 1 {
        let threshold = Some(threshold);
        patch(
            tree,
            count,
            Kind::Fused { builtin: Builtin::Count, args, map: None, throws: false, threshold },
        );
    }
}

/// Turns literals into values that can be lent out, compiles constant patterns, and finds what cannot be run.
pub(crate) fn finish(tree: &mut Tree, root: Id) -> Result<(), Fault> {
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        // The checker does not look into calls of what it does not know.
        if let Kind::Pointer(Pointer::Unknown(name)) = tree.kind(id) {
            return Err(Fault::new(tree.node(id).at, format!("unknown pointer {name}")));
        }
        if let Kind::Binary { op: Binary::Matches, left, right, .. } = *tree.kind(id)
            && let Kind::Str(pattern) = tree.kind(right)
        {
            let regex = compile_regex(pattern).map_err(|why| Fault::new(tree.node(id).at, why))?;
            patch(tree, id, Kind::Regex { node: left, regex: Arc::new(regex) });
        }
        let literal = match tree.kind(id) {
            Kind::Nil => Some(Value::Nil),
            Kind::Bool(truth) => Some(Value::Bool(*truth)),
            Kind::Int(number) => Some(Value::int(*number)),
            Kind::Float(number) => Some(Value::Float(*number)),
            Kind::Str(text) => Some(Value::Str(text.clone())),
            _ => None,
        };
        if let Some(value) = literal {
            patch(tree, id, Kind::Const(value));
        }
        if let Kind::Member { node, property, optional, method: false } = *tree.kind(id)
            && let Kind::Str(name) | Kind::Const(Value::Str(name)) = tree.kind(property)
        {
            let name = name.clone();
            patch(tree, id, Kind::Field { node, name, optional, hint: Hint::default() });
        }
        tree.each_child(id, |child| open.push(child));
    }
    Ok(())
}
