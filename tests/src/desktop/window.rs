//! A window that is driven as a person would: WebDriver, spoken to WebKitWebDriver directly.
//!
//! WebKitWebDriver starts the application by itself and finds it again through an environment variable of WebKit's. That
//! the application lets itself be driven takes two more, the ones that tauri-driver would set.

use std::net::TcpListener;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, json};

use super::Desktop;
use super::app::Launch;
use super::process::Process;
use crate::{PATIENCE, eventually};

const DRIVER: &str = "WebKitWebDriver";

/// Has something painted again and again that nobody sees. WebKit's driver takes its picture after the next painting,
/// which never comes on a page that rests where WebKit draws without layers.
const PAINT_ON: &str = "
    const point = document.createElement('div');
    point.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 1px; height: 1px; pointer-events: none';
    document.body.append(point);
    let times = 0;
    const timer = setInterval(() => {
        point.style.backgroundColor = `rgb(0 0 0 / ${times++ % 2 === 0 ? 0 : 0.004})`;
    }, 16);
    window.paintingOn = {point, timer};";

const PAINT_NO_MORE: &str = "clearInterval(window.paintingOn.timer); window.paintingOn.point.remove();";

/// A window under WebDriver's control. What is not here is fantoccini's [`Client`]'s.
pub struct Window {
    client: Client,
    /// Ends the application too, when dropped.
    driver: Process,
}

impl Deref for Window {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Window {
    /// Starts the application, which must open a window by itself.
    pub(super) async fn open(desktop: &Desktop, launch: &Launch) -> Result<Window> {
        let port = free_port()?;
        let mut driver = launch.command(desktop, DRIVER.as_ref());
        driver.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        driver.arg(format!("--port={port}")).arg("--host=127.0.0.1");
        let driver = Process::start(driver, &desktop.environment.log("webdriver"))?;
        let address = format!("http://127.0.0.1:{port}");
        eventually("WebKitWebDriver to listen", async || {
            Ok(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok().then_some(()))
        })
        .await?;
        let args: Vec<_> = launch.args.iter().map(|arg| arg.to_string_lossy()).collect();
        let mut capabilities = Map::new();
        capabilities
            .insert("webkitgtk:browserOptions".to_owned(), json!({"binary": launch.binary, "args": args}));
        let session =
            ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&address).await;
        let client = session.with_context(|| format!("no window of {}", launch.binary.display()))?;
        Ok(Window { client, driver })
    }

    /// The first element that the CSS selector finds; waits for it.
    pub async fn element(&self, css: &str) -> Result<Element> {
        self.client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await
            .with_context(|| format!("no `{css}`"))
    }

    /// Clicks what the CSS selector finds first; waits until it is there and nothing lies over it.
    pub async fn click(&self, css: &str) -> Result<()> {
        eventually(&format!("a click on `{css}`"), async || {
            let clicked = self.client.find(Locator::Css(css)).await?.click().await;
            // Its words are often empty, but not its name.
            clicked.map_err(|error| anyhow!("{error:?}")).map(Some)
        })
        .await
    }

