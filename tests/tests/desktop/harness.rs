//! The harness itself, without Dinghy: small stand-ins show that what it reports is what was there.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use dinghy_tests::desktop::{App, Desktop, Launch};
use dinghy_tests::eventually;
use expect_test::expect;

fn stand_in(role: &str) -> Launch {
    Launch::new(env!("CARGO_BIN_EXE_stand-in")).arg(role)
}

async fn says(app: &App, words: &str) -> Result<()> {
    eventually(words, async || Ok(app.log()?.contains(words).then_some(())))
        .await
        .with_context(|| app.log().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_item_is_read_and_clicked() -> Result<()> {
    let desktop = Desktop::start().await?;
    let app = desktop.launch(&stand_in("tray"))?;
    let item = desktop.tray_item().await?;
    assert!(item.registered_at() > app.started_at());
    assert_eq!(item.title().await?, "Lamp");
    assert_eq!(item.status().await?, "Active");
    assert_eq!(item.icon().await?.pixmaps[0].argb, [255, 1, 2, 3, 0, 0, 0, 0]);
    let tool_tip = item.tool_tip().await?;
    assert_eq!((tool_tip.title.as_str(), tool_tip.text.as_str()), ("2 lamps", "1 is on"));
    expect![[r#"
        Kitchen
          stove_hood
        ---
        [x] On
        Broken (disabled)
        Quit
    "#]]
    .assert_eq(&item.menu().await?.to_string());

    item.click("stove_hood").await?;
    says(&app, "hood clicked").await?;
    item.activate().await?;
    says(&app, "icon clicked").await?;
    item.click("On").await?;
    item.menu_when(|menu| menu.find("On").is_some_and(|entry| entry.checked == Some(false))).await?;

    let refused = item.click("Broken").await.unwrap_err();
    assert!(refused.to_string().contains("`Broken` is disabled"), "{refused}");
    let missing = item.click("Garage").await.unwrap_err();
    assert!(missing.to_string().contains("no entry `Garage`"), "{missing}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_host_that_starts_anew_is_found_by_the_items() -> Result<()> {
    let mut desktop = Desktop::start().await?;
    let app = desktop.launch(&stand_in("tray"))?;
    let before = desktop.tray_item().await?;
    // The item listens for a new host only after it has registered with the first one.
    says(&app, "in the tray").await?;
    desktop.restart_tray().await?;
    let after = desktop.tray_item().await?;
    assert!(after.registered_at() > before.registered_at());
    assert_eq!(after.title().await?, "Lamp");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_is_read_and_clicked() -> Result<()> {
    let desktop = Desktop::start().await?;
    let app = desktop.launch(&stand_in("notify"))?;
    let shown = desktop.notification(|shown| shown.summary == "Sync failed").await?;
    assert_eq!(shown.body, "guestbook");
    assert_eq!(shown.actions, [("default".to_owned(), "Open".to_owned())]);
    assert!(desktop.click(&shown, "other").await.is_err());
    // The stand-in listens for clicks only after it has shown the notification.
    eventually("a click that is heard", async || {
        desktop.click(&shown, "default").await?;
        Ok(app.log()?.contains("default clicked").then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_asked_for_is_not_there() -> Result<()> {
    let desktop = Desktop::with().without_tray().without_notifications().start().await?;
    let mut app = desktop.launch(&stand_in("notify"))?;
    assert!(!app.ended().await?.success());
    assert!(app.log()?.contains("ServiceUnknown"), "{}", app.log()?);
    assert!(desktop.keyring().is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keychain_keeps_secrets_until_it_is_locked() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let keyring = desktop.keyring()?;
    assert!(keyring.labels().await?.is_empty());

    let secret = dinghy_tests::secret("harness");
    let mut store = desktop.command("sh");
    let script = format!("printf {secret} | secret-tool store --label=Token server prod");
    assert!(store.args(["-c", &script]).status()?.success());
    assert_eq!(keyring.labels().await?, ["Token"]);
    let lookup = desktop.command("secret-tool").args(["lookup", "server", "prod"]).output()?;
    assert_eq!(String::from_utf8(lookup.stdout)?, secret);

    keyring.lock().await?;
    assert!(keyring.is_locked().await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_only_notes_what_it_was_asked_to_open() -> Result<()> {
    let desktop = Desktop::with().without_tray().start().await?;
    assert!(desktop.opened_urls()?.is_empty());
    assert!(desktop.command("xdg-open").arg("https://argocd.example/applications/a b").status()?.success());
    assert_eq!(desktop.opened_urls()?, ["https://argocd.example/applications/a b"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_driven() -> Result<()> {
    let desktop = Desktop::start().await?;
    let page = "<input id=name><button onclick=\"out.textContent = 'Hello ' + document.querySelector('input').value\">Greet</button><p id=out>";
    let window = desktop.drive(&Launch::new(small_browser()?).arg("--automation")).await?;
    window.goto(&format!("data:text/html,{page}")).await?;
    window.fill("#name", "应用").await?;
    window.click_text("Greet").await?;
    window.shows("Hello 应用").await?;
    let picture = window.picture(&desktop.sandbox().path().join("window.png")).await?;
    assert!(fs::read(picture)?.starts_with(b"\x89PNG"));
    window.end().await
}

/// Part of WebKitGTK's own package on Debian.
fn small_browser() -> Result<String> {
    let list =
        Command::new("sh").args(["-c", "ls /usr/lib/*/webkit2gtk-4.1/MiniBrowser 2>/dev/null"]).output()?;
    let list = String::from_utf8(list.stdout)?;
    list.lines().next().map(str::to_owned).context("WebKitGTK's MiniBrowser is not here")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_display_can_be_looked_at() -> Result<()> {
    let desktop = Desktop::with().without_tray().start().await?;
    let picture = desktop.sandbox().path().join("display.png");
    desktop.screenshot(&picture).await?;
    assert!(fs::read(picture)?.starts_with(b"\x89PNG"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outlives_the_desktop() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let app = desktop.launch(&stand_in("tray"))?;
    desktop.tray_item().await?;
    let processes = below(std::process::id(), desktop.sandbox().outside())?;
    assert!(processes.len() >= 5, "Xvfb, D-Bus, openbox, keyring and the application: {processes:?}");
    assert!(app.stop().await?.code().is_none(), "ended by the signal");
    drop(desktop);
    let left: Vec<_> =
        processes.iter().filter(|process| Path::new(&format!("/proc/{process}")).exists()).collect();
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

/// The children of this process that have the desktop's home.
fn below(parent: u32, home: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // Processes come and go while we look.
        let status = fs::read_to_string(format!("/proc/{name}/status")).unwrap_or_default();
        let environment = fs::read(format!("/proc/{name}/environ")).unwrap_or_default();
        let environment = String::from_utf8_lossy(&environment).into_owned();
        if status.contains(&format!("\nPPid:\t{parent}\n"))
            && environment.contains(&home.display().to_string())
        {
            found.push(name);
        }
    }
    Ok(found)
}
