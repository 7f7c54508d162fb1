//! Sources, the minute for which values are kept, and dialogs that do not come back.

use std::collections::VecDeque;
use std::sync::Arc;

use super::*;
use crate::MemoryKeychain;

/// A keychain that answers as it is told, and notes what it was asked.
#[derive(Default)]
struct Told {
    answers: Mutex<VecDeque<Result<Option<Secret>, Problem>>>,
    asked: Mutex<Vec<(String, Prompting)>>,
}

impl Told {
    fn with(answers: impl IntoIterator<Item = Result<Option<&'static str>, Problem>>) -> Arc<Self> {
        let answers = answers.into_iter().map(|answer| answer.map(|text| text.map(Secret::new)));
        Arc::new(Self { answers: Mutex::new(answers.collect()), asked: Mutex::default() })
    }

    fn next(&self, name: &str, prompting: Prompting) -> Result<Option<Secret>, Problem> {
        self.asked.lock().unwrap().push((name.to_owned(), prompting));
        self.answers.lock().unwrap().pop_front().expect("asked too often")
    }

    fn asked(&self) -> Vec<Prompting> {
        self.asked.lock().unwrap().iter().map(|(_, prompting)| *prompting).collect()
    }
}

impl Keychain for Arc<Told> {
    fn get(&self, name: &str, prompting: Prompting) -> Result<Option<Secret>, Problem> {
        self.next(name, prompting)
    }

    fn set(&self, name: &str, _: &Secret) -> Result<(), Problem> {
        self.next(name, Prompting::Allowed).map(drop)
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        self.next(name, Prompting::Allowed).map(drop)
    }
}

fn vault(keychain: &Arc<Told>) -> Vault {
    Vault::new(Box::new(keychain.clone()), BTreeMap::new())
}

fn sources(sources: &[(&str, Source)]) -> BTreeMap<String, Source> {
    sources.iter().map(|(name, source)| ((*name).to_owned(), source.clone())).collect()
}

fn shell(script: &str) -> Source {
    Source::Command(["sh", "-c", script].map(str::to_owned).to_vec())
}

#[tokio::test]
async fn what_is_stored_is_read_and_deleted() {
    let vault = Vault::new(Box::new(MemoryKeychain::default()), BTreeMap::new());
    let missing = Problem::SecretMissing { name: "x".to_owned() };
    assert_eq!(vault.get("x").await, Err(missing.clone()));
    vault.set("x", Secret::new("1")).await.unwrap();
    assert_eq!(vault.get("x").await, Ok(Secret::new("1")));
    vault.set("x", Secret::new("2")).await.unwrap();
    assert_eq!(vault.get("x").await, Ok(Secret::new("2")));
    vault.delete("x").await.unwrap();
    assert_eq!(vault.get("x").await, Err(missing));
}

#[tokio::test]
async fn a_value_is_kept_for_a_minute_and_a_failure_not_at_all() {
    let other = || Err(Problem::KeychainOther { detail: "x".to_owned() });
    let keychain = Told::with([other(), Ok(None), Ok(Some("1")), Ok(Some("2")), Ok(Some("3"))]);
    let vault = vault(&keychain);
    assert!(vault.get("x").await.is_err());
    assert!(vault.get("x").await.is_err());
    for _ in 0..3 {
        assert_eq!(vault.get("x").await, Ok(Secret::new("1")));
    }
    tokio::time::pause();
    tokio::time::advance(FRESH).await;
    tokio::time::resume();
    assert_eq!(vault.get("x").await, Ok(Secret::new("2")));
    vault.forget("x");
    assert_eq!(vault.get("x").await, Ok(Secret::new("3")));
    assert_eq!(keychain.asked().len(), 5);
}

#[tokio::test]
async fn ten_that_need_one_secret_ask_once() {
    let keychain = Told::with([Ok(Some("1"))]);
    let vault = Arc::new(vault(&keychain));
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let vault = vault.clone();
            tokio::spawn(async move { vault.get("x").await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(Secret::new("1")));
    }
}