    /// Clicks the button, link or tab whose words are exactly `text`; waits for it.
    pub async fn click_text(&self, text: &str) -> Result<()> {
        let words = quote(text);
        let xpath = format!(
            "//*[self::button or self::a or @role][normalize-space(.)={words} or @aria-label={words}]"
        );
        let element = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&xpath)).await;
        element.with_context(|| format!("nothing to click says `{text}`"))?.click().await?;
        Ok(())
    }

    /// Replaces what stands in an input field. Not key by key: WebKit's driver waits for ever for a key that a busy
    /// display lost. Tests of the keyboard press real keys (`Desktop::press`).
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        self.paste(css, text).await
    }

    /// Waits until the page shows these words; fails with what it shows instead.
    pub async fn shows(&self, text: &str) -> Result<()> {
        let mut last = String::new();
        let found = eventually("the page", async || {
            last = self.text().await?;
            Ok(last.contains(text).then_some(()))
        })
        .await;
        found.with_context(|| format!("the page does not show `{text}` but\n{last}"))
    }

    /// Waits until what the CSS selector finds has all these words in it; fails with what it says instead.
    pub async fn says(&self, css: &str, words: &[&str]) -> Result<()> {
        let mut last = String::new();
        let found = eventually(css, async || {
            last = self.text_of(css).await?;
            Ok(words.iter().all(|words| last.contains(words)).then_some(()))
        })
        .await;
        found.with_context(|| format!("`{css}` does not say {words:?} but\n{last}"))
    }

    /// Waits until the CSS selector finds nothing.
    pub async fn gone(&self, css: &str) -> Result<()> {
        eventually(&format!("no `{css}`"), async || {
            Ok(self.client.find_all(Locator::Css(css)).await?.is_empty().then_some(()))
        })
        .await
    }

    /// Waits until the page shows these words no more.
    pub async fn shows_no_more(&self, text: &str) -> Result<()> {
        let what = format!("the page to show `{text}` no more");
        eventually(&what, async || Ok((!self.text().await?.contains(text)).then_some(()))).await
    }

    /// Puts a text into a field at once, as pasting does.
    pub async fn paste(&self, css: &str, text: &str) -> Result<()> {
        let field = serde_json::to_value(self.element(css).await?)?;
        let script = "const [field, text] = arguments; field.focus(); field.select(); \
            document.execCommand('insertText', false, text);";
        self.client
            .execute(script, vec![field, text.into()])
            .await
            .with_context(|| format!("paste into `{css}`"))?;
        Ok(())
    }

    /// Replaces what stands in a code editor, named by its test id, as selecting all and pasting does. Waits for the
    /// editor, which is loaded when it is first needed.
    pub async fn write(&self, editor: &str, text: &str) -> Result<()> {
        let script = "const [name, text] = arguments; \
            const host = document.querySelector(`[data-testid='${name}-code']`); \
            const content = host?.shadowRoot?.querySelector('.cm-content'); \
            if (!content) return false; \
            const all = {key: 'a', code: 'KeyA', keyCode: 65, ctrlKey: true, bubbles: true, cancelable: true}; \
            content.dispatchEvent(new KeyboardEvent('keydown', all)); \
            const clipboardData = new DataTransfer(); \
            clipboardData.setData('text/plain', text); \
            content.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true})); \
            return true;";
        eventually(&format!("the editor {editor}"), async || {
            let written = self.client.execute(script, vec![editor.into(), text.into()]).await?;
            Ok((written == true).then_some(()))
        })
        .await
    }

    /// All words that the page shows. WebDriver's own way to ask leaves out what ends in an ellipsis.
    pub async fn text(&self) -> Result<String> {
        self.text_of("body").await
    }

    /// The words in what the CSS selector finds first; waits for it.
    pub async fn text_of(&self, css: &str) -> Result<String> {
        let element = serde_json::to_value(self.element(css).await?)?;
        let text = self.client.execute("return arguments[0].innerText", vec![element]).await?;
        text.as_str().map(str::to_owned).with_context(|| format!("`{css}` has no text"))
    }

    /// A picture of the page as it is now, not as it was painted last.
    pub async fn picture(&self, file: &Path) -> Result<PathBuf> {
        let painted = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(done))";
        self.client.execute_async(painted, Vec::new()).await?;
        self.client.execute(PAINT_ON, Vec::new()).await?;
        let png = self.client.screenshot().await?;
        self.client.execute(PAINT_NO_MORE, Vec::new()).await?;
        std::fs::write(file, png).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file.to_path_buf())
    }

    /// The processes below WebKitWebDriver: the application and its web processes.
    pub fn driver_id(&self) -> u32 {
        self.driver.id()
    }

    /// Ends the session, which ends the application; both are gone when this returns.
    pub async fn end(self) -> Result<()> {
        let Window { client, driver } = self;
        client.close().await.context("the session did not end in order")?;
        eventually("the application to end", async || Ok(driver.others()?.is_empty().then_some(()))).await?;
        driver.stop().await?;
        Ok(())
    }
}

/// A port that nobody listens on. Somebody else could take it before the driver does; the wait would then fail.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// As an XPath string, which knows no escapes but two kinds of quotes.
fn quote(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    let parts: Vec<_> = text.split('\'').map(|part| format!("'{part}'")).collect();
    format!("concat({})", parts.join(", \"'\", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_quotes_can_be_looked_for() {
        assert_eq!(quote("Save"), "'Save'");
        assert_eq!(quote("Don't"), "concat('Don', \"'\", 't')");
    }
}
