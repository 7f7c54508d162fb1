//! Messages whose templates read `secrets`: they arrive with the value, and no file, log or view ever has it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dinghy_api::wire::PauseFor;
use dinghy_demo::RobotFault;
use dinghy_model::{Lang, Problem, Secret, ServerState};
use dinghy_vault::{Keychain, Prompting, Vault};

use crate::house::{Dinghy, House, RULES, argocd, dingtalk, health, put, text, texts, told};

const HUSH: &str = "s3cret-canary-4f7a";
/// The name under which the engine keeps its key.
const KEY: &str = "outbox.key";

/// `on-degraded` says the secret; `on-deployed` does not.
fn rules() -> String {
    let words = "{{.app.metadata.name}} is {{.app.status.health.status}}";
    RULES.replace(words, "{{.app.metadata.name}} knows {{.secrets.hush | toString}}")
}

/// A keychain of which single secrets can be locked.
#[derive(Clone, Default)]
struct Ring {
    secrets: Arc<Mutex<BTreeMap<String, String>>>,
    locked: Arc<Mutex<BTreeSet<String>>>,
}

impl Ring {
    fn of(house: &House) -> Self {
        let ring = Self::default();
        ring.secrets.lock().expect("no panic").extend(house.secrets.clone());
        ring
    }

    fn vault(&self) -> Arc<Vault> {
        Arc::new(Vault::new(Box::new(self.clone()), BTreeMap::new()))
    }

    fn put(&self, name: &str, value: &str) {
        self.secrets.lock().expect("no panic").insert(name.to_owned(), value.to_owned());
    }

    fn remove(&self, name: &str) {
        self.secrets.lock().expect("no panic").remove(name).expect(name);
    }

    fn lock(&self, names: &[&str]) {
        *self.locked.lock().expect("no panic") = names.iter().map(|name| (*name).to_owned()).collect();
    }
}

