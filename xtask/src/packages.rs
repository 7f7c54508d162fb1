//! What the operating system must bring, installed only where it is missing and never without saying why.
//!
//! On Debian and its children the packages are installed with apt-get; elsewhere the list to install by hand is
//! printed and the work goes on, because what is missing may not be needed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command;

/// A Debian package and what Dinghy needs it for.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
}

const fn package(name: &'static str, why: &'static str) -> Package {
    Package { name, why }
}

/// To compile the application.
pub(crate) const BUILD: &[Package] = &[
    package("build-essential", "the C compiler and linker that Rust and SQLite are built with"),
    package("pkg-config", "finds the system's libraries"),
    package("libwebkit2gtk-4.1-dev", "the web view that draws the window"),
];

/// To bring a desktop of our own where there is none, as `run` and the tests do.
pub(crate) const DESKTOP: &[Package] = &[
    package("xvfb", "a display without a screen"),
    package("dbus-daemon", "a D-Bus session of our own"),
    package("openbox", "a window manager"),
    package("dunst", "a notification daemon"),
    package("xfce4-panel", "a panel that hosts the tray icon"),
    package("gnome-keyring", "a keychain"),
    package("xdotool", "finds the window"),
    package("imagemagick", "takes the screenshot"),
    package("adwaita-icon-theme", "the desktop's icons"),
    package("fonts-noto-cjk", "Chinese characters"),
    package("fonts-inter", "Latin characters as most desktops draw them"),
    package("fonts-dejavu-core", "letters of one width"),
];

/// Only for the tests.
pub(crate) const TEST: &[Package] = &[
    package("webkit2gtk-driver", "drives the window as a person would"),
    package("libsecret-tools", "looks into the keychain from outside"),
];

/// To draw the window in a browser that is not WebKitGTK, unless there is one already.
pub(crate) const BROWSER: &[Package] =
    &[package("chromium", "draws the window as WebView2 would"), package("chromium-driver", "drives it")];

/// Only to make the deb.
pub(crate) const DIST: &[Package] = &[package(
    "libayatana-appindicator3-dev",
    "Tauri's bundler insists on it, because the other systems' tray is Tauri's; Dinghy does not load it",
)];

/// Only for the bench: what Dinghy is compared with.
pub(crate) const BENCH: &[Package] = &[
    package("libdbus-1-dev", "how a Tauri application with default features learns of the desktop's theme"),
    package("nagstamon", "the status monitor that Dinghy is measured beside"),
];

/// Makes sure that the packages of `lists` are there, or says what to install by hand.
pub(crate) fn ensure(lists: &[&[Package]]) -> Result<()> {
    if cfg!(target_os = "macos") {
        println!(
            "Needed on macOS, by hand: the Xcode command line tools (xcode-select --install) and Node 20 or newer."
        );
        return Ok(());
    }
    if cfg!(windows) {
        println!(
            "Needed on Windows, by hand: the Microsoft C++ build tools, the WebView2 runtime (part of Windows 11) and Node 20 or newer."
        );
        return Ok(());
    }
    if !Path::new("/usr/bin/dpkg-query").exists() {
        println!("This is not Debian: please see to these yourself.\n{}", reasons(&wanted(lists)));
        return Ok(());
    }
    let wanted = wanted(lists);
    let listing = query(&wanted)?;
    let installed = parse_installed(&listing);
    let missing: Vec<_> = wanted.into_iter().filter(|package| !installed.contains(package.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing Debian packages:\n{}", reasons(&missing));
    install(&missing)
}

/// A browser and its driver. Ubuntu has them as snaps only, and its images have others installed by hand.
pub(crate) fn ensure_browser() -> Result<()> {
    let there = ["chromium", "google-chrome"].iter().any(|name| command::exists(name));
    if !cfg!(target_os = "linux") || (there && command::exists("chromedriver")) {
        return Ok(());
    }
    ensure(&[BROWSER])
}

fn wanted<'a>(lists: &[&'a [Package]]) -> Vec<&'a Package> {
    lists.iter().copied().flatten().collect()
}

fn reasons(packages: &[&Package]) -> String {
    packages
        .iter()
        .map(|package| format!("  {:<28} {}", package.name, package.why))
        .collect::<Vec<_>>()
        .join("\n")
}

/// One line for each known package, `name status`. dpkg-query fails when it knows one of them not at all, which is
/// an answer and not an error.
fn query(packages: &[&Package]) -> Result<String> {
    let mut query = Command::new("dpkg-query");
    query
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(packages.iter().map(|package| package.name));
    let output = query.stderr(Stdio::null()).output().context("cannot ask dpkg-query")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The names whose status is `installed`; removed packages with leftover configuration are not.
fn parse_installed(listing: &str) -> BTreeSet<&str> {
    listing
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, status)| *status == "installed")
        .map(|(name, _)| name)
        .collect()
}

fn install(missing: &[&Package]) -> Result<()> {
    let privilege = privilege()?;
    let apt = |args: &[&str]| {
        let mut command = match privilege {
            Privilege::Root => Command::new("env"),
            Privilege::Sudo(options) => {
                let mut sudo = Command::new("sudo");
                sudo.args(options).arg("env");
                sudo
            }
        };
        command.arg("DEBIAN_FRONTEND=noninteractive").arg("apt-get").args(args);
        command
    };
    command::run(&mut apt(&["update", "--quiet"]))?;
    let mut install = apt(&["install", "--yes", "--quiet", "--no-install-recommends"]);
    install.args(missing.iter().map(|package| package.name));
    command::run(&mut install)
}

#[derive(Clone, Copy)]
enum Privilege {
    Root,
    Sudo(&'static [&'static str]),
}

/// Root itself, sudo without a password, or sudo that asks for one.
fn privilege() -> Result<Privilege> {
    if command::capture(Command::new("id").arg("-u"))?.trim() == "0" {
        return Ok(Privilege::Root);
    }
    if !command::exists("sudo") {
        bail!(
            "installing the packages above needs root: run this as root, install sudo, or install them by hand"
        );
    }
    let silent =
        Command::new("sudo").args(["-n", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let silent = silent.is_ok_and(|status| status.success());
    Ok(Privilege::Sudo(if silent { &["-n"] } else { &[] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installed_packages_count() {
        let listing = "xvfb installed\ndunst config-files\nopenbox not-installed\nfile installed\n";
        assert_eq!(parse_installed(listing), BTreeSet::from(["xvfb", "file"]));
    }

    #[test]
    fn every_package_is_listed_once_and_says_why() {
        let mut seen = BTreeSet::new();
        for package in wanted(&[BUILD, DESKTOP, TEST, BROWSER, DIST, BENCH]) {
            assert!(seen.insert(package.name), "{} is listed twice", package.name);
            assert!(!package.why.is_empty(), "{} has no reason", package.name);
        }
    }
}
