//! One table of the file: hands out values of the kind that is wanted, and knows which keys nobody wanted.

use dinghy_model::{SettingFault, SettingType};
use toml_edit::{Item, TableLike};

use super::report::{Report, start};

/// A value and the byte it starts at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

/// A table that is being read. Each key is asked for once; [`Section::finish`] reports the others.
pub(super) struct Section<'d> {
    table: &'d dyn TableLike,
    wanted: Vec<&'static str>,
    /// Whether a value had the wrong type.
    pub(super) broken: bool,
}

/// Keys under which people put secrets.
const SECRET_KEYS: [&str; 5] = ["token", "password", "secret", "access_token", "auth_token"];

impl<'d> Section<'d> {
    pub(super) fn new(table: &'d dyn TableLike) -> Self {
        Self { table, wanted: Vec::new(), broken: false }
    }

    /// A string as it was typed.
    pub(super) fn text(&mut self, key: &'static str, report: &mut Report) -> Option<At<String>> {
        self.get(key, SettingType::Text, report, |item| item.as_str().map(str::to_owned))
    }

    /// A string that is to be a duration.
    pub(super) fn duration(&mut self, key: &'static str, report: &mut Report) -> Option<At<String>> {
        self.get(key, SettingType::Duration, report, |item| item.as_str().map(str::to_owned))
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str, report: &mut Report) -> Option<At<bool>> {
        self.get(key, SettingType::Flag, report, Item::as_bool)
    }

    /// A list of strings.
    pub(super) fn list(&mut self, key: &'static str, report: &mut Report) -> Option<At<Vec<String>>> {
        self.get(key, SettingType::TextList, report, texts)
    }

    /// A table, in either notation.
    pub(super) fn table(&mut self, key: &'static str, report: &mut Report) -> Option<At<Section<'d>>> {
        self.get(key, SettingType::Table, report, |item| item.as_table_like().map(Section::new))
    }

    /// A list of tables, in either notation.
    pub(super) fn tables(&mut self, key: &'static str, report: &mut Report) -> Vec<At<Section<'d>>> {
        let found = self.get(key, SettingType::TableList, report, |item| match item {
            Item::ArrayOfTables(tables) => {
                Some(tables.iter().map(|t| At { value: Section::new(t), at: start(t.span()) }).collect())
            }
            Item::Value(value) => value
                .as_array()?
                .iter()
                .map(|value| {
                    Some(At { value: Section::new(value.as_inline_table()?), at: start(value.span()) })
                })
                .collect(),
            _ => None,
        });
        found.map_or_else(Vec::new, |tables: At<Vec<_>>| tables.value)
    }

    /// Whatever else is in the table, each with its key's place.
    pub(super) fn rest(&self) -> impl Iterator<Item = (At<&'d str>, &'d Item)> {
        let wanted = self.wanted.clone();
        self.table.iter().filter(move |(key, _)| !wanted.contains(key)).map(|(key, item)| {
            let at = start(self.table.key(key).and_then(toml_edit::Key::span));
            (At { value: key, at }, item)
        })
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(self, report: &mut Report) {
        for (key, _) in self.rest() {
            let name = key.value.to_owned();
            let fault = if SECRET_KEYS.contains(&key.value) {
                SettingFault::SecretInFile { key: name }
            } else {
                SettingFault::UnknownKey { key: name, meant: nearest(key.value, &self.wanted) }
            };
            report.add(key.at, fault);
        }
    }

    fn get<T>(
        &mut self,
        key: &'static str,
        expected: SettingType,
        report: &mut Report,
        convert: impl Fn(&'d Item) -> Option<T>,
    ) -> Option<At<T>> {
        self.wanted.push(key);
        let item = self.table.get(key)?;
        let at = start(item.span());
        let value = convert(item);
        if value.is_none() {
            self.broken = true;
            report.add(at, SettingFault::WrongType { key: key.to_owned(), expected });
        }
        value.map(|value| At { value, at })
    }
}

/// An array of strings.
fn texts(item: &Item) -> Option<Vec<String>> {
    item.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

/// The known word that was probably meant.
pub(super) fn nearest(word: &str, known: &[&str]) -> Option<String> {
    let distance = |known: &&str| strsim::damerau_levenshtein(&word.to_lowercase(), known);
    let near = known.iter().map(|known| (distance(known), *known)).min()?;
    (near.0 <= near.1.len() / 3).then(|| near.1.to_owned())
}
