//! What an HTTP answer means when it is not the one that was wanted. Pure.
//!
//! Argo CD's errors are `{"error":"…","code":<grpc>,"message":"…"}` (grpc-gateway v1); everything else
//! comes from a proxy in front of it, or from another program.

use dinghy_model::{Problem, Secret};
use serde::Deserialize;

/// What is left of an answer once its body was read.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, empty if absent.
    pub content_type: String,
    /// `Location`, empty if absent.
    pub location: String,
    /// `Retry-After` in seconds.
    pub retry_after_s: Option<u64>,
    /// The beginning of the body.
    pub body: String,
}

/// What is known of the question.
#[derive(Debug, Default)]
pub(crate) struct Asked<'a> {
    pub base_url: &'a str,
    pub host: &'a str,
    pub username: &'a str,
    /// A token was sent.
    pub with_token: bool,
    /// Its `exp`, Unix ms.
    pub expiry_ms: Option<i64>,
    /// What must not be shown, should the answer repeat it.
    pub secrets: Vec<Secret>,
}

impl Asked<'_> {
    /// Text of the answer as it may be shown: one line of at most 200 characters, no secret in it.
    ///
    /// Only what is shown goes through here. What is understood is the text as it came: a password may
    /// be a word of the message that refuses it.
    pub(crate) fn show(&self, text: &str) -> String {
        let secrets = self.secrets.iter().filter(|secret| !secret.is_empty());
        clip(&secrets.fold(text.to_owned(), |clean, secret| clean.replace(secret.expose(), "***")))
    }
}

#[derive(Default, Deserialize)]
struct Refusal {
    code: Option<i64>,
    message: Option<String>,
    /// A text in answers; in frames of a stream the whole error is below this name.
    error: Option<serde_json::Value>,
}

impl Answer {
    /// Argo CD's own words, if it was Argo CD that answered.
    fn argo_message(&self) -> Option<String> {
        let refusal: Refusal = serde_json::from_str(&self.body).ok()?;
        let nested = refusal.error.and_then(|error| match error {
            serde_json::Value::String(text) => Some(text),
            other => other.get("message").and_then(|text| text.as_str()).map(str::to_owned),
        });
        refusal.message.or(nested)
    }

    /// gRPC's NotFound: Argo CD says that there is no such thing.
    pub(crate) fn is_not_found(&self) -> bool {
        let refusal: Refusal = serde_json::from_str(&self.body).unwrap_or_default();
        self.status == 404 && refusal.code == Some(5)
    }

    pub(crate) fn is_html(&self) -> bool {
        is_html(&self.content_type) || self.body.trim_start().starts_with('<')
    }

    /// What is wrong. To be asked only of an answer that is of no use.
    pub(crate) fn problem(&self, asked: &Asked<'_>) -> Problem {
        let host = asked.host.to_owned();
        let message = self.argo_message();
        let detail = asked.show(message.as_deref().unwrap_or_else(|| self.gist()));
        match (self.status, message) {
            (300..=399, _) => self.redirect(asked),
            (429, _) => Problem::TooManyRequests { retry_after_s: self.retry_after_s },
            (status @ 500.., _) => Problem::ServerError { status, detail },
            (401, Some(message)) => unauthorized(&message, detail, asked),
            (403, Some(_)) => Problem::Forbidden { detail },
            (404, None) if !self.content_type.starts_with("application/json") => {
                Problem::NotArgoCd { host, detail: format!("404 {detail}") }
            }
            (_, None) if self.is_html() => Problem::LoginPage { host },
            (401, None) => Problem::NotArgoCd { host, detail: format!("401 {detail}") },
            (403, None) => Problem::Forbidden { detail },
            (200..=299, None) => Problem::NotArgoCd { host, detail },
            (status, _) => Problem::ServerError { status, detail },
        }
    }

    /// No redirect is followed. To https on the same host: the URL should say so. Elsewhere: to sign in.
    fn redirect(&self, asked: &Asked<'_>) -> Problem {
        let target = url::Url::parse(asked.base_url).and_then(|base| base.join(&self.location));
        let Ok(target) = target else {
            return Problem::NotArgoCd {
                host: asked.host.to_owned(),
                detail: "a redirect to nowhere".to_owned(),
            };
        };
        let target_host = target.host_str().unwrap_or_default();
        let same_host = url::Url::parse(asked.base_url).is_ok_and(|base| base.host() == target.host());
        if same_host && target.scheme() == "https" && asked.base_url.starts_with("http:") {
            return Problem::BadUrl {
                url: asked.base_url.to_owned(),
                detail: "the server wants https".to_owned(),
            };
        }
        Problem::LoginPage { host: target_host.to_owned() }
    }

    /// What tells a person what came: an HTML title, or the text itself.
    fn gist(&self) -> &str {
        let lower = self.body.to_ascii_lowercase();
        let title = lower.find("<title>").map(|at| at + "<title>".len()).and_then(|start| {
            let end = start + lower[start..].find("</title>")?;
            Some(&self.body[start..end])
        });
        title.unwrap_or(&self.body)
    }
}

