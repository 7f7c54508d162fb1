//! The alert for a server of which no application is visible for long: it answers and shows none, refuses the account,
//! or cannot be reached. Each is told apart; what is not known yet (still connecting) counts as nothing.
//!
//! What was told to whom is kept in rule memory, under an application without a name, and so survives restarts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dinghy_model::{
    AppId, Event, EventKind, Gist, Lang, Memory, MemoryChange, Message, Problem, ServerName, ServerState,
};
use dinghy_rules::{
    APPLICATIONS_AGAIN, Catalog, Delivery, Destination, NO_APPLICATIONS, Secrets, Unseen, render,
    server_subject, summary,
};
use dinghy_store::Alerts;

use crate::judge::{Judged, new_uuid};

/// Since when nothing is seen.
const SINCE: &str = "since=no-applications";
/// Who was not told so because it was switched off, followed by the same.
const HELD: &str = "held=no-applications:";
/// Who was told so, followed by `SERVICE:RECIPIENT`.
const OPEN: &str = "open=no-applications:";

/// What is known of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Some applications.
    Seen,
    /// None, for this reason.
    Unseen(Unseen),
}

impl Sight {
    /// None: not known yet. `listed`: a full list was read since the connection was made.
    pub(crate) fn of(state: ServerState, listed: bool, apps: usize) -> Option<Self> {
        match state {
            ServerState::Connecting => None,
            ServerState::Live | ServerState::Polling if apps > 0 => Some(Self::Seen),
            ServerState::Live | ServerState::Polling => listed.then_some(Self::Unseen(Unseen::Empty)),
            ServerState::Unauthorized | ServerState::Forbidden => Some(Self::Unseen(Unseen::Unauthorized)),
            ServerState::Unreachable | ServerState::TlsProblem | ServerState::NotArgoCd => {
                Some(Self::Unseen(Unseen::Unreachable))
            }
        }
    }
}

/// What every look needs.
pub(crate) struct Watch<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) alerts: &'a Alerts,
    pub(crate) lang: Lang,
    pub(crate) is_robot: &'a dyn Fn(&str) -> bool,
    /// The server's page, opened by a click on a desktop notification.
    pub(crate) base_url: &'a str,
    /// Services that the user switched off.
    pub(crate) off: &'a BTreeSet<String>,
    pub(crate) now_ms: i64,
}

/// What is remembered of each server.
#[derive(Default)]
pub(crate) struct Visibility {
    memory: BTreeMap<ServerName, Memory>,
}

impl Visibility {
    /// Takes out of what is remembered of applications what is about servers.
    pub(crate) fn split_off(remembered: &mut std::collections::HashMap<AppId, Memory>) -> Self {
        let ids: Vec<AppId> = remembered.keys().filter(|id| id.name.is_empty()).cloned().collect();
        let of = |id: AppId| Some((id.server.clone(), remembered.remove(&id)?));
        Self { memory: ids.into_iter().filter_map(of).collect() }
    }

    /// Forgets servers that are not followed any more; gives what the store is to forget.
    pub(crate) fn retain(&mut self, stays: impl Fn(&ServerName) -> bool) -> Vec<AppId> {
        let gone: Vec<ServerName> = self.memory.keys().filter(|name| !stays(name)).cloned().collect();
        gone.into_iter()
            .map(|name| {
                self.memory.remove(&name);
                key(&name)
            })
            .collect()
    }

    /// When a server has to be looked at though nothing happened. May be past, if it cannot be told yet what is seen
    /// there or there is nobody to tell.
    pub(crate) fn next_ms(&self, alerts: &Alerts) -> Option<i64> {
        let hold = alerts.no_apps_for?;
        let decided = |key: &String| key.starts_with(OPEN) || key.starts_with(HELD);
        let told = |memory: &Memory| memory.keys.keys().any(decided);
        let waiting = self.memory.values().filter(|memory| !told(memory));
        waiting.filter_map(|memory| memory.keys.get(SINCE)).map(|since| due_ms(*since, hold)).min()
    }

    /// What is to be remembered and sent about a server as it is now.
    pub(crate) fn look(&mut self, watch: &Watch<'_>, server: &ServerName, sight: Sight) -> Option<Judged> {
        let memory = self.memory.entry(server.clone()).or_default();
        let mut judged = Judged::about(key(server));
        match (watch.alerts.no_apps_for, sight) {
            (Some(hold), Sight::Unseen(reason)) => unseen(watch, memory, &mut judged, reason, hold),
            (Some(_), Sight::Seen) => seen(watch, memory, &mut judged),
            // Switched off: nobody is waiting for the end any more.
            (None, _) => forget(memory, &mut judged, |_| true),
        }
        judged.remember(memory);
        if memory.keys.is_empty() {
            self.memory.remove(server);
        }
        (!judged.is_nothing()).then_some(judged)
    }
}

