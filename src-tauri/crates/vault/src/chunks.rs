//! Values longer than one entry of a keychain takes, cut over several. Knows no keychain.
//!
//! Windows' Credential Manager takes 2,560 bytes (`CRED_MAX_CREDENTIAL_BLOB_SIZE`); a token of an identity
//! provider can be longer. The entry of the secret's name then holds a header, `dinghy-chunks GENERATION COUNT`,
//! and the parts are in entries named `NAME#GENERATION.1` and so on. There are two generations, and a new value
//! goes into the one that is not in force: until the header is replaced, the old value stays whole.

use std::str;

use zeroize::Zeroizing;

/// What one entry holds at most, in bytes; some room is left below the limit.
const LIMIT: usize = 2400;
const MAGIC: &str = "dinghy-chunks ";

/// A flat store of small values.
pub(crate) trait Entries {
    /// Why it could not be done.
    type Error;

    /// Reads an entry; None if there is none.
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Self::Error>;
    /// Writes an entry of at most 2,560 bytes.
    fn write(&self, name: &str, value: &[u8]) -> Result<(), Self::Error>;
    /// Deletes an entry; that there is none is no error.
    fn erase(&self, name: &str) -> Result<(), Self::Error>;
}

/// Reads a value of any length. A value of which a part is missing counts as missing.
pub(crate) fn read<E: Entries>(entries: &E, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, E::Error> {
    let Some(first) = entries.read(name)? else { return Ok(None) };
    let Some(header) = Header::parse(&first) else { return Ok(Some(first)) };
    // Room for all of it at once: a buffer that grows leaves copies behind that nobody wipes.
    let mut value = Zeroizing::new(Vec::with_capacity(header.count * LIMIT));
    for part in header.parts(name) {
        match entries.read(&part)? {
            Some(part) => value.extend_from_slice(&part),
            None => return Ok(None),
        }
    }
    Ok(Some(value))
}

/// Writes a value of any length in place of the former one.
pub(crate) fn write<E: Entries>(entries: &E, name: &str, value: &[u8]) -> Result<(), E::Error> {
    let old = header(entries, name)?;
    // A short value that looks like a header is cut as well, or it would be taken for one.
    if value.len() <= LIMIT && !value.starts_with(MAGIC.as_bytes()) {
        entries.write(name, value)?;
    } else {
        let generation = if old.as_ref().is_some_and(|old| old.generation == 'a') { 'b' } else { 'a' };
        let header = Header { generation, count: value.len().div_ceil(LIMIT) };
        for (part, bytes) in header.parts(name).zip(value.chunks(LIMIT)) {
            entries.write(&part, bytes)?;
        }
        entries.write(name, header.text().as_bytes())?;
    }
    erase_parts(entries, name, old)
}

/// Deletes a value of any length; that there is none is no error.
pub(crate) fn erase<E: Entries>(entries: &E, name: &str) -> Result<(), E::Error> {
    let old = header(entries, name)?;
    entries.erase(name)?;
    erase_parts(entries, name, old)
}

fn header<E: Entries>(entries: &E, name: &str) -> Result<Option<Header>, E::Error> {
    Ok(entries.read(name)?.and_then(|first| Header::parse(&first)))
}

fn erase_parts<E: Entries>(entries: &E, name: &str, old: Option<Header>) -> Result<(), E::Error> {
    old.iter().flat_map(|old| old.parts(name)).try_for_each(|part| entries.erase(&part))
}

/// What stands in the first entry of a value that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    /// `a` or `b`.
    generation: char,
    count: usize,
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (generation, count) = str::from_utf8(bytes).ok()?.strip_prefix(MAGIC)?.split_once(' ')?;
        let generation = ['a', 'b'].into_iter().find(|known| generation == known.encode_utf8(&mut [0; 4]))?;
        // More than a megabyte was never written; a header gone wrong must not reserve the memory for it.
        let count = count.parse().ok().filter(|count| *count <= 512)?;
        Some(Self { generation, count })
    }

    fn text(self) -> String {
        format!("{MAGIC}{} {}", self.generation, self.count)
    }

    fn parts(self, name: &str) -> impl Iterator<Item = String> {
        (1..=self.count).map(move |n| format!("{name}#{}.{n}", self.generation))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// As Windows' keychain: small entries, and it can fail at any call.
    struct Small {
        entries: RefCell<BTreeMap<String, Vec<u8>>>,
        /// So many changes succeed.
        patience: Cell<usize>,
    }

    impl Small {
        fn new() -> Self {
            Self { entries: RefCell::default(), patience: Cell::new(usize::MAX) }
        }

        fn change(&self) -> Result<(), &'static str> {
            let left = self.patience.get().checked_sub(1).ok_or("broken")?;
            self.patience.set(left);
            Ok(())
        }

        fn get(&self, name: &str) -> Option<Vec<u8>> {
            read(self, name).unwrap().map(|value| value.to_vec())
        }
    }

    impl Entries for Small {
        type Error = &'static str;

        fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Self::Error> {
            Ok(self.entries.borrow().get(name).cloned().map(Zeroizing::new))
        }

        fn write(&self, name: &str, value: &[u8]) -> Result<(), Self::Error> {
            assert!(value.len() <= 2560);
            self.change()?;
            self.entries.borrow_mut().insert(name.to_owned(), value.to_owned());
            Ok(())
        }

        fn erase(&self, name: &str) -> Result<(), Self::Error> {
            self.change()?;
            self.entries.borrow_mut().remove(name);
            Ok(())
        }
    }

    #[test]
    fn a_short_value_is_one_plain_entry() {
        let small = Small::new();
        write(&small, "x", b"token").unwrap();
        assert_eq!(small.entries.borrow()["x"], b"token");
        assert_eq!(small.entries.borrow().len(), 1);
    }

    #[test]
    fn a_long_value_is_a_header_and_its_parts() {
        let small = Small::new();
        write(&small, "x", &[b'v'; LIMIT * 2 + 1]).unwrap();
        let sizes: Vec<_> = small.entries.borrow().iter().map(|(k, v)| (k.clone(), v.len())).collect();
        let expected = [("x", 17), ("x#a.1", LIMIT), ("x#a.2", LIMIT), ("x#a.3", 1)];
        assert_eq!(sizes, expected.map(|(name, size)| (name.to_owned(), size)));
        assert_eq!(small.entries.borrow()["x"], b"dinghy-chunks a 3");
    }

    #[test]
    fn a_part_that_is_missing_is_a_missing_value() {
        let small = Small::new();
        write(&small, "x", &[b'v'; LIMIT * 2]).unwrap();
        small.entries.borrow_mut().remove("x#a.2");
        assert_eq!(small.get("x"), None);
    }

    #[test]
    fn what_looks_like_a_header_is_kept_as_it_is() {
        let small = Small::new();
        for value in ["dinghy-chunks a 3", "dinghy-chunks ", "dinghy-chunks a 99999999999"] {
            write(&small, "x", value.as_bytes()).unwrap();
            assert_eq!(small.get("x").unwrap(), value.as_bytes());
        }
    }

    fn value() -> impl Strategy<Value = Vec<u8>> {
        (0..LIMIT * 3 + 2, any::<u8>()).prop_map(|(length, byte)| vec![byte; length])
    }

    proptest! {
        /// Whatever was stored before and wherever it breaks off: the old value or the new one is there, whole.
        /// When it does not break off, nothing is left but the new one's entries.
        #[test]
        fn old_or_new_but_never_a_mixture(old in value(), new in value(), patience in 0usize..12) {
            let small = Small::new();
            write(&small, "x", &old).unwrap();
            small.patience.set(patience);
            let done = write(&small, "x", &new).is_ok();
            let found = small.get("x").unwrap();
            prop_assert!(found == new || (!done && found == old));
            small.patience.set(usize::MAX);
            write(&small, "x", &new).unwrap();
            prop_assert_eq!(small.get("x").unwrap(), new.clone());
            if done {
                let count = if new.len() > LIMIT { 1 + new.len().div_ceil(LIMIT) } else { 1 };
                prop_assert_eq!(small.entries.borrow().len(), count);
                erase(&small, "x").unwrap();
                prop_assert_eq!(small.entries.borrow().len(), 0);
            }
        }
    }
}
