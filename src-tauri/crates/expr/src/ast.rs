//! The tree of an expression: nodes in one vector, children named by their place in it.
//!
//! A vector instead of boxes keeps a deep tree from being dropped recursively.

use std::sync::atomic::{AtomicUsize, Ordering};

use dinghy_govalue::{Map, Str, Value};

use crate::builtin::Builtin;
use crate::ty::Ty;

/// The place of a node in its tree.
pub(crate) type Id = u32;

/// A node with its place in the source and what is known of its type.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Counted in characters. 0 for what the compiler makes up.
    pub(crate) at: u32,
    pub(crate) ty: Ty,
}

/// Binary operators. `&&` is [`Binary::And`], `||` is [`Binary::Or`] and `^` is [`Binary::Pow`], but messages keep the
/// writing of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Gt,
    Ge,
    Le,
    In,
    Matches,
    Contains,
    StartsWith,
    EndsWith,
    Range,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Coalesce,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Not,
    Neg,
    Plus,
}

/// What `#`, `#index` and `#acc` name; anything else is an error of the checker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pointer {
    Item,
    Index,
    Acc,
    Unknown(Str),
}

/// Where in a map a member was found last. The maps of a list mostly have the same keys, and of each only the cache line
/// with the member is then touched. A wrong one costs a search, so that runs side by side may share it.
#[derive(Debug, Default)]
pub(crate) struct Hint(AtomicUsize);

impl Hint {
    /// As [`Map::lent`].
    #[inline]
    pub(crate) fn lent<'a>(&self, map: &'a Map, name: &Str) -> Option<Option<&'a Value>> {
        let before = self.0.load(Ordering::Relaxed);
        let mut place = before;
        let found = map.lent(name, &mut place);
        if place != before {
            self.0.store(place, Ordering::Relaxed);
        }
        found
    }
}

impl Clone for Hint {
    fn clone(&self) -> Hint {
        Hint::default()
    }
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Str),
    /// A bytes literal, a folded list, or what else is known before running.
    Const(Value),
    /// A set of strings (or of ints) that `in` looks into.
    Set(Value),
    Name(Str),
    /// The whole environment, `$env`.
    Env,
    /// A variable of `let`, by its slot.
    Local(u32),
    Unary {
        op: Unary,
        text: &'static str,
        node: Id,
    },
    Binary {
        op: Binary,
        text: &'static str,
        left: Id,
        right: Id,
    },
    Regex {
        node: Id,
        regex: std::sync::Arc<regex::bytes::Regex>,
    },
    Chain(Id),
    Member {
        node: Id,
        property: Id,
        optional: bool,
        method: bool,
    },
    /// A member whose name is known; the optimizer makes it of [`Kind::Member`].
    Field {
        node: Id,
        name: Str,
        optional: bool,
        hint: Hint,
    },
    Slice {
        node: Id,
        from: Option<Id>,
        to: Option<Id>,
    },
    Call {
        callee: Id,
        args: Vec<Id>,
    },
    Builtin {
        builtin: Builtin,
        args: Vec<Id>,
    },
    /// `filter` with what is to be made of each item, `find` that fails instead of giving nil, `count` that stops.
    Fused {
        builtin: Builtin,
        args: Vec<Id>,
        map: Option<Id>,
        throws: bool,
        threshold: Option<i64>,
    },
    Predicate(Id),
    Pointer(Pointer),
    Let {
        name: Str,
        slot: u32,
        value: Id,
        body: Id,
    },
    Sequence(Vec<Id>),
    Conditional {
        cond: Id,
        yes: Id,
        no: Id,
    },
    Array(Vec<Id>),
    Map(Vec<(Id, Id)>),
}

/// All nodes of an expression.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// Which characters of the source each node was read from, with the parentheses around it. Nodes that the
    /// compiler makes up have none.
    spans: Vec<(u32, u32)>,
}

impl Tree {
    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn push(&mut self, kind: Kind, at: u32) -> Id {
        self.nodes.push(Node { kind, at, ty: Ty::Unknown });
        (self.nodes.len() - 1) as Id
    }

    /// The first and the one after the last character that a node was read from.
    pub(crate) fn span(&self, id: Id) -> (u32, u32) {
        self.spans.get(id as usize).copied().unwrap_or_default()
    }

    pub(crate) fn set_span(&mut self, id: Id, start: u32, end: u32) {
        let at = id as usize;
        if self.spans.len() <= at {
            self.spans.resize(at + 1, (0, 0));
        }
        self.spans[at] = (start, end);
    }

    /// What is needed to run the tree: the spans are for tracing only.
    pub(crate) fn without_spans(mut self) -> Tree {
        self.spans = Vec::new();
        self
    }

    /// The child that may stand before the place of a node.
    pub(crate) fn leading(&self, id: Id) -> Option<Id> {
        match self.kind(id) {
            Kind::Unary { node, .. } | Kind::Chain(node) => Some(*node),
            Kind::Member { node, .. } | Kind::Slice { node, .. } => Some(*node),
            Kind::Binary { left, .. } => Some(*left),
            Kind::Conditional { cond, .. } => Some(*cond),
            // After a pipe the first argument stands before the name.
            Kind::Builtin { args, .. } => args.first().copied(),
            Kind::Call { callee, args } => {
                let start = |id: &Id| self.span(*id).0;
                args.first().copied().into_iter().chain([*callee]).min_by_key(start)
            }
            Kind::Sequence(nodes) => nodes.first().copied(),
            _ => None,
        }
    }

    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    pub(crate) fn node_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(crate) fn kind(&self, id: Id) -> &Kind {
        &self.node(id).kind
    }

