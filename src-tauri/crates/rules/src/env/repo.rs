//! `repo`: Argo CD's `util/notification/expression/repo/repo.go`, as far as it needs no server.

use dinghy_govalue::{Func, Map, Value};

use super::string_function;
use crate::subject::Subject;

/// Schemes that make a text a URL; others are scp-like or local (`git-urls`).
const TRANSPORTS: &[&str] = &["ssh", "git", "git+ssh", "http", "https", "ftp", "ftps", "rsync", "file"];

pub(super) fn functions() -> [(&'static str, Value); 5] {
    [
        ("RepoURLToHTTPS", string_function("string", |[url]| Ok(Value::from(GitUrl::parse(url).to_https())))),
        (
            "FullNameByRepoURL",
            string_function("string", |[url]| Ok(Value::from(GitUrl::parse(url).full_name()))),
        ),
        ("QueryEscape", string_function("string", |[text]| Ok(Value::from(query_escape(text))))),
        // Of an application: see `of`.
        ("GetCommitMetadata", unavailable("func(string) interface {}", "commit metadata without a server")),
        ("GetAppDetails", unavailable("func() interface {}", "an application's details without a server")),
    ]
}

/// The functions with those that depend on the application.
pub(super) fn of(plain: &Map, subject: &Subject) -> Value {
    Value::map(plain.entries().iter().map(|(name, function)| match name.as_bytes() {
        b"GetCommitMetadata" => (name.clone(), subject.enquiry().commit_function(subject.app())),
        b"GetAppDetails" => (name.clone(), subject.enquiry().details_function(subject.app())),
        _ => (name.clone(), function.clone()),
    }))
}

/// What needs the server says so, and the message that asks for it is not sent with a gap in it.
fn unavailable(signature: &str, what: &'static str) -> Value {
    Value::Func(Func::new(signature, move |_| Err(format!("Dinghy does not fetch {what}"))))
}

/// A Git URL in one of the forms that Git takes.
#[derive(Debug, PartialEq, Eq)]
struct GitUrl<'a> {
    /// Host and port, empty for a local path.
    host: &'a str,
    path: &'a str,
    /// With `?` or `#` in front, or empty.
    rest: &'a str,
}

impl<'a> GitUrl<'a> {
    fn parse(raw: &'a str) -> Self {
        let transport = raw
            .split_once("://")
            .filter(|(scheme, _)| TRANSPORTS.iter().any(|known| known.eq_ignore_ascii_case(scheme)));
        if let Some((_, after)) = transport {
            let (after, rest) = after.split_at(after.find(['?', '#']).unwrap_or(after.len()));
            let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            return Self { host, path, rest };
        }
        Self::scp(raw).unwrap_or(Self { host: "", path: raw, rest: "" })
    }

    /// `[USER@]HOST:PATH`
    fn scp(raw: &'a str) -> Option<Self> {
        let (place, path) = raw.split_once(':')?;
        let (user, host) = place.split_once('@').map_or((None, place), |(user, host)| (Some(user), host));
        let fits = |text: &str, extra: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
        };
        (fits(host, "._-") && user.is_none_or(|user| fits(user, "._-~"))).then_some(Self {
            host,
            path,
            rest: "",
        })
    }

    fn to_https(&self) -> String {
        let slash =
            if self.path.is_empty() || self.path.starts_with('/') || self.host.is_empty() { "" } else { "/" };
        format!("https://{}{slash}{}{}", self.host, self.path, self.rest)
    }

    /// The first two parts of the path without `.git`, or the path if it has fewer.
    fn full_name(&self) -> String {
        let path = percent_decode(self.path);
        let path = path.strip_suffix(".git").unwrap_or(&path);
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some(owner), Some(name)) => format!("{owner}/{name}"),
            _ => path.to_owned(),
        }
    }
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Go's `url.QueryEscape`.
fn query_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte))
            }
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_become_https_and_full_names() {
        let cases = [
            (
                "https://github.com/example/guestbook.git",
                "https://github.com/example/guestbook.git",
                "example/guestbook",
            ),
            ("https://user:pw@host:8443/a/b/c.git", "https://host:8443/a/b/c.git", "a/b"),
            ("git@github.com:example/values.git", "https://github.com/example/values.git", "example/values"),
            ("github.com:/example/x", "https://github.com/example/x", "example/x"),
            ("ssh://git@github.com:22/a/b.git", "https://github.com:22/a/b.git", "a/b"),
            ("https://host/only", "https://host/only", "/only"),
            ("https://host/a%20b/c?x=1", "https://host/a%20b/c?x=1", "a b/c"),
            ("https://host", "https://host", ""),
            ("some/local/path.git", "https://some/local/path.git", "some/local"),
            ("", "https://", ""),
        ];
        for (url, https, name) in cases {
            let parsed = GitUrl::parse(url);
            assert_eq!((parsed.to_https().as_str(), parsed.full_name().as_str()), (https, name), "{url}");
        }
    }

    #[test]
    fn query_escape_is_gos() {
        assert_eq!(query_escape("a b&c=中/~-_."), "a+b%26c%3D%E4%B8%AD%2F~-_.");
    }
}
