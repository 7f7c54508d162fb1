//! The languages Dinghy speaks.

use serde::{Deserialize, Serialize};

/// A language of the interface; serialised as in `settings.toml`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub enum Lang {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

impl Lang {
    /// From a POSIX or BCP 47 locale such as `zh_CN.UTF-8`; anything but Chinese is English.
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Self::ZhCn } else { Self::En }
    }

    /// The words of this language out of a pair.
    pub fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::ZhCn => zh,
        }
    }

    /// Argo CD's word for a health, a sync status or an operation's phase, as this language has it. A word that is not
    /// known stays as it is.
    pub fn state(self, word: &str) -> &str {
        let zh = match word {
            "Healthy" => "健康",
            "Progressing" => "进行中",
            "Degraded" => "降级",
            "Suspended" => "暂停",
            "Missing" => "缺失",
            "Synced" => "已同步",
            "OutOfSync" => "未同步",
            "Running" => "同步中",
            "Terminating" => "终止中",
            "Succeeded" => "同步成功",
            "Failed" => "同步失败",
            "Error" => "同步出错",
            "Unknown" => "未知",
            other => other,
        };
        self.pick(word, zh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Health, OperationPhase, SyncStatus};

    #[test]
    fn every_state_has_a_word_in_chinese() {
        let healths = ["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"];
        let syncs = ["Synced", "OutOfSync", "Unknown"];
        let phases = ["Running", "Terminating", "Succeeded", "Failed", "Error", "Unknown"];
        let words = healths.iter().map(|word| Health::parse(word).word());
        let words = words.chain(syncs.iter().map(|word| SyncStatus::parse(word).word()));
        for word in words.chain(phases.iter().map(|word| OperationPhase::parse(word).word())) {
            assert!(!Lang::ZhCn.state(word).is_ascii(), "{word}");
            assert_eq!(Lang::En.state(word), word);
        }
        assert_eq!(Lang::ZhCn.state("Brandnew"), "Brandnew");
    }
}
