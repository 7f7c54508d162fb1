//! A trigger under another name: its key, and every list that names it, in one step.
//!
//! Invariant: what [`rename_trigger`] returns reads back as the old rules with that one name changed; otherwise it
//! returns an error and the caller keeps what it had.

use crate::edit::{EditError, keys, rename_key, set_key};
use crate::parts::{SubscriptionParts, word};
use crate::yaml::{self, Kind, Node, Text, json_of};

/// Renames `trigger.FROM`, and `FROM` in `subscriptions` and the default triggers. No other byte of the file changes.
///
/// # Errors
/// As [`set_key`]'s; also when there is no such trigger, or the new name is taken.
pub fn rename_trigger(text: &str, from: &str, to: &str) -> Result<String, EditError> {
    let mut renamed = rename_key(text, &format!("trigger.{from}"), &format!("trigger.{to}"))?;
    for (key, value) in keys(text)? {
        let changed = match key.as_str() {
            "subscriptions" => in_subscriptions(&value, from, to),
            "defaultTriggers" => in_list(&value, from, to),
            key if key.starts_with("defaultTriggers.") => in_list(&value, from, to),
            _ => continue,
        };
        let changed = changed.ok_or_else(|| EditError::Entangled { key: key.clone() })?;
        renamed = set_key(&renamed, &key, Some(&changed))?;
    }
    Ok(renamed)
}

/// The value of `subscriptions` with another name for a trigger; None if it cannot be changed alone.
fn in_subscriptions(value: &str, from: &str, to: &str) -> Option<String> {
    let Ok(mut wanted) = SubscriptionParts::read(value) else {
        // What is not in force stays as it is.
        return Some(value.to_owned());
    };
    wanted.iter_mut().for_each(|one| rename(&mut one.triggers, from, to));
    let documents = yaml::parse(&Text::file(value)).ok()?;
    let items = documents.first().map(list).unwrap_or_default();
    let places = items.iter().filter_map(|item| item.get("triggers")).flat_map(|node| named(node, from));
    let changed = replaced(value, places.collect(), to);
    (SubscriptionParts::read(&changed).ok()? == wanted).then_some(changed)
}

/// A list of triggers with another name for one; None if it cannot be changed alone.
fn in_list(value: &str, from: &str, to: &str) -> Option<String> {
    let names = |text: &str| serde_json::from_value::<Option<Vec<String>>>(json_of(text)?).ok();
    let Some(wanted) = names(value) else {
        return Some(value.to_owned());
    };
    let mut wanted = wanted.unwrap_or_default();
    rename(&mut wanted, from, to);
    let documents = yaml::parse(&Text::file(value)).ok()?;
    let places = documents.first().map(|node| named(node, from)).unwrap_or_default();
    let changed = replaced(value, places, to);
    (names(&changed)?.unwrap_or_default() == wanted).then_some(changed)
}

fn rename(names: &mut [String], from: &str, to: &str) {
    names.iter_mut().filter(|name| *name == from).for_each(|name| to.clone_into(name));
}

fn list(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Sequence(items) => items,
        _ => &[],
    }
}

/// Where a name stands in a list.
fn named(node: &Node, name: &str) -> Vec<(usize, usize)> {
    let is_it = |item: &&Node| item.string().is_some_and(|text| text.value == name);
    list(node).iter().filter(is_it).map(|item| (item.start as usize, item.end as usize)).collect()
}

/// The text with these places filled anew.
fn replaced(text: &str, mut places: Vec<(usize, usize)>, name: &str) -> String {
    places.sort_unstable();
    places.dedup();
    let mut made = text.to_owned();
    for (start, end) in places.into_iter().rev() {
        // An alias stands elsewhere than what it means; it is left, and the result then found to be wrong.
        if made.get(start..end).is_some() {
            made.replace_range(start..end, &word(name));
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"# ours
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  # first
  trigger.on-bad: |
    - when: "true"   # always
      send: [x]
  trigger.on-bad-too: |
    - {when: 'true', send: [x]}
  subscriptions: |
    # who is told
    - recipients: [ops]
      triggers: [on-bad-too, "on-bad"]   # both
    - {recipients: [dev], triggers: [ on-bad ]}
    - recipients: [on-bad]
      triggers:
        - on-bad
        # and
        - other
  defaultTriggers: |
    - on-bad
  defaultTriggers.ops: '[other, on-bad]'
  template.x: |
    message: on-bad
"#;

    #[test]
    fn a_name_changes_wherever_it_is_meant_and_nothing_else() {
        let renamed = rename_trigger(RULES, "on-bad", "on-broken").expect("renamed");
        let expected = RULES
            .replace("trigger.on-bad:", "trigger.on-broken:")
            .replace("\"on-bad\"", "on-broken")
            .replace("[ on-bad ]", "[ on-broken ]")
            .replace("- on-bad\n", "- on-broken\n")
            .replace("[other, on-bad]", "[other, on-broken]");
        assert_eq!(renamed, expected);
        // And back, but for quotes that were not needed.
        let back = rename_trigger(&renamed, "on-broken", "on-bad").expect("renamed");
        assert_eq!(back, RULES.replace("\"on-bad\"", "on-bad"));
    }

    #[test]
    fn a_name_that_yaml_takes_for_something_else_is_quoted() {
        let renamed = rename_trigger(RULES, "on-bad", "1.0").expect("renamed");
        assert!(renamed.contains("  trigger.1.0: |") && renamed.contains("[other, ''1.0'']"), "{renamed}");
    }

    #[test]
    fn what_cannot_be_renamed_is_refused() {
        let entangled = |key: &str| Err(EditError::Entangled { key: key.to_owned() });
        assert_eq!(rename_trigger(RULES, "none", "x"), entangled("trigger.none"));
        assert_eq!(rename_trigger(RULES, "on-bad", "on-bad-too"), entangled("trigger.on-bad-too"));
        let twice = RULES.replace("trigger.on-bad-too", "trigger.on-bad");
        assert_eq!(rename_trigger(&twice, "on-bad", "x"), entangled("trigger.on-bad"));
        let alias = RULES.replace("triggers: [ on-bad ]", "triggers: [&one on-bad, *one]");
        assert_eq!(rename_trigger(&alias, "on-bad", "x"), entangled("subscriptions"));
        assert!(rename_trigger("a: [", "a", "b").is_err());
    }
}
