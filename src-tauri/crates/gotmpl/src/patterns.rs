//! Regular expressions that a template has used, compiled.
//!
//! Compiling one takes longer than rendering a usual template, and a template uses the same ones each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use dinghy_govalue::{Str, compile_regex};
use regex::bytes::Regex;

/// So many are kept, of at most so many bytes: a template may make patterns of its data, new ones each time.
const MOST: usize = 64;
const LONGEST: usize = 1024;

/// A compiled pattern, or what is wrong with it. The [`Regex`] is shared and not cloned: a clone of one starts without
/// the memory it searches in.
pub(crate) type Pattern = Result<Arc<Regex>, String>;

/// All renderings of a template share them.
#[derive(Default)]
pub(crate) struct Patterns(Mutex<HashMap<Str, Pattern>>);

impl Patterns {
    /// A pattern in Go's syntax.
    pub(crate) fn get(&self, source: &Str) -> Pattern {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(source) {
            return known.clone();
        }
        let pattern = compile_regex(source).map(Arc::new);
        if source.len() > LONGEST {
            return pattern;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(source.clone(), pattern.clone());
        pattern
    }
}

impl std::fmt::Debug for Patterns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patterns")
    }
}
