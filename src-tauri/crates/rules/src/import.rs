//! Taking over what people have: ConfigMap and Secret manifests, `kubectl get -o yaml` output, and the bare files of
//! Argo CD's catalog.
//!
//! Invariant: no secret value ends up in the manifest. A robot's token or signing secret that stood in the clear is
//! handed back by name, and the manifest says `$name` in its place.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dinghy_model::{Problem, Secret};

use crate::catalog::CONFIG_MAP;
use crate::diagnostic::Source;
use crate::edit::{keys, set_key, todays_keys};
use crate::export::write::Out;
use crate::robot::literal_token;
use crate::yaml::{self, Kind, Node, Text};

/// What kubectl remembers of the manifest, secrets and all.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A file to import.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// Its name; a bare trigger or template is called after it.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// What an import comes to. Nothing is stored yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Import {
    /// The new text of the rules file.
    pub manifest: String,
    /// Secrets to store, by name.
    pub secrets: Vec<(String, Secret)>,
    /// What happened, in order.
    pub notes: Vec<ImportNote>,
}

/// Without the manifest, in which a token may be left.
impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Import");
        debug.field("secrets", &self.secrets).field("notes", &self.notes).finish_non_exhaustive()
    }
}

/// One thing an import did or could not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportNote {
    /// A key is new.
    Added {
        /// The key.
        key: String,
    },
    /// A key had another value before.
    Replaced {
        /// The key.
        key: String,
    },
    /// A key was there already, the same.
    Unchanged {
        /// The key.
        key: String,
    },
    /// A key that was made for the cluster was changed there and is taken as it is now.
    ChangedThere {
        /// The key.
        key: String,
    },
    /// A secret that stood in the clear moved out; the manifest has `$secret` instead.
    Moved {
        /// The key it stood in.
        key: String,
        /// Its name now.
        secret: String,
    },
    /// A Secret manifest held this.
    SecretRead {
        /// Its name.
        secret: String,
    },
    /// Something that was not taken over.
    Problem(Problem),
}

/// Merges files into the text of a rules file (empty: none yet). A single ConfigMap imported into nothing keeps every
/// byte but those of secrets; otherwise each key is set in what is there.
pub fn import(files: &[File<'_>], existing: &str) -> Import {
    let mut import = Import { manifest: existing.to_owned(), secrets: Vec::new(), notes: Vec::new() };
    for file in files {
        for (offset, text) in documents(file.text) {
            import.document(file, offset, text);
        }
    }
    import.old_form();
    import.restore();
    import.move_secrets();
    import.warn_of_tokens();
    import
}

/// The documents of a stream: offset and text, from one `---` to the next. A single one is the whole text, whatever
/// comments stand around it.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let filled = |nodes: Vec<Node>| nodes.iter().filter(|node| !node.is_null()).count();
    if yaml::parse(&Text::file(text)).is_ok_and(|nodes| filled(nodes) == 1) {
        return vec![(0, text)];
    }
    let mut documents = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let rest = line.strip_prefix("---");
        if at > start && rest.is_some_and(|rest| rest.trim_start() != rest || rest.is_empty()) {
            documents.push((start, &text[start..at]));
            start = at;
        }
        at += line.len();
    }
    documents.push((start, &text[start..]));
    documents
}

