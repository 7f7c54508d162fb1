//! What a pointer points to. Operators and builtins look through pointers, and of all values only a zone is one:
//! `timezone('UTC')` is a `*time.Location`, `+timezone('UTC')` the struct behind it.

use std::borrow::Cow;
use std::sync::Arc;

use dinghy_govalue::{Object, Value, Zone};

use crate::eval::Lent;

/// A `time.Location`. Its inner tables are not there; it is written as its name but for UTC, which has none.
struct Location(Arc<Zone>);

impl Object for Location {
    fn type_name(&self) -> &str {
        "time.Location"
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        Vec::new()
    }

    fn text(&self) -> Option<String> {
        Some(match *self.0 {
            Zone::Utc => "{UTC [] []  0 0 <nil>}".to_owned(),
            _ => self.0.name().to_owned(),
        })
    }
}

/// An operand as an operator sees it.
// In its callers, so that the value stays where it is.
#[inline(always)]
pub(crate) fn followed(value: Lent<'_>) -> Lent<'_> {
    match &*value {
        Value::Location(zone) => location(zone),
        _ => value,
    }
}

#[cold]
fn location<'a>(zone: &Arc<Zone>) -> Lent<'a> {
    Cow::Owned(Value::Object(Arc::new(Location(zone.clone()))))
}
