//! Starts an application on a desktop of its own and takes a picture of it: what `cargo xtask run` does where there is
//! no display.

// A command line tool talks on stdout and stderr; the workspace's lint guards the libraries.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("only Linux has displays without a screen");
}

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    dinghy_tests::ended(linux::run().await)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::env;
    use std::ffi::OsString;
    use std::path::PathBuf;
    use std::time::Duration;

    use anyhow::{Context, Result, bail};
    use clap::Parser;
    use dinghy_tests::desktop::{App, Desktop, Launch};
    use dinghy_tests::eventually;
    use tokio::signal::unix::{SignalKind, signal};
    use tokio::time::{sleep, timeout};

    /// Starts an application on a desktop of its own and takes a picture of it
    #[derive(Parser)]
    struct Options {
        /// What to start
        #[arg(long)]
        app: PathBuf,
        /// Where the picture goes
        #[arg(long)]
        screenshot: PathBuf,
        /// Stop so many seconds after the picture; otherwise when interrupted
        #[arg(long, value_name = "N")]
        seconds: Option<u64>,
        /// For the application
        #[arg(last = true)]
        args: Vec<OsString>,
    }

    pub(super) async fn run() -> Result<()> {
        let options = Options::parse();
        let desktop = Desktop::with().with_real_hosts().with_keyring().start().await?;
        let mut app = desktop.launch(&launch(&options)?)?;
        let shown = tokio::select! {
            shown = show(&options, &desktop, &mut app) => shown,
            stopped = interrupted() => stopped,
        };
        if let Err(error) = shown {
            eprintln!("{}", app.log()?);
            return Err(error);
        }
        app.stop().await?;
        Ok(())
    }

    /// How long the window has been there when the picture is taken.
    const SETTLED: Duration = Duration::from_secs(3);

    /// The application gets its user's folders and language, as on a real desktop.
    fn launch(options: &Options) -> Result<Launch> {
        let mut launch = Launch::new(&options.app);
        for arg in &options.args {
            launch = launch.arg(arg);
        }
        if let Some(locale) = env::var_os("LC_ALL").or_else(|| env::var_os("LANG")) {
            launch = launch.env("LC_ALL", locale);
        }
        let home = PathBuf::from(env::var_os("HOME").context("HOME is not set")?);
        let of_user = |name, standard, fallback| {
            let of_platform =
                || env::var_os(standard).map_or_else(|| home.join(fallback), PathBuf::from).join("dinghy");
            env::var_os(name).map_or_else(of_platform, PathBuf::from)
        };
        let config = of_user("DINGHY_CONFIG_DIR", "XDG_CONFIG_HOME", ".config");
        let data = of_user("DINGHY_DATA_DIR", "XDG_DATA_HOME", ".local/share");
        Ok(launch.dirs(config, data))
    }

    async fn show(options: &Options, desktop: &Desktop, app: &mut App) -> Result<()> {
        let window = eventually("the application's window", async || {
            if !app.is_running()? {
                return Ok(Some(None));
            }
            Ok(desktop.window_titles(app.id()).await?.into_iter().next().map(Some))
        })
        .await;
        match window {
            Ok(Some(title)) => println!("The window `{title}` is open."),
            Ok(None) => bail!("the application ended before it had a window"),
            Err(_) => println!("No window was opened; the picture shows the tray."),
        }
        sleep(SETTLED).await;
        desktop.screenshot(&options.screenshot).await?;
        println!("Screenshot: {}", options.screenshot.display());
        let time = options.seconds.map_or(Duration::MAX, Duration::from_secs);
        if options.seconds.is_none() {
            println!("Running; Ctrl-C ends it. Secrets that are stored now are gone then.");
        }
        match timeout(time, app.wait()).await {
            Ok(status) => match status? {
                status if status.success() => Ok(()),
                status => bail!("the application ended with {status}"),
            },
            Err(_) => Ok(()),
        }
    }

    async fn interrupted() -> Result<()> {
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminated.recv() => (),
        }
        println!();
        Ok(())
    }
}
