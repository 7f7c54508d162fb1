//! A D-Bus session of its own, in which nothing starts by itself, with a GNOME Keyring when it is told so.

#![expect(clippy::disallowed_methods, reason = "waits for another process; nothing here is async")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use zbus::blocking::{Connection, connection};
use zbus::message::Message;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Value};

const PASSWORD: &str = "keyring password";
const SECRETS: &str = "org.freedesktop.secrets";

/// No servicedir: nothing is activated, neither a keyring nor its dialogs.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A session with a home of its own.
pub(crate) struct Desktop {
    home: tempfile::TempDir,
    bus: Child,
    keyring: Option<Child>,
    pub(crate) address: String,
}

impl Desktop {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("bus.conf");
        fs::write(&config, CONFIG).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon (package dbus)");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { home, bus, keyring: None, address: address.trim().to_owned() }
    }

    /// Starts the keyring on the files of this home, with its login collection unlocked or as it is.
    pub(crate) fn start_keyring(&mut self, unlocked: bool) {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).stdout(Stdio::null()).stderr(Stdio::null());
        self.keyring = Some(if unlocked {
            with_password(command.arg("--unlock"))
        } else {
            command.arg("--start").stdin(Stdio::null()).spawn().expect("gnome-keyring-daemon")
        });
        self.wait_for_secrets(true);
    }

    pub(crate) fn stop_keyring(&mut self) {
        if let Some(mut keyring) = self.keyring.take() {
            let _ = keyring.kill();
            let _ = keyring.wait();
        }
        self.wait_for_secrets(false);
    }

    /// Unlocks the login collection without a dialog, as `pam_gnome_keyring` does.
    pub(crate) fn unlock(&self) {
        let bus = self.connect();
        let plain = ("plain", Value::from(""));
        let session = self.secrets(&bus, "org.freedesktop.Secret.Service", "OpenSession", &plain);
        let (_, session): (OwnedValue, OwnedObjectPath) = session.body().deserialize().unwrap();
        let password = (session, Vec::<u8>::new(), PASSWORD.as_bytes(), "text/plain");
        let interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
        self.secrets(&bus, interface, "UnlockWithMasterPassword", &(login(), password));
    }

    /// Locks the login collection.
    pub(crate) fn lock(&self) {
        self.secrets(&self.connect(), "org.freedesktop.Secret.Service", "Lock", &(vec![login()],));
    }

    fn secrets<B>(&self, bus: &Connection, interface: &str, method: &str, body: &B) -> Message
    where
        B: serde::Serialize + DynamicType,
    {
        bus.call_method(Some(SECRETS), "/org/freedesktop/secrets", Some(interface), method, body).unwrap()
    }

    /// What another program finds under the attributes that we promise.
    pub(crate) fn look_up(&self, name: &str) -> String {
        let mut command = self.command("secret-tool");
        let output = command.args(["lookup", "service", "dinghy", "username", name]).output();
        String::from_utf8(output.expect("secret-tool (package libsecret-tools)").stdout).unwrap()
    }

    /// The files of this home in which a text stands in the clear.
    pub(crate) fn files_with(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else if holds(&entry.path(), text.as_bytes()) {
                    found.push(entry.path().display().to_string());
                }
            }
        }
        found
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let runtime = self.home.path().join("run");
        fs::create_dir_all(&runtime).unwrap();
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("XDG_RUNTIME_DIR", runtime)
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove("DISPLAY");
        command
    }

    fn connect(&self) -> Connection {
        connection::Builder::address(self.address.as_str()).unwrap().build().unwrap()
    }

    fn wait_for_secrets(&self, wanted: bool) {
        let bus = self.connect();
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let (name, path) = (Some("org.freedesktop.DBus"), "/org/freedesktop/DBus");
            let reply = bus.call_method(name, path, name, "NameHasOwner", &(SECRETS,)).unwrap();
            if reply.body().deserialize::<bool>().unwrap() == wanted {
                return;
            }
            assert!(
                Instant::now() < end,
                "the keyring is still {}",
                if wanted { "not there" } else { "there" }
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for process in self.keyring.iter_mut().chain([&mut self.bus]) {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn login() -> OwnedObjectPath {
    OwnedObjectPath::try_from("/org/freedesktop/secrets/collection/login").unwrap()
}

fn with_password(command: &mut Command) -> Child {
    let mut process = command.stdin(Stdio::piped()).spawn().expect("gnome-keyring-daemon");
    process.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    process
}

fn holds(path: &Path, text: &[u8]) -> bool {
    let mut bytes = Vec::new();
    // Sockets cannot be opened.
    let read = fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
    read.is_ok() && bytes.windows(text.len()).any(|window| window == text)
}

/// Shows the keyring's dialogs (the part of gcr-prompter), and its user dismisses each after a while.
pub(crate) struct Prompter {
    _bus: Connection,
    dialogs: Arc<AtomicUsize>,
}

impl Prompter {
    pub(crate) fn new(desktop: &Desktop, patience: Duration) -> Self {
        let dialogs = Arc::new(AtomicUsize::new(0));
        let user = User { dialogs: dialogs.clone(), patience };
        let bus = connection::Builder::address(desktop.address.as_str())
            .and_then(|builder| builder.serve_at("/org/gnome/keyring/Prompter", user))
            .and_then(|builder| builder.name("org.gnome.keyring.SystemPrompter"))
            .and_then(connection::Builder::build)
            .unwrap();
        Self { _bus: bus, dialogs }
    }

    /// How many dialogs were shown.
    pub(crate) fn dialogs(&self) -> usize {
        self.dialogs.load(Ordering::SeqCst)
    }
}

struct User {
    dialogs: Arc<AtomicUsize>,
    patience: Duration,
}

type Properties = std::collections::HashMap<String, OwnedValue>;

/// The protocol of gcr (`gcr/org.gnome.keyring.Prompter.xml`): the client registers a callback, asks for a dialog,
/// and is told of its end.
#[zbus::interface(name = "org.gnome.keyring.internal.Prompter")]
impl User {
    fn begin_prompting(
        &self,
        callback: OwnedObjectPath,
        #[zbus(header)] header: zbus::message::Header<'_>,
        #[zbus(connection)] bus: &zbus::Connection,
    ) {
        let none = Properties::new();
        answer(bus, &header, &callback, Duration::ZERO, "PromptReady", ("", none, ""));
    }

    fn perform_prompt(
        &self,
        callback: OwnedObjectPath,
        _kind: &str,
        _properties: Properties,
        _exchange: &str,
        #[zbus(header)] header: zbus::message::Header<'_>,
        #[zbus(connection)] bus: &zbus::Connection,
    ) {
        self.dialogs.fetch_add(1, Ordering::SeqCst);
        answer(bus, &header, &callback, self.patience, "PromptDone", ());
    }

    fn stop_prompting(&self, _callback: OwnedObjectPath) {}
}

/// Calls the client back, after the method has returned.
fn answer<B>(
    bus: &zbus::Connection,
    header: &zbus::message::Header<'_>,
    callback: &OwnedObjectPath,
    after: Duration,
    method: &'static str,
    body: B,
) where
    B: serde::Serialize + DynamicType + Send + 'static,
{
    let (bus, callback) = (Connection::from(bus.clone()), callback.clone());
    let client = header.sender().unwrap().to_string();
    std::thread::spawn(move || {
        std::thread::sleep(after.max(Duration::from_millis(10)));
        let interface = Some("org.gnome.keyring.internal.Prompter.Callback");
        let _ = bus.call_method(Some(client.as_str()), &callback, interface, method, &body);
    });
}
