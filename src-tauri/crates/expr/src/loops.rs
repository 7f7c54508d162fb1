//! The builtins that take a predicate.

use std::borrow::Cow;
use std::collections::HashMap;

use dinghy_govalue::{AnyMap, Elem, List, Value};

use crate::ast::Id;
use crate::builtin::Builtin;
use crate::eval::{Lent, Machine, Outcome, Scope, Stop};
use crate::ops::{self, truth};
use crate::pointer::followed;
use crate::sort::sort_by;

impl<'a> Machine<'a> {
    /// Runs a builtin over a list. `map` makes something else of each hit, `throws` makes a search without a hit fail,
    /// and a count stops at `threshold`.
    pub(crate) fn looped(
        &mut self,
        id: Id,
        builtin: Builtin,
        args: &[Id],
        map: Option<Id>,
        throws: bool,
        threshold: Option<i64>,
    ) -> Outcome<'a> {
        let list = followed(self.eval(args[0])?);
        let length = match &*list {
            Value::Nil => return self.fail(id, "reflect: call of reflect.Value.Len on zero Value"),
            value => match ops::length(value) {
                Ok(length) => length,
                Err(_) => return self.fail(id, no_length(value)),
            },
        };
        let depth = self.scopes.len();
        self.scopes.push(Scope { list, index: 0, acc: Cow::Owned(Value::Nil) });
        let run = Run { id, builtin, args, map, throws, threshold, length };
        let result = run.on(self);
        self.scopes.truncate(depth);
        result
    }

    /// Begins a round of a loop.
    fn set_index(&mut self, id: Id, index: usize) -> Result<(), Stop> {
        if let Some(scope) = self.scopes.last_mut() {
            scope.index = index;
        }
        self.work(id, self.round)
    }

    fn item(&self, id: Id) -> Outcome<'a> {
        match self.scopes.last() {
            Some(scope) => self.at(id, scope.item()),
            None => Ok(Cow::Owned(Value::Nil)),
        }
    }

    fn set_acc(&mut self, acc: Lent<'a>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.acc = acc;
        }
    }
}

/// For so many items there is room at once; loops within loops might ask for more than there is.
const AT_ONCE: usize = 4_096;

/// One loop.
struct Run<'r> {
    id: Id,
    builtin: Builtin,
    args: &'r [Id],
    map: Option<Id>,
    throws: bool,
    threshold: Option<i64>,
    length: usize,
}