fn unseen(watch: &Watch<'_>, memory: &Memory, judged: &mut Judged, reason: Unseen, hold: Duration) {
    let since_ms = match memory.keys.get(SINCE) {
        // A time to come is of a clock that was wrong.
        Some(&since_ms) if since_ms <= watch.now_ms => since_ms,
        _ => {
            judged.changes.push(MemoryChange::Insert { key: SINCE.to_owned(), at_ms: watch.now_ms });
            watch.now_ms
        }
    };
    if due_ms(since_ms, hold) > watch.now_ms {
        return;
    }
    let lasted = Duration::from_millis(u64::try_from(watch.now_ms - since_ms).unwrap_or_default());
    for text in &watch.alerts.send_to {
        let to = Destination::parse(text);
        let [open, held] = [OPEN, HELD].map(|prefix| format!("{prefix}{}:{}", to.service, to.recipient));
        let decided = memory.keys.contains_key(&open) || memory.keys.contains_key(&held);
        if decided || !watch.catalog.services().contains_key(&to.service) {
            continue;
        }
        if watch.off.contains(&to.service) {
            watch.log(judged, &to, EventKind::Suppressed { reason: "switched_off".to_owned() });
            judged.changes.push(MemoryChange::Insert { key: held, at_ms: watch.now_ms });
            continue;
        }
        if watch.send(judged, &to, NO_APPLICATIONS, Some(reason), lasted) {
            judged.changes.push(MemoryChange::Insert { key: open, at_ms: watch.now_ms });
        }
    }
}

fn seen(watch: &Watch<'_>, memory: &Memory, judged: &mut Judged) {
    let told = memory.keys.keys().filter_map(|key| key.strip_prefix(OPEN));
    for to in told.map(Destination::parse).filter(|to| watch.catalog.services().contains_key(&to.service)) {
        if watch.off.contains(&to.service) {
            watch.log(judged, &to, EventKind::Suppressed { reason: "switched_off".to_owned() });
            continue;
        }
        watch.send(judged, &to, APPLICATIONS_AGAIN, None, Duration::ZERO);
    }
    forget(memory, judged, |_| true);
}

fn forget(memory: &Memory, judged: &mut Judged, which: impl Fn(&String) -> bool) {
    let keys = memory.keys.keys().filter(|key| which(key));
    judged.changes.extend(keys.map(|key| MemoryChange::Remove { key: key.clone() }));
}

impl Watch<'_> {
    /// False: the message could not be made; the log says why.
    fn send(
        &self,
        judged: &mut Judged,
        to: &Destination,
        template: &str,
        reason: Option<Unseen>,
        lasted: Duration,
    ) -> bool {
        let server = &judged.app.server.0;
        let subject = server_subject(server, reason, lasted, self.lang);
        let delivery = Delivery {
            templates: &[template.to_owned()],
            service: &to.service,
            recipient: &to.recipient,
            robot: (self.is_robot)(&to.service),
            app_url: self.base_url,
            lang: self.lang,
        };
        // No application asks here, so none could be told when a secret has been read.
        let none = Secrets::Known(BTreeMap::new());
        let rendered = render(self.catalog, &subject, delivery, &none, self.now_ms).map(|made| made.payload);
        let kind = match &rendered {
            Ok(payload) => EventKind::Queued { summary: summary(payload) },
            Err(problem) => EventKind::RuleError { problem: problem.clone() },
        };
        self.log(judged, to, kind);
        let Ok(payload) = rendered else { return false };
        judged.messages.push(Message {
            app: None,
            trigger: NO_APPLICATIONS.to_owned(),
            service: to.service.clone(),
            recipient: to.recipient.clone(),
            uuid: new_uuid(),
            gist: Some(Gist { line: summary(&payload), failing: true, at_ms: self.now_ms }),
            payload,
            created_ms: self.now_ms,
        });
        true
    }
}

impl Watch<'_> {
    fn log(&self, judged: &mut Judged, to: &Destination, kind: EventKind) {
        let (trigger, service) = (NO_APPLICATIONS.to_owned(), to.service.clone());
        judged.events.push(Event { id: 0, at_ms: self.now_ms, app: None, trigger, service, kind });
    }
}

/// Services that the alerts name and the rules have not.
pub(crate) fn missing(services: Vec<String>) -> impl Iterator<Item = Problem> {
    services.into_iter().map(|service| Problem::NoSuchService { service })
}

fn key(server: &ServerName) -> AppId {
    AppId { server: server.clone(), namespace: String::new(), name: String::new() }
}

