//! Secrets in the keychain of the desktop: a real gnome-keyring, none, or one that is locked.

use anyhow::{Result, ensure};
use dinghy_tests::desktop::{Desktop, Launch, TrayItem, Window};
use dinghy_tests::{app_binary, eventually};

use crate::world::{Server, app, visit};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_typed_into_the_window_is_kept_by_the_keychain_alone() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let prod = Server::start("prod", &["web"])?;
    let window = desktop.drive(&app(&desktop)?).await?;
    add(&window, &prod).await?;
    visit(&window, "apps").await?;
    window.element("[data-testid=app-row]").await?;
    window.end().await?;

    assert_eq!(desktop.keyring()?.labels().await?, ["Dinghy: server.prod"]);
    assert_eq!(lookup(&desktop)?, prod.token);
    assert_eq!(desktop.files_with(&prod.token)?, Vec::<std::path::PathBuf>::new());

    // It signs in by itself.
    let _app = desktop.launch(&Launch::new(app_binary()?).arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("All well, 1 application").is_some()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_it_runs_on_and_finds_one_that_starts_later() -> Result<()> {
    let mut desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let window = desktop.drive(&from_the_keychain(&desktop, &prod)?).await?;
    let item = desktop.tray_item().await?;
    visit(&window, "servers").await?;
    window.shows("No keychain service is running").await?;
    // Nothing can be stored either, and that is said in the form.
    let other = Server::start("other", &[])?;
    fill_in(&window, &other).await?;
    let form = window.text_of("[data-testid=server-form]").await?;
    assert!(!form.contains("No keychain"), "{form}");
    window.click("[data-testid=server-save]").await?;
    eventually("the form to say it", async || {
        let form = window.text_of("[data-testid=server-form]").await?;
        Ok(form.contains("No keychain service is running").then_some(()))
    })
    .await?;

    desktop.start_keyring().await?;
    store(&desktop, &prod)?;
    becomes_live(&item).await?;
    // What was typed can be kept now.
    window.click("[data-testid=server-save]").await?;
    window.shows("other added").await?;
    window.shows_no_more("No keychain service is running").await?;
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keychain_is_named_and_read_once_it_is_open() -> Result<()> {
    let mut desktop = Desktop::with().with_keyring().start().await?;
    let prod = Server::start("prod", &["web"])?;
    store(&desktop, &prod)?;
    desktop.keyring()?.lock().await?;
    let window = desktop.drive(&from_the_keychain(&desktop, &prod)?).await?;
    let item = desktop.tray_item().await?;
    visit(&window, "servers").await?;
    window.shows("The keychain is locked.").await?;
    window.shows("Unlock it, then refresh.").await?;

    // As after a new login: the service starts anew, with the password.
    desktop.start_keyring().await?;
    becomes_live(&item).await?;
    window.shows_no_more("The keychain is locked").await?;
    window.end().await
}

/// The application with a server whose token is nowhere but, perhaps, in the keychain.
fn from_the_keychain(desktop: &Desktop, server: &Server) -> Result<Launch> {
    let (name, url) = (server.name, server.argocd.url());
    desktop.sandbox().settings(&format!(
        "language = \"en\"\n\n[[servers]]\nname = \"{name}\"\nurl = \"{url}\"\nauth = \"token\"\n"
    ))?;
    Ok(Launch::new(app_binary()?))
}

/// Adds a server in the window.
async fn add(window: &Window, server: &Server) -> Result<()> {
    fill_in(window, server).await?;
    window.click("[data-testid=server-save]").await?;
    window.shows(&format!("{} added", server.name)).await
}

async fn fill_in(window: &Window, server: &Server) -> Result<()> {
    visit(window, "servers").await?;
    window.click("[data-testid=server-add]").await?;
    window.fill("[data-testid=server-name]", server.name).await?;
    window.fill("[data-testid=server-url]", &server.argocd.url()).await?;
    window.fill("[data-testid=server-secret]", &server.token).await
}

/// Asks until it works, as the message tells the user to.
async fn becomes_live(item: &TrayItem) -> Result<()> {
    eventually("the server to be live", async || {
        item.click("Refresh now").await?;
        let menu = item.menu().await?;
        Ok(menu.find("prod · Live").map(drop))
    })
    .await
}

/// As another program would.
fn store(desktop: &Desktop, server: &Server) -> Result<()> {
    let script = format!(
        "printf %s \"$SECRET\" | secret-tool store --label='Dinghy: server.{0}' service dinghy username server.{0}",
        server.name
    );
    let stored = desktop.command("sh").args(["-c", &script]).env("SECRET", &server.token).status()?;
    ensure!(stored.success(), "secret-tool cannot store");
    Ok(())
}

fn lookup(desktop: &Desktop) -> Result<String> {
    let found = desktop
        .command("secret-tool")
        .args(["lookup", "service", "dinghy", "username", "server.prod"])
        .output()?;
    Ok(String::from_utf8(found.stdout)?)
}
