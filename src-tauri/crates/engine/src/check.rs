//! What shells ask of the outside before anything is saved: connection tests and pasted URLs.

use dinghy_argocd::{Client, Credential, StepKind};
use dinghy_dingtalk::{Dress, MOST_BYTES, dress};
use dinghy_model::{AppId, Auth, Lang, Message, Payload, Problem, Secret, ServerConfig, WebhookOptions};

/// One step of a connection test: its stable name, and what was found or what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `settings`, `reach`, `tls`, `argocd`, `sign_in`, `list`.
    pub name: &'static str,
    /// What was found (may be empty), or what is wrong.
    pub outcome: Result<String, Problem>,
}

/// What a connection test tells while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The step of this name is tried now.
    Trying(&'static str),
    /// A step was tried.
    Tried(Step),
}

/// Tests a connection step by step; stops at the first failure. `secret` is the token or password; `tell` hears of
/// each step as it comes.
pub async fn probe(
    config: &ServerConfig,
    secret: Option<Secret>,
    mut tell: impl FnMut(Progress) + Send,
) -> Vec<Step> {
    let credential = match (&config.auth, secret) {
        (Auth::Sso, _) => {
            let step = Step { name: "sign_in", outcome: Err(Problem::SsoUnsupported) };
            tell(Progress::Tried(step.clone()));
            return vec![step];
        }
        (Auth::Token, Some(secret)) => Credential::Token(secret),
        (Auth::Password, Some(secret)) => Credential::Password(secret),
        _ => Credential::None,
    };
    let tell = |progress| {
        tell(match progress {
            dinghy_argocd::Progress::Trying(kind) => Progress::Trying(name(kind)),
            dinghy_argocd::Progress::Tried(step) => Progress::Tried(named(step)),
        });
    };
    let probe = dinghy_argocd::probe(config, credential, tell).await;
    probe.steps.into_iter().map(named).collect()
}

fn named(step: dinghy_argocd::Step) -> Step {
    Step { name: name(step.kind), outcome: step.outcome }
}

fn name(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Settings => "settings",
        StepKind::Reach => "reach",
        StepKind::Tls => "tls",
        StepKind::Version => "argocd",
        StepKind::SignIn => "sign_in",
        StepKind::Applications => "list",
    }
}

/// What a user typed → base URL of a server.
pub fn parse_base_url(text: &str) -> Result<String, Problem> {
    dinghy_argocd::parse_base_url(text)
}

/// When a token runs out, Unix ms; None if it is no JWT or never does.
pub fn token_expiry_ms(token: &Secret) -> Option<i64> {
    dinghy_argocd::token_expiry_ms(token.expose())
}

/// The page of an application.
pub fn app_url(base_url: &str, app: &AppId) -> String {
    Client::app_url(base_url, app)
}

/// What a pasted webhook is: its host, whether it is a DingTalk robot, what is wrong with it.
pub fn read_webhook(url: &Secret) -> (String, bool, Option<Problem>) {
    let host = crate::deliver::host_of(url.expose());
    let robot = dinghy_dingtalk::is_robot_url(url.expose());
    let problem = if robot { dinghy_dingtalk::check_robot_url(url).err() } else { check_plain(url, &host) };
    (host, robot, problem)
}

fn check_plain(url: &Secret, host: &str) -> Option<Problem> {
    let text = url.expose();
    if text.starts_with("https://") && !host.is_empty() {
        return None;
    }
    match text.strip_prefix("http://") {
        Some(_) if is_this_machine(host) => None,
        Some(_) if !host.is_empty() => Some(Problem::PlainHttp { host: host.to_owned() }),
        _ => Some(Problem::BadUrl { url: host.to_owned(), detail: "no https:// address".to_owned() }),
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether a webhook is a robot's, as far as its options tell without the keychain.
pub fn may_be_robot(options: &WebhookOptions) -> bool {
    options.dingtalk.is_some() || options.url.contains('$') || dinghy_dingtalk::is_robot_url(&options.url)
}

/// What a group gets of a message that Dinghy built (`Payload::Robot`), for a preview: with the mentions and the keyword that
/// are added on the way. Links stay as they were written, and what is only known then is not there: that it comes late.
/// A body that is no message stays as it is.
pub fn as_shown(body: &str, options: &WebhookOptions, lang: Lang) -> String {
    let keywords = options.dingtalk.as_ref().map_or(&[][..], |dingtalk| &dingtalk.keywords);
    let plain = Dress {
        keywords,
        // Which leaves links alone.
        pc_slide: true,
        note: "",
        most_bytes: MOST_BYTES,
        cut: crate::deliver::cut_words(lang),
    };
    dress(body, &plain).unwrap_or_else(|_| body.to_owned())
}

/// A message of nobody's event, for tests: past the queue, through the real path.
pub fn test_message(service: &str, payload: Payload) -> Message {
    Message {
        app: None,
        trigger: String::new(),
        service: service.to_owned(),
        recipient: String::new(),
        uuid: crate::judge::new_uuid(),
        payload,
        created_ms: crate::now_ms(),
        gist: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_webhooks() {
        let rows = [
            ("https://hooks.example.com/a?b=c", "hooks.example.com", false, None),
            ("http://hooks.example.com/a", "hooks.example.com", false, Some("plain_http")),
            ("http://127.0.0.1:8080/a", "127.0.0.1:8080", false, None),
            ("http://localhost/a", "localhost", false, None),
            ("http://[::1]:80/a", "[::1]:80", false, None),
            ("http://[2001:db8::1]/a", "[2001:db8::1]", false, Some("plain_http")),
            ("http://127.0.0.1.example.com/", "127.0.0.1.example.com", false, Some("plain_http")),
            ("ftp://example.com/", "example.com", false, Some("bad_url")),
            ("0123456789abcdef", "", false, Some("bad_url")),
            ("", "", false, Some("bad_url")),
            ("https://oapi.dingtalk.com/robot/send?access_token=x", "oapi.dingtalk.com", true, None),
            ("https://oapi.dingtalk.com/robot/send", "oapi.dingtalk.com", true, Some("no_access_token")),
            (
                "http://oapi.dingtalk.com/robot/send?access_token=x",
                "oapi.dingtalk.com",
                true,
                Some("plain_http"),
            ),
        ];
        for (url, host, robot, code) in rows {
            let (found_host, found_robot, problem) = read_webhook(&Secret::new(url));
            let found = problem.map(|problem| serde_json::to_value(problem).expect("JSON")["code"].clone());
            let found = found.as_ref().and_then(|code| code.as_str());
            assert_eq!((found_host.as_str(), found_robot, found), (host, robot, code), "{url}");
        }
    }
}
