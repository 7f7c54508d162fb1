//! The servers that are followed: their tasks and what is known of each connection.

use std::collections::BTreeMap;
use std::sync::Arc;

use dinghy_argocd::Client;
use dinghy_model::{AppSummary, Auth, Problem, ServerConfig, ServerName, ServerState, ServerStatus};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::now_ms;
use crate::supervisor::Spawner;
use crate::table::Table;
use crate::visibility::Sight;

/// The time of the last data is shown in steps of this many milliseconds.
const FRESH_STEP_MS: i64 = 30_000;
/// So long before its end a token is told of.
const TOKEN_SOON_MS: i64 = 7 * 24 * 3_600_000;
/// But not before this part of its life is left: one that lives for a day is not always told of.
const TOKEN_LEFT: i64 = 4;

/// All servers, in the order of settings.toml.
#[derive(Default)]
pub(crate) struct Servers {
    order: Vec<ServerName>,
    by_name: BTreeMap<ServerName, Server>,
    /// The way out of servers that name none.
    proxy: String,
    runs: u64,
}

struct Server {
    config: Arc<ServerConfig>,
    run: u64,
    refresh: Arc<Notify>,
    stop: CancellationToken,
    state: ServerState,
    problem: Option<Problem>,
    next_try_ms: Option<i64>,
    /// To ask for single things; None before it is connected.
    client: Option<Client>,
    version: String,
    account: String,
    fresh_ms: Option<i64>,
    token: Option<TokenEnd>,
    /// A full list was read since the task started: what appears later is new, not just unknown.
    listed: bool,
    /// The list as last published; None after a change.
    apps: Option<Arc<Vec<Arc<AppSummary>>>>,
}

/// How a stored token ends; a session that a password opens is opened again by itself.
struct TokenEnd {
    ends_ms: i64,
    /// From when on it is told of.
    tell_ms: i64,
    /// It was, so nothing happens at that time any more.
    told: bool,
}

impl TokenEnd {
    fn new(issued_ms: Option<i64>, ends_ms: i64) -> Self {
        let left = issued_ms.map(|issued| ends_ms.saturating_sub(issued).max(0) / TOKEN_LEFT);
        let soon = left.unwrap_or(TOKEN_SOON_MS).min(TOKEN_SOON_MS);
        Self { ends_ms, tell_ms: ends_ms.saturating_sub(soon), told: false }
    }

    fn of(config: &ServerConfig, client: &Client) -> Option<Self> {
        let ends_ms = client.token_expiry().filter(|_| config.auth == Auth::Token)?;
        Some(Self::new(client.token_issued(), ends_ms))
    }

    /// The end, if it is time to tell of it.
    fn tell(&mut self, now_ms: i64) -> Option<i64> {
        self.told = self.tell_ms <= now_ms;
        self.told.then_some(self.ends_ms)
    }
}

impl Servers {
    /// Starts, restarts and stops tasks so that exactly `wanted` are followed. Returns who was removed.
    /// `proxy` is the way out of those that name none.
    pub(crate) fn set(&mut self, wanted: &[ServerConfig], proxy: &str, spawner: &Spawner) -> Vec<ServerName> {
        let same_way = std::mem::replace(&mut self.proxy, proxy.to_owned()) == proxy;
        self.order = wanted.iter().map(|config| config.name.clone()).collect();
        let removed: Vec<ServerName> =
            self.by_name.keys().filter(|name| !self.order.contains(name)).cloned().collect();
        for name in &removed {
            if let Some(server) = self.by_name.remove(name) {
                server.stop.cancel();
            }
        }
        for config in wanted {
            match self.by_name.get(&config.name) {
                Some(_) if !same_way && config.proxy.is_none() => self.start(config, spawner),
                Some(server) if *server.config == *config && server.state.is_fresh() => {}
                // What changed may be its secret: should the first try fail, the next one comes at once.
                Some(server) if *server.config == *config && server.state == ServerState::Connecting => {
                    server.refresh.notify_one();
                }
                _ => self.start(config, spawner),
            }
        }
        removed
    }

