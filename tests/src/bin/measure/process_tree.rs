//! Memory and CPU time of an application with all its processes, from /proc.

use std::fs;

use anyhow::{Context, Result};

/// Of /proc/*/stat's times; the kernel promises user space 100 on every architecture that Dinghy is built for.
const TICKS_PER_SECOND: f64 = 100.0;

/// An application started by the harness is the leader of its process group, and whatever it starts stays in it.
#[derive(Clone, Copy)]
pub(super) struct ProcessTree {
    pub(super) group: u32,
}

impl ProcessTree {
    /// Proportional set size in MB: what would be free without the application. Pages that are shared with other programs
    /// count in proportion.
    pub(super) fn pss_mb(self) -> Result<f64> {
        let mut kb = 0;
        for process in self.processes()? {
            // A process that ends while we look has given its memory back.
            let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
            kb += kilobytes(&rollup, "Pss:").unwrap_or(0);
        }
        Ok(kb as f64 / 1000.0)
    }

    /// CPU time used so far by the processes that still run, in seconds.
    pub(super) fn cpu_seconds(self) -> Result<f64> {
        let stats = self.processes()?.into_iter().filter_map(Stat::of);
        let ticks: u64 = stats.map(|stat| stat.ticks).sum();
        Ok(ticks as f64 / TICKS_PER_SECOND)
    }

    fn processes(self) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").context("cannot list the processes")? {
            let Ok(process) = entry?.file_name().to_string_lossy().parse() else { continue };
            if Stat::of(process).is_some_and(|stat| stat.group == self.group) {
                found.push(process);
            }
        }
        Ok(found)
    }
}

/// The most memory that one process ever had, in MB; `None` when it is over.
pub(super) fn peak_mb(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    Some(kilobytes(&status, "VmHWM:")? as f64 / 1000.0)
}

/// `Pss:      1234 kB` → 1234
fn kilobytes(text: &str, key: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(key))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The parts of /proc/*/stat that matter here; see proc(5).
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    group: u32,
    ticks: u64,
}

impl Stat {
    fn of(process: u32) -> Option<Stat> {
        Stat::parse(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
    }

    fn parse(text: &str) -> Option<Stat> {
        // The second field is the name, in brackets, and may hold anything. `pgrp` is the fifth, `utime` the 14th.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Stat { group: u32::try_from(number(5)?).ok()?, ticks: number(14)? + number(15)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_and_blanks_do_not_shift_the_fields() {
        let stat = "42 (a) b (c) S 1 77 77 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 5 0 9 0 0";
        assert_eq!(Stat::parse(stat), Some(Stat { group: 77, ticks: 300 }));
        assert_eq!(Stat::parse("42 (a"), None);
    }

    #[test]
    fn kilobytes_of_a_key() {
        let rollup = "Rss:  900 kB\nPss:   123 kB\nPss_Anon:  5 kB\n";
        assert_eq!(kilobytes(rollup, "Pss:"), Some(123));
        assert_eq!(kilobytes(rollup, "Swap:"), None);
    }

    #[test]
    fn a_real_process_has_memory() {
        assert!(peak_mb(std::process::id()).is_some_and(|mb| mb > 0.5));
        assert_eq!(peak_mb(u32::MAX), None);
    }
}
