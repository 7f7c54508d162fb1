//! The checker: what literals and results of builtins already show to be wrong. Behaviour: checker/checker.go of expr
//! 1.17.8 without an environment, where every variable is of unknown type.

use dinghy_govalue::compile_regex;

use crate::ast::{Binary, Id, Kind, Pointer, Tree, Unary};
use crate::builtin::Builtin;
use crate::error::Fault;
use crate::ty::{FuncTy, INT, Shape, Ty};

/// Checks a tree and notes the type of every node.
pub(crate) fn check(tree: &mut Tree, root: Id) -> Result<(), Fault> {
    Checker { tree, scopes: Vec::new(), locals: Vec::new() }.visit(root).map(|_| ())
}

pub(crate) struct Checker<'a> {
    pub(crate) tree: &'a mut Tree,
    /// The lists that open predicates go over, and which pointers they have beside the item.
    pub(crate) scopes: Vec<Scope>,
    /// Names and types of the variables of `let` in sight, by slot.
    locals: Vec<(dinghy_govalue::Str, u32, Ty)>,
}

pub(crate) struct Scope {
    pub(crate) list: Ty,
    pub(crate) index: bool,
    pub(crate) acc: bool,
}

pub(crate) type Checked = Result<Ty, Fault>;

impl Checker<'_> {
    pub(crate) fn fail<T>(&self, node: Id, message: impl Into<String>) -> Result<T, Fault> {
        Err(Fault::new(self.tree.node(node).at, message))
    }

    pub(crate) fn visit(&mut self, id: Id) -> Checked {
        // As deep as the tree: up to the limit of nodes.
        let ty = stacker::maybe_grow(128 << 10, 2 << 20, || self.node(id))?;
        self.tree.node_mut(id).ty = ty.clone();
        Ok(ty)
    }

    fn node(&mut self, id: Id) -> Checked {
        // The node gives its kind away while it is judged: no part of it looks at the whole.
        let kind = std::mem::replace(&mut self.tree.node_mut(id).kind, Kind::Nil);
        let ty = self.judge(id, &kind);
        self.tree.node_mut(id).kind = kind;
        ty
    }

    fn judge(&mut self, id: Id, kind: &Kind) -> Checked {
        match *kind {
            Kind::Nil => Ok(Ty::Nil),
            Kind::Bool(_) => Ok(Ty::Bool),
            Kind::Int(_) => Ok(INT),
            Kind::Float(_) => Ok(Ty::Float),
            Kind::Str(_) => Ok(Ty::Str),
            Kind::Const(ref value) | Kind::Set(ref value) => Ok(Ty::of(value)),
            Kind::Name(ref name) => Ok(match name.as_str().and_then(Builtin::find) {
                Some(builtin) => Ty::Func(std::sync::Arc::new(FuncTy {
                    name: builtin.type_name(),
                    params: Vec::new(),
                    out: Ty::Unknown,
                    builtin: Some(builtin),
                })),
                None => Ty::Unknown,
            }),
            Kind::Env => Ok(Ty::Unknown),
            Kind::Local(slot) => {
                let local = self.locals.iter().rev().find(|(_, known, _)| *known == slot);
                Ok(local.map_or(Ty::Unknown, |(_, _, ty)| ty.clone()))
            }
            Kind::Unary { op, text, node } => self.unary(id, op, text, node),
            Kind::Binary { op, text, left, right } => self.binary(id, op, text, left, right),
            Kind::Regex { node, .. }
            | Kind::Field { node, .. }
            | Kind::Chain(node)
            | Kind::Predicate(node) => self.visit(node),
            Kind::Member { node, property, method, .. } => self.member(id, node, property, method),
            Kind::Slice { node, from, to } => self.slice(id, node, from, to),
            Kind::Call { callee, ref args } => self.call(id, callee, args),
            Kind::Builtin { builtin, ref args } | Kind::Fused { builtin, ref args, .. } => {
                self.builtin(id, builtin, args)
            }
            Kind::Pointer(ref pointer) => self.pointer(id, pointer),
            Kind::Let { ref name, slot, value, body } => {
                if name.as_str().and_then(Builtin::find).is_some() {
                    return self.fail(id, format!("cannot redeclare builtin {name}"));
                }
                if self.locals.iter().any(|(known, _, _)| known == name) {
                    return self.fail(id, format!("cannot redeclare variable {name}"));
                }
                let ty = self.visit(value)?;
                self.locals.push((name.clone(), slot, ty));
                let body = self.visit(body);
                self.locals.pop();
                body
            }
            Kind::Sequence(ref nodes) => {
                let mut last = Ty::Unknown;
                for node in nodes {
                    last = self.visit(*node)?;
                }
                Ok(last)
            }
            Kind::Conditional { cond, yes, no } => self.conditional(cond, yes, no),
            Kind::Array(ref nodes) => {
                let mut previous: Option<Ty> = None;
                let mut same = true;
                for node in nodes {
                    let ty = self.visit(*node)?;
                    same &= previous.is_none_or(|previous| previous.shape() == ty.shape());
                    previous = Some(ty);
                }
                Ok(if same { Ty::list_of(previous.unwrap_or_default()) } else { Ty::List(None) })
            }
            Kind::Map(ref pairs) => {
                for (key, value) in pairs {
                    self.visit(*key)?;
                    self.visit(*value)?;
                }
                Ok(Ty::Map)
            }
        }
    }

    fn unary(&mut self, id: Id, op: Unary, text: &str, node: Id) -> Checked {
        let ty = self.visit(node)?;
        match op {
            Unary::Not if ty == Ty::Bool || ty.is_unknown() => Ok(Ty::Bool),
            Unary::Neg | Unary::Plus if ty.is_number() => Ok(ty),
            Unary::Neg | Unary::Plus if ty.is_unknown() => Ok(Ty::Unknown),
            _ => self.fail(id, format!("invalid operation: {text} (mismatched type {})", ty.deref_name())),
        }
    }

    fn binary(&mut self, id: Id, op: Binary, text: &str, left: Id, right: Id) -> Checked {
        let l = self.visit(left)?;
        let r = self.visit(right)?;
        if op == Binary::In
            && let Some(result) = self.is_in(id, &l, &r)
        {
            return result;
        }
        if op == Binary::Matches
            && let Kind::Str(pattern) = self.tree.kind(right)
            && let Err(why) = compile_regex(pattern)
        {
            return self.fail(id, why);
        }
        result_of(op, &l, &r).map_or_else(
            || {
                let types = format!("{} and {}", l.deref_name(), r.deref_name());
                self.fail(id, format!("invalid operation: {text} (mismatched types {types})"))
            },
            Ok,
        )
    }

    /// `in`; nothing when the operands do not fit.
    fn is_in(&self, id: Id, l: &Ty, r: &Ty) -> Option<Checked> {
        if (*l == Ty::Str || l.is_unknown()) && matches!(r.shape(), Shape::Struct | Shape::Pointer) {
            return Some(Ok(Ty::Bool));
        }
        if r.is_map() {
            let key = r.key();
            if !l.is_unknown() && !l.assignable_to(&key) {
                let message = format!("cannot use {} as type {} in map key", l.deref_name(), key.name());
                return Some(self.fail(id, message));
            }
            return Some(Ok(Ty::Bool));
        }
        if r.is_array() {
            let item = r.elem();
            // What a pointer points to is never in a list of pointers.
            if !l.comparable_to(&item) || (*l == Ty::Location && item == Ty::Location) {
                let message = format!("cannot use {} as type {} in array", l.deref_name(), item.name());
                return Some(self.fail(id, message));
            }
            return Some(Ok(Ty::Bool));
        }
        if (l.is_unknown() && *r == Ty::Str) || r.is_unknown() {
            return Some(Ok(Ty::Bool));
        }
        None
    }

    fn member(&mut self, id: Id, node: Id, property: Id, method: bool) -> Checked {
        if matches!(self.tree.kind(node), Kind::Env) {
            return Ok(Ty::Unknown);
        }
        let base = self.visit(node)?;
        let prop = self.visit(property)?;
        if base.is_unknown() {
            return Ok(Ty::Unknown);
        }
        let name = match self.tree.kind(property) {
            Kind::Str(name) => Some(name.to_str_lossy().into_owned()),
            _ => None,
        };
        if let Some(name) = &name {
            if base == Ty::Nil {
                return self.fail(id, format!("type nil has no field {name}"));
            }
            if let Some(method) = base.method(name) {
                return Ok(method);
            }
        }
        match base.shape() {
            Shape::Map => {
                if !prop.assignable_to(&base.key()) && !prop.is_unknown() {
                    let message =
                        format!("cannot use {} to get an element from {}", prop.name(), base.name());
                    return self.fail(property, message);
                }
                return Ok(base.elem());
            }
            Shape::Slice => {
                if !prop.is_integer() && !prop.is_unknown() {
                    let message = "array elements can only be selected using an integer";
                    return self.fail(property, format!("{message} (got {})", prop.deref_name()));
                }
                return Ok(base.elem());
            }
            _ => {}
        }
        let base = base.deref_name();
        match name {
            Some(name) if method => self.fail(id, format!("type {base} has no method {name}")),
            Some(name) => self.fail(id, format!("type {base} has no field {name}")),
            None => self.fail(id, format!("type {base}[{}] is undefined", prop.name())),
        }
    }

    fn slice(&mut self, id: Id, node: Id, from: Option<Id>, to: Option<Id>) -> Checked {
        let ty = self.visit(node)?;
        if ty.is_unknown() {
            return Ok(Ty::Unknown);
        }
        if !matches!(ty.shape(), Shape::String | Shape::Slice) {
            return self.fail(id, format!("cannot slice {}", ty.name()));
        }
        for bound in [from, to].into_iter().flatten() {
            let bound_ty = self.visit(bound)?;
            if !bound_ty.is_integer() && !bound_ty.is_unknown() {
                return self.fail(bound, format!("non-integer slice index {}", bound_ty.deref_name()));
            }
        }
        Ok(ty)
    }

    fn call(&mut self, id: Id, callee: Id, args: &[Id]) -> Checked {
        if matches!(self.tree.kind(callee), Kind::Env) {
            return self.fail(id, "unknown is not callable");
        }
        let ty = self.visit(callee)?;
        if ty.is_unknown() {
            return Ok(Ty::Unknown);
        }
        let name = match self.tree.kind(callee) {
            Kind::Name(name) => name.to_str_lossy().into_owned(),
            Kind::Local(slot) => {
                let local = self.locals.iter().find(|(_, known, _)| known == slot);
                local.map_or_else(String::new, |(name, _, _)| name.to_string())
            }
            Kind::Member { property, .. } => match self.tree.kind(*property) {
                Kind::Str(name) => name.to_str_lossy().into_owned(),
                _ => "function".to_owned(),
            },
            _ => "function".to_owned(),
        };
        match ty {
            Ty::Nil => self.fail(id, format!("{name} is nil; cannot call nil as function")),
            Ty::Func(func) => match func.builtin {
                Some(builtin) => self.function(id, builtin, args),
                None if func.results() > 2 => {
                    self.fail(id, format!("func {name} returns more then two values"))
                }
                None => {
                    let mut seen = vec![None; args.len()];
                    match self.arguments(id, &name, &func.params, args, &mut seen)? {
                        Ok(()) => Ok(func.out.clone()),
                        Err(fault) => Err(fault),
                    }
                }
            },
            _ => self.fail(id, format!("{} is not callable", ty.name())),
        }
    }

    fn pointer(&mut self, id: Id, pointer: &Pointer) -> Checked {
        let Some(scope) = self.scopes.last() else {
            return self.fail(id, "cannot use pointer accessor outside predicate");
        };
        match pointer {
            Pointer::Item if scope.list.is_unknown() => Ok(Ty::Unknown),
            Pointer::Item => Ok(scope.list.elem()),
            Pointer::Index if scope.index => Ok(INT),
            Pointer::Acc if scope.acc => Ok(Ty::Unknown),
            Pointer::Index => self.fail(id, "unknown pointer #index"),
            Pointer::Acc => self.fail(id, "unknown pointer #acc"),
            Pointer::Unknown(name) => self.fail(id, format!("unknown pointer #{name}")),
        }
    }

    fn conditional(&mut self, cond: Id, yes: Id, no: Id) -> Checked {
        let ty = self.visit(cond)?;
        if ty != Ty::Bool && !ty.is_unknown() {
            let name = ty.deref_name();
            return self.fail(cond, format!("non-bool expression (type {name}) used as condition"));
        }
        let (yes, no) = (self.visit(yes)?, self.visit(no)?);
        Ok(match (&yes, &no) {
            (Ty::Nil, _) => no,
            (_, Ty::Nil) => yes,
            _ if yes.assignable_to(&no) => {
                if yes.is_array() && no.is_array() {
                    let (a, b) = (yes.elem(), no.elem());
                    if !a.assignable_to(&b) || !b.assignable_to(&a) {
                        return Ok(Ty::List(None));
                    }
                }
                yes
            }
            _ => Ty::Unknown,
        })
    }
}

