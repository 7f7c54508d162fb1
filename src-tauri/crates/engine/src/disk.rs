//! One flight at a time at the database. SQLite takes one writer; whoever waits for it on a thread costs that thread's
//! stack and heap, and with a group each that is many.

use std::sync::Arc;

use dinghy_store::Store;
use tokio::sync::Mutex;

/// The database, for tasks that may have to wait for it.
#[derive(Debug)]
pub(crate) struct Disk {
    store: Arc<Store>,
    turn: Mutex<()>,
}

impl Disk {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store, turn: Mutex::default() }
    }

    /// Does what blocks, when its turn has come, on a thread for that: always the same one.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Store) -> T + Send + 'static) -> T {
        let _turn = self.turn.lock().await;
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime ends, and so does whoever waits here.
                Err(_) => std::future::pending().await,
            },
        }
    }
}
