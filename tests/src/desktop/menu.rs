//! The menu of a tray item, over `com.canonical.dbusmenu`.
//!
//! After <https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml>.

use std::collections::HashMap;
use std::fmt;

use anyhow::{Context, Result, bail};
use zbus::Proxy;
use zbus::zvariant::{OwnedValue, Value};

pub(super) const DBUS_MENU: &str = "com.canonical.dbusmenu";

/// A menu as it was when it was read. As text it has one line for each entry, indented by its depth: `[x]` and `[ ]`
/// before what can be checked, `---` for a separator, `(disabled)` after what cannot be clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// The entries of the first level.
    pub entries: Vec<Entry>,
}

/// A line of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    id: i32,
    /// Without the mark of the keyboard's letter; empty for a separator.
    pub label: String,
    /// Whether it is only a line.
    pub is_separator: bool,
    /// Whether it can be clicked.
    pub is_enabled: bool,
    /// Whether its box is checked; `None` when it has none.
    pub checked: Option<bool>,
    /// Of its submenu; empty when there is none.
    pub entries: Vec<Entry>,
}

/// `(ia{sv}av)`: an entry's number, its properties that are not the default, and its entries, packed.
type Wire = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Menu {
    pub(super) async fn read(proxy: &Proxy<'_>) -> Result<Menu> {
        // Some build their menu only now; the others need not answer.
        let _ = proxy.call_method("AboutToShow", &(0_i32,)).await;
        let names: &[&str] = &[];
        let (_revision, root): (u32, Wire) =
            proxy.call("GetLayout", &(0_i32, -1_i32, names)).await.context("GetLayout")?;
        Ok(Menu { entries: Entry::from_wire(root)?.entries })
    }

    pub(super) async fn click(&self, proxy: &Proxy<'_>, label: &str) -> Result<()> {
        let entry = self.find(label).with_context(|| format!("no entry `{label}` in the menu\n{self}"))?;
        if !entry.is_enabled {
            bail!("the entry `{label}` is disabled in the menu\n{self}");
        }
        let event = (entry.id, "clicked", Value::from(0_i32), 0_u32);
        proxy.call_method("Event", &event).await.with_context(|| format!("click on `{label}`"))?;
        Ok(())
    }

    /// The first entry with this label, at any depth.
    pub fn find(&self, label: &str) -> Option<&Entry> {
        find(&self.entries, label)
    }
}

fn find<'a>(entries: &'a [Entry], label: &str) -> Option<&'a Entry> {
    entries
        .iter()
        .find_map(|entry| if entry.label == label { Some(entry) } else { find(&entry.entries, label) })
}

impl Entry {
    fn from_wire((id, properties, children): Wire) -> Result<Entry> {
        let text = |name: &str| properties.get(name).and_then(|value| value.downcast_ref::<String>().ok());
        let is = |name: &str| {
            properties.get(name).and_then(|value| value.downcast_ref::<bool>().ok()).unwrap_or(true)
        };
        let has_box = text("toggle-type").is_some_and(|kind| !kind.is_empty());
        let state = properties.get("toggle-state").and_then(|value| value.downcast_ref::<i32>().ok());
        let unpack =
            |child| Entry::from_wire(Wire::try_from(child).context("a menu entry of a strange form")?);
        let entries = children.into_iter().map(unpack).collect::<Result<Vec<Entry>>>()?;
        Ok(Entry {
            id,
            label: without_mnemonic(&text("label").unwrap_or_default()),
            is_separator: text("type").as_deref() == Some("separator"),
            is_enabled: is("enabled"),
            checked: has_box.then_some(state == Some(1)),
            entries,
        })
    }
}

/// `_Quit` → `Quit`; two underscores stand for one.
fn without_mnemonic(label: &str) -> String {
    let mut out = String::new();
    let mut letters = label.chars();
    while let Some(letter) = letters.next() {
        if letter == '_' { out.extend(letters.next()) } else { out.push(letter) }
    }
    out
}

impl fmt::Display for Menu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.entries, 0, f)
    }
}

fn show(entries: &[Entry], depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for entry in entries {
        let mark = match entry.checked {
            Some(true) => "[x] ",
            Some(false) => "[ ] ",
            None => "",
        };
        let label = if entry.is_separator { "---" } else { &entry.label };
        let end = if entry.is_enabled { "" } else { " (disabled)" };
        writeln!(f, "{}{mark}{label}{end}", "  ".repeat(depth))?;
        show(&entry.entries, depth + 1, f)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn entry(label: &str, entries: Vec<Entry>) -> Entry {
        Entry {
            id: 0,
            label: label.to_owned(),
            is_separator: false,
            is_enabled: true,
            checked: None,
            entries,
        }
    }

    #[test]
    fn labels_lose_their_keyboard_mark() {
        for (label, expected) in
            [("_Quit", "Quit"), ("snake__case", "snake_case"), ("plain", "plain"), ("end_", "end")]
        {
            assert_eq!(without_mnemonic(label), expected);
        }
    }

    #[test]
    fn a_menu_reads_as_lines() {
        let checked = Entry { checked: Some(true), ..entry("Paused", Vec::new()) };
        let disabled = Entry { is_enabled: false, ..entry("prod", vec![entry("guestbook", Vec::new())]) };
        let line = Entry { is_separator: true, ..entry("", Vec::new()) };
        let menu = Menu { entries: vec![disabled, line, checked] };
        expect![[r#"
            prod (disabled)
              guestbook
            ---
            [x] Paused
        "#]]
        .assert_eq(&menu.to_string());
        assert_eq!(menu.find("guestbook").map(|entry| entry.entries.len()), Some(0));
        assert_eq!(menu.find("nothing"), None);
    }
}
