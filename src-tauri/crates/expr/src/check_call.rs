//! The checker, continued: arguments of builtins and of functions whose type is known.

use crate::ast::{Id, Kind};
use crate::builtin::Builtin;
use crate::checker::{Checked, Checker, Scope};
use crate::error::Fault;
use crate::ty::{INT, Shape, Ty};

impl Checker<'_> {
    pub(crate) fn builtin(&mut self, id: Id, builtin: Builtin, args: &[Id]) -> Checked {
        if builtin.takes_predicate() {
            self.with_predicate(builtin, args)
        } else {
            self.function(id, builtin, args)
        }
    }

    fn with_predicate(&mut self, builtin: Builtin, args: &[Id]) -> Checked {
        let name = builtin.name();
        let list = self.visit(args[0])?;
        if !list.is_array() && !list.is_unknown() {
            let message = format!("builtin {name} takes only array (got {})", list.deref_name());
            return self.fail(args[0], message);
        }
        let Some(predicate) = args.get(1).copied() else {
            return Ok(match builtin {
                Builtin::Count => INT,
                _ if list.is_unknown() => Ty::Unknown,
                _ => list.elem(),
            });
        };
        let scope = Scope {
            list: list.clone(),
            index: matches!(builtin, Builtin::Map | Builtin::Reduce),
            acc: builtin == Builtin::Reduce,
        };
        self.scopes.push(scope);
        let out = self.visit(predicate);
        self.scopes.pop();
        let out = out?;
        if let Some(last) = args.get(2) {
            let ty = self.visit(*last)?;
            if builtin == Builtin::SortBy && ty != Ty::Str && !ty.is_unknown() {
                let message = format!("sortBy order argument must be a string (got {})", ty.name());
                return self.fail(*last, message);
            }
        }
        if out == Ty::Nil {
            let message = match builtin {
                Builtin::Sum => {
                    "cannot use func(interface {}) as argument (type func(interface {}) bool) to call sum "
                }
                Builtin::Reduce => "predicate should has two input and one output param",
                _ => "predicate should has one input and one output param",
            };
            return self.fail(predicate, message);
        }
        let wants_bool = !matches!(
            builtin,
            Builtin::Map | Builtin::Sum | Builtin::GroupBy | Builtin::SortBy | Builtin::Reduce
        );
        if wants_bool && out != Ty::Bool && !out.is_unknown() {
            return self.fail(predicate, format!("predicate should return boolean (got {})", out.name()));
        }
        Ok(match builtin {
            Builtin::Filter if list.is_unknown() => Ty::List(None),
            Builtin::Filter => Ty::list_of(list.elem()),
            Builtin::Map => Ty::list_of(out),
            Builtin::Count | Builtin::FindIndex | Builtin::FindLastIndex => INT,
            Builtin::Sum if out.is_unknown() => Ty::Any,
            Builtin::Sum | Builtin::Reduce => out,
            Builtin::Find | Builtin::FindLast if list.is_unknown() => Ty::Unknown,
            Builtin::Find | Builtin::FindLast => list.elem(),
            Builtin::GroupBy => Ty::GroupMap,
            Builtin::SortBy => list,
            _ => Ty::Bool,
        })
    }

    /// A call of a builtin that takes no predicate.
    pub(crate) fn function(&mut self, id: Id, builtin: Builtin, args: &[Id]) -> Checked {
        if builtin == Builtin::Get {
            return self.get(id, args);
        }
        let signatures = builtin.signatures();
        if signatures.is_empty() {
            let mut types = Vec::with_capacity(args.len());
            for arg in args {
                types.push(self.visit(*arg)?);
            }
            return validate(builtin, &types).or_else(|message| self.fail(id, message));
        }
        let mut seen = vec![None; args.len()];
        let mut last = Fault::new(0, "");
        for (params, out) in signatures {
            let params: Vec<Ty> = params.iter().map(|name| Ty::named(name)).collect();
            match self.arguments(id, builtin.name(), &params, args, &mut seen)? {
                Ok(()) => return Ok(Ty::named(out)),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    /// Whether arguments fit parameters. The outer error is one inside an argument, the inner one a misfit. Arguments
    /// are visited in turn, so that a misfit hides errors further right.
    pub(crate) fn arguments(
        &mut self,
        id: Id,
        name: &str,
        params: &[Ty],
        args: &[Id],
        seen: &mut [Option<Ty>],
    ) -> Result<Result<(), Fault>, Fault> {
        let misfit = |at: u32, message: String| Ok(Err(Fault::new(at, message)));
        if args.len() != params.len() {
            for (arg, seen) in args.iter().zip(seen) {
                *seen = Some(self.visit(*arg)?);
            }
            let what = if args.len() > params.len() { "too many" } else { "not enough" };
            return misfit(self.tree.node(id).at, format!("{what} arguments to call {name}"));
        }
        for ((arg, param), seen) in args.iter().zip(params).zip(seen) {
            let ty = match seen {
                Some(ty) => ty.clone(),
                None => seen.insert(self.visit(*arg)?).clone(),
            };
            let at = self.tree.node(*arg).at;
            if ty.is_integer() && param.is_integer() {
                continue;
            }
            if ty == Ty::Nil {
                if matches!(param.shape(), Shape::Pointer | Shape::Interface) {
                    continue;
                }
                let message = format!("cannot use nil as argument (type {}) to call {name}", param.name());
                return misfit(at, message);
            }
            if !ty.assignable_to(param) && !ty.is_unknown() {
                let message =
                    format!("cannot use {} as argument (type {}) to call {name} ", ty.name(), param.name());
                return misfit(at, message);
            }
        }
        Ok(Ok(()))
    }

    fn get(&mut self, id: Id, args: &[Id]) -> Checked {
        let [from, at] = args else {
            return self.fail(id, format!("invalid number of arguments (expected 2, got {})", args.len()));
        };
        let base = self.visit(*from)?;
        let prop = self.visit(*at)?;
        if matches!(self.tree.kind(*from), Kind::Env) || base.is_unknown() {
            return Ok(Ty::Unknown);
        }
        match base.shape() {
            Shape::Slice if !prop.is_integer() && !prop.is_unknown() => {
                self.fail(*at, format!("non-integer slice index {}", prop.deref_name()))
            }
            Shape::Map if !prop.assignable_to(&base.key()) && !prop.is_unknown() => {
                let message =
                    format!("cannot use {} to get an element from {}", prop.deref_name(), base.name());
                self.fail(*at, message)
            }
            Shape::Slice | Shape::Map => Ok(base.elem()),
            _ => self.fail(*from, format!("type {} does not support indexing", base.name())),
        }
    }
}

/// The rule of a builtin that has one instead of signatures.
fn validate(builtin: Builtin, args: &[Ty]) -> Result<Ty, String> {
    let name = builtin.name();
    let count = |wanted: usize| match args.len() {
        have if have == wanted => Ok(()),
        have => Err(format!("invalid number of arguments (expected {wanted}, got {have})")),
    };
    // A nil argument has no type; Go prints that as %!s(<nil>).
    let shown = |ty: &Ty| if *ty == Ty::Nil { "%!s(<nil>)".to_owned() } else { ty.name() };
    let number = |ty: &Ty| matches!(ty.shape(), Shape::Int(_) | Shape::Float);
    let open = |ty: &Ty| ty.is_unknown();
    // Through a rule an unknown type becomes an interface.
    let known = |ty: &Ty| if open(ty) { Ty::Any } else { ty.clone() };
    let invalid = || Err(format!("invalid argument for {name} (type {})", shown(&args[0])));
    match builtin {
        Builtin::Len => {
            count(1)?;
            let fits = open(&args[0]) || matches!(args[0].shape(), Shape::Slice | Shape::Map | Shape::String);
            if fits { Ok(INT) } else { invalid() }
        }
        Builtin::Abs | Builtin::Ceil | Builtin::Floor | Builtin::Round => {
            count(1)?;
            match &args[0] {
                ty if !open(ty) && !number(ty) => invalid(),
                ty if builtin == Builtin::Abs => Ok(known(ty)),
                _ => Ok(Ty::Float),
            }
        }
        Builtin::Int | Builtin::Float => {
            count(1)?;
            let fits = open(&args[0]) || number(&args[0]) || args[0] == Ty::Str;
            match (fits, builtin) {
                (false, _) => invalid(),
                (true, Builtin::Int) => Ok(INT),
                (true, _) => Ok(Ty::Float),
            }
        }
        Builtin::Max | Builtin::Min | Builtin::Mean | Builtin::Median => {
            let Some(first) = args.first() else {
                return Err(format!("not enough arguments to call {name}"));
            };
            for ty in args {
                if open(ty) || ty.is_array() {
                    return Ok(Ty::Any);
                }
                if !number(ty) {
                    return Err(format!("invalid argument for {name} (type {})", shown(ty)));
                }
            }
            Ok(first.clone())
        }
        Builtin::Now => match args {
            [] | [Ty::Location] => Ok(Ty::Time),
            _ => Err(format!("invalid number of arguments (expected 0, got {})", args.len())),
        },
        Builtin::Date => {
            if args.is_empty() {
                return Err("invalid number of arguments (expected at least 1, got 0)".to_owned());
            }
            let rest = if args[0] == Ty::Location { args.len() - 1 } else { args.len() };
            if rest > 3 {
                return Err(format!("invalid number of arguments (expected at most 3, got {rest})"));
            }
            Ok(Ty::Time)
        }
        Builtin::First | Builtin::Last => {
            count(1)?;
            match &args[0] {
                ty if open(ty) => Ok(Ty::Any),
                // The item type of the list's Go type: what was known of its items is lost.
                Ty::List(_) => Ok(Ty::Any),
                ty if ty.is_array() => Ok(ty.elem()),
                ty => Err(format!("cannot get {name} element from {}", shown(ty))),
            }
        }
        Builtin::Take => {
            count(2)?;
            if !open(&args[0]) && !args[0].is_array() {
                return Err(format!("cannot take from {}", shown(&args[0])));
            }
            let signed = matches!(args[1].shape(), Shape::Int(kind) if !kind.is_unsigned());
            if !open(&args[1]) && !signed {
                return Err(format!("cannot take {} elements", shown(&args[1])));
            }
            Ok(match &args[0] {
                Ty::List(_) => Ty::List(None),
                ty => known(ty),
            })
        }
        Builtin::Keys | Builtin::Values | Builtin::ToPairs => {
            count(1)?;
            if open(&args[0]) || args[0].is_map() {
                return Ok(Ty::List(None));
            }
            let shown = shown(&args[0]);
            Err(match builtin {
                Builtin::ToPairs => format!("cannot transform {shown} to pairs"),
                _ => format!("cannot get {name} from {shown}"),
            })
        }
        Builtin::FromPairs => {
            count(1)?;
            if open(&args[0]) || args[0].is_array() {
                return Ok(Ty::AnyMap);
            }
            Err(format!("cannot transform {} from pairs", shown(&args[0])))
        }
        Builtin::Concat if args.is_empty() => {
            Err("invalid number of arguments (expected at least 1, got 0)".to_owned())
        }
        // reverse, uniq, flatten, concat
        _ => {
            if builtin != Builtin::Concat {
                count(1)?;
            }
            match args.iter().find(|ty| !open(ty) && !ty.is_array()) {
                Some(ty) => Err(format!("cannot {name} {}", shown(ty))),
                None => Ok(Ty::List(None)),
            }
        }
    }
}
