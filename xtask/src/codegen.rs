//! The TypeScript types of what crosses to the window: printed by the crate that owns them, written here.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::workspace::Workspace;

/// Writes ui/src/ipc/bindings.ts, or with `check` fails when it is not what would be written.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<()> {
    let path = workspace.bindings();
    let fresh = generate(workspace)?;
    if check {
        compare(&path, &fresh)?;
        println!("{} is up to date", path.display());
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(&path, fresh).with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(())
}

/// Like `run` with `check`, with the example as the workspace's build left it: nothing is compiled again.
pub(crate) fn check_built(workspace: &Workspace) -> Result<()> {
    let example = workspace.binary(false, "examples/bindings");
    compare(&workspace.bindings(), &command::capture(&mut Command::new(example))?)
}

/// What the api crate's example `bindings` prints.
fn generate(workspace: &Workspace) -> Result<String> {
    command::capture(workspace.cargo().args([
        "run",
        "--quiet",
        "--package",
        "dinghy-api",
        "--example",
        "bindings",
    ]))
}

/// Line endings are not compared: git may check the file out with Windows' own.
fn compare(path: &Path, fresh: &str) -> Result<()> {
    let on_disk = fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read: run `cargo xtask codegen`", path.display()))?;
    let first_difference = on_disk.lines().zip(fresh.lines()).position(|(old, new)| old != new);
    let (old, new) = (on_disk.lines().count(), fresh.lines().count());
    let line = match first_difference {
        Some(line) => line + 1,
        None if old != new => old.min(new) + 1,
        None => return Ok(()),
    };
    bail!("{}:{line}: stale, the Rust types have changed: run `cargo xtask codegen`", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_file_is_told_by_its_first_different_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bindings.ts");
        let check = |on_disk: &str, fresh: &str| {
            fs::write(&path, on_disk).unwrap();
            compare(&path, fresh)
                .err()
                .map(|error| error.to_string().replace(&path.display().to_string(), "F"))
        };
        let stale =
            |line| Some(format!("F:{line}: stale, the Rust types have changed: run `cargo xtask codegen`"));
        assert_eq!(check("a\nb\n", "a\nb\n"), None);
        assert_eq!(check("a\r\nb\r\n", "a\nb\n"), None);
        assert_eq!(check("a\nb\n", "a\nc\n"), stale(2));
        assert_eq!(check("a\n", "a\nb\n"), stale(2));
        assert_eq!(check("a\nb\n", "a\n"), stale(2));
    }
}
