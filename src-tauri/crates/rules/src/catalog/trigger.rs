//! `trigger.NAME`: a list of conditions (notifications-engine `pkg/triggers/service.go`).

use std::time::Duration;

use dinghy_expr::Program;

use super::build::{Builder, Reference};
use crate::diagnostic::{Fault, Level};
use crate::keys::condition_key;
use crate::yaml::{Kind, Node, Text};

const CONDITION: &[&str] = &["when", "description", "send", "oncePer", "for", "resolved"];

/// When to send what.
#[derive(Debug)]
pub struct Trigger {
    /// What subscriptions call it.
    pub name: String,
    /// Each is judged on its own.
    pub conditions: Vec<Condition>,
    /// Whether any condition depends on the time.
    pub reads_clock: bool,
}

/// One condition of a trigger.
#[derive(Debug)]
pub struct Condition {
    /// Number in the trigger, from 0.
    pub index: usize,
    /// Free text.
    pub description: String,
    /// Names of templates, merged in this order.
    pub send: Vec<String>,
    /// `[INDEX].HASH` of the condition, as the controller remembers it.
    pub key: String,
    /// `for:` how long it has to be true without a break before it counts. Dinghy's own.
    pub hold_for: Option<Duration>,
    /// `resolved:` what to send, to those who were told, when it stops being true. Dinghy's own.
    pub resolved: Vec<String>,
    pub(crate) when: Expression,
    pub(crate) once_per: Option<Expression>,
}

/// A compiled expression and where it stands in the file.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) program: Program,
    pub(crate) text: Text,
}

impl Condition {
    /// The text of `when`.
    pub fn when(&self) -> &str {
        &self.when.text.value
    }

    /// The text of `oncePer`, empty if there is none.
    pub fn once_per(&self) -> &str {
        self.once_per.as_ref().map_or("", |expression| &expression.text.value)
    }

    /// Whether `when` or `oncePer` depends on the time.
    pub fn reads_clock(&self) -> bool {
        self.when.program.reads_clock()
            || self.once_per.as_ref().is_some_and(|once| once.program.reads_clock())
    }
}

/// Reads one trigger. Any fault disables it as a whole: half of a trigger could send half of the truth.
pub(super) fn trigger(builder: &mut Builder, name: &str, node: &Node) -> Result<Trigger, Fault> {
    let items = match &node.kind {
        Kind::Sequence(items) => items.as_slice(),
        _ if node.is_null() => &[],
        _ => {
            let detail = format!("a trigger is a list of conditions (`- when: …`), not {}", node.describe());
            return Err(Fault::new(node.start, detail));
        }
    };
    let conditions = items
        .iter()
        .enumerate()
        .map(|(index, item)| condition(builder, index, item))
        .collect::<Result<Vec<_>, _>>()?;
    let reads_clock = conditions.iter().any(Condition::reads_clock);
    Ok(Trigger { name: name.to_owned(), conditions, reads_clock })
}

fn condition(builder: &mut Builder, index: usize, node: &Node) -> Result<Condition, Fault> {
    let fields = builder.reader.fields(node, "a condition", CONDITION)?;
    let written = fields.string("when")?.filter(|text| !text.value.is_empty());
    // The controller hashes the text as written, where a missing `when` is the empty string.
    let key = condition_key(index, written.as_ref().map_or("", |text| &text.value));
    let when = match written {
        Some(text) => text,
        None => {
            builder.reader.report(
                Level::Warning,
                node.start,
                "the condition has no `when`: it is never true",
            );
            Text::at("false".to_owned(), node.start)
        }
    };
    let once_per = fields.string("oncePer")?.filter(|text| !text.value.is_empty());
    let send = fields.strings("send")?;
    if send.is_empty() {
        builder.reader.report(
            Level::Warning,
            node.start,
            "the condition has no `send`: nothing would be sent",
        );
    }
    let resolved = fields.strings("resolved")?;
    for name in send.iter().chain(&resolved) {
        builder.refer(Reference::Template, name);
    }
    let hold_for = match fields.get("for") {
        Some(node) => {
            let text = fields.string("for")?.unwrap_or_else(|| Text::at(String::new(), node.start));
            let nanos = dinghy_govalue::parse_duration(text.value.as_bytes()).ok();
            let hold = nanos
                .and_then(|nanos| u64::try_from(nanos).ok())
                .map(Duration::from_nanos)
                .ok_or_else(|| {
                    Fault::new(
                        node.start,
                        format!("`for: {}` is no duration such as 90s, 30m or 12h", text.value),
                    )
                })?;
            Some(hold)
        }
        None => None,
    };
    Ok(Condition {
        index,
        description: fields.string("description")?.map(|text| text.value).unwrap_or_default(),
        send: send.into_iter().map(|text| text.value).collect(),
        key,
        hold_for,
        resolved: resolved.into_iter().map(|text| text.value).collect(),
        when: expression(when)?,
        once_per: once_per.map(expression).transpose()?,
    })
}

fn expression(text: Text) -> Result<Expression, Fault> {
    match dinghy_expr::compile(&text.value) {
        Ok(program) => Ok(Expression { program, text }),
        Err(error) => Err(Fault::new(text.place_of(error.line, error.column), error.message)),
    }
}
