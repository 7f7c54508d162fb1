//! The data folder as it is: newer, damaged, taken, full.

use std::path::Path;
use std::process::Command;

use dinghy_api::words::{code, sentence};
use dinghy_model::{Lang, Problem, ServerState};

use crate::house::{Dinghy, House, argocd, dingtalk, health, put, told};

fn start_fails(house: &House) -> Problem {
    let problem = house.try_start().map(drop).expect_err("no start");
    for lang in [Lang::En, Lang::ZhCn] {
        let words = sentence(&problem, lang);
        assert!(!words.what.is_empty() && !words.todo.is_empty());
    }
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_used_ends_the_start_and_is_left_as_it_is() {
    let house = House::new();
    let path = house.dirs.database();
    house.start().stop().await;

    // `PRAGMA user_version` stands at byte 60 of the file.
    let good = std::fs::read(&path).expect("a database");
    let mut newer = good.clone();
    newer[60..64].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&path, &newer).expect("written");
    assert!(matches!(start_fails(&house), Problem::DatabaseNewer { found: 999, .. }));
    assert_eq!(std::fs::read(&path).expect("a database"), newer);

    let damaged =
        b"this is no database, whatever its name says, and it is long enough for a header ..............."
            .to_vec();
    std::fs::write(&path, &damaged).expect("written");
    assert_eq!(code(&start_fails(&house)), "database_damaged");
    assert_eq!(std::fs::read(&path).expect("a file"), damaged);

    std::fs::write(&path, &good).expect("written");
    house.start().stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_engine_to_a_data_folder() {
    let house = House::new();
    let first = house.start();
    assert!(matches!(start_fails(&house), Problem::AlreadyRunning { .. }));
    first.stop().await;
    house.start().stop().await;
}

/// A small file system that can be filled; SQLite lets its log grow to 4 MB.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    /// Fails with what `mount` says: only root may mount, or whoever is root in a namespace of its own.
    fn mount(at: &'a Path) -> Result<Self, String> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(at);
        said(&mut mount).map(|()| Self(at))
    }

    /// Leaves no room, or makes it again.
    fn fill(&self, full: bool) {
        let ballast = self.0.join("ballast");
        if !full {
            return std::fs::remove_file(ballast).expect("removed");
        }
        // What does not fit is not written, and that is what is wanted.
        for size in [1 << 20, 4_096, 1] {
            use std::io::Write as _;
            let mut file = std::fs::File::options().create(true).append(true).open(&ballast).expect("a file");
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        // Lazily: a database may still be open in a test that failed.
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

/// What a failed program said.
fn said(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(()) } else { Err(text) }
}

/// Set where this program already is root in a namespace of its own.
#[cfg(target_os = "linux")]
const INSIDE: &str = "DINGHY_TEST_IN_NAMESPACE";

/// Linux only: elsewhere a file system cannot be mounted by a test.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    let probe = tempfile::tempdir().expect("a folder");
    let refused = Small::mount(probe.path()).map(drop).err();
    match refused {
        None => tokio::runtime::Runtime::new().expect("a runtime").block_on(on_a_full_disk()),
        Some(refused) if std::env::var_os(INSIDE).is_some() => {
            panic!("root of a user namespace may not mount a tmpfs: {refused}")
        }
        // Not root: once more as the root of a namespace.
        Some(refused) => {
            let mut again = Command::new("unshare");
            again.args(["--user", "--map-root-user", "--mount"]);
            again.arg(std::env::current_exe().expect("this program"));
            again.args(["--exact", "disk::a_full_disk_is_said_and_nothing_is_lost", "--nocapture"]);
            let ran = said(again.env(INSIDE, "1"));
            ran.unwrap_or_else(|why| {
                panic!(
                    "a disk that is full needs a file system of its own: run this test as root, or allow user \
                     namespaces (kernel.unprivileged_userns_clone, apparmor_restrict_unprivileged_userns).\n\
                     mount: {refused}\nunshare: {why}"
                )
            });
        }
    }
}

async fn on_a_full_disk() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for number in 0..10 {
        put(&argocd, &format!("app-{number}"));
    }
    let house = House::with(&argocd, &dingtalk);
    let disk = Small::mount(&house.dirs.data).expect("mounted before");
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    disk.fill(true);
    // More than what fits into pages that are there already.
    for round in 0..3 {
        for number in 0..10 {
            let (name, state) = (format!("app-{number}"), ["Degraded", "Progressing", "Degraded"][round]);
            health(&argocd, &name, state);
        }
    }
    let status = dinghy.until("the full disk", |status| !status.problems.is_empty()).await;
    assert_eq!(code(&status.problems[0]), "disk_full", "{:?}", status.problems);
    disk.fill(false);
    // Nobody restarts it. More than a robot's minute allows comes as a digest.
    let all = |_: &Dinghy| dingtalk.messages("ops").iter().map(told).sum::<usize>() >= 20;
    dinghy.wait("all twenty", all).await;
    let status = dinghy.until("room", |status| status.problems.is_empty() && status.waiting == 0).await;
    assert_eq!(status.refused, 0);
    let shown = dingtalk.messages("ops");
    let unique: std::collections::BTreeSet<_> = shown.iter().map(|received| received.uuid.clone()).collect();
    assert_eq!(unique.len(), shown.len());
    assert_eq!(shown.iter().map(told).sum::<usize>(), 20, "each once");
    dinghy.stop().await;
}
