//! A desktop with a window of a size that reads well on a page, and a camera.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use dinghy_demo::Lang;
use dinghy_tests::desktop::{Desktop, Launch, Window};
use dinghy_tests::eventually;

/// Draws the pictures of the user guide
#[derive(Parser)]
pub(crate) struct Options {
    /// The application
    #[arg(long)]
    app: PathBuf,
    /// The folder for the pictures, one folder for each language in it
    #[arg(long)]
    folder: PathBuf,
    /// Only this part: first-run, window, dark or tray
    #[arg(long)]
    only: Option<String>,
}

impl Options {
    /// Whether this part is to be drawn.
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }

    /// The application in a language, as if the whole desktop spoke it.
    pub(crate) fn launch(&self, lang: Lang) -> Launch {
        Launch::new(&self.app).env("LC_ALL", format!("{}.UTF-8", name_of(lang).replace('-', "_")))
    }
}

/// As the settings and the folders name it.
fn name_of(lang: Lang) -> &'static str {
    lang.pick("en", "zh-CN")
}

/// The window's page, in pixels.
const WIDTH: u32 = 1100;
const HEIGHT: u32 = 720;

/// What flat surfaces and the edges of letters need; a picture is a third as large with it.
const COLOURS: &str = "160";

/// Where the pictures of one language go.
pub(crate) struct Camera {
    folder: PathBuf,
}

impl Camera {
    pub(crate) fn new(options: &Options, lang: Lang) -> Result<Camera> {
        let folder = options.folder.join(name_of(lang));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Camera { folder })
    }

    /// The page as it is, once no message about something saved lies over it.
    pub(crate) async fn page(&self, window: &Window, name: &str) -> Result<()> {
        window.gone("[data-testid=toast]").await?;
        // Nobody who reads types.
        window.execute("document.activeElement?.blur()", Vec::new()).await?;
        self.page_as_it_is(window, name).await
    }

    /// The same with the focus where it is, and whatever lies over it.
    pub(crate) async fn page_as_it_is(&self, window: &Window, name: &str) -> Result<()> {
        let file = self.file(name);
        window.picture(&file).await?;
        shrink(&file, &[])
    }

    /// A part of the display: `100x50+10+20`.
    pub(crate) async fn display(&self, desktop: &Desktop, name: &str, part: &str) -> Result<()> {
        let file = self.file(name);
        desktop.screenshot(&file).await?;
        shrink(&file, &["-crop", part, "+repage"])
    }

    fn file(&self, name: &str) -> PathBuf {
        println!("{}", self.folder.join(format!("{name}.png")).display());
        self.folder.join(format!("{name}.png"))
    }
}

/// With a palette, and without the time it was made at.
fn shrink(file: &Path, cut: &[&str]) -> Result<()> {
    let mut convert = Command::new("convert");
    convert.arg(file).args(cut).args(["-strip", "+dither", "-colors", COLOURS]);
    convert.args(["-define", "png:compression-level=9", "-define", "png:exclude-chunks=date,time"]);
    convert.arg(format!("PNG8:{}", file.display()));
    let output = convert.output().context("cannot start convert (is the package imagemagick installed?)")?;
    ensure!(output.status.success(), "convert: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Opens the window, in the guide's size.
pub(crate) async fn open(desktop: &Desktop, launch: &Launch) -> Result<Window> {
    let window = desktop.drive(launch).await?;
    window.set_window_size(WIDTH, HEIGHT).await?;
    // What the window manager draws around it does not count.
    let size = "return [innerWidth, innerHeight]";
    eventually("the window in its size", async || {
        let now: (u32, u32) = serde_json::from_value(window.execute(size, Vec::new()).await?)?;
        if now == (WIDTH, HEIGHT) {
            return Ok(Some(()));
        }
        let outer = window.get_window_size().await?;
        let (width, height) = (outer.0 + u64::from(WIDTH), outer.1 + u64::from(HEIGHT));
        window
            .set_window_size((width as u32).saturating_sub(now.0), (height as u32).saturating_sub(now.1))
            .await?;
        Ok(None)
    })
    .await?;
    Ok(window)
}

/// Goes to a place in the window by its address, and lets go what was typed.
pub(crate) async fn go(window: &Window, address: &str) -> Result<()> {
    window.execute("location.hash = arguments[0]", vec![format!("#/{address}").into()]).await?;
    let asks = "return document.querySelector('[data-testid=dialog-confirm]') !== null";
    if window.execute(asks, Vec::new()).await? == true {
        window.click("[data-testid=dialog-confirm]").await?;
    }
    window.gone("[data-testid=dialog]").await
}

/// Lets go what was typed into a rule. Not with the mouse: what comes to lie under it would look pointed at.
pub(crate) async fn discard(window: &Window) -> Result<()> {
    window.execute("document.querySelector('[data-testid=form-discard]').click()", Vec::new()).await?;
    window.gone("[data-testid=form-discard]").await
}

/// Scrolls until the upper edge of what the CSS selector finds is in sight.
pub(crate) async fn scroll_to(window: &Window, css: &str) -> Result<()> {
    let element = serde_json::to_value(window.element(css).await?)?;
    window.execute("arguments[0].scrollIntoView({block: 'start'})", vec![element]).await?;
    Ok(())
}
