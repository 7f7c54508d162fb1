//! The first start: an empty profile, and three steps to the first message.

use anyhow::{Context, Result};
use dinghy_demo::{Demo, DemoOptions, Lang};
use dinghy_tests::desktop::Desktop;

use super::studio::{Camera, Options, open};

pub(crate) async fn draw(options: &Options, lang: Lang) -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let company =
        Demo::start(DemoOptions { lang, ..DemoOptions::default() }).context("cannot start the demo")?;
    let camera = Camera::new(options, lang)?;
    let window = open(&desktop, &options.launch(lang)).await?;
    window.element("[data-testid=start]").await?;
    camera.page(&window, "start").await?;

    let server = &company.servers()[0];
    window.click("[data-testid=start] a.btn").await?;
    window.fill("[data-testid=server-url]", &server.url).await?;
    window.fill("[data-testid=server-name]", &server.name).await?;
    window.fill("[data-testid=server-secret]", &server.secret).await?;
    window.click("[data-testid=server-test]").await?;
    window.element("[data-testid=probe][data-ok=true]").await?;
    camera.page(&window, "start-server").await?;
    window.click("[data-testid=server-save]").await?;

    let group = &company.groups()[1];
    window.fill("[data-testid=group-webhook]", &group.webhook_url).await?;
    let sign = group.sign_secret.as_ref().map(|(_, secret)| secret.as_str());
    window.fill("[data-testid=group-sign]", sign.context("the group signs")?).await?;
    window.click("[data-testid=group-test]").await?;
    window.element("[data-testid=test-result][data-ok=true]").await?;
    camera.page(&window, "start-group").await?;
    window.click("[data-testid=group-save]").await?;

    window.element("[data-testid=first-rules] input:checked").await?;
    camera.page(&window, "start-rules").await?;
    window.click("[data-testid=start-rules]").await?;
    window.click("[data-testid=first-rules][data-done=true] [data-testid=start-test]").await?;
    window.element("[data-testid=test-result][data-ok=true]").await?;
    camera.page(&window, "start-done").await?;
    window.end().await
}