pub(crate) fn is_html(content_type: &str) -> bool {
    content_type.to_ascii_lowercase().starts_with("text/html")
}

/// One line of at most 200 characters.
pub(crate) fn clip(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// 401 in Argo CD's words (`util/session/sessionmanager.go`, `server/server.go`).
fn unauthorized(message: &str, detail: String, asked: &Asked<'_>) -> Problem {
    let lower = message.to_ascii_lowercase();
    if lower.contains("invalid username or password") {
        Problem::BadPassword { username: asked.username.to_owned() }
    } else if lower.contains("no session information") && !asked.with_token {
        Problem::NoToken
    } else if lower.contains("expired") {
        Problem::TokenExpired { at_ms: asked.expiry_ms }
    } else {
        Problem::TokenRevoked { detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        Answer { status, content_type: content_type.to_owned(), body: body.to_owned(), ..Answer::default() }
    }

    fn asked() -> Asked<'static> {
        Asked {
            base_url: "http://h:80/argocd",
            host: "h:80",
            username: "admin",
            with_token: true,
            expiry_ms: Some(5),
            secrets: vec![Secret::new("password"), Secret::new("")],
        }
    }

    fn json(status: u16, message: &str, expected: Expect) {
        let body = serde_json::json!({"error": message, "code": 0, "message": message}).to_string();
        expected.assert_eq(&format!("{:?}", answer(status, "application/json", &body).problem(&asked())));
    }

    fn other(answer: Answer, expected: Expect) {
        expected.assert_eq(&format!("{:?}", answer.problem(&asked())));
    }

    #[test]
    fn in_argo_cds_words() {
        json(
            401,
            "invalid session: token has invalid claims: token is expired",
            expect!["TokenExpired { at_ms: Some(5) }"],
        );
        json(401, "invalid session: Token is expired", expect!["TokenExpired { at_ms: Some(5) }"]);
        json(
            401,
            "invalid session: account ci does not have token with id 1",
            expect![[
                r#"TokenRevoked { detail: "invalid session: account ci does not have token with id 1" }"#
            ]],
        );
        json(
            401,
            "no session information",
            expect![[r#"TokenRevoked { detail: "no session information" }"#]],
        );
        json(401, "Invalid username or password", expect![[r#"BadPassword { username: "admin" }"#]]);
        json(
            403,
            "permission denied: applications, get, */*, sub: ci, iat: 2026-01-01T00:00:00Z",
            expect![[
                r#"Forbidden { detail: "permission denied: applications, get, */*, sub: ci, iat: 2026-01-01T00:00:00Z" }"#
            ]],
        );
        json(
            404,
            "applications.argoproj.io \"a\" not found",
            expect![[r#"ServerError { status: 404, detail: "applications.argoproj.io \"a\" not found" }"#]],
        );
        json(403, "password is wrong", expect![[r#"Forbidden { detail: "*** is wrong" }"#]]);
        json(429, "slow down", expect!["TooManyRequests { retry_after_s: None }"]);
        json(500, "rpc error: boom", expect![[r#"ServerError { status: 500, detail: "rpc error: boom" }"#]]);
        let anonymous = Asked { with_token: false, ..asked() };
        let refusal = answer(401, "application/json", r#"{"error":"no session information","code":16}"#);
        assert_eq!(refusal.problem(&anonymous), Problem::NoToken);
    }

    #[test]
    fn not_in_argo_cds_words() {
        other(
            answer(200, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title>"),
            expect![[r#"LoginPage { host: "h:80" }"#]],
        );
        other(
            answer(401, "", "\n<html><head><title>401 Authorization Required</title>"),
            expect![[r#"LoginPage { host: "h:80" }"#]],
        );
        other(
            answer(502, "text/html", "<html><TITLE>502 Bad\n Gateway</TITLE></html>"),
            expect![[r#"ServerError { status: 502, detail: "502 Bad Gateway" }"#]],
        );
        other(
            answer(404, "text/plain", "404 page not found\n"),
            expect![[r#"NotArgoCd { host: "h:80", detail: "404 404 page not found" }"#]],
        );
        other(
            answer(200, "text/plain", "hello"),
            expect![[r#"NotArgoCd { host: "h:80", detail: "hello" }"#]],
        );
        other(
            answer(415, "text/plain", "Invalid content type"),
            expect![[r#"ServerError { status: 415, detail: "Invalid content type" }"#]],
        );
        let redirect = |location: &str| Answer { location: location.to_owned(), ..answer(302, "", "") };
        other(
            redirect("https://login.example/oauth?rd=x"),
            expect![[r#"LoginPage { host: "login.example" }"#]],
        );
        other(redirect("/oauth2/start"), expect![[r#"LoginPage { host: "h" }"#]]);
        other(
            redirect("https://h/argocd/api/version"),
            expect![[r#"BadUrl { url: "http://h:80/argocd", detail: "the server wants https" }"#]],
        );
        other(
            redirect("http://["),
            expect![[r#"NotArgoCd { host: "h:80", detail: "a redirect to nowhere" }"#]],
        );
        assert_eq!(clip(&"é".repeat(500)).chars().count(), 201);
    }
}
