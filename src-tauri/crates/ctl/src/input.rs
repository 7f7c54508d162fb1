//! Files and stdin that a command reads.

use std::io::Read as _;
use std::path::Path;

use anyhow::Result;
use clap::CommandFactory as _;
use clap::error::ErrorKind;
use dinghy_model::{Problem, Secret};

use crate::args::Args;
use crate::shell::Shell;

/// Whether a path means stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// Ends the program as wrong usage if stdin is to be read for two things.
pub(crate) fn stdin_once<'a>(paths: impl IntoIterator<Item = &'a Path>) {
    if paths.into_iter().filter(|path| is_stdin(path)).count() > 1 {
        let twice = "stdin (`-`) can be read only once";
        Args::command().error(ErrorKind::ArgumentConflict, twice).exit();
    }
}

/// The text of a file, or of stdin for `-`.
pub(crate) fn read(shell: &Shell, path: &Path) -> Result<String> {
    let read = if is_stdin(path) {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|error| {
        let path = if is_stdin(path) { "stdin".to_owned() } else { path.display().to_string() };
        shell.failed(&Problem::Io { path, detail: error.to_string() })
    })
}

/// The text of `--vars`; without it there are no variables.
pub(crate) fn vars(shell: &Shell, path: Option<&Path>) -> Result<String> {
    path.map_or_else(|| Ok("{}".to_owned()), |path| read(shell, path))
}

/// A secret from stdin, less one newline at the end.
pub(crate) fn secret(shell: &Shell) -> Result<Secret> {
    let text = read(shell, Path::new("-"))?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(Secret::new(line))
}
