//! Who is mentioned: names of Argo CD and Git → people of the group.

use std::collections::BTreeMap;

use dinghy_model::{Problem, ServiceKind};
use serde::Serialize;

use super::Job;
use crate::catalog::{DingTalkTemplate, Template};

/// In `mention`: whoever started the operation, else the commit's author.
const INITIATOR: &str = "initiator";
/// Most people in one message (DingTalk, custom-robots-send-group-messages).
const MOST: usize = 50;

/// `at` of a robot's message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct At {
    at_mobiles: Vec<String>,
    at_user_ids: Vec<String>,
    is_at_all: bool,
}

impl At {
    /// Nobody.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Job<'_> {
    /// Whom a block mentions. Names go through the group's `mention`, so that whatever an event says nobody else can be
    /// called; a name that is not there mentions nobody.
    pub(super) fn at(&self, template: &Template, block: &DingTalkTemplate) -> Result<At, Problem> {
        let mut at = At { is_at_all: block.at_all, ..At::default() };
        let Some(people) = self.people() else { return Ok(at) };
        for piece in &block.mention {
            let names = if piece.text.value == INITIATOR {
                self.initiator()
            } else {
                vec![self.piece(template, piece)?]
            };
            if let Some(id) = names.iter().find_map(|name| find(people, name.trim())) {
                let list = if is_mobile(id) { &mut at.at_mobiles } else { &mut at.at_user_ids };
                if !list.contains(id) {
                    list.push(id.clone());
                }
            }
        }
        at.at_mobiles.truncate(MOST);
        at.at_user_ids.truncate(MOST - at.at_mobiles.len());
        Ok(at)
    }

    fn people(&self) -> Option<&BTreeMap<String, String>> {
        let service = self.catalog.services().get(self.delivery.service)?;
        let ServiceKind::Webhook(options) = &service.kind else { return None };
        options.dingtalk.as_ref().map(|dingtalk| &dingtalk.mention)
    }

    /// The name of whoever is behind the operation. Argo CD names nobody for an automatic sync: then the commit's author,
    /// who may have to be asked for first.
    fn initiator(&self) -> Vec<String> {
        let user = self.subject.string(&["status", "operationState", "operation", "initiatedBy", "username"]);
        if user.is_empty() { self.subject.commit_author().into_iter().collect() } else { vec![user] }
    }
}

/// By name; of a commit's author (`Alice Wang <alice@example.com>`) also by the address or the name alone.
fn find<'a>(people: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    let get = |name: &str| {
        let name = name.trim();
        people
            .get(name)
            .or_else(|| people.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, id)| id))
    };
    if name.is_empty() {
        return None;
    }
    get(name).or_else(|| {
        let (words, address) = name.strip_suffix('>')?.split_once('<')?;
        get(address).or_else(|| get(words))
    })
}

/// Whether DingTalk could take this for one person: a mobile, or a user id (letters, digits, `_`, `-`, `@`, `.`; at most
/// 64 characters).
pub fn is_person(id: &str) -> bool {
    let first = id.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    let rest = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-@.".contains(&byte));
    is_mobile(id) || (first && rest && id.len() <= 64)
}

/// A mainland mobile, or one of another country as DingTalk wants it: `+852-12345678`. All else is a user id.
pub fn is_mobile(id: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match id.strip_prefix('+') {
        Some(rest) => rest.split_once('-').is_some_and(|(country, number)| digits(country) && digits(number)),
        None => id.len() == 11 && id.starts_with('1') && digits(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobiles_and_user_ids() {
        for mobile in ["13800000000", "+852-12345678"] {
            assert!(is_mobile(mobile), "{mobile}");
        }
        for id in ["manager1234", "23800000000", "1380000000", "+85212345678", "+-", ""] {
            assert!(!is_mobile(id), "{id}");
        }
    }

    #[test]
    fn people_as_dingtalk_knows_them() {
        for person in ["13800000000", "+852-12345678", "manager1234", "0123", "a.b-c_d@e"] {
            assert!(is_person(person), "{person}");
        }
        for nobody in
            ["", " ", "+85212345678", "@alice", "张三", "a b", "138 0000 0000", "a\n", &"a".repeat(65)]
        {
            assert!(!is_person(nobody), "{nobody}");
        }
    }

    #[test]
    fn names_as_argo_cd_and_git_write_them() {
        let people = BTreeMap::from([
            ("alice".to_owned(), "1".to_owned()),
            ("bob@example.com".to_owned(), "2".to_owned()),
            ("Carol Wu".to_owned(), "3".to_owned()),
        ]);
        for (name, id) in [
            ("alice", Some("1")),
            ("Alice", Some("1")),
            ("Bob <bob@example.com>", Some("2")),
            ("Carol Wu <c@example.com>", Some("3")),
            ("mallory", None),
            ("", None),
        ] {
            assert_eq!(find(&people, name).map(String::as_str), id, "{name}");
        }
    }
}
