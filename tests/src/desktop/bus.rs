//! The D-Bus session.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use zbus::Connection;
use zbus::connection::Builder;

use super::Home;
use super::process::Process;

/// A session bus; the standard one minus, for tests, the folders from which it would start services by itself.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=RUN</listen>
  SERVICES
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

pub(super) struct Bus {
    pub(super) address: String,
    _daemon: Process,
}

impl Bus {
    /// The services that it starts, if any, find the display.
    pub(super) fn start(home: &Home, display: &str, logs: &Path, with_services: bool) -> Result<Bus> {
        let run = home.folder.join("run");
        let services = if with_services { "<standard_session_servicedirs/>" } else { "" };
        let configuration =
            CONFIGURATION.replace("RUN", &run.display().to_string()).replace("SERVICES", services);
        let file = run.join("bus.conf");
        fs::write(&file, configuration)?;
        let mut daemon = Command::new("dbus-daemon");
        home.apply(&mut daemon);
        daemon.env("DISPLAY", display).env_remove("DBUS_SESSION_BUS_ADDRESS");
        daemon.arg(format!("--config-file={}", file.display())).args([
            "--nofork",
            "--nopidfile",
            "--print-address=1",
        ]);
        let log = logs.join("bus.log");
        let (daemon, stdout) = Process::start_with_output(daemon, &log)?;
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address)?;
        if address.trim().is_empty() {
            bail!("dbus-daemon did not start:\n{}", fs::read_to_string(&log)?);
        }
        Ok(Bus { address: address.trim().to_owned(), _daemon: daemon })
    }

    pub(super) fn builder(&self) -> Result<Builder<'_>> {
        Builder::address(self.address.as_str()).context("the bus has a strange address")
    }

    pub(super) async fn connect(&self) -> Result<Connection> {
        self.builder()?.build().await.context("cannot connect to the bus")
    }
}
