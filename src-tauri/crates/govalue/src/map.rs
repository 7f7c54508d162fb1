//! Maps. Iteration is always in key order, as everything visible in Go's printing, JSON and templates is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::list::Measure;
use crate::{Elem, Str, Value};

/// A map with string keys, shared by all its clones as a Go map is: an insertion through one is seen through all.
///
/// Most maps are read from JSON and never changed. Reading such a map takes no lock and lends references; the first
/// change moves the entries behind a lock, and later reads clone what they find.
#[derive(Clone)]
pub struct Map(Arc<Cell>);

struct Cell {
    elem: Elem,
    measure: Measure,
    base: Box<[(Str, Value)]>,
    changed: OnceLock<RwLock<BTreeMap<Str, Value>>>,
}

/// Up to so many entries a map is searched from its start.
const SMALL: usize = 16;

impl Map {
    /// A `map[string]interface {}`. Of equal keys the last one wins.
    pub fn new<K: Into<Str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Map {
        Map::with_elem(Elem::Any, entries)
    }

    /// A map of a given element type; the caller sees to it that the values are of that type.
    pub fn with_elem<K: Into<Str>>(elem: Elem, entries: impl IntoIterator<Item = (K, Value)>) -> Map {
        Map::from_entries(elem, entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// As [`Map::with_elem`], without a copy where the entries come in order.
    pub(crate) fn from_entries(elem: Elem, mut base: Vec<(Str, Value)>) -> Map {
        if !base.is_sorted_by(|(a, _), (b, _)| a < b) {
            // Equal keys stay in their order, and the last one's value goes to the first one's place.
            base.sort_by(|(a, _), (b, _)| a.cmp(b));
            base.dedup_by(|later, kept| {
                let is_same = later.0 == kept.0;
                if is_same {
                    std::mem::swap(later, kept);
                }
                is_same
            });
        }
        let measure = base.iter().fold(Measure::EMPTY, |so_far, (key, value)| {
            so_far.and(value).heavier(u32::try_from(key.len()).unwrap_or(u32::MAX))
        });
        Map(Arc::new(Cell { elem, measure, base: base.into_boxed_slice(), changed: OnceLock::new() }))
    }

    /// The element type.
    pub fn elem(&self) -> Elem {
        self.0.elem
    }

    /// As the map was made.
    pub(crate) fn measure(&self) -> Measure {
        self.0.measure
    }

    /// The entry of a key; `None` when there is none (Go then gives the zero value of [`Map::elem`]).
    pub fn get(&self, key: &[u8]) -> Option<Cow<'_, Value>> {
        match self.0.changed.get() {
            None => self.place(key).map(|at| Cow::Borrowed(&self.0.base[at].1)),
            Some(lock) => {
                lock.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned().map(Cow::Owned)
            }
        }
    }

    /// As [`Map::get`] of a map that nobody has changed, `None` if somebody has. For who asks many alike maps for one key:
    /// looks first at `place`, and leaves there where the key was. Any `place` is right, a good one saves the search.
    #[inline]
    pub fn lent(&self, key: &[u8], place: &mut usize) -> Option<Option<&Value>> {
        if self.0.changed.get().is_some() {
            return None;
        }
        let base = &self.0.base;
        if let Some((k, value)) = base.get(*place)
            && k.as_bytes() == key
        {
            return Some(Some(value));
        }
        Some(self.place(key).map(|at| {
            *place = at;
            &base[at].1
        }))
    }

    /// Where a key is among the entries with which the map was made.
    #[inline(never)]
    fn place(&self, key: &[u8]) -> Option<usize> {
        let base = &self.0.base;
        if base.len() <= SMALL {
            // Most keys differ in length, which shows without looking at the bytes.
            return base.iter().position(|(k, _)| k.len() == key.len() && k.as_bytes() == key);
        }
        base.binary_search_by(|(k, _)| k.as_bytes().cmp(key)).ok()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        match self.0.changed.get() {
            None => self.0.base.len(),
            Some(lock) => lock.read().unwrap_or_else(PoisonError::into_inner).len(),
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All entries in key order, as they are now.
    pub fn entries(&self) -> Cow<'_, [(Str, Value)]> {
        match self.0.changed.get() {
            None => Cow::Borrowed(&self.0.base),
            Some(lock) => Cow::Owned(
                lock.read()
                    .unwrap_or_else(PoisonError::into_inner)
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
            ),
        }
    }

    /// Sets an entry in place; every holder of the map sees it.
    pub fn insert(&self, key: impl Into<Str>, value: Value) {
        self.change(|entries| entries.insert(key.into(), value));
    }

    /// Removes an entry in place; every holder of the map sees it.
    pub fn remove(&self, key: &[u8]) {
        self.change(|entries| entries.remove(key));
    }

    /// Whether both are the same map in memory.
    pub fn same(&self, other: &Map) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn change<T>(&self, edit: impl FnOnce(&mut BTreeMap<Str, Value>) -> T) {
        let lock = self.0.changed.get_or_init(|| RwLock::new(self.0.base.iter().cloned().collect()));
        edit(&mut lock.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// An immutable map whose keys are of any type, such as grouping makes.
#[derive(Clone)]
pub struct AnyMap(Arc<Entries>);

struct Entries {
    sorted: Box<[(Value, Value)]>,
    elem: Elem,
    measure: Measure,
}

impl AnyMap {
    /// A map of a given element type. The caller leaves no two equal keys; the order does not matter.
    pub fn new(elem: Elem, mut entries: Vec<(Value, Value)>) -> AnyMap {
        entries.sort_by(|(a, _), (b, _)| crate::fmt::key_order(a, b));
        let measure = entries
            .iter()
            .fold(Measure::EMPTY, |so_far, (key, value)| so_far.and(value).heavier(key.weight()));
        AnyMap(Arc::new(Entries { sorted: entries.into_boxed_slice(), elem, measure }))
    }

    pub(crate) fn measure(&self) -> Measure {
        self.0.measure
    }

    /// All entries in the order in which Go prints them.
    pub fn entries(&self) -> &[(Value, Value)] {
        &self.0.sorted
    }

    /// The element type.
    pub fn elem(&self) -> Elem {
        self.0.elem
    }

    /// The entry of a key: same type and same value, as Go compares interface keys.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.entries().iter().find(|(k, _)| k.deep_equal(key)).map(|(_, value)| value)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.sorted.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.sorted.is_empty()
    }
}
