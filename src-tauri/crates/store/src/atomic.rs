//! Files that are replaced whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use dinghy_model::Problem;

/// Replaces a file's content; after a crash it is the old or the new one.
///
/// A symbolic link stays one and its target is replaced; the permissions of an existing file stay; a new file is
/// readable by the user alone, and its folder is created. Fails with `DiskFull` or `Io`.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    replace(path, bytes).map_err(|error| io_problem(path, &error))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = follow(path)?;
    let dir = match target.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    fs::create_dir_all(dir)?;
    // Beside the target: a rename cannot leave the file system.
    let mut file = tempfile::Builder::new().prefix(".dinghy-").tempfile_in(dir)?;
    file.write_all(bytes)?;
    if let Ok(metadata) = fs::metadata(&target) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target)?;
    // The rename is in the folder, which has a cache of its own.
    #[cfg(unix)]
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}

/// Where a chain of symbolic links ends, also if nothing is there yet.
pub(crate) fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..16 {
        match fs::read_link(&path) {
            Ok(link) => path = path.parent().unwrap_or(Path::new("")).join(link),
            // Not a link, or nothing.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// An error of the file system as a problem.
pub(crate) fn io_problem(path: &Path, error: &io::Error) -> Problem {
    let path = path.display().to_string();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::DiskFull { path },
        _ => Problem::Io { path, detail: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_and_its_folder_are_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/settings.toml");
        write_atomic(&path, b"1").unwrap();
        write_atomic(&path, b"22").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"22");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left behind");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let [target, middle, link] = ["target", "middle", "link"].map(|name| dir.path().join(name));
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("target", &middle).unwrap();
        symlink(&middle, &link).unwrap();
        write_atomic(&link, b"new").unwrap();
        assert!(link.is_symlink() && middle.is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        let new = dir.path().join("new");
        write_atomic(&new, b"x").unwrap();
        assert_eq!(new.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_are_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink("link", &link).unwrap();
        assert!(matches!(write_atomic(&link, b"x"), Err(Problem::Io { .. })));
    }

    #[test]
    fn errors_are_told_apart() {
        let problem = |kind: io::ErrorKind| io_problem(Path::new("/x"), &kind.into());
        assert_eq!(problem(io::ErrorKind::StorageFull), Problem::DiskFull { path: "/x".to_owned() });
        assert!(matches!(problem(io::ErrorKind::PermissionDenied), Problem::Io { .. }));
    }
}
