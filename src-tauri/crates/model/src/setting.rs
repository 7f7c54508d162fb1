//! What can be wrong at one place of `settings.toml`, and the words for it.

use serde::{Deserialize, Serialize};

use crate::Lang;

/// A fault in `settings.toml`. Holds keys and names and never a value that could be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each variant is described; its field names say the rest")]
pub enum SettingFault {
    /// Not TOML; the parser's own words.
    Syntax { detail: String },
    /// A key that nothing reads; `meant` is the known key that looks like it.
    UnknownKey { key: String, meant: Option<String> },
    /// A value of another kind.
    WrongType { key: String, expected: SettingType },
    /// A key without which a server cannot be used.
    Missing { key: String },
    /// A word that is none of those allowed.
    NotOneOf { key: String, value: String, allowed: Vec<String> },
    /// Not a duration such as `30s`, or outside of the range.
    BadDuration { key: String, min: String, max: String },
    /// Not a time of day such as `22:00`.
    BadTime { key: String },
    /// Not a URL of that use; the detail is the URL parser's.
    BadUrl { key: String, detail: String },
    /// A URL of a scheme that cannot be used.
    UrlScheme { key: String, allowed: Vec<String> },
    /// User or password inside a server's URL.
    UrlUser { key: String },
    /// `?…` or `#…` in a server's URL.
    UrlQuery { key: String },
    /// Not the SHA-256 digest of a certificate.
    BadFingerprint { key: String },
    /// A server's name that could not be told from the rest of `server/namespace/name`.
    BadName { name: String },
    /// A second server of one name; the first stands in that line.
    DuplicateServer { name: String, line: u32 },
    /// A server that is to be changed is not in the file.
    NoSuchServer { name: String },
    /// A secret in the clear.
    SecretInFile { key: String },
    /// A secret's source that is not exactly one of `env` and `command`, or an empty one.
    SecretSource { name: String },
}

/// The kinds of values in `settings.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum SettingType {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// A duration as a string.
    Duration,
    /// An array of strings.
    TextList,
    /// A table.
    Table,
    /// An array of tables.
    TableList,
}

