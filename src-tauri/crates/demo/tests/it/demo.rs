//! The demo as a whole.

use std::time::Duration;

use dinghy_demo::{Clock, Demo};
use expect_test::expect;
use serde_json::Value;

use crate::client::{Error, NOON_MS, Outcome, get, post, until};

/// Signs in as the settings say: a token for one server, a password for the other.
async fn tokens(demo: &Demo) -> Result<[(String, String); 2], Error> {
    let [prod, staging] = demo.servers() else { return Err("two servers".into()) };
    let login = format!(r#"{{"username":"liuyang","password":"{}"}}"#, staging.secret);
    let session = post(format!("{}/api/v1/session", staging.url), login).send().await?.json();
    let session = session["token"].as_str().unwrap_or_default().to_owned();
    Ok([(prod.url.clone(), prod.secret.clone()), (staging.url.clone(), session)])
}

/// Every application that can be seen: name, sync, health, phase.
async fn states(demo: &Demo) -> Result<Vec<String>, Error> {
    let mut states = Vec::new();
    for (url, token) in tokens(demo).await? {
        let list = get(format!("{url}/api/v1/applications")).bearer(&token).send().await?.json();
        for app in list["items"].as_array().into_iter().flatten() {
            let word = |pointer| app.pointer(pointer).and_then(Value::as_str).unwrap_or("?").to_owned();
            states.push(format!(
                "{}/{} {} {} {}",
                word("/metadata/namespace"),
                word("/metadata/name"),
                word("/status/sync/status"),
                word("/status/health/status"),
                word("/status/operationState/phase"),
            ));
        }
    }
    Ok(states)
}

/// Moves the clock second by second, so that nothing is seen too late.
async fn pass(demo: &Demo, clock: &Clock, seconds: u64) -> Result<Vec<String>, Error> {
    let mut seen = Vec::new();
    for _ in 0..seconds {
        clock.advance(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(10)).await;
        seen.extend(states(demo).await?);
    }
    Ok(seen)
}

#[tokio::test]
async fn there_are_about_thirty_and_much_happens_in_ten_seconds() -> Outcome {
    let clock = Clock::manual(NOON_MS);
    let demo = Demo::start(clock.clone())?;
    let begin = states(&demo).await?;
    assert_eq!(begin.len(), 30);
    assert!(!begin.iter().any(|state| state.contains("vault-proxy")), "hidden from this account");
    let seen = pass(&demo, &clock, 10).await?;
    for part in [
        "OutOfSync Healthy Running",
        "Synced Progressing Succeeded",
        "OutOfSync Healthy Failed",
        "Synced Degraded Succeeded",
        "argocd/pay-gateway Synced Healthy Succeeded",
    ] {
        assert!(seen.iter().any(|state| state.contains(part)), "{part}");
    }
    Ok(())
}

#[tokio::test]
async fn a_sync_that_someone_asks_for_is_carried_out() -> Outcome {
    let clock = Clock::manual(NOON_MS);
    let demo = Demo::start(clock.clone())?;
    // What begins out of sync waits for a hand.
    until("it is out of sync", || {
        demo.prod()
            .get("argocd", "activity-h5")
            .is_some_and(|app| app["status"]["sync"]["status"] == "OutOfSync")
    })
    .await;
    let [(url, token), _] = tokens(&demo).await?;
    let sync =
        post(format!("{url}/api/v1/applications/activity-h5/sync"), "{}").bearer(&token).send().await?;
    assert_eq!(sync.status, 200);
    let phase = |wanted: &'static str| {
        let demo = &demo;
        move || {
            demo.prod()
                .get("argocd", "activity-h5")
                .is_some_and(|app| app["status"]["operationState"]["phase"] == wanted)
        }
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    clock.advance(Duration::from_secs(1));
    until("it runs", phase("Running")).await;
    clock.advance(Duration::from_secs(3));
    until("it is done", phase("Succeeded")).await;
    let app = demo.prod().get("argocd", "activity-h5").unwrap_or_default();
    assert!(app.get("operation").is_none());
    expect![[r#"{"username":"dinghy"}"#]]
        .assert_eq(&app["status"]["operationState"]["operation"]["initiatedBy"].to_string());
    Ok(())
}

#[test]
fn files_hold_names_of_secrets_only() -> Outcome {
    let demo = Demo::start(Clock::manual(NOON_MS))?;
    let files = demo.settings_toml() + &demo.notifications_yaml();
    for (name, value) in demo.secrets() {
        assert!(!files.contains(&value), "{name}");
        assert!(name.starts_with("server.") || files.contains(&format!("${name}")), "{name}");
    }
    assert!(!files.contains("{{prod}}") && !files.contains("__"));
    assert_eq!(demo.groups().len(), 2);
    assert!(demo.page_url().ends_with("/groups"));
    Ok(())
}
