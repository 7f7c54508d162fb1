//! Signing in: `/api/v1/session`, `userinfo`, and who sends a request.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::access::Caller;
use super::route::Server;
use super::status::Status;
use super::token::is_token;
use crate::wire::{self, Body, Call};

/// Failed logins of one user that are let pass, and in which time
/// (`ARGOCD_SESSION_FAILURE_MAX_FAIL_COUNT`, `ARGOCD_SESSION_FAILURE_WINDOW_SECONDS`).
const MAX_FAILURES: usize = 5;
const FAILURE_WINDOW_MS: i64 = 300_000;

/// Failed logins by user: when.
pub(super) type Failures = Mutex<BTreeMap<String, Vec<i64>>>;

/// Who sends a request: the bearer if it looks like a token, else the cookie. Anonymous access, if
/// on, takes over from a token that is no longer good.
pub(super) fn caller(server: &Server, call: &Call) -> Result<Caller, Status> {
    let bearer = call.header("authorization").strip_prefix("Bearer ").map(str::trim);
    let token = bearer.filter(|token| is_token(token)).map(str::to_owned).or_else(|| cookie(&call.headers));
    let verified = match token {
        Some(token) => server
            .tokens
            .verify(&token)
            .map_err(|why| Status::unauthenticated(format!("invalid session: {why}"))),
        None => Err(Status::unauthenticated("no session information")),
    };
    match (&verified, &server.options.anonymous) {
        (Err(_), Some(rights)) => Ok(Caller {
            subject: String::new(),
            username: String::new(),
            issued_at: String::new(),
            projects: rights.projects.clone(),
            may_sync: rights.may_sync,
            renewed: None,
        }),
        _ => verified,
    }
}

/// The token in the cookie `argocd.token`.
fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == "argocd.token").map(|(_, token)| token.to_owned())
}

/// Adds the cookie that carries a session (empty: clears it).
pub(super) fn set_cookie(server: &Server, response: &mut Response<Body>, token: &str) {
    let path = if server.options.root_path.is_empty() { "/" } else { &server.options.root_path };
    let secure = if server.url().starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("argocd.token={token}; path={path}; SameSite=lax; httpOnly{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// `POST /api/v1/session`.
pub(super) async fn login(server: &Server, call: &Call) -> Response<Body> {
    tokio::time::sleep(server.options.login_delay).await;
    let Ok(body) = serde_json::from_slice::<Value>(&call.body) else {
        return Status::invalid_argument("invalid character in body").response();
    };
    let word = |key: &str| body[key].as_str().unwrap_or_default();
    let (name, password) = (word("username"), word("password"));
    if name.is_empty() || password.is_empty() {
        return Status::unauthenticated("no credentials supplied").response();
    }
    if !admitted(server, name, password) {
        return Status::unauthenticated("Invalid username or password").response();
    }
    let token = server.tokens.login(name);
    let mut response = wire::json(StatusCode::OK, &json!({"token": token}));
    set_cookie(server, &mut response, &token);
    response
}

/// Whether a password is right and the user did not fail too often lately.
fn admitted(server: &Server, name: &str, password: &str) -> bool {
    let now = server.options.clock.now_ms();
    let mut failures = server.failures.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = failures.entry(name.to_owned()).or_default();
    failed.retain(|at| now - at < FAILURE_WINDOW_MS);
    if failed.len() >= MAX_FAILURES {
        return false;
    }
    let accounts = &server.options.accounts;
    let right = |account: &&super::Account| account.enabled && account.password.as_deref() == Some(password);
    let admitted = accounts.iter().filter(|account| account.name == name).any(|account| right(&account));
    if admitted {
        failures.remove(name);
    } else {
        failed.push(now);
    }
    admitted
}

/// `DELETE /api/v1/session`: clears the cookie and nothing else.
pub(super) fn logout(server: &Server) -> Response<Body> {
    let mut response = wire::json(StatusCode::OK, &json!({}));
    set_cookie(server, &mut response, "");
    response
}

/// `GET /api/v1/session/userinfo`: never a 401.
pub(super) fn userinfo(caller: Option<&Caller>) -> Value {
    match caller.filter(|caller| caller.logged_in()) {
        Some(caller) => json!({"loggedIn": true, "username": caller.username, "iss": "argocd"}),
        None => json!({}),
    }
}