impl SettingFault {
    /// What is wrong and what to write instead, as one sentence without a full stop.
    pub fn words(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.english(),
            Lang::ZhCn => self.chinese(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Syntax { detail } => format!("not valid TOML: {detail}"),
            Self::UnknownKey { key, meant: Some(meant) } => {
                format!("unknown key “{key}”; did you mean “{meant}”?")
            }
            Self::UnknownKey { key, meant: None } => format!("unknown key “{key}”; it has no effect"),
            Self::WrongType { key, expected } => format!("“{key}” must be {}", expected.english()),
            Self::Missing { key } => format!("“{key}” is missing"),
            Self::NotOneOf { key, value, allowed } => {
                format!("“{key}” cannot be “{value}”; write {}", list(allowed, " or "))
            }
            Self::BadDuration { key, min, max } => {
                format!("“{key}” must be a duration such as \"30s\", \"5m\" or \"1h\", from {min} to {max}")
            }
            Self::BadTime { key } => format!("“{key}” must be a time of day such as \"22:00\""),
            Self::BadUrl { key, detail } => format!("“{key}” is not a usable URL: {detail}"),
            Self::UrlScheme { key, allowed } => format!("“{key}” must start with {}", list(allowed, " or ")),
            Self::UrlUser { key } => {
                format!("“{key}” must not hold a user or password; use “auth” and “username”, and sign in")
            }
            Self::UrlQuery { key } => format!("“{key}” must not hold “?” or “#”"),
            Self::BadFingerprint { key } => {
                format!("“{key}” must be the SHA-256 fingerprint of a certificate, 32 bytes as AB:CD:…")
            }
            Self::BadName { name } => format!(
                "“{name}” cannot be a server's name: it must not be empty, hold “/” or control characters, or \
                 begin or end with a space"
            ),
            Self::DuplicateServer { name, line } => {
                format!("a server named “{name}” already stands in line {line}; give this one another name")
            }
            Self::NoSuchServer { name } => format!("no server named “{name}”"),
            Self::SecretInFile { key } => format!(
                "“{key}” is a secret in the clear: take it out and sign in, or write {{ env = \"NAME\" }} or \
                 {{ command = [\"program\"] }} under [secrets]"
            ),
            Self::SecretSource { name } => format!(
                "the source of “{name}” must be either {{ env = \"NAME\" }} or {{ command = [\"program\", \"argument\"] }}"
            ),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::Syntax { detail } => format!("不是有效的 TOML：{detail}"),
            Self::UnknownKey { key, meant: Some(meant) } => format!("未知的键“{key}”，是否想写“{meant}”？"),
            Self::UnknownKey { key, meant: None } => format!("未知的键“{key}”，不会生效"),
            Self::WrongType { key, expected } => format!("“{key}”必须是{}", expected.chinese()),
            Self::Missing { key } => format!("缺少“{key}”"),
            Self::NotOneOf { key, value, allowed } => {
                format!("“{key}”不能是“{value}”，请写 {}", list(allowed, " 或 "))
            }
            Self::BadDuration { key, min, max } => {
                format!("“{key}”必须是 {min} 到 {max} 之间的时长，例如 \"30s\"、\"5m\"、\"1h\"")
            }
            Self::BadTime { key } => format!("“{key}”必须是一天中的时刻，例如 \"22:00\""),
            Self::BadUrl { key, detail } => format!("“{key}”不是可用的网址：{detail}"),
            Self::UrlScheme { key, allowed } => format!("“{key}”必须以 {} 开头", list(allowed, " 或 ")),
            Self::UrlUser { key } => {
                format!("“{key}”里不能带用户名或密码，请改用“auth”和“username”，然后登录")
            }
            Self::UrlQuery { key } => format!("“{key}”里不能带“?”或“#”"),
            Self::BadFingerprint { key } => {
                format!("“{key}”必须是证书的 SHA-256 指纹，共 32 字节，例如 AB:CD:…")
            }
            Self::BadName { name } => {
                format!("“{name}”不能用作服务器名称：不能为空，不能含“/”或控制字符，首尾不能是空格")
            }
            Self::DuplicateServer { name, line } => {
                format!("第 {line} 行已有名为“{name}”的服务器，请换一个名称")
            }
            Self::NoSuchServer { name } => format!("没有名为“{name}”的服务器"),
            Self::SecretInFile { key } => format!(
                "“{key}”是明文密钥：请删掉它并登录，或在 [secrets] 里写 {{ env = \"NAME\" }} 或 \
                 {{ command = [\"程序\"] }}"
            ),
            Self::SecretSource { name } => format!(
                "“{name}”的来源只能写 {{ env = \"NAME\" }} 或 {{ command = [\"程序\", \"参数\"] }} 之一"
            ),
        }
    }
}

impl SettingType {
    fn english(self) -> &'static str {
        match self {
            Self::Text => "a string in quotes",
            Self::Flag => "true or false",
            Self::Duration => "a duration in quotes, such as \"30s\", \"5m\" or \"1h\"",
            Self::TextList => "a list of strings, as in [\"a\", \"b\"]",
            Self::Table => "a table",
            Self::TableList => "written as [[…]], once for each",
        }
    }

    fn chinese(self) -> &'static str {
        match self {
            Self::Text => "带引号的字符串",
            Self::Flag => " true 或 false",
            Self::Duration => "带引号的时长，例如 \"30s\"、\"5m\"、\"1h\"",
            Self::TextList => "字符串列表，例如 [\"a\", \"b\"]",
            Self::Table => "表",
            Self::TableList => " [[…]] 的形式，每项一段",
        }
    }
}

fn list(words: &[String], or: &str) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(or)
}
