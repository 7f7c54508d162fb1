//! The applications of the demo's company (云禾, an online shop), on its two servers.

use Place::{Prod, Staging};
use Source::{Folder, Helm, Multi};
use Start::{OutOfSync, Suspended, Well};
use dinghy_model::Lang;

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

/// Everyone, in an order that never changes; what they are is said in `lang`.
pub(crate) fn cast(lang: Lang) -> Vec<Role> {
    ROLES
        .iter()
        .map(|&(place, project, name, source, start, (en, zh))| {
            let env = if place == Prod { "prod" } else { "staging" };
            // Data has its applications in a namespace of its own.
            let namespace = if project == "data" { "team-data" } else { "argocd" };
            let app = App {
                namespace: namespace.to_owned(),
                project: project.to_owned(),
                env: env.to_owned(),
                about: lang.pick(en, zh).to_owned(),
                source,
                automated: start != OutOfSync,
                ..App::new(name)
            };
            Role { place, app, start }
        })
        .collect()
}

/// Where, project, name, kind, beginning, and what it is in both languages.
type Row = (Place, &'static str, &'static str, Source, Start, (&'static str, &'static str));

/// The first three open the play.
const ROLES: &[Row] = &[
    (Prod, "payment", "pay-gateway", Helm, Well, ("Payment gateway", "支付网关")),
    (Prod, "trade", "order-center", Helm, Well, ("Orders", "订单中心")),
    (Staging, "member", "user-center", Helm, Well, ("User accounts", "用户中心")),
    (Prod, "payment", "pay-channel-wechat", Helm, Well, ("WeChat Pay channel", "微信支付渠道")),
    (Prod, "payment", "settlement-job", Folder, Well, ("Reconciliation and settlement", "对账与结算")),
    (Prod, "payment", "risk-control", Helm, Well, ("Risk control", "风控引擎")),
    (Prod, "trade", "order-query", Helm, Well, ("Order queries", "订单查询")),
    (Prod, "trade", "inventory-core", Helm, Well, ("Stock", "库存核心")),
    (Prod, "trade", "cart-service", Folder, Well, ("Shopping cart", "购物车")),
    (Prod, "member", "user-center", Helm, Well, ("User accounts", "用户中心")),
    (Prod, "member", "member-points", Helm, Well, ("Loyalty points", "会员积分")),
    (Prod, "growth", "coupon-engine", Helm, Well, ("Coupons", "优惠券引擎")),
    (
        Prod,
        "growth",
        "activity-h5",
        Folder,
        OutOfSync,
        ("Sale pages (released by hand)", "大促活动页（手动发布）"),
    ),
    (Prod, "growth", "search-api", Multi, Well, ("Product search", "商品搜索")),
    (Prod, "platform", "ingress-nginx", Multi, Well, ("Ingress for everything", "统一入口")),
    (Prod, "platform", "config-center", Folder, Well, ("Configuration", "配置中心")),
    (Prod, "platform", "sms-push", Helm, Well, ("Text messages and push", "短信与推送")),
    (Prod, "data", "recommend-rank", Helm, Well, ("Recommendations", "推荐排序")),
    (
        Prod,
        "data",
        "report-daily",
        Folder,
        Suspended,
        ("Daily business report (paused)", "经营日报（已暂停）"),
    ),
    (Staging, "payment", "pay-gateway", Helm, Well, ("Payment gateway", "支付网关")),
    (Staging, "payment", "pay-channel-wechat", Helm, Well, ("WeChat Pay channel", "微信支付渠道")),
    (Staging, "trade", "order-center", Helm, Well, ("Orders", "订单中心")),
    (Staging, "trade", "inventory-core", Helm, Well, ("Stock", "库存核心")),
    (Staging, "trade", "cart-service", Folder, OutOfSync, ("Shopping cart", "购物车")),
    (Staging, "growth", "coupon-engine", Helm, Well, ("Coupons", "优惠券引擎")),
    (Staging, "growth", "search-api", Multi, Well, ("Product search", "商品搜索")),
    (Staging, "platform", "ingress-nginx", Multi, Well, ("Ingress for everything", "统一入口")),
    (Staging, "platform", "config-center", Folder, Well, ("Configuration", "配置中心")),
    (Staging, "data", "recommend-rank", Helm, Well, ("Recommendations", "推荐排序")),
    (Staging, "data", "feature-store", Folder, Well, ("Feature store", "特征仓库")),
    // Nobody signed in to the demo may see this one.
    (Staging, "secops", "vault-proxy", Helm, Well, ("Vault proxy", "密钥代理")),
];
