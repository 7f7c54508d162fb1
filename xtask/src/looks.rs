//! `cargo xtask looks`: the window on invented data in Chromium and WebKitGTK, looked through and compared with the
//! pictures in `ui/looks/pictures`. Part of `cargo xtask test`; `screenshots` is another thing: it draws the real
//! application for the documentation.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{command, node, packages};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// It should look as it does now: draw the pictures anew that differ
    #[arg(long)]
    renew: bool,
    /// Draw every view in both languages, themes and sizes into ui/test-results/looks, and compare nothing
    #[arg(long, conflicts_with = "renew")]
    draw: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("the pictures are drawn on Linux, with WebKitGTK");
    }
    packages::ensure(&[packages::DESKTOP, packages::TEST])?;
    packages::ensure_browser()?;
    node::ensure(workspace)?;
    let script = match (options.renew, options.draw) {
        (true, _) => "looks:renew",
        (_, true) => "looks:draw",
        _ => "looks",
    };
    command::run(&mut node::script(workspace, script))
}

/// For `cargo xtask test`. Letters look otherwise with other releases of the fonts and browsers, so elsewhere than on
/// the system that the pictures were drawn on all is drawn and looked through, but not compared.
pub(crate) fn test(workspace: &Workspace) -> Command {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if is_drawn_here(&release) {
        return node::script(workspace, "looks");
    }
    println!(
        "\nThe window's pictures are compared on Debian 12 alone; here they are drawn and looked through."
    );
    node::script(workspace, "looks:draw")
}

fn is_drawn_here(os_release: &str) -> bool {
    let says = |line: &str| os_release.lines().any(|one| one.replace('"', "") == line);
    says("ID=debian") && says("VERSION_ID=12")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_compared_where_they_were_drawn() {
        assert!(is_drawn_here("NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n"));
        assert!(!is_drawn_here("VERSION_ID=\"13\"\nID=debian\n"));
        assert!(!is_drawn_here("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"\n"));
        assert!(!is_drawn_here(""));
    }
}
