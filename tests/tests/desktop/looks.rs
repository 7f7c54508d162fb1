//! The window in both languages, in the dark, and by keyboard alone.

use anyhow::Result;
use dinghy_tests::desktop::{Desktop, Launch, Window};
use dinghy_tests::{app_binary, eventually};
use serde_json::Value;

use crate::keys::{ENTER, press, tab_to};
use crate::world::{Server, app, picture, visit};

const PAGES: [&str; 6] = ["apps", "events", "groups", "servers", "rules", "settings"];

#[tokio::test(flavor = "multi_thread")]
async fn it_speaks_the_language_of_the_system_until_told_otherwise() -> Result<()> {
    let desktop = Desktop::start().await?;
    let launch = Launch::new(app_binary()?).arg("--demo").env("LC_ALL", "zh_CN.UTF-8");
    let window = desktop.drive(&launch).await?;
    let item = desktop.tray_item().await?;
    window.shows("应用").await?;
    item.menu_when(|menu| menu.find("退出 Dinghy").is_some()).await?;
    assert!(item.tool_tip().await?.title.starts_with("Dinghy："));
    something_happens(&window).await?;
    for page in PAGES {
        go(&window, page, &format!("zh-{page}")).await?;
    }
    assert_eq!(ask(&window, "return document.documentElement.lang").await?, "zh-Hans");

    window.click("[data-testid=lang-en]").await?;
    window.shows("Language").await?;
    assert_eq!(ask(&window, "return document.documentElement.lang").await?, "en");
    item.menu_when(|menu| menu.find("Quit Dinghy").is_some()).await?;
    for page in PAGES {
        go(&window, page, &format!("en-{page}")).await?;
        let text = window.text().await?;
        let chrome = text.lines().take(7).collect::<String>();
        assert!(!chrome.chars().any(is_chinese), "words that were left in Chinese: {chrome}");
    }
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_dark_when_the_desktop_is() -> Result<()> {
    let desktop = Desktop::start().await?;
    let launch = Launch::new(app_binary()?).arg("--demo").env("GTK_THEME", "Adwaita:dark");
    let window = desktop.drive(&launch).await?;
    something_happens(&window).await?;
    for page in PAGES {
        go(&window, page, &format!("dark-{page}")).await?;
        let brightness = |part: &str| {
            format!(
                "const parts = getComputedStyle(document.body).{part}.match(/\\d+/g).map(Number); \
                 return (parts[0] + parts[1] + parts[2]) / 765;"
            )
        };
        let ground = ask(&window, &brightness("backgroundColor")).await?.as_f64().unwrap_or(1.0);
        let text = ask(&window, &brightness("color")).await?.as_f64().unwrap_or(0.0);
        assert!(ground < 0.2 && text > 0.8, "{page}: {text} on {ground}");
    }
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_added_and_found_by_keyboard_alone() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let prod = Server::start("prod", &["gateway", "web"])?;
    let window = desktop.drive(&app(&desktop)?).await?;
    window.shows("Three steps to the first message").await?;
    tab_to(&window, "Start: Argo CD server").await?;
    press(&window, ENTER).await?;
    // The form has the focus in its first field.
    window.element("[data-testid=server-form]").await?;
    press(&window, &prod.argocd.url()).await?;
    tab_to(&window, "server-name").await?;
    press(&window, prod.name).await?;
    tab_to(&window, "server-secret").await?;
    press(&window, &prod.token).await?;
    tab_to(&window, "server-save").await?;
    press(&window, ENTER).await?;
    window.shows("prod added").await?;

    tab_to(&window, "nav-apps").await?;
    press(&window, ENTER).await?;
    window.element("[data-testid=app-row]").await?;
    press(&window, "/").await?;
    press(&window, "gate").await?;
    eventually("only what was searched for", async || {
        let rows = ask(&window, "return document.querySelectorAll('[data-testid=app-row]').length").await?;
        Ok((rows == 1).then_some(()))
    })
    .await?;
    tab_to(&window, "app-list").await?;
    press(&window, ENTER).await?;
    let opened = eventually("the browser", async || {
        let opened = desktop.opened_urls()?;
        Ok((!opened.is_empty()).then_some(opened))
    });
    assert_eq!(opened.await?, [prod.page_of("gateway")]);
    window.end().await
}

async fn ask(window: &Window, script: &str) -> Result<Value> {
    Ok(window.execute(script, Vec::new()).await?)
}

/// The demo needs a few seconds until there is something to see.
async fn something_happens(window: &Window) -> Result<()> {
    visit(window, "events").await?;
    eventually("some events", async || {
        let rows = ask(window, "return document.querySelectorAll('[data-testid=event-row]').length").await?;
        Ok((rows.as_u64() > Some(8)).then_some(()))
    })
    .await
}

/// Opens a page by its link and takes its picture.
async fn go(window: &Window, page: &str, name: &str) -> Result<()> {
    visit(window, page).await?;
    match page {
        "apps" => window.element("[data-testid=app-row]").await.map(drop)?,
        "events" => window.element("[data-testid=event-row]").await.map(drop)?,
        "rules" => window.element("[data-testid=rules-problems]").await.map(drop)?,
        _ => {}
    }
    picture(window, name).await
}

/// The block that everyday Chinese is written in.
fn is_chinese(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}
