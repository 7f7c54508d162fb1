//! A new start, on the demo or on the user's own settings, without a moment in which nothing is on the screen: the new
//! process shows its window before this one ends, and comes to the front afterwards.
//!
//! The two meet on a port of this computer. The new one connects when its window is up, and waits for the connection to
//! end: then the old one is gone, and with it the window that had the focus.

use std::ffi::OsString;
use std::io;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::shell::Shell;

/// The variable that tells the new process the port of the old one.
const REPLACES: &str = "DINGHY_REPLACES";

/// Longer nobody waits for a window; the new process goes on by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// From the first call of the page until its first picture can be seen.
const DRAWN: Duration = Duration::from_millis(250);

/// What the new process is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// The embedded demo.
    Demo,
    /// The user's own settings.
    Own,
}

/// What keeps the new process waiting, until this process ends.
pub(crate) struct Held(#[allow(dead_code, reason = "it is open as long as it is there")] Option<TcpStream>);

/// Starts Dinghy anew and waits until it shows its window. Fails when it cannot be started or ends with an error; then
/// nothing has changed.
pub(crate) async fn start(on: On) -> io::Result<Held> {
    let program = std::env::current_exe()?;
    shown(Command::new(program).args(arguments(std::env::args_os().skip(1), on))).await
}

/// The arguments of this process, for the other way.
fn arguments(args: impl Iterator<Item = OsString>, on: On) -> Vec<OsString> {
    let kept = args.filter(|arg| arg != "--demo" && arg != "--or-demo" && arg != "--hidden");
    kept.chain((on == On::Demo).then(|| "--demo".into())).collect()
}

async fn shown(command: &mut Command) -> io::Result<Held> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    command.env(REPLACES, listener.local_addr()?.port().to_string()).stdin(Stdio::null());
    let mut child = command.spawn()?;
    tokio::select! {
        accepted = listener.accept() => {
            let (connection, _) = accepted?;
            tokio::time::sleep(DRAWN).await;
            Ok(Held(Some(connection)))
        }
        ended = child.wait() => match ended? {
            // One runs already on these settings and has been asked to show its window.
            status if status.success() => Ok(Held(None)),
            status => Err(io::Error::other(status.to_string())),
        },
        () = tokio::time::sleep(PATIENCE) => Ok(Held(None)),
    }
}

/// If this process was started by another one, in its place: says that the window is up as soon as the page has asked for
/// something, and brings it to the front when the other one is gone.
pub(crate) async fn take_over(shell: Arc<Shell>) {
    let Some(port) = std::env::var(REPLACES).ok().and_then(|port| port.parse().ok()) else { return };
    shell.page_asked.notified().await;
    if wait_for_end(port).await.is_ok() {
        shell.screen.show(None);
    }
}

/// Fails when nobody waits on the port (any more).
async fn wait_for_end(port: u16) -> io::Result<()> {
    let mut old = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    // However it ends, it ends.
    let _ = tokio::time::timeout(PATIENCE, old.read(&mut [0])).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_a_new_start() {
        let given = ["--hidden", "--config-dir", "/c", "--or-demo", "--demo"];
        let read = |on| arguments(given.iter().map(OsString::from), on);
        assert_eq!(read(On::Own), ["--config-dir", "/c"]);
        assert_eq!(read(On::Demo), ["--config-dir", "/c", "--demo"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn who_cannot_be_started_or_fails_is_an_error_and_who_asked_another_one_is_none() {
        assert!(shown(&mut Command::new("/nowhere/dinghy")).await.is_err());
        assert!(shown(&mut Command::new("false")).await.is_err());
        assert!(shown(&mut Command::new("true")).await.is_ok());
    }

    #[tokio::test]
    async fn the_new_one_waits_until_the_old_one_is_gone() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let new = tokio::spawn(wait_for_end(port));
        let (connection, _) = listener.accept().await.expect("the new one");
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!new.is_finished());
        drop((connection, listener));
        assert!(new.await.expect("no panic").is_ok());
        assert!(wait_for_end(port).await.is_err(), "nobody is there any more");
    }
}
