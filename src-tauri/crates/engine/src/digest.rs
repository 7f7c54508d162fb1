//! Many messages as one: by application, the latest state wins, what is broken first, each with its own time.

use std::collections::BTreeMap;

use dinghy_model::{AppId, Gist, Lang, Message, Payload, QueuedMessage, RowId};
use dinghy_rules::markdown;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::habits::Habits;
use crate::judge::new_uuid;
use crate::plan::Reason;

/// So many bytes of lines go into one digest, well below what a robot takes; the rest makes the next one.
const MOST_BYTES: usize = 14_000;
/// Of what happened, so many characters are told.
const MOST_CHARS: usize = 100;
/// Lines that a desktop shows of a notification.
const DESKTOP_LINES: usize = 8;

/// A digest and the messages it stands for.
pub(crate) struct Digest {
    pub(crate) message: Message,
    pub(crate) rows: Vec<RowId>,
}

/// One application's line.
struct Line<'a> {
    app: Option<&'a AppId>,
    gist: &'a Gist,
    first_ms: i64,
    rows: Vec<RowId>,
}

/// Makes one of messages that have a gist, for a robot or for the desktop. Takes as many applications as fit; at least
/// one.
pub(crate) fn digest(
    members: &[&QueuedMessage],
    reason: Reason,
    robot: bool,
    habits: Habits,
    now_ms: i64,
) -> Option<Digest> {
    let mut by_app: BTreeMap<(Option<&AppId>, &str), Line<'_>> = BTreeMap::new();
    for member in members {
        let message = &member.message;
        let Some(gist) = &message.gist else { continue };
        let app = message.app.as_ref();
        // What is about no application has its trigger for a name.
        let key = (app, if app.is_some() { "" } else { message.trigger.as_str() });
        let line =
            by_app.entry(key).or_insert_with(|| Line { app, gist, first_ms: gist.at_ms, rows: Vec::new() });
        // Members come in their order, so the last one is the latest.
        line.gist = gist;
        line.first_ms = line.first_ms.min(gist.at_ms);
        line.rows.push(member.row);
    }
    let mut lines: Vec<Line<'_>> = by_app.into_values().collect();
    lines.sort_by_key(|line| (!line.gist.failing, line.gist.at_ms));
    let write = Writer { lang: habits.lang, now_ms, zone: TimeZone::system() };
    let mut bytes = 0;
    lines.retain(|line| {
        let fits = bytes == 0 || bytes + write.line(line).len() <= MOST_BYTES;
        bytes = if fits { bytes + write.line(line).len() } else { MOST_BYTES };
        fits
    });
    let service = members.first()?.message.service.clone();
    let payload = if robot { write.markdown(&lines, reason) } else { write.desktop(&lines) };
    let message = Message {
        app: None,
        trigger: String::new(),
        service,
        recipient: String::new(),
        uuid: new_uuid(),
        payload,
        created_ms: now_ms,
        gist: None,
    };
    Some(Digest { message, rows: lines.into_iter().flat_map(|line| line.rows).collect() })
}

/// A time as people say it: of another day with its date.
pub(crate) fn local_time(at_ms: i64, now_ms: i64, zone: &TimeZone) -> String {
    let zoned = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone());
    let (at, now) = (zoned(at_ms), zoned(now_ms));
    let format = if at.date() == now.date() { "%H:%M" } else { "%m-%d %H:%M" };
    at.strftime(format).to_string()
}

struct Writer {
    lang: Lang,
    now_ms: i64,
    zone: TimeZone,
}

impl Writer {
    fn title(&self, lines: &[Line<'_>]) -> String {
        let count: usize = lines.iter().map(|line| line.rows.len()).sum();
        let failing = lines.iter().filter(|line| line.gist.failing).count();
        match (self.lang, failing) {
            (Lang::ZhCn, 0) => format!("📋 汇总：{count} 条通知"),
            (Lang::ZhCn, failing) => format!("📋 汇总：{count} 条通知，{failing} 个应用异常"),
            (Lang::En, 0) => format!("📋 Digest: {count} notifications"),
            (Lang::En, failing) => format!("📋 Digest: {count} notifications, {failing} failing"),
        }
    }

    fn reason(&self, reason: Reason) -> &'static str {
        let (english, chinese) = match reason {
            Reason::Paused => {
                ("What came while DingTalk kept this robot silent.", "机器人被钉钉限流期间的通知。")
            }
            Reason::Quiet => ("What came during quiet hours.", "免打扰时段内的通知。"),
            Reason::Burst => ("More at once than this robot may send.", "短时间内通知较多，已合并。"),
            Reason::Stale => ("They could not be sent at the time.", "当时未能发送，延迟送达。"),
            Reason::Missed => ("They happened while nobody looked on.", "Dinghy 未运行或未联网期间发生。"),
        };
        self.lang.pick(english, chinese)
    }

