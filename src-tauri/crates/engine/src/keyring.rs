//! Secrets that templates read, and the key that seals what they make of them: in memory, as they were read last.
//!
//! Keeps and forgets; asks nobody itself. What is older than a minute is read again before it is used, so that a secret
//! that was changed is taken up. While the keychain cannot be read, the value that was read before serves on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use dinghy_model::{AppId, Problem, Secret};
use dinghy_rules::Secrets;

use crate::seal;

/// A value is used for so long; a failure is told for so long before the next try.
const FRESH: Duration = Duration::from_secs(60);

/// All of them. Owned by the controller.
#[derive(Default)]
pub(crate) struct Keyring {
    read: BTreeMap<String, Read>,
    /// Who waits for what.
    waiting: BTreeMap<String, BTreeSet<AppId>>,
    /// Who was told that one cannot be had.
    in_vain: BTreeSet<AppId>,
}

struct Read {
    found: Result<Secret, Problem>,
    /// None: it may be another one now.
    at: Option<Instant>,
}

impl Keyring {
    /// What templates may read now.
    pub(crate) fn secrets(&self, names: &BTreeSet<String>) -> Secrets {
        let fresh = |name: &String| Some((name.clone(), self.fresh(name)?.clone()));
        Secrets::Known(names.iter().filter_map(fresh).collect())
    }

    /// The key to seal with; None: not read yet.
    pub(crate) fn key(&self) -> Option<&Result<Secret, Problem>> {
        self.fresh(seal::KEY)
    }

    fn fresh(&self, name: &str) -> Option<&Result<Secret, Problem>> {
        self.read
            .get(name)
            .filter(|read| read.at.is_some_and(|at| at.elapsed() < FRESH))
            .map(|read| &read.found)
    }

    /// Notes what an application asks for; gives what has to be read, each once.
    pub(crate) fn want(&mut self, app: &AppId, names: &BTreeSet<String>) -> Vec<String> {
        let mut read = Vec::new();
        for name in names {
            let waiting = self.waiting.entry(name.clone()).or_default();
            if waiting.is_empty() {
                read.push(name.clone());
            }
            waiting.insert(app.clone());
        }
        read
    }

    /// Takes what was read; gives who waits for it.
    pub(crate) fn put(&mut self, name: &str, found: Result<Secret, Problem>) -> BTreeSet<AppId> {
        let waiting = self.waiting.remove(name).unwrap_or_default();
        let old = self.read.remove(name).map(|read| read.found);
        let found = match (found, old) {
            (Err(problem), Some(Ok(old))) if is_unreadable(&problem) => Ok(old),
            (found, _) => found,
        };
        if found.is_err() {
            self.in_vain.extend(waiting.iter().cloned());
        }
        self.read.insert(name.to_owned(), Read { found, at: Some(Instant::now()) });
        waiting
    }

    /// A secret may be another one now, or there at last: all are read anew. Gives who asked in vain.
    pub(crate) fn doubt(&mut self) -> BTreeSet<AppId> {
        self.read.values_mut().for_each(|read| read.at = None);
        std::mem::take(&mut self.in_vain)
    }
}

/// Whether nobody knows what the secret is, which may be over soon.
fn is_unreadable(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::NoKeychain { .. }
            | Problem::KeychainLocked
            | Problem::KeychainDismissed
            | Problem::KeychainOther { .. }
            | Problem::SecretCommand { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::app;

    #[test]
    fn each_is_read_once_for_all_who_ask_and_anew_after_a_change() {
        let mut keyring = Keyring::default();
        let names: BTreeSet<String> = ["a".to_owned(), "b".to_owned()].into();
        assert_eq!(keyring.want(&app("x"), &names), ["a", "b"]);
        assert_eq!(keyring.want(&app("y"), &names), Vec::<String>::new());
        assert_eq!(keyring.put("a", Ok(Secret::new("1"))), [app("x"), app("y")].into());
        let missing = Problem::SecretMissing { name: "b".to_owned() };
        keyring.put("b", Err(missing));
        let Secrets::Known(known) = keyring.secrets(&names) else { panic!("masked") };
        assert_eq!(known["a"], Ok(Secret::new("1")));
        assert!(known["b"].is_err());
        assert_eq!(keyring.doubt(), [app("x"), app("y")].into());
        let Secrets::Known(known) = keyring.secrets(&names) else { panic!("masked") };
        assert!(known.is_empty());
    }

    #[test]
    fn a_keychain_that_is_locked_later_takes_nothing_away() {
        let mut keyring = Keyring::default();
        keyring.put(seal::KEY, Ok(Secret::new("k")));
        keyring.put(seal::KEY, Err(Problem::KeychainLocked));
        assert_eq!(keyring.key(), Some(&Ok(Secret::new("k"))));
        let missing = Problem::SecretMissing { name: seal::KEY.to_owned() };
        keyring.put(seal::KEY, Err(missing.clone()));
        assert_eq!(keyring.key(), Some(&Err(missing)));
    }
}
