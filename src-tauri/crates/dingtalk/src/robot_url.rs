//! A robot's URL: what makes one, what it must hold, what may be shown of it.

use std::fmt::{self, Write as _};

use dinghy_model::{Problem, Secret};
use dinghy_transport::{host_of, is_loopback};
use sha2::{Digest, Sha256};
use url::Url;

/// The path of a robot on any host: private deployments (专有钉钉) have their own.
const PATH: &str = "/robot/send";

/// A checked robot URL without `timestamp` and `sign`. `Display` and `Debug` hide the token.
#[derive(Clone, PartialEq, Eq)]
pub struct RobotUrl {
    url: Secret,
    token: Secret,
    /// All that may be shown.
    shown: String,
    pub(crate) host: String,
    pub(crate) loopback: bool,
}

/// Whether a webhook's URL is that of a DingTalk robot: its path ends in `/robot/send`, on any host.
/// True without a token as well, so that a robot pasted by halves is told so and not used as a plain
/// webhook.
pub fn is_robot_url(url: &str) -> bool {
    Url::parse(url.trim()).is_ok_and(|url| is_http(&url) && url.path().trim_end_matches('/').ends_with(PATH))
}

/// Checks a robot's URL as the user pasted it.
///
/// https is a must except on loopback (`PlainHttp`), so is `access_token` (`NoAccessToken`; its
/// `service` is empty, the caller knows the name). `timestamp` and `sign`, which some paste along, are
/// dropped: they are made anew for each request. Anything else is `BadUrl`.
pub fn check_robot_url(url: &Secret) -> Result<RobotUrl, Problem> {
    let text = url.expose().trim();
    let bad = |shown: &str, detail: String| Problem::BadUrl { url: shown.to_owned(), detail };
    // What cannot be parsed is not shown at all: nobody knows where the token is in it.
    let mut url = Url::parse(text).map_err(|error| bad("", error.to_string()))?;
    let host = host_of(&url);
    let shown = format!("{}://{host}{}", url.scheme(), url.path());
    if !is_http(&url) || host.is_empty() {
        return Err(bad(&shown, "neither http nor https".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(&shown, "a user name or password does not belong here".to_owned()));
    }
    let loopback = is_loopback(&url);
    if url.scheme() == "http" && !loopback {
        return Err(Problem::PlainHttp { host });
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| key != "timestamp" && key != "sign")
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    let token = pairs.iter().find(|(key, value)| key == "access_token" && !value.is_empty());
    let Some((_, token)) = token.cloned() else {
        return Err(Problem::NoAccessToken { service: String::new() });
    };
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.set_fragment(None);
    Ok(RobotUrl {
        url: Secret::new(String::from(url)),
        token: Secret::new(token),
        shown: format!("{shown}?access_token=***"),
        host,
        loopback,
    })
}

/// A stable id of a robot that is no secret: the beginning of its token's SHA-256, in hex.
pub fn robot_key(url: &RobotUrl) -> String {
    let digest = Sha256::digest(url.token.expose().as_bytes());
    digest.iter().take(8).fold(String::new(), |mut key, byte| {
        // Writing to a String cannot fail.
        let _ = write!(key, "{byte:02x}");
        key
    })
}

impl RobotUrl {
    /// The URL to send to, signed for this moment if the robot has a secret.
    pub(crate) fn signed(&self, signature: Option<(i64, &str)>) -> Result<Url, Problem> {
        let mut url = Url::parse(self.url.expose())
            .map_err(|error| Problem::BadUrl { url: self.shown.clone(), detail: error.to_string() })?;
        if let Some((timestamp_ms, sign)) = signature {
            url.query_pairs_mut()
                .append_pair("timestamp", &timestamp_ms.to_string())
                .append_pair("sign", sign);
        }
        Ok(url)
    }

    pub(crate) fn token(&self) -> &Secret {
        &self.token
    }
}

impl fmt::Display for RobotUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for RobotUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RobotUrl({self})")
    }
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::sign;

    fn checked(url: &str) -> Result<RobotUrl, Problem> {
        check_robot_url(&Secret::new(url))
    }

    #[test]
    fn which_urls_are_robots() {
        for robot in [
            "https://oapi.dingtalk.com/robot/send?access_token=x",
            "https://zwopenplatform.example.com/robot/send?access_token=x",
            "http://127.0.0.1:1/demo/robot/send/?access_token=x",
            " https://oapi.dingtalk.com/robot/send",
        ] {
            assert!(is_robot_url(robot), "{robot}");
        }
        for other in [
            "https://hooks.example.com/services/x",
            "https://oapi.dingtalk.com/robot/sendBySession?session=x",
            "https://h/?next=/robot/send",
            "$dingtalk-url",
            "",
        ] {
            assert!(!is_robot_url(other), "{other}");
        }
    }

    #[test]
    fn checked_and_cleaned() {
        let url = checked(
            " https://oapi.dingtalk.com/robot/send?access_token=a%2Bb&timestamp=1&sign=old%3D&x=y#z\n",
        );
        let url = url.expect("a robot");
        assert_eq!(
            url.signed(None).expect("a URL").as_str(),
            "https://oapi.dingtalk.com/robot/send?access_token=a%2Bb&x=y"
        );
        assert_eq!(url.to_string(), "https://oapi.dingtalk.com/robot/send?access_token=***");
        assert_eq!(format!("{url:?}"), "RobotUrl(https://oapi.dingtalk.com/robot/send?access_token=***)");
        assert!(checked("http://localhost/robot/send?access_token=x").is_ok());
        let local = checked("http://127.0.0.1:8080/robot/send?access_token=x").expect("a robot");
        assert_eq!(local.to_string(), "http://127.0.0.1:8080/robot/send?access_token=***");
        assert!(checked("http://[::1]/robot/send?access_token=x").is_ok());
    }

    #[test]
    fn refused() {
        let host = "h".to_owned();
        assert_eq!(checked("http://h/robot/send?access_token=x"), Err(Problem::PlainHttp { host }));
        for tokenless in
            ["https://h/robot/send", "https://h/robot/send?access_token=", "https://h/robot/send?token=x"]
        {
            assert_eq!(checked(tokenless), Err(Problem::NoAccessToken { service: String::new() }));
        }
        for bad in [
            "",
            "se-cret",
            "https://u:se-cret@h/robot/send?access_token=se-cret",
            "ftp://h/?access_token=se-cret",
        ] {
            let problem = checked(bad).expect_err(bad);
            assert!(matches!(problem, Problem::BadUrl { .. }), "{problem:?}");
            assert!(!format!("{problem:?}").contains("se-cret"), "{problem:?}");
        }
    }

    #[test]
    fn keys() {
        let key = |url: &str| robot_key(&checked(url).expect(url));
        let one = key("https://oapi.dingtalk.com/robot/send?access_token=abc");
        assert_eq!(one, "ba7816bf8f01cfea");
        assert_eq!(one, key("https://oapi.dingtalk.com/robot/send?x=1&access_token=abc&sign=2"));
        assert_ne!(one, key("https://oapi.dingtalk.com/robot/send?access_token=abd"));
    }

    #[test]
    fn encoded_exactly_once_and_never_longer() {
        let url = checked("https://h/robot/send?access_token=t&timestamp=5&sign=x").expect("a robot");
        let secret = Secret::new("SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        let at = |ms: i64| String::from(url.signed(Some((ms, &sign(&secret, ms)))).expect("a URL"));
        assert_eq!(
            at(1_700_000_000_004),
            "https://h/robot/send?access_token=t&timestamp=1700000000004&sign=ZeaJlNY30xUaF%2Fp%2BhFzRR5gZ4qFj%2Bi4uxCJUEwchUXQ%3D"
        );
        let decoded = |ms| Url::parse(&at(ms)).expect("a URL").query_pairs().count();
        assert!((1_700_000_000_000..1_700_000_001_000).all(|ms| decoded(ms) == 3));
    }
}
