//! The hosts that people use: xfce4-panel for the tray, dunst for notifications.

use std::fs;

use anyhow::Result;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use super::Environment;
use super::process::Process;
use crate::eventually;

/// One panel along the bottom, dark as Xfce's own: windows on the left, the tray on the right.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="true"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=10;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="double" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="icon-size" type="uint" value="22"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="size-max" type="uint" value="22"/>
    </property>
  </property>
</channel>
"#;

/// A click on a notification does its action, as on other desktops, and nothing is said about that.
const DUNST: &str = "[global]\nmouse_left_click = do_action, close_current\nshow_indicators = no\n\
    origin = top-right\nfont = Sans 11\n";

pub(super) struct Hosts {
    _panel: Process,
    _notifications: Process,
}

impl Hosts {
    /// Both are up when this returns.
    pub(super) async fn start(environment: &Environment, connection: &Connection) -> Result<Hosts> {
        let config = environment.home.folder.join("config");
        let channels = config.join("xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&channels)?;
        fs::write(channels.join("xfce4-panel.xml"), PANEL)?;
        fs::create_dir_all(config.join("dunst"))?;
        fs::write(config.join("dunst/dunstrc"), DUNST)?;

        let notifications = Process::start(environment.command("dunst".as_ref()), &environment.log("dunst"))?;
        let mut panel = environment.command("xfce4-panel".as_ref());
        panel.arg("--disable-wm-check");
        let panel = Process::start(panel, &environment.log("panel"))?;
        let bus = DBusProxy::new(connection).await?;
        for name in ["org.freedesktop.Notifications", "org.kde.StatusNotifierWatcher"] {
            let name = BusName::try_from(name)?;
            let is_up = async || Ok(bus.name_has_owner(name.clone()).await?.then_some(()));
            eventually(&format!("{name} on the bus"), is_up).await?;
        }
        Ok(Hosts { _panel: panel, _notifications: notifications })
    }
}