impl Import {
    fn document(&mut self, file: &File<'_>, offset: usize, text: &str) {
        // Positions are those in the whole file.
        let source = Source::new(file.name, file.text);
        let at = |at: u32| at + u32::try_from(offset).unwrap_or_default();
        let nodes = match yaml::parse(&Text::file(text)) {
            Ok(nodes) => nodes,
            Err(error) => return self.problem(source.problem(at(error.at), error.detail)),
        };
        for node in nodes.iter().filter(|node| !node.is_null()) {
            if let Err(detail) = self.node(file, text, node) {
                self.problem(source.problem(at(node.start), detail));
            }
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.notes.push(ImportNote::Problem(problem));
    }

    fn node(&mut self, file: &File<'_>, text: &str, node: &Node) -> Result<(), String> {
        match string(node, "kind").as_deref() {
            Some("ConfigMap") => self.config_map(text, node),
            Some("Secret") => self.secret(node),
            Some("List" | "ConfigMapList" | "SecretList") => {
                let Some(Node { kind: Kind::Sequence(items), .. }) = node.get("items") else { return Ok(()) };
                items.iter().try_for_each(|item| self.node(file, "", item))
            }
            Some(other) => Err(format!("`kind: {other}` is not imported")),
            None if node.get("data").is_some() => self.config_map(text, node),
            None => self.bare(file, node),
        }
    }

    fn config_map(&mut self, text: &str, node: &Node) -> Result<(), String> {
        let name = node.get("metadata").and_then(|metadata| string(metadata, "name"));
        let annotations = node.get("metadata").and_then(|metadata| metadata.get("annotations"));
        let remembers = annotations.is_some_and(|annotations| annotations.get(LAST_APPLIED).is_some());
        let verbatim = self.manifest.trim().is_empty()
            && !text.is_empty()
            && name.as_deref() == Some(CONFIG_MAP)
            && !remembers;
        let entries = node.get("data").and_then(Node::pairs).unwrap_or_default();
        if verbatim {
            self.manifest = text.to_owned();
            let keys = entries.iter().filter_map(|(key, _)| key.string());
            self.notes.extend(keys.map(|key| ImportNote::Added { key: key.value }));
            return Ok(());
        }
        for (key, value) in entries {
            let (Some(key), Some(value)) = (key.string(), value.string()) else {
                return Err("a key or its value is no string".to_owned());
            };
            self.set(&key.value, &value.value)?;
        }
        Ok(())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let key = key.to_owned();
        let known = set_key(&self.manifest, &key, None).map_err(|error| error.to_string())? != self.manifest;
        let edited = set_key(&self.manifest, &key, Some(value)).map_err(|error| error.to_string())?;
        self.notes.push(match known {
            true if edited == self.manifest => ImportNote::Unchanged { key },
            true => ImportNote::Replaced { key },
            false => ImportNote::Added { key },
        });
        self.manifest = edited;
        Ok(())
    }

    fn secret(&mut self, node: &Node) -> Result<(), String> {
        for (key, value) in node.get("data").and_then(Node::pairs).unwrap_or_default() {
            let (Some(key), Some(value)) = (key.string(), value.string()) else { continue };
            let packed: String = value.value.split_whitespace().collect();
            // Neither error may say what it found.
            let bytes =
                STANDARD.decode(packed).map_err(|_| format!("the secret `{}` is no base64", key.value))?;
            let text =
                String::from_utf8(bytes).map_err(|_| format!("the secret `{}` is no text", key.value))?;
            self.secret_entry(key.value, text)?;
        }
        for (key, value) in node.get("stringData").and_then(Node::pairs).unwrap_or_default() {
            let (Some(key), Some(value)) = (key.string(), value.string()) else { continue };
            // A form to fill in, as an export writes it.
            if !value.value.is_empty() {
                self.secret_entry(key.value, value.value)?;
            }
        }
        Ok(())
    }

    fn secret_entry(&mut self, name: String, text: String) -> Result<(), String> {
        if name == "notifiers.yaml" {
            return self.notifiers(&text);
        }
        self.keep(name, Secret::new(text));
        Ok(())
    }

    fn keep(&mut self, name: String, secret: Secret) {
        self.secrets.retain(|(known, _)| *known != name);
        self.notes.push(ImportNote::SecretRead { secret: name.clone() });
        self.secrets.push((name, secret));
    }

    /// Makes keys of their own of the old form.
    fn old_form(&mut self) {
        let made =
            todays_keys(&self.manifest).and_then(|made| Ok((keys(&self.manifest)?, keys(&made)?, made)));
        let (before, now, manifest) = match made {
            Ok(made) => made,
            // What cannot be read is told by whoever reads it.
            Err(_) => return,
        };
        if before == now {
            return;
        }
        let is_old = |key: &String| !now.contains_key(key) || before.get(key) != now.get(key);
        self.notes.retain(|note| match note {
            ImportNote::Added { key } | ImportNote::Replaced { key } | ImportNote::Unchanged { key } => {
                !is_old(key)
            }
            _ => true,
        });
        for (key, _) in now.iter().filter(|(key, text)| before.get(*key) != Some(*text)) {
            let key = key.clone();
            let known = before.contains_key(&key);
            self.notes.push(if known { ImportNote::Replaced { key } } else { ImportNote::Added { key } });
        }
        self.manifest = manifest;
    }

    /// `notifiers.yaml` of a Secret, the old form of services. All that it holds was a secret, so of a webhook only
    /// names and headers that say no more than a type stay in the clear.
    fn notifiers(&mut self, text: &str) -> Result<(), String> {
        let unread = || "`notifiers.yaml` cannot be read".to_owned();
        let nodes = yaml::parse(&Text::file(text)).map_err(|_| unread())?;
        let Some(node) = nodes.first().filter(|node| !node.is_null()) else { return Ok(()) };
        for (key, value) in node.pairs().ok_or_else(unread)? {
            let name = key.string().unwrap_or_else(|| Text::at(String::new(), 0)).value;
            let Kind::Sequence(webhooks) = &value.kind else {
                if !value.is_null() {
                    let detail =
                        format!("`{name}` of notifiers.yaml is left out: Dinghy does not send there");
                    self.problem(Problem::Other { detail });
                }
                continue;
            };
            for webhook in webhooks {
                self.webhook(webhook)?;
            }
        }
        Ok(())
    }

    fn webhook(&mut self, node: &Node) -> Result<(), String> {
        let missing = || "a webhook of `notifiers.yaml` needs a `name` without dots".to_owned();
        let name = get(node, "name").and_then(Node::string).map(|text| text.value).unwrap_or_default();
        if name.is_empty() || name.contains('.') {
            return Err(missing());
        }
        let Out::Map(mut fields) = Out::of(node) else { return Err(missing()) };
        fields.retain(|(field, _)| !field.eq_ignore_ascii_case("name"));
        let key = format!("service.webhook.{name}");
        for (field, value) in &mut fields {
            match (field.to_ascii_lowercase().as_str(), value) {
                ("url", Out::Text(text)) => self.put_away(&key, &format!("{name}-url"), text),
                ("basicauth", Out::Map(parts)) => {
                    for (part, value) in parts {
                        if let Out::Text(text) = value {
                            self.put_away(&key, &format!("{name}-{}", part.to_ascii_lowercase()), text);
                        }
                    }
                }
                ("headers", Out::List(headers)) => headers.iter_mut().for_each(|header| {
                    let Out::Map(parts) = header else { return };
                    let named = parts.iter().find(|(part, _)| part.eq_ignore_ascii_case("name"));
                    let Some((_, Out::Text(header))) = named else { return };
                    let header = header.to_ascii_lowercase();
                    if matches!(header.as_str(), "content-type" | "accept") {
                        return;
                    }
                    for (part, value) in parts {
                        if let (true, Out::Text(text)) = (part.eq_ignore_ascii_case("value"), value) {
                            self.put_away(&key, &format!("{name}-{header}"), text);
                        }
                    }
                }),
                _ => {}
            }
        }
        self.set(&key, &Out::Map(fields).text())
    }

    /// Keeps a value as a secret and puts its `$name` in its place.
    fn put_away(&mut self, key: &str, wanted: &str, text: &mut String) {
        if text.is_empty() {
            return;
        }
        let secret = self.name_for(wanted, text);
        let value = std::mem::replace(text, format!("${secret}"));
        self.notes.push(ImportNote::Moved { key: key.to_owned(), secret: secret.clone() });
        if !self.secrets.iter().any(|(known, _)| *known == secret) {
            self.secrets.push((secret, Secret::new(value)));
        }
    }

    /// The body of a trigger or template alone, as Argo CD's catalog keeps them.
    fn bare(&mut self, file: &File<'_>, node: &Node) -> Result<(), String> {
        let stem = file.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = stem.strip_suffix(".yaml").or_else(|| stem.strip_suffix(".yml")).unwrap_or(stem);
        let has = |name: &str| node.get(name).is_some();
        let is_trigger = |item: &Node| item.get("when").is_some() || item.get("send").is_some();
        let kind = match &node.kind {
            Kind::Sequence(items) if items.iter().any(is_trigger) => "trigger",
            Kind::Mapping(_) if ["message", "webhook", "dingtalk", "email", "slack"].into_iter().any(has) => {
                "template"
            }
            _ => return Err("neither a ConfigMap nor a Secret, a trigger or a template".to_owned()),
        };
        let name = stem.strip_prefix(kind).and_then(|rest| rest.strip_prefix('.')).unwrap_or(stem);
        self.set(&format!("{kind}.{name}"), file.text)
    }

    /// Undoes what an export for the cluster has changed.
    fn restore(&mut self) {
        let Ok((manifest, changed)) = crate::export::restore(&self.manifest) else { return };
        if manifest != self.manifest {
            self.notes.retain(|note| match note {
                ImportNote::Added { key } | ImportNote::Replaced { key } | ImportNote::Unchanged { key } => {
                    !key.starts_with("dinghy.")
                }
                _ => true,
            });
        }
        self.manifest = manifest;
        self.notes.extend(changed.into_iter().map(|key| ImportNote::ChangedThere { key }));
    }

    /// Puts `$name` where a robot's URL or signing secret stands.
    fn move_secrets(&mut self) {
        let Ok(nodes) = yaml::parse(&Text::file(&self.manifest)) else { return };
        let mut found: Vec<(Range<usize>, String, &str, String)> = Vec::new();
        for (key, value) in nodes.iter().filter_map(|node| node.get("data")?.pairs()).flatten() {
            let (Some(key), Some(text)) = (key.string(), value.string()) else { continue };
            let Some(service) = key.value.strip_prefix("service.webhook") else { continue };
            let service = service.strip_prefix('.').unwrap_or("webhook").to_owned();
            let Some(node) = yaml::parse(&text).ok().and_then(|nodes| nodes.into_iter().next()) else {
                continue;
            };
            let mut note = |node: &Node, suffix: &'static str, clear: &dyn Fn(&str) -> bool| {
                if let Some(value) = node.string().map(|text| text.value).filter(|value| clear(value)) {
                    found.push((node.start as usize..node.end as usize, service.clone(), suffix, value));
                }
            };
            if let Some(url) = get(&node, "url") {
                note(url, "url", &literal_token);
            }
            if let Some(sign) = get(&node, "dingtalk").and_then(|dingtalk| get(dingtalk, "signSecret")) {
                note(sign, "sign", &|value| !value.is_empty() && !value.starts_with('$'));
            }
        }
        // From the end, so that offsets before stay true.
        found.sort_by_key(|(range, ..)| std::cmp::Reverse(range.start));
        found.dedup_by_key(|(range, ..)| range.start);
        for (range, service, suffix, value) in found {
            let secret = self.name_for(&format!("{service}-{suffix}"), &value);
            let (Some(head), Some(tail)) = (self.manifest.get(..range.start), self.manifest.get(range.end..))
            else {
                continue;
            };
            let manifest = format!("{head}${secret}{tail}");
            // A value spread over lines or escapes could be cut in the wrong place; then it stays, and is warned of.
            if !manifest.contains(&value)
                && same_but(&self.manifest, &manifest, &value, &format!("${secret}"))
            {
                self.manifest = manifest;
                let key = if service == "webhook" {
                    "service.webhook".into()
                } else {
                    format!("service.webhook.{service}")
                };
                self.notes.push(ImportNote::Moved { key, secret: secret.clone() });
                if !self.secrets.iter().any(|(known, _)| *known == secret) {
                    self.secrets.push((secret, Secret::new(value)));
                }
            }
        }
    }

