//! Who wrote a revision: made up, but always the same for the same revision.

use serde_json::{Value, json};

use crate::clock::rfc3339;

const AUTHORS: [&str; 6] = [
    "张伟 <zhangwei@yunhe.example>",
    "李娜 <lina@yunhe.example>",
    "王强 <wangqiang@yunhe.example>",
    "陈静 <chenjing@yunhe.example>",
    "Liu Yang <liuyang@yunhe.example>",
    "ci-bot <ci-bot@yunhe.example>",
];

const MESSAGES: [&str; 8] = [
    "feat: 支付回调增加幂等校验 (#482)\n\n避免渠道重复通知造成重复入账。",
    "fix: 修复库存扣减的并发问题",
    "chore: bump image to latest release",
    "perf: 订单列表改为游标分页",
    "feat(gateway): \"灰度\"规则支持按租户 <beta>",
    "fix: readiness probe path after framework upgrade",
    "revert: 回滚昨日的缓存策略",
    "ci: update values for 双十一 capacity",
];

/// The metadata of a revision as `/revisions/{rev}/metadata` gives it.
pub(super) fn metadata(revision: &str, now_ms: i64) -> Value {
    let sum = revision.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let age_ms = 60_000 * (2 + i64::try_from(sum % 240).unwrap_or_default());
    json!({
        "author": AUTHORS[sum % AUTHORS.len()],
        "date": rfc3339(now_ms - age_ms),
        "message": MESSAGES[sum / 7 % MESSAGES.len()],
    })
}