fn due_ms(since_ms: i64, hold: Duration) -> i64 {
    since_ms.saturating_add(i64::try_from(hold.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use dinghy_model::Payload;
    use expect_test::{Expect, expect};

    use super::*;

    const MINUTE: i64 = 60_000;

    /// What is said while a server is seen so, minute by minute; `again at` is the time it asks for.
    fn check(minutes: &[(i64, Sight)], expect: Expect) {
        let mut catalog = Catalog::parse("kind: ConfigMap\ndata:\n  service.desktop: '{}'\n", "n.yaml");
        let alerts = Alerts {
            not_synced_for: None,
            no_apps_for: Some(Duration::from_secs(900)),
            send_to: vec!["desktop".to_owned(), "nobody".to_owned()],
        };
        catalog.add_alerts(dinghy_rules::Alerts {
            not_synced_for: None,
            send_to: &alerts.send_to,
            lang: Lang::En,
        });
        let mut visibility = Visibility::default();
        let mut out = String::new();
        for (minute, sight) in minutes {
            let watch = Watch {
                catalog: &catalog,
                alerts: &alerts,
                lang: Lang::En,
                is_robot: &|_| false,
                base_url: "",
                off: &BTreeSet::new(),
                now_ms: minute * MINUTE,
            };
            let judged = visibility.look(&watch, &"prod".into(), *sight);
            out += &format!("{minute}:");
            for message in judged.into_iter().flat_map(|judged| judged.messages) {
                let Payload::Desktop { title, body, .. } = message.payload else { panic!() };
                out += &format!(" {title} | {body}");
            }
            if let Some(next) = visibility.next_ms(&alerts) {
                out += &format!(" again at {}", next / MINUTE);
            }
            out += "\n";
            // A restart in between changes nothing.
            let mut remembered =
                visibility.memory.iter().map(|(name, memory)| (key(name), memory.clone())).collect();
            visibility = Visibility::split_off(&mut remembered);
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn what_lasts_is_told_once_with_its_reason_and_its_end() {
        use Unseen::{Empty, Unauthorized, Unreachable};
        let unseen = Sight::Unseen;
        check(
            &[
                (0, Sight::Seen),
                (1, unseen(Empty)),
                (10, Sight::Seen),
                (20, unseen(Unreachable)),
                (30, unseen(Unreachable)),
                (35, unseen(Empty)),
                (60, unseen(Unauthorized)),
                (61, Sight::Seen),
                (62, Sight::Seen),
                (70, unseen(Unauthorized)),
                (90, unseen(Unauthorized)),
            ],
            expect![[r#"
                0:
                1: again at 16
                10:
                20: again at 35
                30: again at 35
                35: prod | No application of Argo CD “prod” is visible for 15 minutes: it answers, but shows none. Either there are none or the account may see none.
                60:
                61: prod | Applications of Argo CD “prod” are visible again.
                62:
                70: again at 85
                90: prod | No application of Argo CD “prod” is visible for 20 minutes: it does not let the account in.
            "#]],
        );
    }

    #[test]
    fn reachable_but_empty_is_neither_unreachable_nor_unauthorized() {
        use ServerState as S;
        let cases = [
            (S::Connecting, true, 0, None),
            (S::Live, false, 0, None),
            (S::Live, true, 0, Some(Sight::Unseen(Unseen::Empty))),
            (S::Polling, true, 0, Some(Sight::Unseen(Unseen::Empty))),
            (S::Polling, true, 1, Some(Sight::Seen)),
            (S::Live, false, 1, Some(Sight::Seen)),
            // What was seen before does not count: it may be old.
            (S::Unauthorized, true, 5, Some(Sight::Unseen(Unseen::Unauthorized))),
            (S::Forbidden, true, 0, Some(Sight::Unseen(Unseen::Unauthorized))),
            (S::Unreachable, true, 5, Some(Sight::Unseen(Unseen::Unreachable))),
        ];
        for (state, listed, apps, sight) in cases {
            assert_eq!(Sight::of(state, listed, apps), sight, "{state:?} {listed} {apps}");
        }
    }

    #[test]
    fn servers_that_go_are_forgotten() {
        let known = Memory { known: false, keys: [(SINCE.to_owned(), 1)].into() };
        let app = crate::testing::app("web");
        let mut remembered =
            [(key(&"a".into()), known.clone()), (key(&"b".into()), known), (app.clone(), Memory::default())]
                .into();
        let mut visibility = Visibility::split_off(&mut remembered);
        assert_eq!(remembered.keys().collect::<Vec<_>>(), [&app]);
        assert_eq!(visibility.retain(|name| name.0 == "b"), [key(&"a".into())]);
        assert_eq!(visibility.memory.keys().collect::<Vec<_>>(), [&ServerName::from("b")]);
    }
}
