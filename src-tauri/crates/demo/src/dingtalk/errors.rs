//! What a robot says when it refuses: HTTP 200 with an errcode.
//!
//! The wording differs between DingTalk's gateways and years; `Lang` chooses one of the two kinds
//! that clients meet.

use std::net::IpAddr;

use dinghy_model::Lang;
use serde_json::{Value, json};

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    NotPost,
    ContentType,
    NoToken,
    UnknownToken,
    NoJson,
    MessageType,
    /// A required part of a message, such as `markdown.title`.
    Missing(&'static str),
    TooLong,
    Keywords,
    Sign,
    Timestamp,
    NotListed(IpAddr),
    TooFast,
    /// The first refusal after the 20th message; the later ones are `Throttled`.
    Throttled,
    Custom(i64, String),
}

impl Refused {
    /// The code.
    pub(super) fn code(&self) -> i64 {
        match self {
            Self::NotPost => 43002,
            Self::ContentType => 43004,
            Self::NoToken | Self::NoJson => 40035,
            Self::UnknownToken => 300_005,
            Self::MessageType => 400_105,
            Self::Missing("markdown.title") => 400_402,
            Self::Missing("markdown.text") => 400_403,
            Self::Missing(_) => 40035,
            Self::TooLong => 460_101,
            Self::Keywords | Self::Sign | Self::Timestamp | Self::NotListed(_) => 310_000,
            Self::TooFast => 130_101,
            Self::Throttled => 410_100,
            Self::Custom(code, _) => *code,
        }
    }

    /// The answer's body.
    pub(super) fn json(&self, lang: Lang) -> Value {
        json!({"errcode": self.code(), "errmsg": self.message(lang)})
    }

    fn message(&self, lang: Lang) -> String {
        let more =
            |text: &str| format!("{text}, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]");
        let advice = |what: &str, then: &str| format!("错误描述:{what};解决方案:{then};");
        let pick = |en: String, zh: String| if lang == Lang::ZhCn { zh } else { en };
        match self {
            Self::NotPost => pick("require POST http method".into(), "需要POST请求".into()),
            Self::ContentType => pick("invalid Content-Type".into(), "无效的HTTP HEADER Content-Type".into()),
            Self::NoToken => pick("missing parameter access_token".into(), "缺少参数 access_token".into()),
            Self::NoJson => pick("missing parameter json".into(), "缺少参数 json".into()),
            Self::UnknownToken => "token is not exist".to_owned(),
            Self::MessageType => pick("unsupported msgtype".into(), "不支持的消息类型".into()),
            Self::Missing(part) => {
                let part = part.replace('.', " ");
                pick(format!("miss param : {part}"), format!("缺少参数 {part}"))
            }
            Self::TooLong => pick(
                "message too long, exceed 20000 bytes".into(),
                "body大小不合法;请保持大小在20000bytes以内".into(),
            ),
            Self::Keywords => {
                let then = "请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词";
                pick(more("keywords not in content"), advice("关键词不匹配", then))
            }
            Self::Sign => {
                let then =
                    "请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确";
                pick(more("sign not match"), advice("机器人发送签名不匹配", then))
            }
            Self::Timestamp => {
                let then = "签名时间戳与当前时间相差不能超过一小时，请使用当前时间重新签名";
                pick(more("invalid timestamp"), advice("机器人发送签名过期", then))
            }
            Self::NotListed(ip) => {
                let then = "请联系群管理员将此IP加入机器人的IP地址段";
                pick(
                    more(&format!("ip {ip} not in whitelist")),
                    advice(&format!("ip {ip} 不在白名单中"), then),
                )
            }
            Self::TooFast => pick(
                "send too fast, exceed 20 times per minute".into(),
                "发送速度太快，超过每分钟20次".into(),
            ),
            Self::Throttled => pick("send too fast, robot is throttled".into(), "发送速度太快而限流".into()),
            Self::Custom(_, message) => message.clone(),
        }
    }
}
