//! A desktop that nobody else sees: a display, a D-Bus session, a window manager, a tray host and a notification daemon,
//! a keychain and a web browser that only writes down what it was asked to open.
//!
//! The tray host and the notification daemon are the test itself, so that it can read what Dinghy shows and answer as a
//! person would. The bus knows no service files: what was not started here does not exist.
//!
//! Use a runtime with more than one thread (`#[tokio::test(flavor = "multi_thread")]`): the applications talk to the
//! test's own D-Bus services while the test does something else.

mod app;
mod bus;
mod disk;
mod display;
mod hosts;
mod keyring;
mod menu;
mod notifications;
mod process;
mod screen;
mod tray;
mod window;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use zbus::Connection;

pub use app::{App, Launch};
pub use disk::{SmallDisk, as_root};
pub use keyring::Keyring;
pub use menu::{Entry, Menu};
pub use notifications::Notification;
pub use screen::Screen;
pub use tray::{Icon, Pixmap, ToolTip, TrayItem};
pub use window::Window;

use crate::{Sandbox, eventually};
use bus::Bus;
use display::Display;
use hosts::Hosts;
use notifications::Daemon;
use tray::Watcher;

/// What the desktop has. Without a call it has a tray and notifications, and no keychain.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    tray: bool,
    notifications: bool,
    keyring: bool,
    real_hosts: bool,
}

impl Wanted {
    /// As GNOME without its extension: nobody hosts tray icons.
    pub fn without_tray(mut self) -> Wanted {
        self.tray = false;
        self
    }

    /// Nobody shows notifications.
    pub fn without_notifications(mut self) -> Wanted {
        self.notifications = false;
        self
    }

    /// A real gnome-keyring, unlocked, empty.
    pub fn with_keyring(mut self) -> Wanted {
        self.keyring = true;
        self
    }

    /// For people: xfce4-panel and dunst in place of the test's own, and the system's D-Bus services. What they show can
    /// only be looked at.
    pub fn with_real_hosts(mut self) -> Wanted {
        self.real_hosts = true;
        self
    }

    /// Starts it; every part is up when this returns.
    pub async fn start(self) -> Result<Desktop> {
        let sandbox = Sandbox::new()?;
        let home = Home::new(sandbox.outside())?;
        let logs = sandbox.path().join("desktop");
        fs::create_dir_all(&logs)?;
        let display = Display::start(&home, &logs)?;
        let bus = Bus::start(&home, &display.name, &logs, self.real_hosts)?;
        let environment = Environment { home, display: display.name.clone(), bus: bus.address.clone(), logs };
        let connection = bus.connect().await?;
        let manager = display::manage_windows(&environment).await?;
        let test_hosts = !self.real_hosts;
        Ok(Desktop {
            tray: if test_hosts && self.tray { Some(Watcher::serve(&bus).await?) } else { None },
            notifications: if test_hosts && self.notifications {
                Some(Daemon::serve(&bus).await?)
            } else {
                None
            },
            keyring: if self.keyring { Some(Keyring::start(&environment, &connection).await?) } else { None },
            _hosts: if self.real_hosts { Some(Hosts::start(&environment, &connection).await?) } else { None },
            _manager: manager,
            connection,
            environment,
            _bus: bus,
            shown: display,
            sandbox,
        })
    }
}

/// A running desktop. Dropping it ends all of it; the fields are dropped from the top down, the display last.
pub struct Desktop {
    tray: Option<Watcher>,
    notifications: Option<Daemon>,
    keyring: Option<Keyring>,
    _hosts: Option<Hosts>,
    _manager: process::Process,
    connection: Connection,
    environment: Environment,
    _bus: Bus,
    shown: Display,
    sandbox: Sandbox,
}

impl Desktop {
    /// With a tray and notifications.
    pub async fn start() -> Result<Desktop> {
        Desktop::with().start().await
    }

    /// To say what it should have.
    pub fn with() -> Wanted {
        Wanted { tray: true, notifications: true, keyring: false, real_hosts: false }
    }

