//! On what, and from what, the figures were taken.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::workspace::Workspace;

/// One line each: date, source, system, processor, memory, and what Dinghy is measured beside.
pub(super) fn describe(workspace: &Workspace) -> Result<Vec<(&'static str, String)>> {
    let nagstamon = output(workspace, "dpkg-query", &["-W", "-f", "${Version}", "nagstamon"])?;
    let mut lines = common(workspace)?;
    lines.push(("Beside", format!("Nagstamon {nagstamon}")));
    Ok(lines)
}

fn output(workspace: &Workspace, program: &str, args: &[&str]) -> Result<String> {
    let mut command = Command::new(program);
    command::capture(command.args(args).current_dir(workspace.root())).map(|text| text.trim().to_owned())
}

/// One line each: date, source, system, processor, memory.
pub(super) fn common(workspace: &Workspace) -> Result<Vec<(&'static str, String)>> {
    let output = |program: &str, args: &[&str]| output(workspace, program, args);
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let changed = if output("git", &["status", "--porcelain"])?.is_empty() { "" } else { ", with changes" };
    let system = value(&read("/etc/os-release"), "PRETTY_NAME=").unwrap_or_default();
    let processor = value(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory = value(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    Ok(vec![
        ("Date", output("date", &["-u", "+%Y-%m-%d %H:%M UTC"])?),
        ("Commit", output("git", &["rev-parse", "--short=12", "HEAD"])? + changed),
        (
            "System",
            format!("{system}, Linux {}, {}", output("uname", &["-r"])?, output("rustc", &["--version"])?),
        ),
        ("Machine", format!("{} × {processor}, {} memory", output("nproc", &[])?, gigabytes(&memory))),
    ])
}

/// What follows the first line that begins with `key`, without signs between and quotes around.
fn value(text: &str, key: &str) -> Option<String> {
    let rest = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(rest.trim_start_matches([' ', '\t', ':', '=']).trim_matches('"').to_owned())
}

/// `24529912 kB` → `25 GB`
fn gigabytes(memory: &str) -> String {
    let kb: Option<f64> = memory.split_whitespace().next().and_then(|number| number.parse().ok());
    kb.map_or_else(|| "unknown".to_owned(), |kb| format!("{:.0} GB", kb * 1024.0 / 1e9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_system_s_files() {
        assert_eq!(
            value("NAME=x\nPRETTY_NAME=\"Debian 12\"\n", "PRETTY_NAME="),
            Some("Debian 12".to_owned())
        );
        assert_eq!(value("model name\t: Some CPU\n", "model name"), Some("Some CPU".to_owned()));
        assert_eq!(value("", "MemTotal"), None);
        assert_eq!(gigabytes("24529912 kB"), "25 GB");
        assert_eq!(gigabytes(""), "unknown");
    }
}
