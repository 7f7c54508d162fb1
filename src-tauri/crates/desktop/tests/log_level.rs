//! How much is logged follows settings.toml while the application runs. A process of its own: there is one log.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use dinghy_desktop::tray::Picture;
use dinghy_desktop::{Args, Places, Screen, Shell, TrayHost, follow, start_logging};
use tokio::sync::watch;

struct NoScreen;

impl Screen for NoScreen {
    fn show(&self, _: Option<&str>) {}
    fn tell(&self, _: &'static str, _: String) {}
    fn quit(&self) {}
}

struct NoTray(watch::Receiver<bool>);

impl TrayHost for NoTray {
    async fn draw(&mut self, _: Picture) {}
    fn shown(&self) -> watch::Receiver<bool> {
        self.0.clone()
    }
}

/// Says a word at the level `debug` until the file has it or has something else.
async fn until_logged(log: &Path, word: &str, wanted: &str) -> String {
    let found = async {
        loop {
            tracing::debug!(target: "dinghy_test", "{word}");
            let text = std::fs::read_to_string(log).unwrap_or_default();
            if text.contains(wanted) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), found).await.expect(wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_file_gets_what_the_settings_say_without_a_restart() {
    let temp = tempfile::tempdir().expect("a folder");
    let (config, data) = (temp.path().join("config"), temp.path().join("data"));
    let args = ["dinghy", "--config-dir", &config.to_string_lossy(), "--data-dir", &data.to_string_lossy()];
    let places = Places::prepare(&Args::parse_from(args)).expect("folders");
    let (settings, log) = (places.dirs.settings(), places.dirs.data.join("dinghy.log"));
    let level = start_logging(Some(&places.dirs.data));
    let shell = Arc::new(Shell::start(places, Box::new(NoScreen), level).expect("a start"));
    let (_shown, hosts) = watch::channel(true);
    tokio::spawn(follow(shell.clone(), NoTray(hosts), Picture::now(&shell), true));

    tracing::debug!(target: "dinghy_test", "said too early");
    std::fs::write(&settings, "[log]\nlevel = \"debug\"\n").expect("written");
    let text = until_logged(&log, "said in time", "said in time").await;
    assert!(!text.contains("said too early"), "{text}");

    std::fs::write(&settings, "[log]\nlevel = \"info\"\n").expect("written");
    until_logged(&log, "said on the way", "level=\"info\"").await;
    tracing::debug!(target: "dinghy_test", "said too late");
    tracing::info!(target: "dinghy_test", "the last word");
    let text = until_logged(&log, "said again", "the last word").await;
    assert!(!text.contains("said too late"), "{text}");
}
