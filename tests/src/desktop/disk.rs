//! A disk that can be full.
//!
//! Only root may mount a file system. Whoever is not root can be it in a namespace of its own, but only from a program's
//! start on: [`as_root`] starts the test's program once more, inside.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Set where this program already is root in a namespace of its own.
const INSIDE: &str = "DINGHY_TEST_IN_NAMESPACE";

/// A small file system in memory. It goes away with the value.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one of 16 MB: SQLite lets its log grow to 4 MB. See [`as_root`].
    pub fn mount(at: &Path) -> Result<SmallDisk> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(at);
        run(&mut mount)?;
        Ok(SmallDisk(at.to_path_buf()))
    }

    /// Leaves no byte.
    pub fn fill(&self) -> Result<()> {
        let mut file = File::create(self.ballast())?;
        // What does not fit is not written, and that is what is wanted.
        for size in [1 << 20, 4_096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        Ok(())
    }

    /// Makes room again.
    pub fn empty(&self) -> Result<()> {
        std::fs::remove_file(self.ballast()).context("cannot make room")
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a database may still be open in a test that failed.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Whether the caller may go on and mount; false: the test `name` (its whole path) has run in a namespace in its stead,
/// and was passed.
///
/// Fails if neither is allowed: a test of a full disk that leaves the disk out is none.
pub fn as_root(name: &str) -> Result<bool> {
    let probe = tempfile::tempdir()?;
    let Err(refused) = SmallDisk::mount(probe.path()) else { return Ok(true) };
    if std::env::var_os(INSIDE).is_some() {
        bail!("root of a user namespace may not mount a tmpfs: {refused:#}");
    }
    let mut again = Command::new("unshare");
    again.args(["--user", "--map-root-user", "--mount"]).arg(std::env::current_exe()?);
    run(again.args(["--exact", name, "--nocapture"]).env(INSIDE, "1")).with_context(|| {
        format!(
            "a full disk needs a file system of its own: run this test as root, or allow user namespaces \
             (kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns); mount: {refused:#}"
        )
    })?;
    Ok(false)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    ensure!(output.status.success(), "{:?}: {said}", command.get_program());
    Ok(())
}
