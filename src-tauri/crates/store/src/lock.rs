//! One engine to a data folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use dinghy_model::Problem;

use crate::atomic::io_problem;

/// Held by the process whose engine works on a data folder; let go when dropped, or when the process dies.
#[derive(Debug)]
pub struct Lock {
    // The lock belongs to the open file and goes with it. The file stays: deleting it would let two processes
    // lock two files of one name.
    _file: File,
}

impl Lock {
    /// Takes the lock of a data folder that exists.
    ///
    /// Fails with [`Problem::AlreadyRunning`] while another process, or another `Lock` of this one, has it.
    pub fn acquire(data: &Path) -> Result<Self, Problem> {
        let path = data.join("dinghy.lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| io_problem(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(Problem::AlreadyRunning { path: data.display().to_string() })
            }
            Err(TryLockError::Error(error)) => Err(io_problem(&path, &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::acquire(dir.path()).unwrap();
        let path = dir.path().display().to_string();
        assert_eq!(Lock::acquire(dir.path()).unwrap_err(), Problem::AlreadyRunning { path });
        drop(first);
        Lock::acquire(dir.path()).unwrap();
    }
}
