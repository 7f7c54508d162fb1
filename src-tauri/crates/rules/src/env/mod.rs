//! The variables of triggers and templates, as Argo CD sets them
//! (`util/notification/settings/settings.go`, `util/notification/expression/`).
//!
//! What does not change from one application to the next is built once for each catalog.

mod repo;
mod strings;
mod time;

use std::collections::BTreeMap;

use dinghy_govalue::{Elem, Func, Map, Str, Time, Value};
use dinghy_model::Secret;

use crate::subject::Subject;
pub(crate) use time::rfc3339;

/// The variables that are the same for every application.
#[derive(Clone, Debug)]
pub(crate) struct Constants {
    /// `context` with an empty `notificationType`, as triggers see it.
    context: Value,
    plain_context: BTreeMap<String, String>,
    time: Vec<(Str, Value)>,
    strings: Value,
    repo: Value,
    no_secrets: Value,
    /// Whether any rule asks for commits.
    asks: bool,
}

/// Where a message goes, which templates may ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) service: &'a str,
    pub(crate) recipient: &'a str,
}

impl Default for Constants {
    fn default() -> Self {
        Self::new(&BTreeMap::new(), false)
    }
}

impl Constants {
    /// `asks`: some rule asks for commits.
    pub(crate) fn new(context: &BTreeMap<String, String>, asks: bool) -> Self {
        Self {
            context: context_value(context, ""),
            plain_context: context.clone(),
            time: time::constants(),
            strings: Value::map(strings::functions()),
            repo: Value::map(repo::functions()),
            no_secrets: secrets_value(&BTreeMap::new()),
            asks,
        }
    }

    /// The variables of a trigger's conditions.
    pub(crate) fn trigger(&self, subject: &Subject, now: &Time) -> Value {
        // In the order of their names, so that the map need not sort them.
        Value::map([
            ("app", subject.app().clone()),
            ("appProject", subject.project().clone()),
            ("context", self.context.clone()),
            ("repo", self.repo(subject)),
            ("secrets", self.no_secrets.clone()),
            ("strings", self.strings.clone()),
            ("time", time::value(&self.time, now)),
        ])
    }

    fn repo(&self, subject: &Subject) -> Value {
        match &self.repo {
            Value::Map(plain) if self.asks => repo::of(plain, subject),
            plain => plain.clone(),
        }
    }

    /// The variables of a template. `secrets` are those that it may see.
    pub(crate) fn template(
        &self,
        subject: &Subject,
        target: Target<'_>,
        secrets: &BTreeMap<String, Secret>,
        now: &Time,
    ) -> Value {
        Value::map([
            ("app", subject.app().clone()),
            ("appProject", subject.project().clone()),
            ("context", context_value(&self.plain_context, target.service)),
            ("recipient", Value::str(target.recipient)),
            ("repo", self.repo(subject)),
            ("secrets", secrets_value(secrets)),
            ("serviceType", Value::str(target.service)),
            ("strings", self.strings.clone()),
            ("time", time::value(&self.time, now)),
        ])
    }
}

/// The file of variables is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum VarsError {
    /// No JSON; the text says what and where.
    #[error("the variables are no JSON: {0}")]
    NotJson(String),
    /// JSON, but no object.
    #[error("the variables must be a JSON object, not {0}")]
    NotAnObject(String),
    /// A value in `context` or `secrets` that is no string.
    #[error("`{0}` must be a string")]
    NotAString(String),
    /// `context` or `secrets` is no object.
    #[error("`{0}` must be an object of strings")]
    NotStrings(String),
}

/// The variables of an expression or a template out of a JSON object, for trying one without rules: integers stay
/// integers, `context` becomes a map of strings and `secrets` a map of bytes (those of the string), and `time`,
/// `strings` and `repo` are added.
///
/// # Errors
/// When the text is no JSON object, or `context` or `secrets` holds anything but strings.
pub fn variables(json: &str, now: &Time) -> Result<Value, VarsError> {
    let value = Value::from_json_str(json).map_err(|error| VarsError::NotJson(error.to_string()))?;
    let Value::Map(map) = &value else {
        return Err(VarsError::NotAnObject(value.type_name().into_owned()));
    };
    let constants = Constants::default();
    let mut entries = vec![
        (Str::from("repo"), constants.repo),
        (Str::from("strings"), constants.strings),
        (Str::from("time"), time::value(&constants.time, now)),
    ];
    for (name, value) in map.entries().iter() {
        let value = match name.as_bytes() {
            b"time" | b"strings" | b"repo" => continue,
            b"context" => typed(name, value, Elem::Str, |text| Value::Str(text.clone()))?,
            b"secrets" => typed(name, value, Elem::Bytes, |text| Value::Bytes(text.as_bytes().into()))?,
            _ => value.clone(),
        };
        entries.push((name.clone(), value));
    }
    Ok(Value::map(entries))
}

fn typed(name: &Str, value: &Value, elem: Elem, convert: impl Fn(&Str) -> Value) -> Result<Value, VarsError> {
    let map = match value {
        Value::Map(map) => map,
        Value::Nil => return Ok(Value::Map(Map::with_elem(elem, Vec::<(Str, Value)>::new()))),
        _ => return Err(VarsError::NotStrings(name.to_string())),
    };
    let mut entries = Vec::with_capacity(map.len());
    for (key, value) in map.entries().iter() {
        let text = value.as_str().ok_or_else(|| VarsError::NotAString(format!("{name}.{key}")))?;
        entries.push((key.clone(), convert(text)));
    }
    Ok(Value::Map(Map::with_elem(elem, entries)))
}

/// `context`, a `map[string]string`, with `notificationType` unless the user has set it (`legacy.go`, injectLegacyVar).
fn context_value(context: &BTreeMap<String, String>, service: &str) -> Value {
    let legacy = [(Str::from("notificationType"), Value::str(service))];
    let own = context.iter().map(|(key, value)| (Str::from(key.as_str()), Value::str(value.as_str())));
    Value::Map(Map::with_elem(Elem::Str, legacy.into_iter().chain(own)))
}

/// `secrets`, a `map[string][]byte`.
fn secrets_value(secrets: &BTreeMap<String, Secret>) -> Value {
    let bytes = |secret: &Secret| Value::Bytes(secret.expose().as_bytes().into());
    let entries = secrets.iter().map(|(key, secret)| (Str::from(key.as_str()), bytes(secret)));
    Value::Map(Map::with_elem(Elem::Bytes, entries))
}

/// A function of strings to one value. As in expr 1.17.8, nil stands for the empty string.
fn string_function<const N: usize>(
    result: &str,
    body: impl Fn([&str; N]) -> Result<Value, String> + Send + Sync + 'static,
) -> Value {
    let signature = format!("func({}) {result}", vec!["string"; N].join(", "));
    Value::Func(Func::new(signature, move |args| {
        if args.len() != N {
            let few = if args.len() < N { "few" } else { "many" };
            return Err(format!("reflect: Call with too {few} input arguments"));
        }
        let mut texts: Vec<std::borrow::Cow<'_, str>> = Vec::with_capacity(N);
        for arg in args {
            match arg {
                Value::Str(text) => texts.push(text.to_str_lossy()),
                Value::Nil => texts.push("".into()),
                other => return Err(format!("reflect: Call using {} as type string", other.type_name())),
            }
        }
        body(std::array::from_fn(|at| texts[at].as_ref()))
    }))
}

#[cfg(test)]
mod tests;
