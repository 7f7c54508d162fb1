//! Starts the demo and says where it is: `cargo run -p dinghy-demo --example serve [--zh] [--busy] [FOLDER]`.
//!
//! `--zh`: its rules and people speak Chinese. `--busy`: as much happens as DingTalk lets through.
//!
//! With a folder, `settings.toml`, `notifications.yaml` and `secrets.env` are written there, to
//! point a `dinghyctl` at the demo by hand. The secrets are the demo's own and worth nothing.

use std::io::{self, Write};
use std::path::PathBuf;
use std::{env, fs, thread};

use dinghy_demo::{Demo, DemoOptions, Lang, Pace};

fn main() -> io::Result<()> {
    let (options, places): (Vec<_>, Vec<_>) =
        env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let said = |option: &str| options.iter().any(|given| given == option);
    let demo = Demo::start(DemoOptions {
        lang: if said("--zh") { Lang::ZhCn } else { Lang::En },
        pace: if said("--busy") { Pace::Busy } else { Pace::Calm },
        ..DemoOptions::default()
    })?;
    let mut out = io::stdout();
    for server in demo.servers() {
        writeln!(out, "{:10} {}  secret: {}", server.name, server.url, server.secret)?;
    }
    for group in demo.groups() {
        writeln!(out, "{:10} {}", group.service, group.webhook_url)?;
    }
    writeln!(out, "{:10} {}", "groups", demo.page_url())?;
    if let Some(folder) = places.first().map(PathBuf::from) {
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("settings.toml"), settings(&demo))?;
        fs::write(folder.join("notifications.yaml"), demo.notifications_yaml())?;
        let line = |(name, value): &(String, String)| format!("export {}='{value}'\n", variable(name));
        fs::write(folder.join("secrets.env"), demo.secrets().iter().map(line).collect::<String>())?;
        writeln!(out, "{:10} {}", "files", folder.display())?;
    }
    out.flush()?;
    loop {
        thread::park();
    }
}

/// The settings, with every secret from the environment.
fn settings(demo: &Demo) -> String {
    let line = |(name, _): &(String, String)| format!("\"{name}\" = {{ env = \"{}\" }}\n", variable(name));
    let secrets: String = demo.secrets().iter().map(line).collect();
    format!("{}\n[secrets]\n{secrets}", demo.settings_toml())
}

/// A secret's name as that of an environment variable.
fn variable(name: &str) -> String {
    name.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}