    /// Connects to a server anew: its secret is another one, or gone.
    pub(crate) fn restart(&mut self, name: &ServerName, spawner: &Spawner) {
        if let Some(config) = self.by_name.get(name).map(|server| server.config.clone()) {
            self.start(&config, spawner);
        }
    }

    fn start(&mut self, config: &ServerConfig, spawner: &Spawner) {
        self.runs += 1;
        let run = self.runs;
        let old = self.by_name.remove(&config.name);
        if let Some(old) = &old {
            old.stop.cancel();
        }
        let refresh = Arc::new(Notify::new());
        let stop = spawner.intake(with_proxy(config, &self.proxy), run, refresh.clone());
        let server = Server {
            config: Arc::new(config.clone()),
            run,
            refresh,
            stop,
            state: ServerState::Connecting,
            problem: None,
            next_try_ms: None,
            client: None,
            version: String::new(),
            account: String::new(),
            fresh_ms: old.as_ref().and_then(|old| old.fresh_ms),
            token: None,
            // Another filter or account shows more than is new.
            listed: false,
            apps: old.and_then(|old| old.apps),
        };
        self.by_name.insert(config.name.clone(), server);
    }

    /// Whether news is of the task that runs now, not of one that a reload replaced.
    pub(crate) fn is_current(&self, name: &ServerName, run: u64) -> bool {
        self.by_name.get(name).is_some_and(|server| server.run == run)
    }

    /// The base URL of a server; empty if it is not followed any more.
    pub(crate) fn url(&self, name: &ServerName) -> &str {
        self.by_name.get(name).map_or("", |server| &server.config.url)
    }

    /// True if the state is another than before.
    pub(crate) fn set_state(
        &mut self,
        name: &ServerName,
        state: ServerState,
        problem: Option<Problem>,
        next_try_ms: Option<i64>,
    ) -> bool {
        let Some(server) = self.by_name.get_mut(name) else { return false };
        let changed = server.state != state;
        server.state = state;
        server.problem = problem;
        server.next_try_ms = next_try_ms;
        if state.is_fresh() {
            server.fresh_ms = Some(now_ms());
        }
        changed
    }

    pub(crate) fn identify(&mut self, name: &ServerName, client: Client, version: String, account: String) {
        if let Some(server) = self.by_name.get_mut(name) {
            server.token = TokenEnd::of(&server.config, &client);
            server.client = Some(client);
            server.version = version;
            server.account = account;
        }
    }

    /// The connection to a server, if there was one.
    pub(crate) fn client(&self, name: &ServerName) -> Option<&Client> {
        self.by_name.get(name)?.client.as_ref()
    }

    /// Data arrived. Rounded, so that a quiet stream changes the status seldom.
    pub(crate) fn fresh(&mut self, name: &ServerName) {
        if let Some(server) = self.by_name.get_mut(name) {
            let now = now_ms();
            if server.fresh_ms.is_none_or(|before| now - before > FRESH_STEP_MS) {
                server.fresh_ms = Some(now);
            }
        }
    }

    /// A full list is over.
    pub(crate) fn listed(&mut self, name: &ServerName) {
        if let Some(server) = self.by_name.get_mut(name) {
            server.listed = true;
        }
    }

    /// Whether an application that is seen for the first time came into being just now.
    pub(crate) fn shows_new_ones(&self, name: &ServerName) -> bool {
        self.by_name.get(name).is_some_and(|server| server.listed)
    }

    /// The server's list must be built anew.
    pub(crate) fn changed(&mut self, name: &ServerName) {
        if let Some(server) = self.by_name.get_mut(name) {
            server.apps = None;
        }
    }

    /// Has every server list again, but for those that are about to do so anyway.
    pub(crate) fn refresh_all(&self) {
        for server in self.by_name.values().filter(|server| server.state != ServerState::Connecting) {
            server.refresh.notify_one();
        }
    }

