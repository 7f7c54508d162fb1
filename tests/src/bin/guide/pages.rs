//! Every page of the window, while the company is at work.

use anyhow::Result;
use dinghy_demo::{Fault, Lang};
use dinghy_tests::desktop::{Desktop, Window};

use super::company::Company;
use super::studio::{Camera, Options, go, open};
use super::trouble::MUTED;
use super::{connections, rules};

pub(crate) async fn draw(options: &Options, lang: Lang) -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let company = Company::start(lang)?;
    let camera = Camera::new(options, lang)?;
    let window = open(&desktop, &company.followed(options, &desktop)?).await?;
    window.element("[data-testid=overview] [data-testid=tally]").await?;
    mute(&window).await?;
    company.gets_busy().await?;

    go(&window, "overview").await?;
    window.element("[data-testid=attention-app]").await?;
    camera.page(&window, "overview").await?;
    look(&camera, &window).await?;
    rules::draw(&camera, &window, &company.demo.notifications_yaml()).await?;
    connections::draw(&camera, &window, &company).await?;

    // What is old looks old.
    company.demo.staging().fault(Fault::Refuse);
    go(&window, "overview").await?;
    window.element("[data-testid=attention-server]").await?;
    camera.page(&window, "server-lost").await?;
    window.end().await
}

/// The same in the dark, for a look at it.
pub(crate) async fn draw_dark(options: &Options, lang: Lang) -> Result<()> {
    let desktop = Desktop::start().await?;
    let company = Company::start(lang)?;
    let camera = Camera::new(options, lang)?;
    let launch = company.followed(options, &desktop)?.env("GTK_THEME", "Adwaita:dark");
    let window = open(&desktop, &launch).await?;
    window.element("[data-testid=overview] [data-testid=tally]").await?;
    company.gets_busy().await?;
    window.element("[data-testid=attention-app]").await?;
    camera.page(&window, "overview-dark").await?;
    go(&window, "rules/templates/health-degraded").await?;
    window.element("[data-testid=bubble]").await?;
    camera.page(&window, "rules-template-dark").await?;
    window.end().await
}

/// Somebody wants to hear nothing of it.
async fn mute(window: &Window) -> Result<()> {
    go(window, &format!("apps/prod-cn/team-data/{MUTED}")).await?;
    window.click("[data-testid=app-details] [data-testid=mute]").await?;
    window.click("[data-testid=mute-tomorrow]").await?;
    window.element("[data-testid=app-muted]").await.map(drop)
}

async fn look(camera: &Camera, window: &Window) -> Result<()> {
    go(window, "apps").await?;
    // Those that need attention are on top.
    window.click("[data-testid=app-row]").await?;
    window.element("[data-testid=app-details] [data-testid=app-rule]").await?;
    camera.page(window, "apps").await?;
    window.click("[data-testid=app-details] [data-testid=mute]").await?;
    camera.page_as_it_is(window, "apps-mute").await?;

    go(window, "events").await?;
    window.element("[data-testid=event-row]").await?;
    camera.page(window, "events").await?;
    go(window, "events?tone=hold").await?;
    let held = format!("[data-testid=event-row][data-app='prod-cn/team-data/{MUTED}'][data-tone=hold]");
    window.click(&format!("{held} > button")).await?;
    window.click("[data-testid=event-why]").await?;
    window.element("[data-testid=decided]").await?;
    camera.page(window, "events-why").await?;

    go(window, "settings").await?;
    window.click("[data-testid=quiet]").await?;
    window.element("[data-testid=quiet-from]").await?;
    camera.page(window, "settings").await?;

    go(window, "overview").await?;
    window.click("[data-testid=palette-open]").await?;
    window.fill("[data-testid=palette-input]", "pay").await?;
    window.element("[data-testid=palette-entry]").await?;
    camera.page_as_it_is(window, "palette").await?;
    window
        .execute(
            "document.querySelector('[data-testid=palette]').dispatchEvent(new Event('cancel'))",
            Vec::new(),
        )
        .await?;
    window.gone("[data-testid=palette]").await
}
