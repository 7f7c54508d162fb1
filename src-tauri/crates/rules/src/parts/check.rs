//! What is wrong with a field while it is typed, with its place in the field itself.

use dinghy_govalue::Value;

use super::{ConditionParts, DingTalkParts, TemplateParts};
use crate::catalog::Catalog;
use crate::env::Target;
use crate::evaluate::time;
use crate::secrets::{Reads, masked};
use crate::subject::Subject;

/// A mistake in one field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Which field: `text`, `buttons.0.title`, `webhooks.1.body`, `when`.
    pub field: String,
    /// From 1, in the field.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What is wrong.
    pub detail: String,
}

/// The mistakes of a condition that can be seen without an application.
pub fn check_condition(condition: &ConditionParts) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    for (field, text) in [("when", &condition.when), ("once_per", &condition.once_per)] {
        if text.is_empty() {
            continue;
        }
        if let Err(error) = dinghy_expr::compile(text) {
            // A fault at the very end of a text has no place of its own.
            let (line, column) = if error.line == 0 { end_of(text) } else { (error.line, error.column) };
            faults.push(FieldFault { field: field.to_owned(), line, column, detail: error.message });
        }
    }
    if let Some(detail) = bad_duration(&condition.hold_for) {
        faults.push(FieldFault { field: "hold_for".to_owned(), line: 1, column: 1, detail });
    }
    faults
}

fn bad_duration(text: &str) -> Option<String> {
    let nanos = dinghy_govalue::parse_duration(text.as_bytes());
    let fits = text.is_empty() || nanos.is_ok_and(|nanos| nanos >= 0);
    (!fits).then(|| format!("`{text}` is no duration such as 90s, 30m or 12h"))
}

/// The mistakes of a template; with an application also those that only show on it.
pub fn check_template(
    parts: &TemplateParts,
    on: Option<(&Catalog, &Subject)>,
    service: &str,
    now_ms: i64,
) -> Vec<FieldFault> {
    let now = time(now_ms);
    let target = Target { service, recipient: "" };
    let fault = |(field, text): (String, &str)| {
        let failed = match (dinghy_gotmpl::parse(&field, text), on) {
            (Err(error), _) => error,
            (Ok(template), Some((catalog, subject))) => {
                let secrets = masked(&Reads::of(&template).names);
                template.render(&catalog.env.template(subject, target, &secrets, &now), &now).err()?
            }
            (Ok(_), None) => return None,
        };
        let line_text = text.split('\n').nth(failed.line.saturating_sub(1) as usize).unwrap_or_default();
        let column = line_text.char_indices().take_while(|(at, _)| *at < failed.column as usize).count();
        let column = u32::try_from(column + 1).unwrap_or(u32::MAX);
        Some(FieldFault { field, line: failed.line.max(1), column, detail: failed.message })
    };
    texts(parts).into_iter().filter_map(fault).collect()
}

/// Every field of a template that is a Go template, by its name.
fn texts(parts: &TemplateParts) -> Vec<(String, &str)> {
    let mut texts = vec![("message".to_owned(), parts.message.as_str())];
    if let Some(DingTalkParts {
        title,
        text,
        message_url,
        pic_url,
        single_title,
        single_url,
        buttons,
        mention,
        ..
    }) = &parts.dingtalk
    {
        let fields = [
            ("title", title),
            ("text", text),
            ("message_url", message_url),
            ("pic_url", pic_url),
            ("single_title", single_title),
            ("single_url", single_url),
        ];
        texts.extend(fields.map(|(name, text)| (name.to_owned(), text.as_str())));
        for (at, (title, url)) in buttons.iter().enumerate() {
            texts.push((format!("buttons.{at}.title"), title));
            texts.push((format!("buttons.{at}.url"), url));
        }
        texts.extend(mention.iter().enumerate().map(|(at, name)| (format!("mention.{at}"), name.as_str())));
    }
    for (at, webhook) in parts.webhooks.iter().enumerate() {
        texts.push((format!("webhooks.{at}.path"), &webhook.path));
        texts.push((format!("webhooks.{at}.body"), &webhook.body));
    }
    texts
}

/// The parts of an expression on an application, in the order of the source: each with its value as Go prints it, or
/// None where it was not looked at, as behind a false `and`. Maps, lists and what stands in loops are left out, and the
/// expression as a whole; empty if it does not compile.
pub fn expression_parts(
    text: &str,
    catalog: &Catalog,
    subject: &Subject,
    now_ms: i64,
) -> Vec<(String, Option<String>)> {
    let Ok(program) = dinghy_expr::compile(text) else { return Vec::new() };
    let now = time(now_ms);
    let trace = program.run_traced(&catalog.env.trigger(subject, &now), &now);
    let shown = |value: &Value| match value {
        Value::Nil => Some("nil".to_owned()),
        Value::Str(text) => Some(format!("'{text}'")),
        Value::Map(_) | Value::List(_) | Value::Func(_) => None,
        other => Some(other.to_string()),
    };
    let mut parts: Vec<(std::ops::Range<usize>, Option<String>)> = Vec::new();
    for step in
        trace.steps.iter().filter(|step| step.rounds.is_empty() && step.span.len() < text.trim().len())
    {
        let value = step.outcome.as_ref().map_or_else(|problem| Some(problem.clone()), shown);
        if let Some(value) = value {
            parts.push((step.span.clone(), Some(value)));
        }
    }
    parts.extend(trace.skipped.into_iter().map(|span| (span, None)));
    // Inner parts before outer ones that begin at the same place.
    parts.sort_by_key(|(span, _)| (span.start, span.end));
    let mut named: Vec<(String, Option<String>)> = Vec::new();
    for (span, value) in parts {
        let part = text.get(span).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        if !named.iter().any(|(known, _)| *known == part) {
            named.push((part, value));
        }
    }
    named
}

/// The place behind the last character.
fn end_of(text: &str) -> (u32, u32) {
    let lines = text.split('\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default().chars().count();
    (u32::try_from(lines).unwrap_or(u32::MAX), u32::try_from(last + 1).unwrap_or(u32::MAX))
}
