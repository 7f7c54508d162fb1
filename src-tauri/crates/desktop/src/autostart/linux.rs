//! `autostart/io.github.dinghy.desktop` (freedesktop.org, Desktop Application Autostart Specification).

use std::io;
use std::path::{Path, PathBuf};

const FILE: &str = "io.github.dinghy.desktop";

pub(super) fn is_on() -> io::Result<bool> {
    folder().map(|folder| is_on_in(&folder))
}

pub(super) fn set(on: bool, program: &Path) -> io::Result<()> {
    set_in(&folder()?, on, program)
}

/// `$XDG_CONFIG_HOME/autostart`, else `~/.config/autostart`.
fn folder() -> io::Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("XDG_CONFIG_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".config")))
        .map(|config| config.join("autostart"))
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "HOME is not set"))
}

/// The user, or the desktop's own settings, may have switched the entry off inside the file.
fn is_on_in(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join(FILE)).is_ok_and(|text| {
        let off = ["Hidden=true", "X-GNOME-Autostart-enabled=false"];
        !text.lines().any(|line| off.contains(&line.trim()))
    })
}

fn set_in(folder: &Path, on: bool, program: &Path) -> io::Result<()> {
    let file = folder.join(FILE);
    if !on {
        return match std::fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(file, entry(program))
}

fn entry(program: &Path) -> String {
    let command = quoted(&program.to_string_lossy());
    format!(
        "[Desktop Entry]\nType=Application\nName=Dinghy\nComment=Argo CD notifications\nExec={command} --hidden\n\
         Icon=dinghy\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
    )
}

/// An argument of `Exec=`: in quotes, with the characters escaped that are special there, twice because the value is a
/// string too (Desktop Entry Specification, "The Exec key"); `%` would begin a field code.
fn quoted(argument: &str) -> String {
    let mut out = String::from("\"");
    for c in argument.chars() {
        match c {
            '"' | '`' | '$' => out.extend(['\\', '\\', c]),
            '\\' => out.push_str("\\\\\\\\"),
            '%' => out.push_str("%%"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_and_off() {
        let temp = tempfile::tempdir().expect("a folder");
        let folder = temp.path().join("autostart");
        assert!(!is_on_in(&folder));
        set_in(&folder, false, Path::new("/opt/dinghy")).expect("nothing to switch off");
        set_in(&folder, true, Path::new("/opt/dinghy")).expect("on");
        assert!(is_on_in(&folder));
        let file = folder.join(FILE);
        let text = std::fs::read_to_string(&file).expect("the file");
        assert!(text.contains("\nExec=\"/opt/dinghy\" --hidden\n"), "{text}");
        std::fs::write(&file, format!("{text}Hidden=true\n")).expect("a change");
        assert!(!is_on_in(&folder), "switched off by the desktop");
        set_in(&folder, false, Path::new("/opt/dinghy")).expect("off");
        assert!(!file.exists());
    }

    #[test]
    fn odd_paths() {
        let rows = [
            ("/opt/My Apps/dinghy", r#""/opt/My Apps/dinghy""#),
            ("/a\"b$c", r#""/a\\"b\\$c""#),
            (r"/a\b", r#""/a\\\\b""#),
            ("/100%", r#""/100%%""#),
        ];
        for (path, expected) in rows {
            assert_eq!(quoted(path), expected);
        }
    }
}
