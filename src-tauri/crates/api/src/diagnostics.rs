//! One text file that tells whoever helps how this Dinghy is set up and what it did. No secret is in it: it is made of
//! states and sentences, not of files, and what looks like a token is blotted out once more.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use dinghy_model::{Problem, Status};

use crate::export::free_name;
use crate::time::rfc3339;
use crate::wire::{ApiError, EventFilter, Exported};
use crate::{Api, is_stale, now_ms, words};

/// Of the log file, so much of its end.
const LOG_BYTES: u64 = 64 << 10;
/// So many of the newest events.
const EVENTS: u32 = 200;

impl Api {
    /// The folder with settings and rules, or the one with database and log.
    pub fn folder(&self, data: bool) -> &Path {
        if data { &self.dirs.data } else { &self.dirs.config }
    }

    /// Writes the diagnostics into a new file in `folder`.
    pub fn diagnostics(&self, folder: &Path) -> Result<Exported, ApiError> {
        let path = free_name(folder, "dinghy-diagnostics", "txt");
        let text = redact(&self.diagnosis()?);
        let written = File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| {
            self.error(&Problem::Io { path: path.display().to_string(), detail: error.to_string() })
        })?;
        Ok(Exported { path: path.display().to_string(), rows: text.lines().count() })
    }

    fn diagnosis(&self) -> Result<String, ApiError> {
        let status = self.engine.status().borrow().clone();
        let mut out = String::new();
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            out,
            "Dinghy {}, {} {}, {}, {}\nconfig {}\ndata {}",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH,
            self.lang().pick("en", "zh-CN"),
            rfc3339(now_ms()),
            self.dirs.config.display(),
            self.dirs.data.display()
        );
        self.states(&mut out, &status);
        let rules = self.rules()?;
        let _ = writeln!(
            out,
            "\n# Rules\n{}, {}, {}, {}",
            words::count(rules.triggers.len(), "trigger", "triggers"),
            words::count(rules.templates.len(), "template", "templates"),
            words::count(rules.services.len(), "destination", "destinations"),
            words::count(rules.subscriptions.len(), "subscription", "subscriptions")
        );
        for problem in rules.problems {
            let _ = writeln!(out, "line {}: {} {}", problem.line, problem.what, problem.todo);
        }
        let _ = writeln!(out, "\n# Events");
        for row in self.events(&EventFilter { limit: EVENTS, ..EventFilter::default() })? {
            let event = &row.event;
            let app = event.app.as_ref().map(ToString::to_string).unwrap_or_default();
            let time = rfc3339(event.at_ms);
            let _ =
                writeln!(out, "{time} {app} {} {} {} {}", event.trigger, event.service, row.text, row.detail);
        }
        let _ = writeln!(out, "\n# Log\n{}", tail(&self.dirs.data.join("dinghy.log")));
        Ok(out)
    }

    fn states(&self, out: &mut String, status: &Status) {
        let lang = self.lang();
        let _ = writeln!(out, "\n# Servers");
        for server in &status.servers {
            let config = &server.config;
            let _ = writeln!(
                out,
                "{}: {} {:?}{}, version {:?}, {}, auth {:?}, watch {}, every {} s, projects {:?}, \
                 selector {:?}, own CA {}, pinned certificate {}, certificate checked {}, proxy {}",
                server.name,
                config.url,
                server.state,
                if is_stale(server) { " (old data)" } else { "" },
                server.version,
                words::count(server.apps.len(), "application", "applications"),
                config.auth,
                config.watch,
                config.poll_interval.as_secs(),
                config.projects,
                config.selector,
                config.ca_file.is_some(),
                config.certificate_sha256.is_some(),
                !config.is_unchecked(),
                config.proxy.is_some(),
            );
            if let Some(problem) = &server.problem {
                let _ = writeln!(out, "  {}", words::sentence(problem, lang).line());
            }
        }
        let _ = writeln!(out, "\n# Destinations");
        for group in &status.groups {
            let _ = writeln!(
                out,
                "{}: robot {}, host {:?}, {:?}, {} waiting",
                group.name, group.robot, group.host, group.state, group.waiting
            );
        }
        let _ = writeln!(
            out,
            "\n# Queue\n{} waiting, {} refused, paused {:?}\n\n# Problems",
            status.waiting, status.refused, status.paused
        );
        for problem in &status.problems {
            let _ = writeln!(out, "{}", words::sentence(problem, lang).line());
        }
    }
}

/// The end of a file, from a whole line on; what cannot be read is empty.
fn tail(path: &Path) -> String {
    let read = || {
        let mut file = File::open(path)?;
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(LOG_BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>((length > LOG_BYTES, bytes))
    };
    let Ok((is_cut, bytes)) = read() else { return String::new() };
    let text = String::from_utf8_lossy(&bytes);
    match text.split_once('\n').filter(|_| is_cut) {
        Some((_, rest)) => rest.to_owned(),
        None => text.into_owned(),
    }
}

/// Blots out what looks like a token, a signing secret or a password, wherever it stands.
fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let parts = line.split_inclusive(|c: char| c.is_whitespace() || "\"',;&?()<>".contains(c));
        for part in parts {
            let word = part.trim_end_matches(|c: char| c.is_whitespace() || "\"',;&?()<>".contains(c));
            out.push_str(&blot(word));
            out.push_str(&part[word.len()..]);
        }
    }
    out
}

fn blot(word: &str) -> String {
    const MARK: &str = "***";
    for key in ["access_token=", "sign=", "token=", "password="] {
        if let Some(at) = word.find(key) {
            return format!("{}{MARK}", &word[..at + key.len()]);
        }
    }
    let is_jwt = word.starts_with("eyJ") && word.matches('.').count() == 2;
    let is_sign =
        word.len() > 20 && word.starts_with("SEC") && word.chars().all(|c| c.is_ascii_alphanumeric());
    if is_jwt || is_sign {
        return MARK.to_owned();
    }
    // scheme://user:password@host
    match (word.find("://"), word.find('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}{MARK}{}", &word[..scheme + 3], &word[at..]),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_blotted_out() {
        let rows = [
            ("all is well\n", "all is well\n"),
            (
                "POST https://oapi.dingtalk.com/robot/send?access_token=abc&sign=x%3D ok",
                "POST https://oapi.dingtalk.com/robot/send?access_token=***&sign=*** ok",
            ),
            ("Bearer eyJhbGciOi.eyJpc3Mi.c2ln, then", "Bearer ***, then"),
            ("'SEC0123456789abcdef0123456789'", "'***'"),
            ("SECRETARY", "SECRETARY"),
            ("proxy http://me:hush@proxy:3128/", "proxy http://***@proxy:3128/"),
            ("a@b.example https://argocd.example", "a@b.example https://argocd.example"),
            ("降级 → 健康", "降级 → 健康"),
        ];
        for (text, expected) in rows {
            assert_eq!(redact(text), expected);
        }
    }
}
