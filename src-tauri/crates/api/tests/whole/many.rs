//! Two thousand applications: what is unchanged costs nothing.

use dinghy_demo::App;
use dinghy_model::ServerState;

use crate::house::{House, argocd, dingtalk, health, server, texts};

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_list_is_neither_judged_nor_written_nor_published() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    App::many(2_000).for_each(|app| argocd.put(app));
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    let prod = dinghy.server_is("prod", ServerState::Live).await;
    assert_eq!(prod.apps.len(), 2_000);
    dinghy.wait("the stream", |_| argocd.watchers() == 1).await;

    // Whatever is written to the database is seen by a second connection as a change.
    let database = dinghy_store::Store::open(&house.dirs.database()).expect("the database");
    let before = database.changes_elsewhere().expect("a number");
    let events = dinghy.log().len();
    let lists = || {
        let requests = argocd.requests();
        requests
            .iter()
            .filter(|request| request.target.starts_with("/api/v1/applications") && request.status == 200)
            .count()
    };
    let listed = lists();
    dinghy.engine.send(dinghy_engine::Command::Refresh).await;
    dinghy.wait("the list", |_| lists() > listed).await;
    // The stream is opened again when the list is over and taken in.
    let status = dinghy.server_is("prod", ServerState::Live).await;
    assert!(std::sync::Arc::ptr_eq(&status.apps, &prod.apps), "the list shells see is the same one");
    dinghy.wait("the end of the list", |_| argocd.watchers() == 1).await;
    assert_eq!(database.changes_elsewhere().expect("a number"), before, "nothing was written");
    assert_eq!(dinghy.log().len(), events);

    // One of them changes: one message, and the others' summaries are shared.
    health(&argocd, "app-00042", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["app-00042 is Degraded"]);
    let wanted = |status: &dinghy_model::Status| {
        server(status, "prod").is_some_and(|server| server.apps[42].health == dinghy_model::Health::Degraded)
    };
    let after = dinghy.until("the change", wanted).await;
    let apps = &server(&after, "prod").expect("a server").apps;
    let shared = apps.iter().zip(prod.apps.iter()).filter(|(a, b)| std::sync::Arc::ptr_eq(a, b)).count();
    assert_eq!(shared, 1_999);
    dinghy.stop().await;
}
