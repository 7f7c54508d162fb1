//! Tells when one of our files was saved, by whatever editor and in whatever way. Does not know what is in them.
//!
//! Editors write in place, or a new file and rename it, or delete and create; dotfile tools replace a symbolic
//! link. So the folders are watched and not the files, and what counts in the end is whether the content is
//! another one. Where the system gives no notice (network folders, no inotify watch left), looking every few
//! seconds finds the change later.

#![expect(clippy::disallowed_types, reason = "no async in this crate: the watcher has a thread of its own")]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime};

use dinghy_model::Problem;
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::atomic::follow;

/// A save is over when nothing happened for so long.
const QUIET: Duration = Duration::from_millis(150);
/// A folder in which something happens all the time is looked at in spite of it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often to look without notice: two calls of `stat`.
const LOOK: Duration = Duration::from_secs(5);

/// Watches a few files until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    wake: Sender<Wake>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wake {
    Look,
    Stop,
}

impl Watcher {
    /// Calls `changed` with those of `paths` whose content is another one than before, also when a file came into
    /// being or went, its folder with it. What the files hold at this moment is where it starts from.
    ///
    /// `changed` runs on the watcher's thread, about 150 ms after a save, and may still be running when the watcher
    /// has been dropped. Fails with `Other` if there is no thread to be had.
    pub fn new(
        paths: Vec<PathBuf>,
        changed: impl FnMut(Vec<PathBuf>) + Send + 'static,
    ) -> Result<Self, Problem> {
        let (wake, woken) = mpsc::channel();
        let mut watched = Watched::new(paths, wake.clone());
        std::thread::Builder::new()
            .name("watcher".to_owned())
            .spawn(move || watched.run(&woken, changed))
            .map_err(|error| Problem::Other { detail: error.to_string() })?;
        Ok(Self { wake })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // The thread is gone already if the callback panicked.
        let _ = self.wake.send(Wake::Stop);
    }
}

struct Watched {
    /// None: the system gives no notice.
    notices: Option<RecommendedWatcher>,
    folders: HashSet<PathBuf>,
    files: Vec<File>,
}

struct File {
    path: PathBuf,
    stamp: Option<Stamp>,
    content: Option<Vec<u8>>,
}

/// What `stat` tells of a file; equal stamps are taken for equal content.
type Stamp = (SystemTime, u64, u64);

impl Watched {
    fn new(paths: Vec<PathBuf>, wake: Sender<Wake>) -> Self {
        let notices = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.map_or(true, |event| can_change(event.kind)) {
                // Nobody listens any more while the watcher is being dropped.
                let _ = wake.send(Wake::Look);
            }
        });
        let notices = notices
            .inspect_err(
                |error| tracing::warn!(%error, "no notice of saved files; looking every few seconds"),
            )
            .ok();
        let files = paths.into_iter().map(|path| File { path, stamp: None, content: None }).collect();
        let mut watched = Self { notices, folders: HashSet::new(), files };
        // First the notices, then the content: a save in between is seen twice rather than never.
        watched.watch_folders();
        watched.changed(true);
        watched
    }

    fn run(&mut self, woken: &Receiver<Wake>, mut changed: impl FnMut(Vec<PathBuf>)) {
        loop {
            let noticed = match woken.recv_timeout(LOOK) {
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Wake::Look) => {
                    if until_quiet(woken) == Wake::Stop {
                        return;
                    }
                    true
                }
                Err(RecvTimeoutError::Timeout) => false,
            };
            self.watch_folders();
            let paths = self.changed(noticed);
            if !paths.is_empty() {
                changed(paths);
            }
        }
    }

    /// Asks for notices of the folders in which the files and the targets of links are now; where there is no
    /// such folder, of the nearest above it, to see it come.
    fn watch_folders(&mut self) {
        let Some(notices) = &mut self.notices else { return };
        let mut wanted = HashSet::new();
        for file in &self.files {
            let target = follow(&file.path).unwrap_or_else(|_| file.path.clone());
            for path in [&file.path, &target] {
                let folder = path.ancestors().skip(1).map(or_here).find(|folder| folder.is_dir());
                wanted.extend(folder.map(Path::to_owned));
            }
        }
        for folder in self.folders.difference(&wanted) {
            // A folder that went took its watch with it.
            let _ = notices.unwatch(folder);
        }
        self.folders.retain(|folder| wanted.contains(folder));
        for folder in wanted {
            if !self.folders.contains(&folder) {
                match notices.watch(&folder, RecursiveMode::NonRecursive) {
                    Ok(()) => drop(self.folders.insert(folder)),
                    Err(error) => tracing::debug!(%error, folder = %folder.display(), "not watched"),
                }
            }
        }
    }

    /// The files whose content is another one than at the last call. After a notice they are read even if
    /// their stamps are the same: two saves can fall into one tick of the file system's clock.
    fn changed(&mut self, noticed: bool) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        for file in &mut self.files {
            let stamp = stamp(&file.path);
            if !noticed && stamp == file.stamp {
                continue;
            }
            let content = fs::read(&file.path).ok();
            if content != file.content {
                paths.push(file.path.clone());
            }
            (file.stamp, file.content) = (stamp, content);
        }
        paths
    }
}

