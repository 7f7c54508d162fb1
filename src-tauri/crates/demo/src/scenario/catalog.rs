//! The applications of the demo's company (云禾, an online shop), on its two servers.

use Place::{Prod, Staging};
use Source::{Folder, Helm, Multi};
use Start::{OutOfSync, Suspended, Well};

use super::app::{App, Source};

/// Which of the two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// `prod-cn`.
    Prod,
    /// `staging`.
    Staging,
}

/// How an application begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// All well, and takes part.
    Well,
    /// Waits for someone to sync it by hand.
    OutOfSync,
    /// Paused on purpose.
    Suspended,
}

/// One application and its part in the play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) place: Place,
    pub(crate) app: App,
    pub(crate) start: Start,
}

/// Everyone, in an order that never changes.
pub(crate) fn cast() -> Vec<Role> {
    ROLES
        .iter()
        .map(|&(place, project, name, source, start, about)| {
            let env = if place == Prod { "prod" } else { "staging" };
            // Data has its applications in a namespace of its own.
            let namespace = if project == "data" { "team-data" } else { "argocd" };
            let app = App {
                namespace: namespace.to_owned(),
                project: project.to_owned(),
                env: env.to_owned(),
                about: about.to_owned(),
                source,
                automated: start != OutOfSync,
                ..App::new(name)
            };
            Role { place, app, start }
        })
        .collect()
}

type Row = (Place, &'static str, &'static str, Source, Start, &'static str);

/// The first three open the play.
const ROLES: &[Row] = &[
    (Prod, "payment", "pay-gateway", Helm, Well, "支付网关"),
    (Prod, "trade", "order-center", Helm, Well, "订单中心"),
    (Staging, "member", "user-center", Helm, Well, "用户中心"),
    (Prod, "payment", "pay-channel-wechat", Helm, Well, "微信支付渠道"),
    (Prod, "payment", "settlement-job", Folder, Well, "对账与结算"),
    (Prod, "payment", "risk-control", Helm, Well, "风控引擎"),
    (Prod, "trade", "order-query", Helm, Well, "订单查询"),
    (Prod, "trade", "inventory-core", Helm, Well, "库存核心"),
    (Prod, "trade", "cart-service", Folder, Well, "购物车"),
    (Prod, "member", "user-center", Helm, Well, "用户中心"),
    (Prod, "member", "member-points", Helm, Well, "会员积分"),
    (Prod, "growth", "coupon-engine", Helm, Well, "优惠券引擎"),
    (Prod, "growth", "activity-h5", Folder, OutOfSync, "大促活动页（手动发布）"),
    (Prod, "growth", "search-api", Multi, Well, "商品搜索"),
    (Prod, "platform", "ingress-nginx", Multi, Well, "统一入口"),
    (Prod, "platform", "config-center", Folder, Well, "配置中心"),
    (Prod, "platform", "sms-push", Helm, Well, "短信与推送"),
    (Prod, "data", "recommend-rank", Helm, Well, "推荐排序"),
    (Prod, "data", "report-daily", Folder, Suspended, "经营日报（已暂停）"),
    (Staging, "payment", "pay-gateway", Helm, Well, "支付网关"),
    (Staging, "payment", "pay-channel-wechat", Helm, Well, "微信支付渠道"),
    (Staging, "trade", "order-center", Helm, Well, "订单中心"),
    (Staging, "trade", "inventory-core", Helm, Well, "库存核心"),
    (Staging, "trade", "cart-service", Folder, OutOfSync, "购物车"),
    (Staging, "growth", "coupon-engine", Helm, Well, "优惠券引擎"),
    (Staging, "growth", "search-api", Multi, Well, "商品搜索"),
    (Staging, "platform", "ingress-nginx", Multi, Well, "统一入口"),
    (Staging, "platform", "config-center", Folder, Well, "配置中心"),
    (Staging, "data", "recommend-rank", Helm, Well, "推荐排序"),
    (Staging, "data", "feature-store", Folder, Well, "特征仓库"),
    // Nobody signed in to the demo may see this one.
    (Staging, "secops", "vault-proxy", Helm, Well, "密钥代理"),
];