    /// To have an application of a server compared anew: the connection, and whom to tell that the list must be read
    /// again then, if no stream does it. A server that is not followed now is tried again at once instead.
    pub(crate) fn to_refresh(&self, name: &ServerName) -> (Option<Client>, Option<Arc<Notify>>) {
        let Some(server) = self.by_name.get(name) else { return (None, None) };
        match (server.state, &server.client) {
            (ServerState::Live, Some(client)) => (Some(client.clone()), None),
            (ServerState::Polling, Some(client)) => (Some(client.clone()), Some(server.refresh.clone())),
            (ServerState::Connecting, _) => (None, None),
            _ => {
                server.refresh.notify_one();
                (None, None)
            }
        }
    }

    /// Whether what is not listed of this server is known to be gone: it is fresh, or not followed at all.
    pub(crate) fn is_certain(&self, name: &ServerName) -> bool {
        self.by_name.get(name).is_none_or(|server| server.state.is_fresh())
    }

    /// What can be seen of each server; those of which nothing is known yet are left out.
    pub(crate) fn sights(&self, table: &Table) -> Vec<(ServerName, Sight)> {
        let sight = |name: &ServerName| {
            let server = self.by_name.get(name)?;
            let apps = table.of(name).take(1).count();
            Some((name.clone(), Sight::of(server.state, server.listed, apps)?))
        };
        self.order.iter().filter_map(sight).collect()
    }

    /// When the next token is to be told of.
    pub(crate) fn next_token_ms(&self) -> Option<i64> {
        let ends = self.by_name.values().filter_map(|server| server.token.as_ref());
        ends.filter(|token| !token.told).map(|token| token.tell_ms).min()
    }

    /// What shells see.
    pub(crate) fn view(&mut self, table: &Table, now_ms: i64) -> Vec<ServerStatus> {
        let mut view = Vec::with_capacity(self.order.len());
        for name in &self.order {
            let Some(server) = self.by_name.get_mut(name) else { continue };
            let apps = server
                .apps
                .get_or_insert_with(|| {
                    Arc::new(table.of(name).map(|(_, entry)| entry.summary.clone()).collect())
                })
                .clone();
            // A server that does not let us in says itself what is wrong.
            let token = server.token.as_mut().and_then(|token| token.tell(now_ms));
            let token_ends_ms = token.filter(|_| server.state.is_fresh());
            view.push(ServerStatus {
                name: name.clone(),
                config: server.config.clone(),
                state: server.state,
                problem: server.problem.clone(),
                version: server.version.clone(),
                account: server.account.clone(),
                fresh_ms: server.fresh_ms,
                next_try_ms: server.next_try_ms,
                token_ends_ms,
                apps,
            });
        }
        view
    }
}

/// A server as it is connected to: by its own proxy, else by that of the settings.
pub(crate) fn with_proxy(config: &ServerConfig, proxy: &str) -> ServerConfig {
    let default = Some(proxy.to_owned()).filter(|proxy| !proxy.is_empty());
    ServerConfig { proxy: config.proxy.clone().or(default), ..config.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_when_on_a_token_is_told_of() {
        const DAY: i64 = 24 * 3_600_000;
        // Made, ends, told of from.
        let rows = [
            (Some(0), 90 * DAY, 83 * DAY),
            (None, 90 * DAY, 83 * DAY),
            (Some(0), 28 * DAY, 21 * DAY),
            (Some(0), DAY, DAY * 3 / 4),
            (Some(2 * DAY), DAY, DAY),
            (Some(i64::MIN), DAY, -6 * DAY),
            (Some(0), i64::MAX, i64::MAX - 7 * DAY),
        ];
        for (issued, ends, tell) in rows {
            let mut token = TokenEnd::new(issued, ends);
            assert_eq!(token.tell_ms, tell, "{issued:?} {ends}");
            assert_eq!((token.tell(tell - 1), token.told), (None, false));
            assert_eq!((token.tell(tell), token.told), (Some(ends), true));
        }
    }
}
