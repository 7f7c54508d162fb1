//! What Dinghy is pointed at while it is measured: servers without a life of their own, and settings that name them.

use anyhow::{Context, Result};
use dinghy_demo::{Account, App, ArgoCd, ArgoCdOptions};
use dinghy_tests::Sandbox;
use dinghy_tests::desktop::Launch;

const ACCOUNT: &str = "bench";

/// When the applications were deployed; of no interest here.
const LONG_AGO_MS: i64 = 1_700_000_000_000;

/// Argo CDs on loopback in which nothing happens by itself.
pub(super) struct World {
    servers: Vec<ArgoCd>,
}

impl World {
    /// So many servers with 15 healthy applications each, as in the demo.
    pub(super) fn with_servers(count: usize) -> Result<World> {
        let mut servers = Vec::new();
        for number in 0..count {
            let server = empty_server()?;
            (0..15).for_each(|app| server.put(App::new(&format!("app-{number}-{app}")).build(LONG_AGO_MS)));
            servers.push(server);
        }
        Ok(World { servers })
    }

    /// One server with so many applications of about 15 KB each.
    pub(super) fn with_applications(count: usize) -> Result<World> {
        let server = empty_server()?;
        App::many(count).for_each(|app| server.put(app));
        Ok(World { servers: vec![server] })
    }

    /// The only server of a world that has one.
    pub(super) fn server(&self) -> Result<&ArgoCd> {
        self.servers.first().context("this world has no server")
    }

    /// Whether every server is being watched.
    pub(super) fn is_watched(&self) -> bool {
        self.servers.iter().all(|server| server.watchers() > 0)
    }

    /// Writes the settings that name the servers, with secrets from [`World::secrets`] and from `more_secrets`.
    pub(super) fn write_settings(&self, sandbox: &Sandbox, more_secrets: &[String]) -> Result<()> {
        let mut toml = "language = \"en\"\n".to_owned();
        for (number, server) in self.servers.iter().enumerate() {
            toml += &format!(
                "\n[[servers]]\nname = \"s{number}\"\nurl = \"{}\"\nauth = \"token\"\n",
                server.url()
            );
        }
        toml += "\n[secrets]\n";
        let of_servers = (0..self.servers.len()).map(|number| format!("server.s{number}"));
        for name in of_servers.chain(more_secrets.iter().cloned()) {
            toml += &format!("\"{name}\" = {{ env = \"{}\" }}\n", variable(&name));
        }
        sandbox.settings(&toml)?;
        Ok(())
    }

    /// The servers' tokens, as environment variables.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (String, String)> {
        let token = |(number, server): (usize, &ArgoCd)| {
            (variable(&format!("server.s{number}")), server.token(ACCOUNT))
        };
        self.servers.iter().enumerate().map(token)
    }

    /// `launch` with the servers' tokens in its environment.
    pub(super) fn known_to(&self, launch: Launch) -> Launch {
        self.secrets().fold(launch, |launch, (name, value)| launch.env(&name, value))
    }
}

/// A secret's name as that of an environment variable.
pub(super) fn variable(secret: &str) -> String {
    secret.to_uppercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "_")
}

fn empty_server() -> Result<ArgoCd> {
    let options = ArgoCdOptions { accounts: vec![Account::new(ACCOUNT)], ..ArgoCdOptions::default() };
    ArgoCd::start(options).context("cannot start an Argo CD")
}
