//! What settings.toml says of the whole: the way out, and how long events are kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use dinghy_demo::{ArgoCd, ArgoCdOptions, Tls};
use dinghy_model::{Event, EventKind, Problem, QueueState, ServerState};
use dinghy_store::Store;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::house::{House, dingtalk, health, put};

/// A proxy that makes tunnels to the hosts it knows and refuses all others; it remembers what it was asked for.
struct Proxy {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(hosts: BTreeMap<String, String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (all, hosts) = (seen.clone(), Arc::new(hosts));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, all.clone(), hosts.clone()));
            }
        });
        Self { url, seen }
    }

    fn saw(&self, line: &str) -> bool {
        self.seen.lock().expect("no panic").iter().any(|seen| seen == line)
    }
}

async fn serve(stream: TcpStream, seen: Arc<Mutex<Vec<String>>>, hosts: Arc<BTreeMap<String, String>>) {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.is_err() || line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let Some(line) = head.first() else { return };
    seen.lock().expect("no panic").push(line.clone());
    let target = line.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let Some(address) = hosts.get(target) else {
        let _ = stream
            .write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            .await;
        return;
    };
    let Ok(mut there) = TcpStream::connect(address).await else { return };
    if stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.is_ok() {
        // Ends as either side ends it.
        let _ = copy_bidirectional(&mut stream, &mut there).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_and_robots_go_through_the_proxy_of_the_settings_from_the_moment_it_is_there() {
    let argocd =
        ArgoCd::start(ArgoCdOptions { tls: Tls::SelfSigned, ..ArgoCdOptions::default() }).expect("a server");
    put(&argocd, "web");
    let address = argocd.url().trim_start_matches("https://").to_owned();
    // Names that nobody else knows: who answers was reached through the proxy.
    let proxy = Proxy::start(BTreeMap::from([("argocd.invalid:443".to_owned(), address)])).await;
    let mut house = House::new();
    house.secret("ops-url", "https://oapi.dingtalk.invalid/robot/send?access_token=to-ken");
    house.secret("server.prod", &argocd.token("admin"));
    house.rules(crate::house::RULES);
    house.settings(&format!(
        "[[servers]]\nname = \"prod\"\nurl = \"https://argocd.invalid\"\nauth = \"token\"\n\
         certificate_sha256 = \"{}\"\n",
        argocd.fingerprint().expect("a certificate")
    ));
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Unreachable).await;
    assert_eq!(*proxy.seen.lock().expect("no panic"), [""; 0], "nobody has said that there is one");

    house.add_settings(&format!("[network]\nproxy = \"{}\"\n", proxy.url));
    dinghy.server_is("prod", ServerState::Live).await;
    assert!(proxy.saw("CONNECT argocd.invalid:443 HTTP/1.1"), "{:?}", proxy.seen);
    health(&argocd, "web", "Degraded");
    dinghy
        .wait("the robot's message to fail on its way", |dinghy| {
            let queue = dinghy.engine.store().queue().expect("a queue");
            queue.iter().any(|row| {
                row.state == QueueState::Waiting && matches!(row.problem, Some(Problem::Proxy { .. }))
            })
        })
        .await;
    assert!(proxy.saw("CONNECT oapi.dingtalk.invalid:443 HTTP/1.1"), "{:?}", proxy.seen);
    assert!(!format!("{:?}", proxy.seen).contains("to-ken"));
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_kept_as_long_as_the_settings_say() {
    const DAY: i64 = 24 * 3_600_000;
    let dingtalk = dingtalk();
    let argocd = crate::house::argocd();
    for (keep, left) in [("", vec![80, 1]), ("[events]\nkeep = \"30d\"\n", vec![1])] {
        let mut house = House::with(&argocd, &dingtalk);
        let servers = std::fs::read_to_string(house.dirs.settings()).expect("settings");
        house.add_settings(keep);
        let store = Store::open(&house.dirs.database()).expect("a database");
        for days in [100, 80, 1] {
            let event = Event {
                id: 0,
                at_ms: dinghy_api::now_ms() - days * DAY,
                app: None,
                trigger: format!("{days}"),
                service: String::new(),
                kind: EventKind::Changed { from: "Healthy".to_owned(), to: "Degraded".to_owned() },
            };
            store.append_event(&event).expect("an event");
        }
        drop(store);
        let dinghy = house.start();
        let days = |dinghy: &crate::house::Dinghy| -> Vec<i64> {
            let events = dinghy.engine.store().events(&dinghy_store::EventQuery::default()).expect("events");
            events.iter().rev().filter_map(|event| event.trigger.parse().ok()).collect()
        };
        dinghy.wait("old events to go", |dinghy| days(dinghy) == left).await;
        // Changed while it runs.
        house.settings(&format!("{servers}[events]\nkeep = \"1d\"\n"));
        dinghy.wait("the others to go", |dinghy| days(dinghy).is_empty()).await;
        dinghy.stop().await;
    }
}
