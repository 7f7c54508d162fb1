//! The thread that servers live on.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::{fmt, io};

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

/// A thread with a runtime of its own. When the last clone is dropped, everything on it ends and
/// the thread is gone.
#[derive(Clone)]
pub(crate) struct Host(Arc<Inner>);

struct Inner {
    handle: Handle,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Starts the thread.
    pub(crate) fn start(name: &str) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || runtime.block_on(stopped.cancelled_owned()))?;
        Ok(Self(Arc::new(Inner { handle, stop, thread: Some(thread) })))
    }

    /// Runs a task on the thread until it is done or the host ends. A task must not own the host.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.handle.spawn(task);
    }

    /// The runtime, for what must be made inside it.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0.handle
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so already.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Host")
    }
}