    /// The folders that an application started here uses unless told otherwise.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// A connection to the desktop's bus, for what this harness does not know.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// A program that will see this desktop and nothing of the one around it.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        self.environment.command(program.as_ref())
    }

    /// Starts an application.
    pub fn launch(&self, launch: &Launch) -> Result<App> {
        App::start(self, launch)
    }

    /// Starts an application that opens a window, to be driven through that window.
    pub async fn drive(&self, launch: &Launch) -> Result<Window> {
        Window::open(self, launch).await
    }

    /// The tray item, as soon as there is one. The test's own tray host must be there.
    pub async fn tray_item(&self) -> Result<TrayItem> {
        let watcher = self.tray.as_ref().context("this desktop has no tray host that can be asked")?;
        watcher.item(&self.connection).await
    }

    /// A tray host that starts anew, as a panel does after a crash: every item has to register again.
    pub async fn restart_tray(&mut self) -> Result<()> {
        self.tray = None;
        self.tray = Some(Watcher::serve(&self._bus).await?);
        Ok(())
    }

    /// The tray host leaves for good.
    pub fn stop_tray(&mut self) {
        self.tray = None;
    }

    /// The first notification that `is_it`, also when it has come already.
    pub async fn notification(&self, is_it: impl Fn(&Notification) -> bool) -> Result<Notification> {
        let daemon = self.daemon()?;
        eventually("a notification", async || Ok(daemon.shown().into_iter().find(|shown| is_it(shown)))).await
    }

    /// Every notification so far, the oldest first.
    pub fn notifications(&self) -> Result<Vec<Notification>> {
        Ok(self.daemon()?.shown())
    }

    /// Clicks a notification; `action` is `default` for its body.
    pub async fn click(&self, notification: &Notification, action: &str) -> Result<()> {
        self.daemon()?.click(notification, action).await
    }

    fn daemon(&self) -> Result<&Daemon> {
        self.notifications.as_ref().context("this desktop has no notification daemon that can be asked")
    }

    /// The keychain that was asked for.
    pub fn keyring(&self) -> Result<&Keyring> {
        self.keyring.as_ref().context("this desktop has no keychain")
    }

    /// The keychain's service starts only now, or anew, and is unlocked: as when a person logs in late.
    pub async fn start_keyring(&mut self) -> Result<()> {
        self.keyring = None;
        self.keyring = Some(Keyring::start(&self.environment, &self.connection).await?);
        Ok(())
    }

    /// Every file below the sandbox and the home folder that holds these words, as they are or in base64.
    pub fn files_with(&self, words: &str) -> Result<Vec<PathBuf>> {
        self.sandbox.files_with(words)
    }

    /// What was opened in the web browser so far, the oldest first.
    pub fn opened_urls(&self) -> Result<Vec<String>> {
        self.environment.home.opened_urls()
    }

    /// A picture of the whole display.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        display::screenshot(&self.environment, file).await
    }

    /// What the display shows at this moment.
    pub fn screen(&self) -> Result<Screen> {
        Screen::read(&self.shown.screen)
    }

    /// Titles of the windows that can be seen and belong to the process.
    pub async fn window_titles(&self, process: u32) -> Result<Vec<String>> {
        display::window_titles(&self.environment, process).await
    }

    /// The process whose window has the focus, if there is one.
    pub async fn focused(&self) -> Result<Option<u32>> {
        display::focused(&self.environment).await
    }

    /// Presses keys, by X's names, in the window that has the focus.
    pub async fn press(&self, keys: &[&str]) -> Result<()> {
        display::press(&self.environment, keys).await
    }

    /// Closes the process's newest window, as its user would.
    pub async fn close_window(&self, process: u32) -> Result<()> {
        display::close_window(&self.environment, process).await
    }
}

/// What a program needs to know to be on this desktop.
struct Environment {
    home: Home,
    display: String,
    bus: String,
    logs: PathBuf,
}

impl Environment {
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        self.home.apply(&mut command);
        command.env("DISPLAY", &self.display).env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        command
    }

    fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{name}.log"))
    }
}

/// A home folder, and a folder of programs before all others in PATH.
struct Home {
    folder: PathBuf,
}

/// Notes its arguments; every way to open a URL on Linux ends in a program of this name.
const BROWSER: &str =
    "#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done >> \"$(dirname \"$0\")/opened\"\n";

impl Home {
    fn new(folder: &Path) -> Result<Home> {
        let home = Home { folder: folder.join("home") };
        for folder in ["bin", "config", "data", "cache", "state", "run"] {
            fs::create_dir_all(home.folder.join(folder))?;
        }
        // D-Bus services and gnome-keyring refuse a runtime folder that others may read.
        fs::set_permissions(home.folder.join("run"), fs::Permissions::from_mode(0o700))?;
        let browser = home.folder.join("bin/xdg-open");
        fs::write(&browser, BROWSER)?;
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o755))?;
        Ok(home)
    }

    fn apply(&self, command: &mut Command) {
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("HOME", &self.folder).env("PATH", format!("{}/bin:{path}", self.folder.display()));
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            command.env(name, self.folder.join(folder));
        }
        // GTK looks for an accessibility bus and dconf, which are not here, and would wait for them.
        command.env("NO_AT_BRIDGE", "1").env("GSETTINGS_BACKEND", "memory").env("GIO_USE_VFS", "local");
        for name in ["WAYLAND_DISPLAY", "XAUTHORITY", "SESSION_MANAGER", "GNOME_KEYRING_CONTROL", "LANGUAGE"]
        {
            command.env_remove(name);
        }
        for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command.env("LC_ALL", "C.UTF-8");
    }

    fn opened_urls(&self) -> Result<Vec<String>> {
        match fs::read_to_string(self.folder.join("bin/opened")) {
            Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}
