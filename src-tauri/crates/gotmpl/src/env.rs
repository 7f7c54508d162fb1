//! What functions may use besides their arguments: the time of the rendering, and the limits on what they make.
//!
//! Go has no such limits: a template that doubles a string sixty times takes the process down. Here it is an error.

use dinghy_govalue::{Map, Str, Time, Value};

use crate::patterns::{Pattern, Patterns};

/// The longest string and output, in bytes.
pub(crate) const MAX_BYTES: usize = 16 << 20;
/// The longest list.
pub(crate) const MAX_ITEMS: usize = 1 << 20;
/// What all results of one rendering may take together, in bytes.
const MAX_TOTAL: usize = 256 << 20;
/// How deep values may nest that a template builds.
const MAX_DEPTH: usize = 128;
/// So many values can be nested into each other before anyone looks.
const UNCHECKED: usize = 32;
/// How many values a container may hold, counted along every path, when it is printed or compared.
const MAX_NODES: usize = 1 << 20;
/// Loop turns, template calls and function calls in one rendering.
const MAX_STEPS: usize = 1_000_000;
/// A pattern that a rendering has not used before counts as this many steps, for it may have to be compiled.
const PATTERN_STEPS: usize = 4_000;

pub(crate) struct Env<'a> {
    pub(crate) now: &'a Time,
    steps: usize,
    total: usize,
    /// Whether the template has built or changed a container: until then all values are the caller's.
    built: bool,
    /// How often a container became part of another one.
    nested: usize,
    patterns: &'a Patterns,
    /// Patterns that this rendering has used.
    used: Vec<(Str, Pattern)>,
    /// Maps that were given containers as entries; they may hold each other.
    tied: Vec<Map>,
}

impl<'a> Env<'a> {
    pub(crate) fn new(now: &'a Time, patterns: &'a Patterns) -> Self {
        let (used, tied) = (Vec::new(), Vec::new());
        Env { now, steps: 0, total: 0, built: false, nested: 0, patterns, used, tied }
    }

    /// Counts one step of the rendering.
    pub(crate) fn step(&mut self) -> Result<(), String> {
        self.work(1)
    }

    /// Counts what takes as long as so many steps.
    pub(crate) fn work(&mut self, steps: usize) -> Result<(), String> {
        self.steps += steps;
        if self.steps > MAX_STEPS {
            Err(format!("template takes more than {MAX_STEPS} steps"))
        } else {
            Ok(())
        }
    }

    /// Refuses a string of so many bytes, before it is made.
    pub(crate) fn check_bytes(&self, bytes: usize) -> Result<(), String> {
        if bytes > MAX_BYTES { Err(format!("string longer than {MAX_BYTES} bytes")) } else { Ok(()) }
    }

    /// Refuses a list of so many items, before it is made.
    pub(crate) fn check_items(&self, items: usize) -> Result<(), String> {
        if items > MAX_ITEMS { Err(format!("list longer than {MAX_ITEMS} items")) } else { Ok(()) }
    }

    /// A pattern in Go's syntax, compiled.
    pub(crate) fn pattern(&mut self, source: &Str) -> Result<Pattern, String> {
        if let Some((_, known)) = self.used.iter().find(|(used, _)| used == source) {
            return Ok(known.clone());
        }
        self.work(PATTERN_STEPS)?;
        let pattern = self.patterns.get(source);
        self.used.push((source.clone(), pattern.clone()));
        Ok(pattern)
    }

    /// Counts the result of a function.
    pub(crate) fn count(&mut self, result: &Value) -> Result<(), String> {
        let size = match result {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::List(list) => {
                self.check_items(list.len())?;
                16 * list.len()
            }
            Value::Map(map) => 16 * map.len(),
            _ => return Ok(()),
        };
        if let Value::Str(_) | Value::Bytes(_) = result {
            self.check_bytes(size)?;
        }
        self.total += size;
        if self.total > MAX_TOTAL {
            return Err(format!("template makes more than {MAX_TOTAL} bytes of values"));
        }
        Ok(())
    }

    /// To be called with what becomes part of a new list or map.
    pub(crate) fn nest<'v>(&mut self, parts: impl IntoIterator<Item = &'v Value>) -> Result<(), String> {
        self.built = true;
        for part in parts.into_iter().filter(|part| is_container(part)) {
            self.nested += 1;
            if self.nested > UNCHECKED {
                measure(part)?;
            }
        }
        Ok(())
    }

    /// To be called with what becomes an entry of an existing map.
    pub(crate) fn tie(&mut self, map: &Map, part: &Value) {
        self.built = true;
        if is_container(part) {
            self.nested += 1;
            self.tied.push(map.clone());
        }
    }

    /// To be called before a value is printed, copied or compared in depth: refuses what contains itself, nests too
    /// deep, or is built so that it unfolds to something huge.
    pub(crate) fn check_depth(&self, value: &Value) -> Result<(), String> {
        if self.built && is_container(value) { measure(value).map(drop) } else { Ok(()) }
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_) | Value::AnyMap(_))
}

impl Drop for Env<'_> {
    /// Unties the maps one by one, so that nothing stays behind that holds itself, and no chain is long enough to
    /// exhaust the stack when it is dropped.
    fn drop(&mut self) {
        let mut parts = Vec::new();
        for map in &self.tied {
            for (key, value) in map.entries().iter() {
                parts.push(value.clone());
                map.remove(key);
            }
        }
    }
}

/// Roughly how many bytes a value takes when it is printed. Walks it without recursion.
///
/// # Errors
/// When the value nests too deep or is too large.
pub(crate) fn measure(value: &Value) -> Result<usize, String> {
    match value {
        Value::Str(text) => return Ok(8 + text.len()),
        Value::Bytes(data) => return Ok(8 + data.len()),
        part if !is_container(part) => return Ok(8),
        _ => {}
    }
    let (mut nodes, mut bytes) = (0, 0);
    let mut pending = vec![(value.clone(), 0)];
    while let Some((value, depth)) = pending.pop() {
        if depth > MAX_DEPTH {
            return Err(format!("value nests deeper than {MAX_DEPTH} levels"));
        }
        let mut visit = |part: &Value| {
            nodes += 1;
            match part {
                Value::Str(text) => bytes += text.len(),
                Value::Bytes(data) => bytes += data.len(),
                part if is_container(part) => pending.push((part.clone(), depth + 1)),
                _ => {}
            }
        };
        match &value {
            Value::List(list) => list.iter().for_each(&mut visit),
            Value::Map(map) => map.entries().iter().for_each(|(_, part)| visit(part)),
            Value::AnyMap(map) => map.entries().iter().for_each(|(_, part)| visit(part)),
            other => visit(other),
        }
        if nodes > MAX_NODES || bytes > MAX_BYTES {
            return Err("value is too large".to_owned());
        }
    }
    Ok(bytes + 8 * nodes)
}