/// The parent of a relative path that is only a name is empty; it means the working folder.
fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Swallows notices until none came for a while.
fn until_quiet(woken: &Receiver<Wake>) -> Wake {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match woken.recv_timeout(QUIET) {
            Ok(Wake::Look) => {}
            Err(RecvTimeoutError::Timeout) => return Wake::Look,
            Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return Wake::Stop,
        }
    }
    Wake::Look
}

/// Opening and reading change nothing, and we do it ourselves.
fn can_change(kind: EventKind) -> bool {
    !matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0;
    Some((metadata.modified().ok()?, metadata.len(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A watcher over `settings.toml` and `notifications.yaml` in a new folder, and what it tells.
    struct Fixture {
        dir: tempfile::TempDir,
        told: Receiver<Vec<PathBuf>>,
        _watcher: Watcher,
    }

    impl Fixture {
        fn new(prepare: impl FnOnce(&Path)) -> Self {
            let dir = tempfile::tempdir().unwrap();
            prepare(dir.path());
            let paths = ["settings.toml", "notifications.yaml"].map(|name| dir.path().join(name));
            let (tell, told) = mpsc::channel();
            let watcher = Watcher::new(paths.to_vec(), move |paths| tell.send(paths).unwrap()).unwrap();
            Self { dir, told, _watcher: watcher }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }

        #[track_caller]
        fn tells(&self, names: &[&str]) {
            let paths: Vec<_> = names.iter().map(|name| self.path(name)).collect();
            assert_eq!(self.told.recv_timeout(LOOK * 2), Ok(paths));
        }

        #[track_caller]
        fn tells_nothing(&self) {
            assert_eq!(self.told.recv_timeout(QUIET * 3), Err(RecvTimeoutError::Timeout));
        }
    }

    fn two_files(dir: &Path) {
        fs::write(dir.join("settings.toml"), "old").unwrap();
        fs::write(dir.join("notifications.yaml"), "old").unwrap();
    }

    #[test]
    fn a_write_in_place_is_told_once_and_only_of_that_file() {
        let files = Fixture::new(two_files);
        fs::write(files.path("settings.toml"), "new").unwrap();
        files.tells(&["settings.toml"]);
        files.tells_nothing();
    }

    /// vim with `backupcopy=no`, sed -i, our own `write_atomic`: time and again, not only the first.
    #[test]
    fn an_editor_that_renames_is_told_each_time() {
        let files = Fixture::new(two_files);
        for text in ["one", "two", "three"] {
            fs::rename(files.path("settings.toml"), files.path("settings.toml~")).unwrap();
            fs::write(files.path("4913"), text).unwrap();
            fs::rename(files.path("4913"), files.path("settings.toml")).unwrap();
            files.tells(&["settings.toml"]);
        }
    }

    #[test]
    fn a_file_that_comes_and_goes_is_told() {
        let files = Fixture::new(|_| ());
        fs::write(files.path("notifications.yaml"), "data: {}").unwrap();
        files.tells(&["notifications.yaml"]);
        fs::remove_file(files.path("notifications.yaml")).unwrap();
        files.tells(&["notifications.yaml"]);
    }

    #[test]
    fn the_same_content_and_other_files_are_not_told() {
        let files = Fixture::new(two_files);
        fs::write(files.path("settings.toml"), "old").unwrap();
        fs::write(files.path("dinghy.db-wal"), "x").unwrap();
        files.tells_nothing();
    }

    #[cfg(unix)]
    #[test]
    fn the_target_of_a_link_counts_and_so_does_another_target() {
        use std::os::unix::fs::symlink;
        let dotfiles = tempfile::tempdir().unwrap();
        let target = |name: &str| dotfiles.path().join(name);
        fs::write(target("a.toml"), "a").unwrap();
        fs::write(target("b.toml"), "b").unwrap();
        let files = Fixture::new(|dir| symlink(target("a.toml"), dir.join("settings.toml")).unwrap());
        fs::write(target("a.toml"), "a2").unwrap();
        files.tells(&["settings.toml"]);
        fs::remove_file(files.path("settings.toml")).unwrap();
        symlink(target("b.toml"), files.path("settings.toml")).unwrap();
        files.tells(&["settings.toml"]);
        fs::write(target("b.toml"), "b2").unwrap();
        files.tells(&["settings.toml"]);
    }

    #[test]
    fn a_folder_that_comes_and_goes_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".config/dinghy/settings.toml");
        let (tell, told) = mpsc::channel();
        let _watcher = Watcher::new(vec![path.clone()], move |paths| tell.send(paths).unwrap()).unwrap();
        for _ in 0..2 {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "new").unwrap();
            assert_eq!(told.recv_timeout(LOOK * 2), Ok(vec![path.clone()]));
            fs::remove_dir_all(dir.path().join(".config")).unwrap();
            assert_eq!(told.recv_timeout(LOOK * 2), Ok(vec![path.clone()]));
        }
    }

    #[test]
    fn dropping_it_ends_it() {
        let dir = tempfile::tempdir().unwrap();
        let (tell, told) = mpsc::channel();
        let watcher =
            Watcher::new(vec![dir.path().join("x")], move |paths| tell.send(paths).unwrap()).unwrap();
        drop(watcher);
        // The callback owns the sender: it goes with the thread.
        assert_eq!(told.recv_timeout(LOOK), Err(RecvTimeoutError::Disconnected));
    }
}