/// The type of an operation, or nothing when the operands do not fit.
fn result_of(op: Binary, l: &Ty, r: &Ty) -> Option<Ty> {
    let both = |ty: &Ty| l == ty && r == ty;
    let numbers = l.is_number() && r.is_number();
    let ordered = |ty: &Ty| ty.is_number() || matches!(ty, Ty::Str | Ty::Time | Ty::Duration);
    match op {
        Binary::Eq | Binary::Ne => l.comparable_to(r).then_some(Ty::Bool),
        Binary::Or | Binary::And => (both(&Ty::Bool) || l.maybe(r, |ty| *ty == Ty::Bool)).then_some(Ty::Bool),
        Binary::Lt | Binary::Gt | Binary::Ge | Binary::Le => {
            let same = numbers || both(&Ty::Str) || both(&Ty::Time) || both(&Ty::Duration);
            (same || l.maybe(r, ordered)).then_some(Ty::Bool)
        }
        Binary::Sub => match (l, r) {
            _ if numbers => Some(l.promoted(r)),
            (Ty::Time, Ty::Time) | (Ty::Duration, Ty::Duration) => Some(Ty::Duration),
            (Ty::Time, Ty::Duration) => Some(Ty::Time),
            _ => l
                .maybe(r, |ty| ty.is_number() || matches!(ty, Ty::Time | Ty::Duration))
                .then_some(Ty::Unknown),
        },
        Binary::Mul => match (l, r) {
            _ if numbers => Some(l.promoted(r)),
            (Ty::Duration, Ty::Duration) => Some(Ty::Duration),
            (Ty::Duration, other) | (other, Ty::Duration) if other.is_number() => Some(Ty::Duration),
            _ => l.maybe(r, |ty| ty.is_number() || *ty == Ty::Duration).then_some(Ty::Unknown),
        },
        Binary::Div | Binary::Pow => (numbers || l.maybe(r, Ty::is_number)).then_some(Ty::Float),
        Binary::Rem => ((l.is_integer() && r.is_integer()) || l.maybe(r, Ty::is_integer)).then_some(INT),
        Binary::Add => match (l, r) {
            _ if numbers => Some(l.promoted(r)),
            (Ty::Str, Ty::Str) => Some(Ty::Str),
            (Ty::Time, Ty::Duration) | (Ty::Duration, Ty::Time) => Some(Ty::Time),
            (Ty::Duration, Ty::Duration) => Some(Ty::Duration),
            _ => l.maybe(r, ordered).then_some(Ty::Unknown),
        },
        Binary::Matches => (matches!(l, Ty::Str | Ty::Bytes) && *r == Ty::Str
            || l.maybe(r, |ty| *ty == Ty::Str))
        .then_some(Ty::Bool),
        Binary::Contains | Binary::StartsWith | Binary::EndsWith => {
            (both(&Ty::Str) || l.maybe(r, |ty| *ty == Ty::Str)).then_some(Ty::Bool)
        }
        Binary::Range => {
            ((l.is_integer() && r.is_integer()) || l.maybe(r, Ty::is_integer)).then(|| Ty::list_of(INT))
        }
        Binary::Coalesce => Some(match (l, r) {
            (Ty::Nil, _) => r.clone(),
            (_, Ty::Nil) => l.clone(),
            _ if r.assignable_to(l) => l.clone(),
            _ => Ty::Unknown,
        }),
        // Decided before.
        Binary::In => None,
    }
}
