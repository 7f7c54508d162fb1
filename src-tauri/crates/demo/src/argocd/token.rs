//! Tokens as Argo CD makes them: JWTs signed with HS256 (`util/session/sessionmanager.go`).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::Account;
use super::access::Caller;
use crate::Clock;
use crate::clock::{millis, rfc3339};

/// A session with less than this left is renewed by any call.
const RENEW_BELOW_S: i64 = 5 * 60;

/// Makes and checks the tokens of one server.
pub(super) struct Tokens {
    clock: Clock,
    session: Duration,
    accounts: Vec<Account>,
    key: Hmac<Sha256>,
    issued: AtomicU64,
    revoked: Mutex<BTreeSet<String>>,
}

impl Tokens {
    pub(super) fn new(clock: Clock, session: Duration, accounts: Vec<Account>, name: &str) -> Self {
        // A fake's key guards nothing; it only has to differ between servers.
        let mut block = [0; 64];
        block.iter_mut().zip(name.bytes()).for_each(|(to, byte)| *to = byte);
        let key = Mac::new(&block.into());
        Self { clock, session, accounts, key, issued: AtomicU64::new(1), revoked: Mutex::default() }
    }

    /// An API token.
    pub(super) fn api(&self, account: &str, expires_ms: Option<i64>) -> String {
        self.sign(&format!("{account}:apiKey"), expires_ms.map(|ms| ms.div_euclid(1000)))
    }

    /// A token of a project's role.
    pub(super) fn project(&self, project: &str, role: &str) -> String {
        self.sign(&format!("proj:{project}:{role}"), None)
    }

    /// A session that lasts `lifetime`.
    pub(super) fn session(&self, account: &str, lifetime: Duration) -> String {
        self.sign(
            &format!("{account}:login"),
            Some((self.clock.now_ms() + millis(lifetime)).div_euclid(1000)),
        )
    }

    /// A session that lasts as long as the server's sessions do.
    pub(super) fn login(&self, account: &str) -> String {
        self.session(account, self.session)
    }

    pub(super) fn revoke(&self, token: &str) {
        if let Some(claims) = claims(token) {
            let id = claims["jti"].as_str().unwrap_or_default().to_owned();
            self.revoked.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        }
    }

    /// Who a token stands for; the error is what follows `invalid session: `.
    pub(super) fn verify(&self, token: &str) -> Result<Caller, String> {
        let claims = self.checked(token)?;
        let subject = claims["sub"].as_str().unwrap_or_default();
        let id = claims["jti"].as_str().unwrap_or_default();
        let revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner).contains(id);
        let issued_at = rfc3339(claims["iat"].as_i64().unwrap_or_default() * 1000);
        let parts: Vec<&str> = subject.split(':').collect();
        match parts.as_slice() {
            ["proj", project, role] => match revoked {
                true => Err(format!("role '{role}' does not have token with id '{id}'")),
                false => Ok(Caller {
                    subject: subject.to_owned(),
                    username: subject.to_owned(),
                    issued_at,
                    projects: Some(vec![(*project).to_owned()]),
                    may_sync: true,
                    renewed: None,
                }),
            },
            [name, kind] => {
                let account = self.accounts.iter().find(|account| account.name == *name);
                let account = account.ok_or_else(|| format!("account '{name}' does not exist"))?;
                if !account.enabled {
                    return Err(format!("account {name} is disabled"));
                }
                match (revoked, *kind) {
                    (true, "apiKey") => {
                        return Err(format!("account {name} does not have token with id {id}"));
                    }
                    (true, _) => return Err("token is revoked, please re-login".to_owned()),
                    (false, _) => {}
                }
                let left = claims["exp"].as_i64().map(|end| end - self.clock.now_ms().div_euclid(1000));
                let renew = *kind == "login" && left.is_some_and(|left| left < RENEW_BELOW_S);
                Ok(Caller {
                    subject: (*name).to_owned(),
                    username: (*name).to_owned(),
                    issued_at,
                    projects: account.projects.clone(),
                    may_sync: account.may_sync,
                    renewed: renew.then(|| self.login(name)),
                })
            }
            _ => Err("token has invalid claims".to_owned()),
        }
    }

    /// The claims of a token that is ours and in date.
    fn checked(&self, token: &str) -> Result<Value, String> {
        let bad_signature = || "token signature is invalid: signature is invalid".to_owned();
        let (signed, signature) = token.rsplit_once('.').ok_or_else(bad_signature)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| bad_signature())?;
        self.mac(signed).verify_slice(&signature).map_err(|_| bad_signature())?;
        let claims = claims(token).ok_or_else(bad_signature)?;
        let expired = claims["exp"].as_i64().is_some_and(|end| self.clock.now_ms().div_euclid(1000) >= end);
        if expired {
            return Err("token has invalid claims: token is expired".to_owned());
        }
        Ok(claims)
    }

    fn sign(&self, subject: &str, expires_s: Option<i64>) -> String {
        let now = self.clock.now_ms().div_euclid(1000);
        let number = self.issued.fetch_add(1, Ordering::Relaxed);
        let id = format!("00000000-0000-4000-8000-{number:012x}");
        let mut claims = json!({"iss": "argocd", "sub": subject, "nbf": now, "iat": now, "jti": id});
        if let Some(end) = expires_s {
            claims["exp"] = json!(end);
        }
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        self.key.clone().chain_update(signed)
    }
}

/// Whether a string has the shape of a token. Argo CD ignores a bearer that has not.
pub(super) fn is_token(token: &str) -> bool {
    token.split('.').count() == 3 && claims(token).is_some()
}

fn claims(token: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok().filter(Value::is_object)
}
