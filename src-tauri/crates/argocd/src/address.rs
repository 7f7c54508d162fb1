//! URLs: what a user typed, and the page of an application. No IO.

use dinghy_model::{AppId, Problem};
use url::{Position, Url};

/// Pages of Argo CD's own web interface: a URL copied from the browser ends with one of them.
const PAGES: [&str; 5] = ["applications", "settings", "login", "user-info", "help"];

/// What a user typed or pasted → base URL without a trailing slash.
///
/// A path prefix (`--rootpath`) is kept; everything from a page of the web interface on, a query and a
/// fragment are dropped; without a scheme it is https. `http://` is allowed: some run Argo CD without
/// TLS inside a network, and it is the user's own URL.
///
/// Fails with [`Problem::BadUrl`], which never repeats a user name, password or query.
pub fn parse_base_url(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let bad = |detail: &str| Problem::BadUrl { url: presentable(text), detail: detail.to_owned() };
    if text.is_empty() {
        return Err(bad("empty"));
    }
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&full).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("neither http nor https"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(bad("no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("a user name or password does not belong here"));
    }
    let mut base = url[..Position::BeforePath].to_owned();
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    for (at, segment) in segments.iter().enumerate() {
        let api = *segment == "api" && matches!(segments.get(at + 1), None | Some(&"v1" | &"version"));
        if api || PAGES.contains(segment) {
            break;
        }
        base.push('/');
        base.push_str(segment);
    }
    Ok(base)
}

/// The page of an application in the web interface: `{base}/applications/{namespace}/{name}`.
pub(crate) fn app_page(base_url: &str, app: &AppId) -> String {
    let base = base_url.trim_end_matches('/');
    format!("{base}/applications/{}/{}", segment(&app.namespace), segment(&app.name))
}

/// One path segment, percent-encoded: names come from the server and end up in a browser.
pub(crate) fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte.into()),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The text without what may be a secret: no user info, no query, no fragment.
pub(crate) fn presentable(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dinghy_model::ServerName;
    use expect_test::{Expect, expect};

    fn check(typed: &str, expected: Expect) {
        let shown = match parse_base_url(typed) {
            Ok(url) => url,
            Err(problem) => format!("{problem:?}"),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn what_users_type() {
        check("argocd.example.com", expect!["https://argocd.example.com"]);
        check("  https://argocd.example.com/  ", expect!["https://argocd.example.com"]);
        check("localhost:8080", expect!["https://localhost:8080"]);
        check("http://argocd.local/argocd/", expect!["http://argocd.local/argocd"]);
        check("https://h/applications/argocd/guestbook?view=tree&resource=", expect!["https://h"]);
        check("https://h/tools/argocd/applications", expect!["https://h/tools/argocd"]);
        check("https://h/argocd/login?return_url=x#y", expect!["https://h/argocd"]);
        check("https://h/api/v1/session", expect!["https://h"]);
        check("https://h/api-gateway/argocd", expect!["https://h/api-gateway/argocd"]);
        check("https://[::1]:8443/", expect!["https://[::1]:8443"]);
        check("https://argo.公司.cn", expect!["https://argo.xn--55qx5d.cn"]);
    }

    #[test]
    fn what_cannot_be_used() {
        check("", expect![[r#"BadUrl { url: "", detail: "empty" }"#]]);
        check("https://", expect![[r#"BadUrl { url: "https://", detail: "empty host" }"#]]);
        check("ftp://h/", expect![[r#"BadUrl { url: "ftp://h/", detail: "neither http nor https" }"#]]);
        check(
            "https://h:99999",
            expect![[r#"BadUrl { url: "https://h:99999", detail: "invalid port number" }"#]],
        );
        check(
            "https://admin:hunter2@h/?token=hunter2",
            expect![[
                r#"BadUrl { url: "https://h/", detail: "a user name or password does not belong here" }"#
            ]],
        );
    }

    #[test]
    fn page_of_an_application() {
        let id = |namespace: &str, name: &str| AppId {
            server: ServerName::from("prod"),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        };
        assert_eq!(
            app_page("https://h/argocd", &id("argocd", "guestbook")),
            "https://h/argocd/applications/argocd/guestbook"
        );
        assert_eq!(app_page("https://h/", &id("a/../b", "x?y")), "https://h/applications/a%2F..%2Fb/x%3Fy");
    }
}
