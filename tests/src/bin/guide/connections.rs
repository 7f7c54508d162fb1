//! The pages DingTalk groups and Servers.

use anyhow::{Context, Result};
use dinghy_demo::{Account, ArgoCd, ArgoCdOptions, RobotFault, Tls};
use dinghy_tests::desktop::Window;

use super::company::Company;
use super::studio::{Camera, go, scroll_to};
use super::trouble;

/// The group that signs.
const DUTY: &str = "dingtalk-duty";

pub(crate) async fn draw(camera: &Camera, window: &Window, company: &Company) -> Result<()> {
    servers(camera, window).await?;
    groups(camera, window, company).await
}

async fn servers(camera: &Camera, window: &Window) -> Result<()> {
    go(window, "servers/prod-cn").await?;
    window.element("[data-testid=server-details]").await?;
    camera.page(window, "servers").await?;

    // A fresh Argo CD shows a certificate that it made itself.
    let account = Account::new("reader").read_only();
    let options = ArgoCdOptions { tls: Tls::SelfSigned, accounts: vec![account], ..ArgoCdOptions::default() };
    let argocd = ArgoCd::start(options).context("cannot start an Argo CD")?;
    go(window, "servers?add=1").await?;
    window.fill("[data-testid=server-url]", &argocd.url()).await?;
    window.fill("[data-testid=server-name]", "prod-eu").await?;
    window.fill("[data-testid=server-secret]", &argocd.token("reader")).await?;
    window.click("[data-testid=server-test]").await?;
    window.element("[data-testid=probe][data-ok=false]").await?;
    camera.page(window, "server-test").await?;
    window.click("[data-testid=certificate-look]").await?;
    let fingerprint = argocd.fingerprint().context("a certificate has a fingerprint")?;
    window.fill("[data-testid=compare]", &fingerprint).await?;
    window.element("[data-testid=compared][data-same=true]").await?;
    camera.page(window, "server-certificate").await?;
    window.click("[data-testid=dialog-cancel]").await
}

async fn groups(camera: &Camera, window: &Window, company: &Company) -> Result<()> {
    go(window, "groups").await?;
    window.element("[data-testid=group-row]").await?;
    camera.page(window, "groups").await?;
    go(window, &format!("groups/{DUTY}?edit=1")).await?;
    window.click("[data-testid=person-add]").await?;
    window.fill("[data-testid=person-who]", "alice").await?;
    window.fill("[data-testid=person-to]", "13800000000").await?;
    scroll_to(window, "[data-testid=people]").await?;
    camera.page(window, "group-form").await?;
    go(window, &format!("groups/{DUTY}")).await?;
    window.click("[data-testid=group-details] [data-testid=group-test]").await?;
    window.element("[data-testid=test-result][data-ok=true]").await?;
    camera.page(window, "group-test").await?;

    // Somebody changed the robot's secret in DingTalk.
    let webhook = &company.demo.groups()[1].webhook_url;
    let token = webhook.rsplit('=').next().context("a webhook has a token")?;
    company.demo.dingtalk().fault(token, RobotFault::Errcode(310000, "sign not match".to_owned()));
    trouble::breaks_out(&company.demo)?;
    window.element("[data-testid=group-held]").await?;
    go(window, "groups").await?;
    go(window, &format!("groups/{DUTY}")).await?;
    window.element("[data-testid=group-held]").await?;
    camera.page(window, "group-refuses").await
}
