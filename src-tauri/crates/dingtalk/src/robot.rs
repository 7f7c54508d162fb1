//! One attempt at a robot.

use dinghy_model::{Problem, Refusal, Secret, Verdict};
use reqwest::header::CONTENT_TYPE;

use crate::answer::judge;
use crate::body::with_uuid;
use crate::robot_url::RobotUrl;
use crate::sign::sign;
use crate::transport::{Answer, Sender};

impl Sender {
    /// Sends `body`, a JSON object as the template wrote it, to a robot.
    ///
    /// `uuid` becomes `msgUuid`, DingTalk's guard against sending twice: give the same one to every
    /// attempt of a message. With `sign_secret` the request is signed for `now_ms`. If DingTalk finds
    /// that time wrong, the request is signed again for the time in its `Date` header and sent a second
    /// time; later requests keep to DingTalk's clock from the start.
    ///
    /// A body that is no JSON object is `Refused` with `BodyNotJson` and is not sent.
    pub async fn robot(
        &self,
        url: &RobotUrl,
        sign_secret: Option<&Secret>,
        body: &str,
        uuid: &str,
        now_ms: i64,
    ) -> Verdict {
        let body = match with_uuid(body, uuid) {
            Ok(body) => body,
            Err(problem) => return Verdict::Refused { problem },
        };
        let secret = sign_secret.filter(|secret| !secret.is_empty());
        let first = self.attempt(url, secret, &body, self.dingtalk_time(now_ms)).await;
        match (first, secret) {
            (Ok((verdict, Some(server_ms))), Some(_)) if is_stale(&verdict) => {
                tracing::warn!(
                    off_by_ms = now_ms - server_ms,
                    "this machine's clock differs from DingTalk's"
                );
                self.learn_clock(server_ms, now_ms);
                let second = self.attempt(url, secret, &body, server_ms).await;
                second.map_or_else(|verdict| verdict, |(verdict, _)| verdict)
            }
            (Ok((verdict, _)), _) | (Err(verdict), _) => verdict,
        }
    }

    /// One request; the verdict and the server's clock.
    async fn attempt(
        &self,
        url: &RobotUrl,
        secret: Option<&Secret>,
        body: &str,
        timestamp_ms: i64,
    ) -> Result<(Verdict, Option<i64>), Verdict> {
        let signature = secret.map(|secret| sign(secret, timestamp_ms));
        let target = url
            .signed(signature.as_deref().map(|signature| (timestamp_ms, signature)))
            .map_err(|problem| Verdict::Refused { problem })?;
        let request = self
            .client(false, url.loopback)
            .post(target)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body.to_owned());
        let Answer { status, body, retry_after, date_ms } = self.exchange(request, &url.host).await?;
        // A proxy's error page may show the address that was asked for.
        let hide = |text: &str| {
            let text = text.replace(url.token().expose(), "***");
            signature.iter().fold(text, |text, signature| {
                let encoded: String = url::form_urlencoded::byte_serialize(signature.as_bytes()).collect();
                text.replace(signature, "***").replace(&encoded, "***")
            })
        };
        Ok((judge(status, &body, retry_after, &hide), date_ms))
    }
}

fn is_stale(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refused { problem: Problem::Robot { refusal: Refusal::Timestamp, .. } })
}