impl Run<'_> {
    fn on<'a>(&self, machine: &mut Machine<'a>) -> Outcome<'a> {
        let bool = |truth: bool| Ok(Cow::Owned(Value::Bool(truth)));
        match self.builtin {
            // The three that stop give the predicate's own value or its opposite.
            Builtin::All => bool(self.until(machine, false)?.is_none()),
            Builtin::None => bool(self.until(machine, true)?.is_none()),
            Builtin::Any => bool(self.until(machine, true)?.is_some()),
            Builtin::One => bool(self.count(machine)? == 1),
            Builtin::Count => Ok(Cow::Owned(Value::int(self.count(machine)?))),
            Builtin::Filter => self.filter(machine),
            Builtin::Map => {
                let mut items = Vec::with_capacity(self.length.min(AT_ONCE));
                for index in 0..self.length {
                    machine.set_index(self.id, index)?;
                    items.push(machine.eval(self.args[1])?.into_owned());
                }
                machine.grow(self.id, items.len())?;
                machine.made(self.id, Value::list(items))
            }
            Builtin::Find | Builtin::FindLast | Builtin::FindIndex | Builtin::FindLastIndex => {
                self.find(machine)
            }
            Builtin::Sum => self.sum(machine),
            Builtin::GroupBy => self.group_by(machine),
            Builtin::SortBy => self.sort_by(machine),
            _ => self.reduce(machine),
        }
    }

    /// The first index, if any, at which the predicate is `wanted`.
    fn until(&self, machine: &mut Machine<'_>, wanted: bool) -> Result<Option<usize>, Stop> {
        for index in 0..self.length {
            machine.set_index(self.id, index)?;
            if self.test(machine)? == wanted {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn test(&self, machine: &mut Machine<'_>) -> Result<bool, Stop> {
        // Without a predicate the item itself is asked.
        match self.args.get(1) {
            Some(predicate) => machine.decide(*predicate, self.id),
            None => {
                let item = machine.item(self.id)?;
                machine.at(self.id, truth(&item))
            }
        }
    }

    fn count(&self, machine: &mut Machine<'_>) -> Result<i64, Stop> {
        let mut count = 0;
        for index in 0..self.length {
            machine.set_index(self.id, index)?;
            if self.test(machine)? {
                count += 1;
                if self.threshold.is_some_and(|threshold| count >= threshold) {
                    break;
                }
            }
        }
        Ok(count)
    }

    /// What is given for the item that was hit.
    fn hit<'a>(&self, machine: &mut Machine<'a>) -> Outcome<'a> {
        match self.map {
            Some(map) => machine.eval(map),
            None => machine.item(self.id),
        }
    }

    fn filter<'a>(&self, machine: &mut Machine<'a>) -> Outcome<'a> {
        let mut items = Vec::new();
        for index in 0..self.length {
            machine.set_index(self.id, index)?;
            if self.test(machine)? {
                items.push(self.hit(machine)?.into_owned());
            }
        }
        machine.grow(self.id, items.len())?;
        machine.made(self.id, Value::list(items))
    }

    fn find<'a>(&self, machine: &mut Machine<'a>) -> Outcome<'a> {
        let backwards = matches!(self.builtin, Builtin::FindLast | Builtin::FindLastIndex);
        let wants_index = matches!(self.builtin, Builtin::FindIndex | Builtin::FindLastIndex);
        for step in 0..self.length {
            let index = if backwards { self.length - 1 - step } else { step };
            machine.set_index(self.id, index)?;
            if self.test(machine)? {
                return if wants_index {
                    Ok(Cow::Owned(Value::int(index as i64)))
                } else {
                    self.hit(machine)
                };
            }
        }
        if self.throws {
            return machine.fail(self.id, "reflect: slice index out of range");
        }
        Ok(Cow::Owned(Value::Nil))
    }

    fn sum<'a>(&self, machine: &mut Machine<'a>) -> Outcome<'a> {
        let mut sum = Value::int(0);
        for index in 0..self.length {
            machine.set_index(self.id, index)?;
            let value = match self.args.get(1) {
                Some(predicate) => machine.eval(*predicate)?,
                None => machine.item(self.id)?,
            };
            sum = machine.at(self.id, ops::add(&value, &sum))?;
        }
        Ok(Cow::Owned(sum))
    }

    fn group_by<'a>(&self, machine: &mut Machine<'a>) -> Outcome<'a> {
        let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for index in 0..self.length {
            machine.set_index(self.id, index)?;
            let key = machine.eval(self.args[1])?.into_owned();
            let item = machine.item(self.id)?.into_owned();
            machine.walk(self.id, key.weight())?;
            machine.at(self.id, ops::hashable(&key, groups.is_empty()))?;
            // NaN equals nothing, itself neither: each one is a group of its own.
            let place = match key {
                Value::Float(number) if number.is_nan() => groups.len(),
                _ => *places.entry(format!("{} {key}", key.type_name())).or_insert(groups.len()),
            };
            match groups.get_mut(place) {
                Some((_, items)) => items.push(item),
                None => groups.push((key, vec![item])),
            }
        }
        let groups = groups.into_iter().map(|(key, items)| (key, Value::list(items))).collect();
        machine.made(self.id, Value::AnyMap(AnyMap::new(Elem::AnyList, groups)))
    }

    fn sort_by<'a>(&self, machine: &mut Machine<'a>) -> Outcome<'a> {
        let descending = match self.args.get(2) {
            None => false,
            Some(order) => match &*machine.eval(*order)? {
                Value::Str(order) if *order == "asc" => false,
                Value::Str(order) if *order == "desc" => true,
                Value::Str(_) => return machine.fail(self.id, "unknown order, use asc or desc"),
                _ => return machine.fail(self.id, "sortBy order argument must be a string"),
            },
        };
        let mut pairs = Vec::with_capacity(self.length.min(AT_ONCE));
        for index in 0..self.length {
            machine.set_index(self.id, index)?;
            let key = machine.eval(self.args[1])?.into_owned();
            pairs.push((key, machine.item(self.id)?.into_owned()));
        }
        machine.at(self.id, sort_by(&mut pairs, descending))?;
        machine.grow(self.id, self.length)?;
        let items = pairs.into_iter().map(|(_, item)| item).collect();
        Ok(Cow::Owned(Value::List(List::new(items))))
    }

    fn reduce<'a>(&self, machine: &mut Machine<'a>) -> Outcome<'a> {
        let (start, first) = match self.args.get(2) {
            Some(initial) => (machine.eval(*initial)?, 0),
            None if self.length == 0 => {
                return machine.fail(self.id, "reduce of empty array with no initial value");
            }
            None => (machine.item(self.id)?, 1),
        };
        machine.set_acc(start);
        for index in first..self.length {
            machine.set_index(self.id, index)?;
            let value = machine.eval(self.args[1])?;
            machine.set_acc(value);
        }
        Ok(machine.scopes.last().map_or(Cow::Owned(Value::Nil), |scope| scope.acc.clone()))
    }
}

/// Go's text of asking a value for its length that has none.
fn no_length(value: &Value) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Int(int) => int.kind().name(),
        Value::Float(_) => "float64",
        Value::Duration(_) => "int64",
        Value::Month(_) | Value::Weekday(_) => "int",
        Value::Func(_) => "func",
        _ => "struct",
    };
    format!("reflect: call of reflect.Value.Len on {kind} Value")
}
