//! Bodies that templates splice together, and which value breaks them.

use std::cell::RefCell;
use std::fmt::Display;

use dinghy_model::Problem;
use serde::de::IgnoredAny;

use super::Job;
use crate::catalog::{Piece, Template};

/// Of a value, so much is shown.
const SHOWN: usize = 60;

/// A value in a rendered body.
struct Spliced {
    start: usize,
    expression: String,
    value: String,
}

/// What no JSON string may hold as it stands.
fn cannot_stand(c: char) -> bool {
    matches!(c, '"' | '\\') || c.is_control()
}

/// The piece of a value around what breaks it.
fn around(value: &str) -> String {
    let at = value.chars().position(cannot_stand).unwrap_or_default();
    let start = at.saturating_sub(SHOWN / 2);
    let piece: String = value.chars().skip(start).take(SHOWN).collect();
    let more = |more: bool| if more { "…" } else { "" };
    format!("{}{piece}{}", more(start > 0), more(value.chars().count() > start + SHOWN))
}

impl Job<'_> {
    /// A body that was spliced together breaks on the first quote in a value; say so, and which value it was, before
    /// the robot refuses it.
    pub(super) fn must_be_json(&self, template: &str, body: &str) -> Result<(), Problem> {
        let Err(error) = serde_json::from_str::<IgnoredAny>(body) else { return Ok(()) };
        let piece = self.body_of(template);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (line, column) = (error.line(), error.column());
        let detail = error.to_string();
        let detail = detail.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&detail);
        let place: usize = body.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let confidential = piece.is_some_and(|(_, piece)| piece.reads.any());
        let advice = match piece.and_then(|(template, piece)| self.culprit(template, piece, place + column)) {
            // The value may be a secret, or made of one.
            Some(Spliced { expression, .. }) if confidential => {
                format!(
                    "the value of {{{{{expression}}}}} breaks it; write `toJson` there, without quotes around it"
                )
            }
            Some(Spliced { expression, value, .. }) => {
                let argument = if expression.contains(' ') { format!("({expression})") } else { expression };
                format!(
                    "the value of {{{{{argument}}}}} breaks it ({:?}); write {{{{toJson {argument}}}}} there, \
                     without quotes of your own around it",
                    around(&value)
                )
            }
            None => "a value with quotes or line breaks needs `toJson`".to_owned(),
        };
        Err(Problem::BodyNotJson {
            template: template.to_owned(),
            line: number(line),
            column: number(column),
            detail: format!("{detail}; {advice}"),
        })
    }

    /// The body of a template for this destination.
    fn body_of(&self, template: &str) -> Option<(&Template, &Piece)> {
        let template = self.templates.iter().find(|found| found.name == template)?;
        Some((template, template.webhook.get(self.delivery.service)?.body.as_ref()?))
    }

    /// The value nearest before the place that holds what no JSON string may hold as it stands.
    fn culprit(&self, template: &Template, piece: &Piece, place: usize) -> Option<Spliced> {
        let seen = RefCell::new(Vec::new());
        let note = |before: &[u8], value: &[u8], expression: &dyn Display| {
            let text = String::from_utf8_lossy(value).into_owned();
            let expression = expression.to_string();
            seen.borrow_mut().push(Spliced { start: before.len(), expression, value: text });
            value.to_vec()
        };
        // It was rendered before, so it can be again.
        piece.template.render_escaped(&*self.env_of(template, piece).ok()?, &self.now, &note).ok()?;
        let breaks = |found: &Spliced| found.start <= place && found.value.contains(cannot_stand);
        let found = seen.into_inner().into_iter().rev().find(breaks);
        // What toJson made is JSON already.
        found.filter(|found| serde_json::from_str::<IgnoredAny>(&found.value).is_err())
    }
}
