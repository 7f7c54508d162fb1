//! What the harness is tested with: `stand-in tray` puts a small item into the tray, `stand-in notify` shows a
//! notification. Both print what was clicked.

// Its stdout is what the tests read.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("the harness's desktop is Linux's");
}

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("tray") => linux::tray().await,
        Some("notify") => tokio::task::spawn_blocking(linux::notify).await?,
        _ => anyhow::bail!("usage: stand-in tray|notify"),
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use anyhow::Result;
    use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
    use ksni::{Icon, MenuItem, ToolTip, Tray, TrayMethods};
    use notify_rust::Notification;

    /// A tray item with a bit of everything.
    struct Lamp {
        is_on: bool,
    }

    impl Tray for Lamp {
        fn id(&self) -> String {
            "lamp".to_owned()
        }

        fn title(&self) -> String {
            "Lamp".to_owned()
        }

        fn icon_pixmap(&self) -> Vec<Icon> {
            vec![Icon { width: 1, height: 2, data: vec![255, 1, 2, 3, 0, 0, 0, 0] }]
        }

        fn tool_tip(&self) -> ToolTip {
            ToolTip { title: "2 lamps".to_owned(), description: "1 is on".to_owned(), ..ToolTip::default() }
        }

        fn activate(&mut self, _x: i32, _y: i32) {
            println!("icon clicked");
        }

        fn menu(&self) -> Vec<MenuItem<Lamp>> {
            let entry = |label: &str, says: &'static str| StandardItem {
                label: label.to_owned(),
                activate: Box::new(move |_: &mut Lamp| println!("{says}")),
                ..StandardItem::default()
            };
            let switch = CheckmarkItem {
                label: "On".to_owned(),
                checked: self.is_on,
                activate: Box::new(|lamp: &mut Lamp| lamp.is_on = !lamp.is_on),
                ..CheckmarkItem::default()
            };
            let kitchen = vec![entry("stove__hood", "hood clicked").into()];
            vec![
                SubMenu { label: "Kitchen".to_owned(), submenu: kitchen, ..SubMenu::default() }.into(),
                MenuItem::Separator,
                switch.into(),
                StandardItem { enabled: false, ..entry("Broken", "never") }.into(),
                entry("_Quit", "quit clicked").into(),
            ]
        }
    }

    pub(super) async fn tray() -> Result<()> {
        let _lamp = Lamp { is_on: true }.spawn().await?;
        println!("in the tray");
        std::future::pending().await
    }

    pub(super) fn notify() -> Result<()> {
        let shown =
            Notification::new().summary("Sync failed").body("guestbook").action("default", "Open").show()?;
        shown.wait_for_action(|action| println!("{action} clicked"));
        Ok(())
    }
}
