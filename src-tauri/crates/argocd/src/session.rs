//! The session with one server: which token is sent, and how it is renewed. Kept in memory only.
//!
//! Argo CD renews a token that is about to run out only through `Set-Cookie: argocd.token` on any
//! authenticated answer (`util/session/sessionmanager.go`, `server/server.go translateGrpcCookieHeader`).

use std::fmt;
use std::sync::{Mutex, PoisonError};

use dinghy_model::{Problem, Secret};
use reqwest::header::{HeaderMap, SET_COOKIE};
use serde::{Deserialize, Serialize};

use crate::client::{Ask, Client};

/// What a server is signed in to with.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Anonymous access.
    None,
    /// An API token, or any other JWT that the server takes as `Bearer`.
    Token(Secret),
    /// The password of `ServerConfig::username`; the session is opened and renewed with it.
    Password(Secret),
}

/// The cookie that carries a renewed token (`common/common.go AuthCookieName`).
const COOKIE: &str = "argocd.token";

pub(crate) struct Session {
    credential: Credential,
    pub(crate) username: String,
    token: Mutex<Option<Secret>>,
    /// One sign-in at a time: Argo CD counts failures and slows down after five.
    signing_in: tokio::sync::Mutex<()>,
}

impl Session {
    pub(crate) fn new(credential: Credential, username: String) -> Self {
        let token = match &credential {
            // A pasted token often ends with a line end.
            Credential::Token(token) => {
                Some(Secret::new(token.expose().trim())).filter(|token| !token.is_empty())
            }
            Credential::None | Credential::Password(_) => None,
        };
        Self { credential, username, token: Mutex::new(token), signing_in: tokio::sync::Mutex::new(()) }
    }

    /// The token to send now, if there is one.
    pub(crate) fn token(&self) -> Option<Secret> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_token(&self, token: Secret) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }

    /// Whether a new token can be had without the user.
    pub(crate) fn can_sign_in(&self) -> bool {
        matches!(self.credential, Credential::Password(_))
    }

    /// Whether requests are meant to be anonymous.
    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self.credential, Credential::None)
    }

    /// Takes over a renewed token, if this answer brings one.
    pub(crate) fn harvest(&self, headers: &HeaderMap) {
        if self.is_anonymous() {
            return;
        }
        let cookies = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        if let Some(token) = token_in(cookies) {
            tracing::debug!("the server renewed the session");
            self.set_token(token);
        }
    }

    /// All that must not be shown.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let given = match &self.credential {
            Credential::Password(secret) | Credential::Token(secret) => Some(secret.clone()),
            Credential::None => None,
        };
        given.into_iter().chain(self.token()).collect()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("username", &self.username).finish_non_exhaustive()
    }
}

/// The token in `Set-Cookie` values. A long one comes in pieces: `argocd.token=<n>:<first>`,
/// `argocd.token-1=<second>`, … (`util/http/http.go MakeCookieMetadata`).
fn token_in<'a>(cookies: impl Iterator<Item = &'a str>) -> Option<Secret> {
    let pairs: Vec<(&str, &str)> = cookies
        .filter_map(|cookie| cookie.split(';').next()?.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
        .collect();
    let value_of = |wanted: &str| pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let first = value_of(COOKIE).filter(|value| !value.is_empty())?;
    let Some((pieces, start)) = first.split_once(':') else {
        return Some(Secret::new(first));
    };
    let pieces: usize = pieces.parse().ok()?;
    // A header of 64 pieces is larger than any server would take back.
    if !(1..=64).contains(&pieces) {
        return None;
    }
    let mut token = start.to_owned();
    for piece in 1..pieces {
        token.push_str(value_of(&format!("{COOKIE}-{piece}"))?);
    }
    (!token.is_empty()).then(|| Secret::new(token))
}

#[derive(Serialize)]
struct SignIn<'a> {
    username: &'a str,
    password: &'a str,
}

#[derive(Deserialize)]
struct SignedIn {
    token: Option<String>,
}

impl Client {
    /// The token for the next request; signs in if that is needed first.
    pub(crate) async fn current_token(&self) -> Result<Option<Secret>, Problem> {
        match self.session().token() {
            Some(token) => Ok(Some(token)),
            None if self.session().can_sign_in() => self.sign_in(None).await.map(Some),
            None => Ok(None),
        }
    }

    /// Opens a session with the password (`POST /api/v1/session`), unless another request has
    /// replaced the token `stale` in the meantime.
    pub(crate) async fn sign_in(&self, stale: Option<&Secret>) -> Result<Secret, Problem> {
        let session = self.session();
        let _one_at_a_time = session.signing_in.lock().await;
        match session.token() {
            Some(token) if Some(&token) != stale => return Ok(token),
            _ => {}
        }
        let Credential::Password(password) = &session.credential else {
            return Err(Problem::NoToken);
        };
        let body = SignIn { username: &session.username, password: password.expose() };
        let request = self.request(&Ask::post("/api/v1/session"), None)?.json(&body);
        let response = self.accept(self.send(request, self.patience().headers).await?).await?;
        let answer: SignedIn = self.read_json(response).await?;
        let token = answer.token.filter(|token| !token.is_empty()).map(Secret::new);
        let token = token.ok_or_else(|| Problem::NotArgoCd {
            host: self.peer().host.clone(),
            detail: "signing in gave no token".to_owned(),
        })?;
        session.set_token(token.clone());
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies() {
        let token =
            |cookies: &[&str]| token_in(cookies.iter().copied()).map(|token| token.expose().to_owned());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(token(&["argocd.token=a.b.c; path=/; SameSite=lax; httpOnly; Secure"]), some("a.b.c"));
        assert_eq!(
            token(&["other=x", "argocd.token=2:aaa; path=/", "argocd.token-1=bbb; path=/"]),
            some("aaabbb")
        );
        assert_eq!(token(&["argocd.token-1=bbb", "argocd.token=1:aaa"]), some("aaa"));
        assert_eq!(token(&["argocd.token=3:aaa", "argocd.token-1=bbb"]), None, "a piece is missing");
        assert_eq!(token(&["argocd.token=; Max-Age=0"]), None, "signed out");
        assert_eq!(token(&["argocd.token=x:y"]), None);
        assert_eq!(token(&["argocd.token=99999999999:y"]), None);
        assert_eq!(token(&["", "=", "argocd.token"]), None);
    }

    #[test]
    fn nothing_shows() {
        let session = Session::new(Credential::Password(Secret::new("hunter2")), "admin".to_owned());
        session.set_token(Secret::new("a.b.c"));
        assert_eq!(session.secrets(), [Secret::new("hunter2"), Secret::new("a.b.c")]);
        assert_eq!(format!("{session:?}"), r#"Session { username: "admin", .. }"#);
    }
}