#[tokio::test]
async fn a_dismissed_dialog_comes_back_only_when_asked_for() {
    use Prompting::{Allowed, Forbidden};
    let (dismissed, locked) = (|| Err(Problem::KeychainDismissed), || Err(Problem::KeychainLocked));
    let keychain = Told::with([dismissed(), locked(), dismissed(), locked(), dismissed(), Ok(Some("1"))]);
    let vault = vault(&keychain);
    assert_eq!(vault.get("x").await, Err(Problem::KeychainDismissed));
    assert_eq!(vault.get("y").await, Err(Problem::KeychainDismissed));
    vault.ask_again();
    assert_eq!(vault.get("x").await, Err(Problem::KeychainDismissed));
    assert_eq!(vault.get("x").await, Err(Problem::KeychainDismissed));
    // Whoever stores a secret sits in front of the screen.
    assert_eq!(vault.set("x", Secret::new("1")).await, Err(Problem::KeychainDismissed));
    assert_eq!(vault.get("x").await, Ok(Secret::new("1")));
    assert_eq!(keychain.asked(), [Allowed, Forbidden, Allowed, Forbidden, Allowed, Forbidden]);
}

#[tokio::test]
async fn an_unlocked_keychain_may_ask_again() {
    use Prompting::{Allowed, Forbidden};
    let keychain =
        Told::with([Err(Problem::KeychainDismissed), Ok(Some("1")), Err(Problem::KeychainDismissed)]);
    let vault = vault(&keychain);
    assert!(vault.get("x").await.is_err());
    assert!(vault.get("x").await.is_ok());
    assert!(vault.get("y").await.is_err());
    assert_eq!(keychain.asked(), [Allowed, Forbidden, Allowed]);
}

#[tokio::test]
async fn a_locked_keychain_without_a_dialog_stays_locked() {
    let locked = || Err(Problem::KeychainLocked);
    let keychain = Told::with([locked(), locked()]);
    let vault = vault(&keychain);
    assert_eq!(vault.get("x").await, Err(Problem::KeychainLocked));
    assert_eq!(vault.get("x").await, Err(Problem::KeychainLocked));
    assert_eq!(keychain.asked(), [Prompting::Allowed; 2]);
}

#[tokio::test]
async fn a_keychain_that_panics_is_an_error() {
    let keychain = Told::with([]);
    assert!(matches!(vault(&keychain).get("x").await, Err(Problem::KeychainOther { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn sources_are_taken_as_they_stand_and_changed_while_it_runs() {
    let keychain = Told::with([Ok(Some("from the keychain"))]);
    let path = std::env::var("PATH").unwrap();
    let vault = Vault::new(
        Box::new(keychain),
        sources(&[("env", Source::Env("PATH".to_owned())), ("command", shell("echo from the command"))]),
    );
    assert_eq!(vault.get("env").await, Ok(Secret::new(path)));
    assert_eq!(vault.get("command").await, Ok(Secret::new("from the command")));
    assert_eq!(vault.get("other").await, Ok(Secret::new("from the keychain")));
    vault.set_sources(sources(&[("other", shell("echo changed"))]));
    assert_eq!(vault.get("other").await, Ok(Secret::new("changed")));
}

#[tokio::test]
async fn what_comes_from_elsewhere_is_not_stored() {
    let vault = Vault::new(
        Box::new(MemoryKeychain::default()),
        sources(&[
            ("env", Source::Env("TOKEN".to_owned())),
            ("command", Source::Command(["pass", "show", "argo"].map(str::to_owned).to_vec())),
        ]),
    );
    let elsewhere = |name: &str, from: &str| {
        Err(Problem::SecretElsewhere { name: name.to_owned(), from: from.to_owned() })
    };
    assert_eq!(vault.set("env", Secret::new("x")).await, elsewhere("env", "env TOKEN"));
    assert_eq!(vault.delete("command").await, elsewhere("command", "command pass"));
}