    /// A name that no other value has.
    fn name_for(&self, wanted: &str, value: &str) -> String {
        let clean = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
        let wanted: String = wanted.chars().map(clean).collect();
        let free = |name: &String| {
            self.secrets.iter().all(|(known, secret)| known != name || secret.expose() == value)
        };
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        std::iter::once(wanted.clone()).chain(numbered).find(free).unwrap_or(wanted)
    }

    /// Tokens that are still in the text, in comments or in forms that are not understood.
    fn warn_of_tokens(&mut self) {
        let mark = "access_token=";
        let source = Source::new("", &self.manifest);
        let left: BTreeSet<usize> = self
            .manifest
            .match_indices(mark)
            .map(|(at, _)| at)
            .filter(|at| {
                let rest = &self.manifest[at + mark.len()..];
                rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            })
            .collect();
        for at in left {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            self.problem(source.problem(at, "a token is still here in the clear: remove it".to_owned()));
        }
    }
}

/// Whether two manifests say the same but for one value of a service.
fn same_but(before: &str, after: &str, value: &str, name: &str) -> bool {
    let say = |text: &str| -> Option<Vec<(String, String)>> {
        let nodes = yaml::parse(&Text::file(text)).ok()?;
        let pairs = nodes.iter().filter_map(|node| node.get("data")?.pairs()).flatten();
        pairs.map(|(key, value)| Some((key.string()?.value, value.string()?.value))).collect()
    };
    let unquoted = |text: &str| text.replace(['"', '\''], "");
    match (say(before), say(after)) {
        (Some(before), Some(after)) => {
            before.len() == after.len()
                && before.iter().zip(&after).all(|(old, new)| {
                    old == new
                        || (old.0 == new.0 && unquoted(&old.1.replace(value, name)) == unquoted(&new.1))
                })
        }
        _ => false,
    }
}

fn string(node: &Node, key: &str) -> Option<String> {
    node.get(key)?.string().map(|text| text.value)
}

/// A field by its name in any case, as Go finds it.
fn get<'n>(node: &'n Node, field: &str) -> Option<&'n Node> {
    let is_it =
        |(key, _): &&(Node, Node)| key.string().is_some_and(|key| key.value.eq_ignore_ascii_case(field));
    node.pairs()?.iter().rev().find(is_it).map(|(_, value)| value)
}

#[cfg(test)]
mod tests;
