//! What the window shows: the demo's invented company, followed with settings as a person would have written them.

use std::time::Duration;

use anyhow::{Context, Result};
use dinghy_demo::{Clock, Demo, Robot};
use dinghy_tests::desktop::{Desktop, Launch};
use tokio::time::sleep;

use super::studio::{Language, Options};
use super::trouble;

/// The demo writes its messages in Chinese; these say the same.
const ENGLISH: &str = include_str!("rules.en.yaml");

/// As long as the play needs until something runs and something recovered.
const BUSY: Duration = Duration::from_secs(50);

/// The company at work. It goes on by itself until this is dropped.
pub(crate) struct Company {
    pub(crate) demo: Demo,
    /// Name and value of all that is secret.
    secrets: Vec<(String, String)>,
    language: Language,
}

impl Company {
    pub(crate) fn start(language: Language) -> Result<Company> {
        let demo = Demo::start(Clock::real()).context("cannot start the demo")?;
        let mut secrets = demo.secrets();
        if language == Language::En {
            let robot = Robot { keywords: vec!["release".to_owned()], ..Robot::new("Releases") };
            let webhook = demo.dingtalk().add_robot(robot);
            for (name, value) in &mut secrets {
                if name == "dingtalk-url" {
                    value.clone_from(&webhook);
                }
            }
        }
        Ok(Company { demo, secrets, language })
    }

    /// The application with settings that follow it; secrets come from the environment.
    pub(crate) fn followed(&self, options: &Options, desktop: &Desktop) -> Result<Launch> {
        let mut toml = self.demo.settings_toml() + "\n[secrets]\n";
        let mut launch = options.launch(self.language);
        for (name, value) in &self.secrets {
            let variable = name.to_uppercase().replace(['.', '-'], "_");
            toml += &format!("\"{name}\" = {{ env = \"{variable}\" }}\n");
            launch = launch.env(&variable, value);
        }
        desktop.sandbox().settings(&toml)?;
        desktop.sandbox().rules(&self.rules())?;
        Ok(launch)
    }

    /// Waits until there is something to see; the application must know the company as it is well.
    pub(crate) async fn gets_busy(&self) -> Result<()> {
        sleep(BUSY / 2).await;
        trouble::breaks_out(&self.demo)?;
        sleep(BUSY / 2).await;
        Ok(())
    }

    /// The rules as they are on disk.
    pub(crate) fn rules(&self) -> String {
        let [prod, staging] = [self.demo.prod().url(), self.demo.staging().url()];
        match self.language {
            Language::En => ENGLISH.replace("__PROD_URL__", &prod).replace("__STAGING_URL__", &staging),
            Language::Zh => self.demo.notifications_yaml(),
        }
    }
}
