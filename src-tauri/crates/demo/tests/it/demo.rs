//! The demo as a whole.

use std::time::Duration;

use dinghy_demo::{Clock, Demo, DemoOptions, Lang, Pace};
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

fn at(clock: &Clock, pace: Pace) -> DemoOptions {
    DemoOptions { clock: clock.clone(), pace, ..DemoOptions::default() }
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
    let demo = Demo::start(at(&clock, Pace::Busy))?;
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
    let demo = Demo::start(at(&clock, Pace::Calm))?;
    let app = demo.prod().get("argocd", "activity-h5").unwrap_or_default();
    assert_eq!(app["status"]["sync"]["status"], "OutOfSync");
    let [(url, token), _] = tokens(&demo).await?;
    let sync =
        post(format!("{url}/api/v1/applications/activity-h5/sync"), "{}").bearer(&token).send().await?;
    assert_eq!(sync.status, 200);
    for phase in ["Running", "Succeeded"] {
        until(phase, || {
            clock.advance(Duration::from_millis(100));
            let app = demo.prod().get("argocd", "activity-h5").unwrap_or_default();
            app["status"]["operationState"]["phase"] == phase && app.get("operation").is_none()
        })
        .await;
    }
    let app = demo.prod().get("argocd", "activity-h5").unwrap_or_default();
    expect![[r#"{"username":"dinghy"}"#]]
        .assert_eq(&app["status"]["operationState"]["operation"]["initiatedBy"].to_string());
    Ok(())
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn files_hold_names_of_secrets_only_and_are_in_one_language() -> Outcome {
    for lang in [Lang::En, Lang::ZhCn] {
        let options = DemoOptions { clock: Clock::manual(NOON_MS), lang, ..DemoOptions::default() };
        let demo = Demo::start(options)?;
        let files = demo.settings_toml() + &demo.notifications_yaml();
        for (name, value) in demo.secrets() {
            assert!(!files.contains(&value), "{name}");
            assert!(name.starts_with("server.") || files.contains(&format!("${name}")), "{name}");
        }
        assert!(!files.contains("{{prod}}") && !files.contains("__"));
        assert!(demo.page_url().ends_with("/groups"));
        let groups: Vec<&str> = demo.groups().iter().map(|group| group.name.as_str()).collect();
        assert_eq!(groups.len(), 2);
        let about = demo.prod().get("argocd", "pay-gateway").unwrap_or_default()["metadata"]["annotations"]
            ["yunhe.example/about"]
            .to_string();
        for said in [demo.notifications_yaml(), groups.join(" "), about] {
            assert_eq!(is_chinese(&said), lang == Lang::ZhCn, "{said}");
        }
    }
    Ok(())
}

/// Both say the same: the same rules for the same groups, and every message for a group with a keyword has it.
#[test]
fn the_rules_of_both_languages_are_the_same_rules() -> Outcome {
    let keys = |lang| -> Result<Vec<String>, Error> {
        let options = DemoOptions { clock: Clock::manual(NOON_MS), lang, ..DemoOptions::default() };
        let rules = Demo::start(options)?.notifications_yaml();
        let word = lang.pick("release", "发布");
        assert!(rules.contains(&format!("keywords: [{word}]")), "{word}");
        // Of a template's parts until the next key.
        for template in rules.split("\n  template.release-").skip(1) {
            let template = template.split("\n  template.").next().unwrap_or_default();
            let text = template.split("text: |").nth(1).unwrap_or_default();
            assert!(text.contains(word), "{template}");
        }
        let is_rule = |line: &&str| {
            let key = line.trim_start();
            line.starts_with("  ") && !line.starts_with("   ") && !key.starts_with('#')
                || ["- when", "when:", "oncePer:", "send:", "- recipients", "triggers:"]
                    .iter()
                    .any(|part| key.starts_with(part))
        };
        Ok(rules.lines().filter(is_rule).map(str::to_owned).collect())
    };
    let (english, chinese) = (keys(Lang::En)?, keys(Lang::ZhCn)?);
    assert!(english.len() > 30, "{}", english.len());
    assert_eq!(english, chinese);
    Ok(())
}
