//! JSON as Go reads it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use foldhash::fast::RandomState;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::{Elem, List, Map, Str, Value};

/// Why a text is not JSON: what is wrong, with line and column.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct JsonError(#[from] serde_json::Error);

/// How numbers are read.
#[derive(Clone, Copy)]
enum Numbers {
    /// As Kubernetes reads them: an integer that fits becomes an `int64`.
    Integers,
    /// As `encoding/json` reads them into an `interface{}`: every number becomes a `float64`.
    Floats,
}

impl Value {
    /// Reads JSON as Kubernetes reads an object: integers that fit become `int64`, other numbers `float64`.
    ///
    /// # Errors
    /// When the text is not one JSON value.
    pub fn from_json_str(text: &str) -> Result<Value, JsonError> {
        Value::from_json_slice(text.as_bytes())
    }

    /// As [`Value::from_json_str`], from bytes.
    ///
    /// # Errors
    /// When the text is not one JSON value.
    pub fn from_json_slice(text: &[u8]) -> Result<Value, JsonError> {
        read(text, Numbers::Integers)
    }

    /// Reads JSON as `encoding/json` does into an `interface{}`: every number becomes a `float64`.
    ///
    /// # Errors
    /// Go's text of the error.
    pub fn from_go_json(text: &[u8]) -> Result<Value, String> {
        read(text, Numbers::Floats).or_else(|_| {
            crate::json_fault::explain(text)?;
            read(mended(text).as_bytes(), Numbers::Floats).map_err(|_| "exceeded max depth".to_owned())
        })
    }
}

/// The same JSON with U+FFFD in place of what Go reads so: bytes that are not UTF-8, and halves of a surrogate pair
/// without the other half.
fn mended(text: &[u8]) -> String {
    let text = crate::to_str_lossy(text);
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(backslash) = text[done..].find('\\') {
        let at = done + backslash;
        out.push_str(&text[done..at]);
        done = match (unit(at), unit(at + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => at + 12,
            (Some(0xd800..0xe000), _) => {
                out.push(char::REPLACEMENT_CHARACTER);
                done = at + 6;
                continue;
            }
            // Another escape: the character behind the backslash begins none.
            _ => at + 2,
        };
        out.push_str(text.get(at..done).unwrap_or_default());
    }
    out.push_str(&text[done..]);
    out
}

fn read(text: &[u8], numbers: Numbers) -> Result<Value, JsonError> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = Reader { numbers, desk: &Desk::of(text.len()) }.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

impl<'de> Deserialize<'de> for Value {
    /// Reads as [`Value::from_json_str`] does, so that a value can stand in a larger structure.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        Reader { numbers: Numbers::Integers, desk: &Desk::of(0) }.deserialize(deserializer)
    }
}

/// What reading one text works with.
struct Desk {
    words: RefCell<Words>,
    /// The entries of the maps that are open, the inner ones' behind the outer ones'; so each map is made once, in its
    /// final size.
    entries: RefCell<Vec<(Str, Value)>>,
    /// The same of lists.
    items: RefCell<Vec<Value>>,
}

impl Desk {
    /// For a text of so many bytes.
    fn of(length: usize) -> Desk {
        // A word comes about twice in 64 bytes, and mostly it was there before.
        let words = Words::with_capacity_and_hasher((length / 64).min(MOST_WORDS), RandomState::default());
        Desk { words: RefCell::new(words), entries: RefCell::default(), items: RefCell::default() }
    }

    fn word(&self, text: &str) -> Str {
        if text.len() > LONGEST_WORD {
            return Str::from(text);
        }
        let mut known = self.words.borrow_mut();
        if let Some(word) = known.get(text.as_bytes()) {
            return word.clone();
        }
        let word = Str::from(text);
        if known.len() < MOST_WORDS {
            known.insert(word.clone());
        }
        word
    }
}

/// The short strings of one text, each kept once. A list of a thousand objects has the same keys a thousand times, and
/// mostly the same kinds and states: kept once they take less memory, and stay in the processor's cache.
type Words = HashSet<Str, RandomState>;

/// A longer string is hardly ever there twice.
const LONGEST_WORD: usize = 24;
/// What is mostly different from item to item, such as names, must not fill the memory.
const MOST_WORDS: usize = 1024;

#[derive(Clone, Copy)]
struct Reader<'w> {
    numbers: Numbers,
    desk: &'w Desk,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Nil)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(match self.numbers {
            Numbers::Integers => Value::int64(number),
            Numbers::Floats => Value::Float(number as f64),
        })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(match (self.numbers, i64::try_from(number)) {
            (Numbers::Integers, Ok(number)) => Value::int64(number),
            _ => Value::Float(number as f64),
        })
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        if number.is_finite() { Ok(Value::Float(number)) } else { Err(E::custom("number out of range")) }
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Str(self.desk.word(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let start = self.desk.items.borrow().len();
        while let Some(item) = seq.next_element_seed(self)? {
            self.desk.items.borrow_mut().push(item);
        }
        let items = self.desk.items.borrow_mut().drain(start..).collect();
        Ok(Value::List(List::shared(Elem::Any, items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let start = self.desk.entries.borrow().len();
        while let Some(key) = map.next_key_seed(Key(self.desk))? {
            let value = map.next_value_seed(self)?;
            self.desk.entries.borrow_mut().push((key, value));
        }
        let entries = self.desk.entries.borrow_mut().drain(start..).collect();
        Ok(Value::Map(Map::from_entries(Elem::Any, entries)))
    }
}

/// Reads a key without an intermediate `String`.
struct Key<'w>(&'w Desk);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Str;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, text: &str) -> Result<Str, E> {
        Ok(self.0.word(text))
    }
}
