//! The tray icon: what it looks like, what its menu says in each state, and what a click does.

use std::time::{Duration, Instant};

use anyhow::Result;
use dinghy_demo::Fault;
use dinghy_tests::desktop::{Desktop, Icon, Launch, TrayItem};
use dinghy_tests::{app_binary, eventually};
use expect_test::{Expect, expect};

use crate::world::{Server, following, without_times};

/// Dinghy promises to be gone this soon after Quit.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_starts_into_the_tray_and_quits() -> Result<()> {
    let desktop = Desktop::start().await?;
    let mut app = desktop.launch(&Launch::new(app_binary()?).arg("--demo").arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    assert_eq!(item.title().await?, "Dinghy");
    let sizes: Vec<_> = item.icon().await?.pixmaps.iter().map(|map| (map.width, map.height)).collect();
    assert_eq!(sizes, [(22, 22), (44, 44)]);
    // The play begins with applications that are in trouble on both servers.
    let menu = item.menu_when(|menu| menu.find("prod-cn · Live").is_some()).await?;
    assert!(menu.find("staging · Live").is_some() || menu.find("staging · Connecting").is_some(), "{menu}");
    assert!(item.tool_tip().await?.title.starts_with("Dinghy: "), "{:?}", item.tool_tip().await?);
    assert_eq!(desktop.window_titles(app.id()).await?, [""; 0], "--hidden shows no window");

    let asked = Instant::now();
    item.click("Quit Dinghy").await?;
    assert_eq!(app.ended().await?.code(), Some(0), "{}", app.log()?);
    assert!(asked.elapsed() < ENDS_WITHIN, "took {:?}", asked.elapsed());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_names_what_needs_attention_and_opens_its_page() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["api", "gateway", "web"])?;
    let staging = Server::start("staging", &["api", "web"])?;
    let app = desktop.launch(&following(&desktop, &[&prod, &staging], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;

    shows(
        &item,
        "All well, 5 applications",
        expect![[r#"
        All well, 5 applications (disabled)
        ---
        Pause sending
          For 1 hour
          Until tomorrow, HH:MM
          Until I turn it on
        ---
        Servers (disabled)
        prod · Live
        staging · Live
        Refresh now
        ---
        Open Dinghy
        Quit Dinghy
    "#]],
    )
    .await?;
    assert_eq!(item.tool_tip().await?.title, "Dinghy: All well, 5 applications");
    assert_eq!(item.status().await?, "Active");
    let well = item.icon().await?;

    // By server, the worst first, as in Argo CD's own list.
    prod.set_health("api", "Missing");
    prod.set_health("web", "Degraded");
    staging.set_health("api", "Degraded");
    shows(
        &item,
        "3 need attention",
        expect![[r#"
        3 need attention (disabled)
        prod (disabled)
        ♡ web · Degraded
        ◌ api · Missing
        staging (disabled)
        ♡ api · Degraded
        ---
        Recent events
        Mute
          web (prod)
            For 1 hour
            For 4 hours
            Until tomorrow, HH:MM
            Until I unmute it
          api (prod)
            For 1 hour
            For 4 hours
            Until tomorrow, HH:MM
            Until I unmute it
          api (staging)
            For 1 hour
            For 4 hours
            Until tomorrow, HH:MM
            Until I unmute it
        Pause sending
          For 1 hour
          Until tomorrow, HH:MM
          Until I turn it on
        ---
        Servers (disabled)
        prod · Live
        staging · Live
        Refresh now
        ---
        Open Dinghy
        Quit Dinghy
    "#]],
    )
    .await?;
    assert_eq!(item.tool_tip().await?.title, "Dinghy: 3 need attention");
    assert_eq!(item.status().await?, "NeedsAttention");
    assert_ne!(item.icon().await?, well);

    item.click("◌ api · Missing").await?;
    opens(&desktop, &[&prod.page_of("api")]).await?;
    // The same name on the other server.
    item.click("♡ api · Degraded").await?;
    opens(&desktop, &[&prod.page_of("api"), &staging.page_of("api")]).await?;

    for (server, name) in [(&prod, "api"), (&prod, "web"), (&staging, "api")] {
        server.set_health(name, "Healthy");
    }
    item.menu_when(|menu| menu.find("All well, 5 applications").is_some()).await?;
    icon_becomes(&item, "as it was at first", |icon| *icon == well).await?;
    app.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_never_drawn_as_well() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["api", "web"])?;
    let staging = Server::start("staging", &["api"])?;
    let _app = desktop.launch(&following(&desktop, &[&prod, &staging], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("All well, 3 applications").is_some()).await?;
    let well = item.icon().await?;
    prod.set_health("web", "Degraded");
    item.menu_when(|menu| menu.find("♡ web · Degraded").is_some()).await?;

    // One server is down: what it last said counts neither as well nor as in trouble.
    prod.argocd.fault(Fault::Refuse);
    shows(
        &item,
        "prod · Unreachable, as of HH:MM",
        expect![[r#"
        1 needs attention (disabled)
        ! prod · Unreachable
        ---
        Recent events
        Pause sending
          For 1 hour
          Until tomorrow, HH:MM
          Until I turn it on
        ---
        Servers (disabled)
        prod · Unreachable, as of HH:MM
        staging · Live
        Refresh now
        ---
        Open Dinghy
        Quit Dinghy
    "#]],
    )
    .await?;
    let partly = item.icon().await?;
    assert_ne!(partly, well);

    staging.argocd.fault(Fault::Refuse);
    shows(
        &item,
        "No server answers",
        expect![[r#"
        No server answers (disabled)
        ---
        Recent events
        Pause sending
          For 1 hour
          Until tomorrow, HH:MM
          Until I turn it on
        ---
        Servers (disabled)
        prod · Unreachable, as of HH:MM
        staging · Unreachable, as of HH:MM
        Refresh now
        ---
        Open Dinghy
        Quit Dinghy
    "#]],
    )
    .await?;
    let offline = item.icon().await?;
    assert!(offline != well && offline != partly);

    prod.argocd.clear_fault();
    staging.argocd.fault(Fault::Unauthorized);
    item.click("Refresh now").await?;
    item.menu_when(|menu| menu.find("♡ web · Degraded").is_some()).await?;
    shows(
        &item,
        "staging · Sign-in needed, as of HH:MM",
        expect![[r#"
            2 need attention (disabled)
            prod (disabled)
            ♡ web · Degraded
            ! staging · Sign-in needed
            ---
            Recent events
            Mute
              web (prod)
                For 1 hour
                For 4 hours
                Until tomorrow, HH:MM
                Until I unmute it
            Pause sending
              For 1 hour
              Until tomorrow, HH:MM
              Until I turn it on
            ---
            Servers (disabled)
            prod · Live
            staging · Sign-in needed, as of HH:MM
            Refresh now
            ---
            Open Dinghy
            Quit Dinghy
        "#]],
    )
    .await?;
    assert_ne!(item.icon().await?, well);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_is_paused_and_resumed() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let _app = desktop.launch(&following(&desktop, &[&prod], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("All well, 1 application").is_some()).await?;
    let well = item.icon().await?;
    for (length, resume) in [
        ("For 1 hour", "Resume sending (until HH:MM)"),
        ("Until tomorrow, 09:00", "Resume sending (until 09:00)"),
        ("Until I turn it on", "Resume sending"),
    ] {
        item.click(length).await?;
        let paused = item.menu_when(|menu| menu.find("Pause sending").is_none()).await?;
        let text = if length.contains("hour") { without_times(&paused) } else { paused.to_string() };
        assert!(text.lines().any(|line| line == resume), "{paused}");
        icon_becomes(&item, "another", |icon| *icon != well).await?;
        let entry = paused.entries.iter().find(|entry| entry.label.starts_with("Resume sending"));
        item.click(&entry.map(|entry| entry.label.clone()).unwrap_or_default()).await?;
        item.menu_when(|menu| menu.find(length).is_some()).await?;
        icon_becomes(&item, "as it was", |icon| *icon == well).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_asks_every_server_at_once() -> Result<()> {
    let desktop = Desktop::start().await?;
    let (prod, staging) = (Server::start("prod", &["web"])?, Server::start("staging", &["web"])?);
    let _app = desktop.launch(&following(&desktop, &[&prod, &staging], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("All well, 2 applications").is_some()).await?;
    let lists = |server: &Server| {
        server
            .argocd
            .requests()
            .iter()
            .filter(|request| request.target.split('?').next() == Some("/api/v1/applications"))
            .count()
    };
    let before = (lists(&prod), lists(&staging));
    item.click("Refresh now").await?;
    eventually("another list of both servers", async || {
        Ok((lists(&prod) > before.0 && lists(&staging) > before.1).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_is_not_redrawn_while_nothing_changes() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["api", "web"])?;
    prod.set_health("web", "Degraded");
    let _app = desktop.launch(&following(&desktop, &[&prod], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("♡ web · Degraded").is_some()).await?;
    // A list anew and an event that changes nothing that is shown.
    let quiet = item.signals_during(Duration::from_secs(3), async {
        item.click("Refresh now").await?;
        prod.edit("api", |app| app["metadata"]["generation"] = 1_000.into());
        Ok(())
    });
    assert_eq!(quiet.await?, [""; 0]);
    // That signals are heard at all:
    let changed = item.signals_during(Duration::from_secs(3), async {
        prod.set_health("api", "Degraded");
        Ok(())
    });
    let changed = changed.await?;
    assert!(changed.iter().any(|name| name == "LayoutUpdated"), "{changed:?}");
    Ok(())
}

/// Waits for an entry, then compares the whole menu.
async fn shows(item: &TrayItem, entry: &str, expected: Expect) -> Result<()> {
    let mut last = String::new();
    let found = eventually(entry, async || {
        last = without_recent(&without_times(&item.menu().await?));
        Ok(last.lines().any(|line| line.trim_end_matches(" (disabled)").trim() == entry).then_some(()))
    });
    found.await.map_err(|error| error.context(last.clone()))?;
    expected.assert_eq(&last);
    Ok(())
}

/// What happened is told in the order in which it was seen, which the servers decide.
fn without_recent(menu: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in menu.lines() {
        inside &= line.starts_with(' ');
        if !inside {
            out += line;
            out.push('\n');
        }
        inside |= line == "Recent events";
    }
    out
}

async fn opens(desktop: &Desktop, urls: &[&str]) -> Result<()> {
    let opened = eventually("the browser", async || {
        let opened = desktop.opened_urls()?;
        Ok((opened.len() >= urls.len()).then_some(opened))
    });
    assert_eq!(opened.await?, urls);
    Ok(())
}

/// The menu and the icon are drawn one after the other.
async fn icon_becomes(item: &TrayItem, what: &str, is_it: impl Fn(&Icon) -> bool) -> Result<()> {
    eventually(&format!("the icon to be {what}"), async || Ok(is_it(&item.icon().await?).then_some(()))).await
}
