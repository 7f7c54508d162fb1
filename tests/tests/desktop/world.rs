//! What the application is pointed at: Argo CDs that change only when a test says so, and settings that name them.

use anyhow::{Context, Result};
use dinghy_demo::{Account, App, ArgoCd, ArgoCdOptions};
use dinghy_tests::app_binary;
use dinghy_tests::desktop::{Desktop, Launch, Menu};
use serde_json::{Value, json};

/// When everything was deployed: long before the test, so that no age in a window changes while it runs.
pub(crate) const LONG_AGO_MS: i64 = 1_700_000_000_000;

/// The account whose token [`Server`] has.
pub(crate) const ACCOUNT: &str = "reader";

/// An Argo CD, the name that Dinghy knows it by, and a token for it.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) argocd: ArgoCd,
    pub(crate) token: String,
}

impl Server {
    /// With applications that are synced and healthy.
    pub(crate) fn start(name: &'static str, apps: &[&str]) -> Result<Server> {
        Server::with(name, apps, options(name))
    }

    /// The same with other options; they must have [`ACCOUNT`].
    pub(crate) fn with(name: &'static str, apps: &[&str], options: ArgoCdOptions) -> Result<Server> {
        let argocd = ArgoCd::start(options).context("cannot start an Argo CD")?;
        apps.iter().for_each(|app| argocd.put(App::new(app).build(LONG_AGO_MS)));
        Ok(Server { name, token: argocd.token(ACCOUNT), argocd })
    }

    /// Changes an application in the namespace `argocd`.
    pub(crate) fn edit(&self, app: &str, change: impl FnOnce(&mut Value)) {
        assert!(self.argocd.edit("argocd", app, change), "{} has no application {app}", self.name);
    }

    /// `Healthy`, `Degraded`, …
    pub(crate) fn set_health(&self, app: &str, status: &str) {
        self.edit(app, |app| app["status"]["health"] = json!({"status": status}));
    }

    /// The page of an application in the namespace `argocd`.
    pub(crate) fn page_of(&self, app: &str) -> String {
        format!("{}/applications/argocd/{app}", self.argocd.url())
    }

    fn variable(&self) -> String {
        format!("{}_TOKEN", self.name.to_uppercase())
    }
}

/// A server with [`ACCOUNT`].
pub(crate) fn options(name: &str) -> ArgoCdOptions {
    ArgoCdOptions {
        name: name.to_owned(),
        accounts: vec![Account::new(ACCOUNT).read_only()],
        ..ArgoCdOptions::default()
    }
}

/// The application with an empty configuration, in English.
pub(crate) fn app(desktop: &Desktop) -> Result<Launch> {
    desktop.sandbox().settings("language = \"en\"\n")?;
    Ok(Launch::new(app_binary()?))
}

/// The application with a hand-written `settings.toml`: English, and the servers with their tokens from the environment.
/// `more` is TOML for `[secrets]`.
pub(crate) fn following(desktop: &Desktop, servers: &[&Server], more: &str) -> Result<Launch> {
    let mut toml = "language = \"en\"\n".to_owned();
    for server in servers {
        let (name, url) = (server.name, server.argocd.url());
        toml += &format!("\n[[servers]]\nname = \"{name}\"\nurl = \"{url}\"\nauth = \"token\"\n");
    }
    toml += "\n[secrets]\n";
    for server in servers {
        toml += &format!("\"server.{}\" = {{ env = \"{}\" }}\n", server.name, server.variable());
    }
    desktop.sandbox().settings(&(toml + more))?;
    let launch = Launch::new(app_binary()?);
    Ok(servers.iter().fold(launch, |launch, server| launch.env(&server.variable(), &server.token)))
}

/// A menu as text, with every time of day as `HH:MM`.
pub(crate) fn without_times(menu: &Menu) -> String {
    let text: Vec<char> = menu.to_string().chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        let is_time = text.get(at..at + 5).is_some_and(|five| {
            five[2] == ':' && [0, 1, 3, 4].iter().all(|&place: &usize| five[place].is_ascii_digit())
        });
        if is_time {
            out += "HH:MM";
            at += 5;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}