impl Keychain for Ring {
    fn get(&self, name: &str, _: Prompting) -> Result<Option<Secret>, Problem> {
        if self.locked.lock().expect("no panic").contains(name) {
            return Err(Problem::KeychainLocked);
        }
        Ok(self.secrets.lock().expect("no panic").get(name).map(|secret| Secret::new(secret.as_str())))
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), Problem> {
        self.put(name, secret.expose());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        self.remove(name);
        Ok(())
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The secret is in no file, and in nothing that a shell shows.
fn nowhere(house: &House, dinghy: &Dinghy) {
    let all: Vec<PathBuf> =
        [&house.dirs.config, &house.dirs.data].into_iter().flat_map(|dir| files(dir)).collect();
    assert!(all.iter().any(|path| path.ends_with("dinghy.db-wal")), "{all:?}");
    for path in all {
        let bytes = std::fs::read(&path).expect("a file");
        let found = bytes.windows(HUSH.len()).any(|part| part == HUSH.as_bytes());
        assert!(!found, "{} has it", path.display());
    }
    let queue = format!("{:?}", dinghy.api.queue().expect("a queue"));
    let shown = format!("{:?} {queue} {:?}", dinghy.log(), dinghy.view());
    assert!(!shown.contains(HUSH), "{shown}");
}

/// Of each message in the queue.
fn attempts(dinghy: &Dinghy) -> Vec<u32> {
    dinghy.api.queue().expect("a queue").iter().map(|row| row.attempts).collect()
}

async fn start(house: &House, ring: &Ring) -> Dinghy {
    let dinghy = house.start_over(ring.vault()).expect("a start");
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_a_secret_arrives_and_is_sealed_until_then() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    house.secret("hush", HUSH);
    house.rules(&rules());
    let ring = Ring::of(&house);
    let robot = house.secrets["ops-url"].rsplit('=').next().expect("a token").to_owned();
    // The answer repeats what was sent, as some do.
    let echo = format!("web knows {HUSH}");
    dingtalk.fault(&robot, RobotFault::Errcode(400_105, echo));
    let dinghy = start(&house, &ring).await;
    health(&argocd, "web", "Degraded");
    dinghy.until("a refusal", |status| status.refused == 1).await;
    assert_eq!(text(&dingtalk.messages("ops")[0]), format!("web knows {HUSH}"));
    assert!(dinghy.log().iter().any(|line| line.contains("Queued") && line.contains("on-degraded")));
    nowhere(&house, &dinghy);
    // What reads none is stored as ever. (Its answer says nothing that only the other message may say.)
    dingtalk.fault(&robot, RobotFault::Errcode(400_105, "no".to_owned()));
    argocd.edit("argocd", "web", |app| {
        app["status"]["health"]["status"] = "Healthy".into();
        app["status"]["sync"]["revision"] = "1.2.4".into();
    });
    dinghy.until("another", |status| status.refused == 2).await;
    let payloads: Vec<String> = dinghy
        .engine
        .store()
        .queue()
        .expect("a queue")
        .iter()
        .map(|row| format!("{:?}", row.message.payload))
        .collect();
    assert!(payloads[0].starts_with("Sealed") && payloads[1].contains("web at 1.2.4"), "{payloads:?}");
    dinghy.stop().await;

    // Another process later, with the same keychain.
    let key = ring.secrets.lock().expect("no panic").get(KEY).cloned().expect("a key was made");
    dingtalk.clear_fault(&robot);
    let dinghy = start(&house, &ring).await;
    dinghy.api.queue_retry(None).await.expect("retried");
    assert_eq!(texts(&dingtalk, "ops", 2).await, [format!("web knows {HUSH}"), "web at 1.2.4".to_owned()]);
    dinghy.until("an empty queue", |status| status.waiting + status.refused == 0).await;
    nowhere(&house, &dinghy);
    let all = dingtalk.messages("ops");
    assert!(all[0].uuid.is_some() && all[0].uuid == all[2].uuid, "one id for all attempts");
    assert_eq!(ring.secrets.lock().expect("no panic").get(KEY), Some(&key), "the key is kept");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_gone_is_said_and_costs_no_other_message() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    house.secret("hush", HUSH);
    house.rules(&rules());
    let ring = Ring::of(&house);
    let dinghy = start(&house, &ring).await;
    dinghy.api.pause(PauseFor::Forever, 0).await;
    health(&argocd, "web", "Degraded");
    dinghy.until("one to wait", |status| status.waiting == 1).await;
    dinghy.stop().await;

    // The keychain is locked: it waits, and what needs no key goes past it.
    ring.lock(&[KEY]);
    let dinghy = start(&house, &ring).await;
    argocd.edit("argocd", "web", |app| {
        app["status"]["health"]["status"] = "Healthy".into();
        app["status"]["sync"]["revision"] = "1.2.4".into();
    });
    dinghy.until("both", |status| status.waiting == 2).await;
    dinghy.api.resume().await;
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web at 1.2.4"]);
    let row = &dinghy.api.queue().expect("a queue")[0];
    let problem = row.problem.as_ref().expect("a problem");
    assert_eq!((problem.code.as_str(), row.attempts), ("keychain_locked", 1));
    dinghy.stop().await;

    // It is unlocked, and the key is not there any more.
    ring.lock(&[]);
    ring.remove(KEY);
    let dinghy = start(&house, &ring).await;
    dinghy.api.queue_retry(None).await.expect("retried");
    dinghy.until("a refusal", |status| status.refused == 1 && status.waiting == 0).await;
    let row = &dinghy.api.queue().expect("a queue")[0];
    assert_eq!(row.problem.as_ref().expect("a problem").code, "outbox_key_lost");
    for (lang, words) in [(Lang::En, "no longer in the keychain"), (Lang::ZhCn, "已不在密钥环中")] {
        dinghy.api.set_language(lang).expect("a language");
        assert!(dinghy.log().iter().any(|line| line.contains(words)), "{:?}", dinghy.log());
    }
    // A new message has a new key; the old one can only be dropped.
    health(&argocd, "web", "Progressing");
    health(&argocd, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 2).await[1], format!("web knows {HUSH}"));
    dinghy.wait("the new one to be gone", |dinghy| attempts(dinghy) == [2]).await;
    dinghy.api.queue_retry(None).await.expect("retried");
    dinghy.wait("the old one to be refused again", |dinghy| attempts(dinghy) == [3]).await;
    assert_eq!(dinghy.api.queue_drop(None).await.expect("dropped"), 1);
    dinghy.until("an empty queue", |status| status.waiting + status.refused == 0).await;
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_had_is_named_and_holds_up_its_message_alone() {
    for (locked, said) in [(true, "The keychain is locked"), (false, "There is no secret “hush”")] {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        let house = House::with(&argocd, &dingtalk);
        house.rules(&rules());
        let ring = Ring::of(&house);
        if locked {
            ring.put("hush", HUSH);
            ring.lock(&["hush"]);
        }
        let dinghy = start(&house, &ring).await;
        health(&argocd, "web", "Degraded");
        let holds = |line: &String| line.starts_with("on-degraded ops: Rule failed") && line.contains(said);
        dinghy.wait("the reason", |dinghy| dinghy.log().iter().any(holds)).await;
        argocd.put(dinghy_demo::App::new("api").build(dinghy_api::now_ms()));
        assert_eq!(texts(&dingtalk, "ops", 1).await.len(), 1, "another rule goes on");
        ring.put("hush", HUSH);
        ring.lock(&[]);
        // As after a secret was entered, or an unlocked keychain.
        dinghy.api.refresh().await;
        assert_eq!(texts(&dingtalk, "ops", 2).await[1], format!("web knows {HUSH}"));
        nowhere(&house, &dinghy);
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_names_the_trigger_in_place_of_a_secret() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for number in 0..20 {
        put(&argocd, &format!("app-{number}"));
    }
    let mut house = House::with(&argocd, &dingtalk);
    house.secret("hush", HUSH);
    house.rules(&rules());
    let ring = Ring::of(&house);
    let dinghy = start(&house, &ring).await;
    dinghy.api.pause(PauseFor::Forever, 0).await;
    for number in 0..20 {
        health(&argocd, &format!("app-{number}"), "Degraded");
    }
    dinghy.until("all to wait", |status| status.waiting == 20).await;
    dinghy.api.resume().await;
    let shown = dingtalk.shown("ops", 1, crate::house::PATIENCE).await;
    assert_eq!(told(&shown[0]), 20);
    let body = String::from_utf8_lossy(&shown[0].body).into_owned();
    assert!(body.contains("app-19") && body.contains("on-degraded") && !body.contains(HUSH), "{body}");
    nowhere(&house, &dinghy);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_reads_no_secret_and_a_test_message_does() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    house.secret("hush", HUSH);
    house.rules(&rules());
    let ring = Ring::of(&house);
    ring.lock(&["hush"]);
    let dinghy = start(&house, &ring).await;
    let id = dinghy.api.find_app("web").expect("an application");
    let json = dinghy.api.app_json(&id).await.expect("its text");
    let previews = dinghy.api.template_preview("degraded", &json, "", Some(&id)).await.expect("previews");
    let shown = format!("{previews:?}");
    assert!(previews[0].confidential && shown.contains("web knows ***"), "{shown}");
    let failed = dinghy
        .api
        .template_notify("degraded", &json, "", "ops", Some(&id))
        .await
        .expect_err("a locked keychain");
    assert_eq!(failed.code, "keychain_locked");
    ring.lock(&[]);
    let sent = dinghy.api.template_notify("degraded", &json, "", "ops", Some(&id)).await.expect("a test");
    assert!(sent.ok, "{sent:?}");
    assert_eq!(texts(&dingtalk, "ops", 1).await, [format!("web knows {HUSH}")]);
    nowhere(&house, &dinghy);
    dinghy.stop().await;
}