    /// Whether any node is such a one.
    pub(crate) fn any(&self, wanted: impl Fn(&Kind) -> bool) -> bool {
        self.nodes.iter().any(|node| wanted(&node.kind))
    }

    /// The children in the order in which the language visits them.
    pub(crate) fn children(&self, id: Id) -> Vec<Id> {
        let mut children = Vec::new();
        self.each_child(id, |child| children.push(child));
        children
    }

    /// Calls `visit` with each child, in the order in which the language visits them.
    pub(crate) fn each_child(&self, id: Id, mut visit: impl FnMut(Id)) {
        match self.kind(id) {
            Kind::Nil
            | Kind::Bool(_)
            | Kind::Int(_)
            | Kind::Float(_)
            | Kind::Str(_)
            | Kind::Const(_)
            | Kind::Set(_)
            | Kind::Name(_)
            | Kind::Env
            | Kind::Local(_)
            | Kind::Pointer(_) => {}
            Kind::Unary { node, .. }
            | Kind::Regex { node, .. }
            | Kind::Field { node, .. }
            | Kind::Chain(node)
            | Kind::Predicate(node) => visit(*node),
            Kind::Binary { left, right, .. } => [*left, *right].into_iter().for_each(visit),
            Kind::Member { node, property, .. } => [*node, *property].into_iter().for_each(visit),
            Kind::Slice { node, from, to } => {
                [Some(*node), *from, *to].into_iter().flatten().for_each(visit);
            }
            Kind::Call { callee, args } => {
                visit(*callee);
                args.iter().copied().for_each(visit);
            }
            Kind::Builtin { args, .. } => args.iter().copied().for_each(visit),
            Kind::Fused { args, map, .. } => args.iter().copied().chain(*map).for_each(visit),
            Kind::Let { value, body, .. } => [*value, *body].into_iter().for_each(visit),
            Kind::Sequence(nodes) | Kind::Array(nodes) => nodes.iter().copied().for_each(visit),
            Kind::Conditional { cond, yes, no } => [*cond, *yes, *no].into_iter().for_each(visit),
            Kind::Map(pairs) => pairs.iter().flat_map(|(key, value)| [*key, *value]).for_each(visit),
        }
    }
}

impl Tree {
    /// Whether two nodes would be written alike.
    pub(crate) fn same(&self, a: Id, b: Id) -> bool {
        self.matches(a, self, b)
    }

    /// Whether a node would be written as one of another tree is.
    pub(crate) fn matches(&self, a: Id, other: &Tree, b: Id) -> bool {
        let mut open = vec![(a, b)];
        while let Some((a, b)) = open.pop() {
            let (left, right) = (self.children(a), other.children(b));
            if left.len() != right.len() || !same_head(self.kind(a), other.kind(b)) {
                return false;
            }
            open.extend(left.into_iter().zip(right));
        }
        true
    }
}

/// Whether two nodes are alike but for their children.
fn same_head(a: &Kind, b: &Kind) -> bool {
    match (a, b) {
        (Kind::Bool(a), Kind::Bool(b)) => a == b,
        (Kind::Int(a), Kind::Int(b)) => a == b,
        (Kind::Float(a), Kind::Float(b)) => a == b,
        (Kind::Str(a), Kind::Str(b)) | (Kind::Name(a), Kind::Name(b)) => a == b,
        (Kind::Const(a), Kind::Const(b)) | (Kind::Set(a), Kind::Set(b)) => a.deep_equal(b),
        (Kind::Local(a), Kind::Local(b)) => a == b,
        (Kind::Unary { text: a, .. }, Kind::Unary { text: b, .. }) => a == b,
        (Kind::Binary { text: a, .. }, Kind::Binary { text: b, .. }) => a == b,
        (Kind::Member { optional: a, .. }, Kind::Member { optional: b, .. }) => a == b,
        (Kind::Slice { from: a, .. }, Kind::Slice { from: b, .. }) => a.is_some() == b.is_some(),
        (Kind::Builtin { builtin: a, .. }, Kind::Builtin { builtin: b, .. }) => a == b,
        (Kind::Fused { builtin: a, .. }, Kind::Fused { builtin: b, .. }) => a == b,
        (Kind::Pointer(a), Kind::Pointer(b)) => a == b,
        (Kind::Let { name: a, .. }, Kind::Let { name: b, .. }) => a == b,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

impl Tree {
    /// How many levels the tree has.
    pub(crate) fn depth(&self, root: Id) -> usize {
        let (mut open, mut deepest) = (vec![(root, 1)], 0);
        while let Some((id, depth)) = open.pop() {
            deepest = deepest.max(depth);
            self.each_child(id, |child| open.push((child, depth + 1)));
        }
        deepest
    }
}