    /// `10:02–10:09 ×3`: when, and how often if more than once.
    fn when(&self, line: &Line<'_>) -> String {
        let time = |ms| local_time(ms, self.now_ms, &self.zone);
        let (first, last) = (time(line.first_ms), time(line.gist.at_ms));
        let span = if first == last { last } else { format!("{first}–{last}") };
        if line.rows.len() > 1 { format!("{span} ×{}", line.rows.len()) } else { span }
    }

    fn line(&self, line: &Line<'_>) -> String {
        let sign = if line.gist.failing { "✖" } else { "•" };
        let name = line.app.map(|app| format!("**{}** ({}) ", markdown(&app.name), markdown(&app.server.0)));
        let words: String = line.gist.line.chars().take(MOST_CHARS).collect();
        format!("- {sign} {} {}{}", self.when(line), name.unwrap_or_default(), markdown(&words))
    }

    fn markdown(&self, lines: &[Line<'_>], reason: Reason) -> Payload {
        let title = self.title(lines);
        let list: Vec<String> = lines.iter().map(|line| self.line(line)).collect();
        let text = format!("### {title}\n\n> {}\n\n{}", self.reason(reason), list.join("\n"));
        let body = json!({"msgtype": "markdown", "markdown": {"title": title, "text": text}}).to_string();
        Payload::Robot { body }
    }

    fn desktop(&self, lines: &[Line<'_>]) -> Payload {
        let shown = lines.iter().take(DESKTOP_LINES).map(|line| {
            let name = line.app.map(|app| app.name.as_str()).unwrap_or_default();
            format!("{} {name} {}", self.when(line), line.gist.line)
        });
        let mut body: Vec<String> = shown.collect();
        if let Some(more) = lines.len().checked_sub(DESKTOP_LINES).filter(|more| *more > 0) {
            body.push(format!("… +{more}"));
        }
        Payload::Desktop { title: self.title(lines), body: body.join("\n"), url: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::QueueState;

    use super::*;

    const NOON: i64 = 1_700_049_600_000;
    const HABITS: Habits = Habits { lang: Lang::En, quiet: None, stale_after_ms: 0 };

    fn row(number: i64, app: &str, line: &str, failing: bool, minutes_ago: i64) -> QueuedMessage {
        let at_ms = NOON - minutes_ago * 60_000;
        let app = AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: app.to_owned() };
        let message = Message {
            app: Some(app),
            trigger: "t".to_owned(),
            service: "ops".to_owned(),
            recipient: String::new(),
            uuid: number.to_string(),
            payload: Payload::Plain { text: String::new() },
            created_ms: NOON,
            gist: Some(Gist { line: line.to_owned(), failing, at_ms }),
        };
        QueuedMessage {
            row: RowId(number),
            message,
            attempts: 0,
            due_ms: 0,
            state: QueueState::Waiting,
            problem: None,
        }
    }

    #[test]
    fn the_latest_of_each_application_with_its_count_and_what_is_broken_first() {
        let rows = [
            row(1, "a_b", "ok", false, 50),
            row(2, "web", "deployed", false, 40),
            row(3, "web", "is Degraded [x](y)", true, 30),
            row(4, "api", "failed", true, 1500),
            row(5, "web", "is Missing", true, 20),
        ];
        let members: Vec<&QueuedMessage> = rows.iter().collect();
        let made = digest(&members, Reason::Missed, true, HABITS, NOON).expect("a digest");
        assert_eq!(made.rows.len(), 5);
        let Payload::Robot { body } = made.message.payload else { panic!("no robot's message") };
        let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        let text = body["markdown"]["text"].as_str().expect("a text");
        let zone = TimeZone::system();
        let time = |minutes_ago: i64| local_time(NOON - minutes_ago * 60_000, NOON, &zone);
        let expected = [
            "### 📋 Digest: 5 notifications, 2 failing".to_owned(),
            String::new(),
            "> They happened while nobody looked on.".to_owned(),
            String::new(),
            format!("- ✖ {} **api** (prod) failed", time(1500)),
            format!("- ✖ {}–{} ×3 **web** (prod) is Missing", time(40), time(20)),
            format!("- • {} **a\\_b** (prod) ok", time(50)),
        ];
        assert_eq!(text, expected.join("\n"));
        assert!(time(1500).len() > time(20).len(), "another day has its date");
    }

    #[test]
    fn what_does_not_fit_is_left_for_the_next_one() {
        let long = "长".repeat(400);
        let mut rows: Vec<_> = (0..400).map(|n| row(n, &format!("app-{n}"), &long, false, 1)).collect();
        let (mut count, mut digests) = (0, 0);
        while !rows.is_empty() {
            let members: Vec<&QueuedMessage> = rows.iter().collect();
            let made = digest(&members, Reason::Burst, true, HABITS, NOON).expect("a digest");
            let Payload::Robot { body } = &made.message.payload else { panic!("no robot's message") };
            assert!(body.len() < dinghy_dingtalk::MOST_BYTES && !made.rows.is_empty());
            rows.retain(|row| !made.rows.contains(&row.row));
            (count, digests) = (count + made.rows.len(), digests + 1);
        }
        assert_eq!(count, 400);
        assert!((2..20).contains(&digests), "{digests}");
    }
}
