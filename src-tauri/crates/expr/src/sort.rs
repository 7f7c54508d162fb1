//! Sorting with an order that may fail.

use std::cmp::Ordering;

use dinghy_govalue::Value;

use crate::ops::compare;

/// Sorts pairs by their first value. The first comparison that fails ends it.
pub(crate) fn sort_by(pairs: &mut [(Value, Value)], descending: bool) -> Result<(), String> {
    let mut failure = None;
    pairs.sort_by(|(a, _), (b, _)| {
        if failure.is_some() {
            return Ordering::Equal;
        }
        let (a, b) = if descending { (b, a) } else { (a, b) };
        compare(a, "<", b)
            .unwrap_or_else(|message| {
                failure = Some(message);
                None
            })
            .unwrap_or(Ordering::Equal)
    });
    failure.map_or(Ok(()), Err)
}
