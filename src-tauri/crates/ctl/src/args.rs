//! What may be typed. clap turns mistakes into a sentence and exit code 2.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Parser, Subcommand, ValueEnum};

/// Argo CD notifications for DingTalk and the desktop, without a screen.
#[derive(Debug, Parser)]
#[command(name = "dinghyctl", version)]
pub(crate) struct Args {
    /// Folder of settings.toml and notifications.yaml [default: $DINGHY_CONFIG_DIR or the platform's]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) config_dir: Option<PathBuf>,
    /// Folder of the database and the log [default: $DINGHY_DATA_DIR or the platform's]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// How data is printed
    #[arg(short, long, global = true, value_enum, default_value = "text")]
    pub(crate) output: Format,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Watch or poll the servers, run the rules, deliver, until stopped
    Run(Run),
    /// Name every problem of settings and rules as FILE:LINE:COLUMN
    Check,
    /// Show the servers and their state
    Servers,
    /// Sign in to a server
    Login(Login),
    /// Forget a server's token or password
    Logout {
        /// Its name in settings.toml
        server: String,
    },
    /// Show applications with sync, health, operation and revision
    Apps {
        /// Only those of this server
        #[arg(long)]
        server: Option<String>,
    },
    /// Show and try triggers
    #[command(subcommand)]
    Trigger(Trigger),
    /// Show and try templates
    #[command(subcommand)]
    Template(Template),
    /// Say step by step why a trigger would or would not send, and to whom
    Explain {
        /// The trigger's name
        trigger: String,
        #[command(flatten)]
        subject: Subject,
    },
    /// Evaluate an expression as a trigger's `when` would be
    ///
    /// One that starts with `-` follows `--`.
    Expr {
        /// The expression
        expression: String,
        /// A JSON object of variables (`-`: stdin)
        #[arg(long, value_name = "FILE")]
        vars: Option<PathBuf>,
    },
    /// Render a template file to stdout, byte for byte
    Render {
        /// The template (`-`: stdin)
        #[arg(value_name = "TEMPLATE-FILE")]
        template: PathBuf,
        /// A JSON object of variables (`-`: stdin)
        #[arg(long, value_name = "FILE")]
        vars: Option<PathBuf>,
    },
    /// Take over ConfigMap and Secret manifests; secrets go to the keychain
    Import {
        /// Manifests, or bare triggers and templates (`-`: stdin)
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Say what would be done and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the rules file
    Export {
        /// As the cluster's own controller takes it; what is other there is listed
        #[arg(long)]
        argo: bool,
    },
    /// Show the DingTalk groups and webhooks and their state
    Groups,
    /// Try a DingTalk group
    #[command(subcommand)]
    Group(Group),
    /// Show the event log
    Events {
        /// Go on with what is logged from now on
        #[arg(short, long)]
        follow: bool,
        /// Show at most so many of the newest
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Say nothing of an application for a while: no message, no alarm
    Mute {
        /// NAME, NAMESPACE/NAME or SERVER/NAMESPACE/NAME
        app: String,
        /// How long, such as 30m, 4h or 1h30m [default: until it is unmuted]
        #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
        length: Option<Duration>,
    },
    /// Speak of an application again
    Unmute {
        /// NAME, NAMESPACE/NAME or SERVER/NAMESPACE/NAME
        app: String,
    },
    /// Show and change the outbox
    #[command(subcommand)]
    Queue(Queue),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// List every server once, deliver what is due, and end
    #[arg(long)]
    pub(crate) once: bool,
    /// Print what would be sent; send and remember nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("secret").required(true).args(["token_stdin", "password_stdin"]))]
pub(crate) struct Login {
    /// Its name in settings.toml
    pub(crate) server: String,
    /// Read an API token from stdin
    #[arg(long)]
    pub(crate) token_stdin: bool,
    /// Read a password from stdin
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Trigger {
    /// Show all triggers
    List,
    /// Show a trigger as the rules file has it, or all
    Get {
        /// Its name
        name: Option<String>,
    },
    /// Run a trigger's conditions on an application
    Run {
        /// Its name
        name: String,
        #[command(flatten)]
        subject: Subject,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Template {
    /// Show all templates
    List,
    /// Show a template as the rules file has it, or all
    Get {
        /// Its name
        name: Option<String>,
    },
    /// Send a template for an application, or print what would be sent
    Notify {
        /// Its name
        name: String,
        #[command(flatten)]
        subject: Subject,
        /// SERVICE or SERVICE:RECIPIENT; absent or `console`: print what each destination would get
        #[arg(long)]
        recipient: Option<String>,
    },
}

/// The application that a rule is tried on.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Subject {
    /// NAME, NAMESPACE/NAME or SERVER/NAMESPACE/NAME
    pub(crate) app: Option<String>,
    /// The application's JSON in a file (`-`: stdin); no server is asked
    #[arg(long, value_name = "FILE")]
    pub(crate) app_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Group {
    /// Send a test message through the real path
    Test {
        /// The group's service name
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Queue {
    /// Show all messages that wait or were refused
    List,
    /// Try messages again: one, or all
    Retry {
        /// The message's number
        row: Option<i64>,
    },
    /// Forget messages: one, or all
    #[command(group = ArgGroup::new("which").required(true).args(["row", "all"]))]
    Drop {
        /// The message's number
        row: Option<i64>,
        /// Every message
        #[arg(long)]
        all: bool,
    },
}

/// As in settings.toml, and not nothing.
fn duration(text: &str) -> Result<Duration, &'static str> {
    let found = dinghy_api::duration(text).filter(|found| !found.is_zero());
    found.ok_or("write hours, minutes and seconds, as in 30m, 4h or 1h30m")
}
