//! A server that is lost and comes back.

use anyhow::Result;
use dinghy_demo::Fault;
use dinghy_tests::desktop::Desktop;

use super::{Group, RULES, TOLD, at_work, tray_says};
use crate::world::{Server, picture, visit};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_lost_and_comes_back() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["api", "web"])?;
    let group = Group::start()?;
    let window = desktop.drive(&at_work(&desktop, &prod, &group, &format!("{RULES}{TOLD}"))?).await?;
    tray_says(&desktop, "All well, 2 applications").await?;
    visit(&window, "overview").await?;
    let tally = "[data-testid=tally][data-name=prod]";
    window.says(tally, &["Live"]).await?;
    window.shows("Nothing needs attention").await?;

    prod.argocd.fault(Fault::Refuse);
    window.says("[data-testid=attention-server]", &["prod", "does not accept connections"]).await?;
    window.element(&format!("{tally}.dim")).await?;
    window.element("[data-testid=tallies] tfoot .dim").await?;
    window.says(tally, &["Unreachable"]).await?;
    picture(&window, "server-lost").await?;
    // What was last known is still there, and looks old.
    visit(&window, "apps").await?;
    window.click("[data-testid=app-row][data-app='prod/argocd/web'][data-stale=true]").await?;
    window
        .says("[data-testid=stale]", &["prod has not been heard since", "What is shown is from then."])
        .await?;

    // Meanwhile something happens.
    prod.set_health("web", "Degraded");
    prod.argocd.clear_fault();
    visit(&window, "overview").await?;
    // It would try again by itself in a while.
    window.click("[data-testid=refresh]").await?;
    window.says("[data-testid=attention-app][data-app='prod/argocd/web']", &["web", "Degraded"]).await?;
    window.gone("[data-testid=attention-server]").await?;
    window.gone("[data-testid=tallies] .dim").await?;
    window.says(tally, &["Live"]).await?;
    visit(&window, "apps").await?;
    window.element("[data-testid=app-row][data-app='prod/argocd/web'][data-stale=false]").await?;
    assert_eq!(group.reads(1).await?, ["web is Degraded"]);
    window.end().await
}
