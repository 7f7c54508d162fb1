//! What the window shows: the demo's invented company, followed with settings as a person would have written them.

use std::time::Duration;

use anyhow::{Context, Result};
use dinghy_demo::{Demo, DemoOptions, Lang, Pace};
use dinghy_tests::desktop::{Desktop, Launch};
use tokio::time::sleep;

use super::studio::Options;
use super::trouble;

/// As long as the play needs until something runs and something recovered.
const BUSY: Duration = Duration::from_secs(50);

/// The company at work. It goes on by itself until this is dropped.
pub(crate) struct Company {
    pub(crate) demo: Demo,
    lang: Lang,
}

impl Company {
    pub(crate) fn start(lang: Lang) -> Result<Company> {
        let options = DemoOptions { lang, pace: Pace::Busy, ..DemoOptions::default() };
        let demo = Demo::start(options).context("cannot start the demo")?;
        Ok(Company { demo, lang })
    }

    /// The application with settings that follow it; secrets come from the environment.
    pub(crate) fn followed(&self, options: &Options, desktop: &Desktop) -> Result<Launch> {
        let mut toml = self.demo.settings_toml() + "\n[secrets]\n";
        let mut launch = options.launch(self.lang);
        for (name, value) in self.demo.secrets() {
            let variable = name.to_uppercase().replace(['.', '-'], "_");
            toml += &format!("\"{name}\" = {{ env = \"{variable}\" }}\n");
            launch = launch.env(&variable, value);
        }
        desktop.sandbox().settings(&toml)?;
        desktop.sandbox().rules(&self.demo.notifications_yaml())?;
        Ok(launch)
    }

    /// Waits until there is something to see; the application must know the company as it is well.
    pub(crate) async fn gets_busy(&self) -> Result<()> {
        sleep(BUSY / 2).await;
        trouble::breaks_out(&self.demo)?;
        sleep(BUSY / 2).await;
        Ok(())
    }
}
