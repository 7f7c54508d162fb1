//! From the text of a file to a catalog, key by key: a broken key disables itself alone.

use std::collections::{BTreeMap, BTreeSet};

use dinghy_model::Problem;

use super::old_form::OLD_FORM;
use super::{CONFIG_MAP, Catalog, service, subscriptions, template, trigger};

use crate::diagnostic::{Diagnostic, Fault, Level};
use crate::fields::{QUOTE_HINT, Reader};
use crate::similar;
use crate::yaml::{self, Kind, Node, Text};

const MANIFEST: &[&str] = &["apiVersion", "kind", "metadata", "data", "binaryData", "immutable"];
const KEYS: &[&str] = &["service", "template", "trigger", "subscriptions", "context", "defaultTriggers"];

/// What a name in one key stands for in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Trigger,
    Template,
    Service,
    /// `SERVICE[:RECIPIENT]`
    Recipient,
}

/// Collects a catalog.
pub(super) struct Builder {
    pub(super) reader: Reader,
    pub(super) catalog: Catalog,
    /// The texts of keys, with their places.
    pub(super) texts: BTreeMap<String, Text>,
    /// Names to look up when all keys are read: what, name, key they stand in.
    references: Vec<(Reference, Text, String)>,
    /// Keys that are present and not in force; nobody has to be told again that they are missing.
    pub(super) broken: BTreeSet<String>,
    /// Services that Dinghy does not deliver to.
    elsewhere: BTreeSet<String>,
}

/// Reads a file.
pub(super) fn catalog(text: &str, file: &str) -> Catalog {
    let mut builder = Builder {
        reader: Reader::new(file, text),
        catalog: Catalog::default(),
        texts: BTreeMap::new(),
        references: Vec::new(),
        broken: BTreeSet::new(),
        elsewhere: BTreeSet::new(),
    };
    match yaml::parse(&Text::file(text)) {
        Ok(documents) => documents.iter().for_each(|document| builder.manifest(document)),
        Err(error) => {
            builder.reader.report(Level::Error, error.at, error.detail);
            builder.catalog.unreadable = true;
        }
    }
    builder.look_up();
    builder.finish()
}

impl Builder {
    /// Notes that the present key names something of another key.
    pub(super) fn refer(&mut self, kind: Reference, name: &Text) {
        self.references.push((kind, name.clone(), self.reader.key.clone()));
    }

    /// Notes a service that exists and is not delivered to.
    pub(super) fn elsewhere(&mut self, name: &str) {
        self.elsewhere.insert(name.to_owned());
    }

    fn manifest(&mut self, node: &Node) {
        if node.is_null() {
            return;
        }
        let Some(pairs) = node.pairs() else {
            let detail = format!("a manifest must be a mapping, not {}", node.describe());
            return self.reader.report(Level::Error, node.start, detail);
        };
        match node.get("kind").and_then(Node::string).as_ref().map(|kind| kind.value.as_str()) {
            Some("ConfigMap") => {}
            Some("List" | "ConfigMapList") => {
                if let Some(Node { kind: Kind::Sequence(items), .. }) = node.get("items") {
                    items.iter().for_each(|item| self.manifest(item));
                }
                return;
            }
            Some("Secret") => {
                let detail =
                    "a Secret is not read from the rules file; import it, and the keychain keeps its values";
                return self.reader.report(Level::Warning, node.start, detail);
            }
            Some(other) => {
                let detail = format!("`kind: {other}` is not read here");
                return self.reader.report(Level::Warning, node.start, detail);
            }
            None if node.get("data").is_some() => {
                self.reader.report(Level::Warning, node.start, "`kind: ConfigMap` is missing");
            }
            None => {
                let detail = "this is no ConfigMap: it has neither `kind` nor `data`";
                return self.reader.report(Level::Error, node.start, detail);
            }
        }
        if let Some(name) =
            node.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::string)
            && name.value != CONFIG_MAP
        {
            let detail =
                format!("the ConfigMap `{}` is not read; its name must be `{CONFIG_MAP}`", name.value);
            return self.reader.report(Level::Warning, name.place(0), detail);
        }
        for (key, _) in pairs {
            let Some(name) = key.string() else { continue };
            if !MANIFEST.contains(&name.value.as_str()) {
                let hint = similar::hint(&name.value, MANIFEST.iter().copied());
                let detail = format!("unknown field `{}` of a ConfigMap is ignored{hint}", name.value);
                self.reader.report(Level::Warning, key.start, detail);
            }
        }
        if let Some(data) = node.get("data") {
            match self.reader.named(data, "`data`") {
                Ok(entries) => entries.iter().for_each(|(key, value)| self.entry(key, value)),
                Err(fault) => self.reader.fault(fault),
            }
        }
        if let Some(text) = self.texts.remove(OLD_FORM).filter(|text| !text.value.is_empty()) {
            OLD_FORM.clone_into(&mut self.reader.key);
            if let Err(fault) = self.old_form(&text) {
                self.broken.insert(OLD_FORM.to_owned());
                // What was read of it is in force, but it is not all.
                self.catalog.old_form.clear();
                self.reader.fault(fault);
            }
            self.reader.key.clear();
        }
    }

    fn entry(&mut self, key: &Text, value: &Node) {
        self.reader.key.clone_from(&key.value);
        let known = self.references.len();
        if let Err(fault) = self.key(key, value) {
            // What a key that is not in force refers to does not matter.
            self.references.truncate(known);
            self.broken.insert(key.value.clone());
            self.reader.fault(fault);
        }
        self.reader.key.clear();
    }

    fn key(&mut self, key: &Text, value: &Node) -> Result<(), Fault> {
        let text = value.string().ok_or_else(|| {
            let detail =
                format!("the value of a key is a string, not {}: write `{}: |`", value.describe(), key.value);
            Fault::new(value.start, detail)
        })?;
        self.catalog.sources.insert(key.value.clone(), text.value.clone());
        let at = key.place(0);
        let (kind, name) = key.value.split_once('.').unwrap_or((&key.value, ""));
        if key.value == OLD_FORM {
            // Read when all others are.
            self.texts.insert(key.value.clone(), text);
            return Ok(());
        }
        if kind == "dinghy" {
            // What an export put away, in a file that was not imported but copied: the keys themselves are in force.
            return Ok(());
        }
        let named = matches!(kind, "service" | "template" | "trigger");
        let plain = matches!(kind, "subscriptions" | "context" | "defaultTriggers");
        if (named && name.is_empty())
            || (plain && !name.is_empty() && kind != "defaultTriggers")
            || !(named || plain)
        {
            let hint = match similar::closest(kind, KEYS.iter().copied()) {
                Some(close) if name.is_empty() => format!("; did you mean `{close}`?"),
                Some(close) => format!("; did you mean `{close}.{name}`?"),
                None => String::new(),
            };
            self.reader.report(Level::Warning, at, format!("unknown key `{}` is ignored{hint}", key.value));
            return Ok(());
        }
        self.texts.insert(key.value.clone(), text.clone());
        let node = self.value(&text)?;
        match (kind, name) {
            ("service", name) => {
                if let Some(service) = service::service(self, name, at, &node)? {
                    self.catalog.services.insert(service.name.clone(), service);
                }
            }
            ("template", name) => {
                let template = template::template(self, name, &node)?;
                self.catalog.templates.insert(name.to_owned(), template);
            }
            ("trigger", name) => {
                let trigger = trigger::trigger(self, name, &node)?;
                self.catalog.triggers.insert(name.to_owned(), trigger);
            }
            ("subscriptions", _) => self.catalog.subscriptions = subscriptions::subscriptions(self, &node)?,
            ("context", _) => self.catalog.context = subscriptions::context(self, &node)?,
            (_, "") => self.catalog.default_triggers = subscriptions::default_triggers(self, &node)?,
            (_, service) => {
                let triggers = subscriptions::default_triggers(self, &node)?;
                self.catalog.service_default_triggers.insert(service.to_owned(), triggers);
            }
        }
        Ok(())
    }

    /// Parses the YAML inside a key.
    pub(super) fn value(&mut self, text: &Text) -> Result<Node, Fault> {
        let mut documents = yaml::parse(text).map_err(|error| {
            let unquoted = text.value.contains(": {{") || text.value.starts_with("{{");
            let hint = if unquoted { QUOTE_HINT } else { "" };
            Fault { at: error.at, detail: format!("{}{hint}", error.detail) }
        })?;
        if let Some(second) = documents.get(1) {
            self.reader.report(Level::Warning, second.start, "only the first document of a key is read");
        }
        documents.truncate(1);
        let empty = || {
            let at = text.place(0);
            let kind = Kind::Scalar { text: Text::at(String::new(), at), plain: true };
            Node { start: at, end: at, kind }
        };
        Ok(documents.pop().unwrap_or_else(empty))
    }

    /// Reports names that stand for nothing.
    fn look_up(&mut self) {
        for (kind, name, key) in std::mem::take(&mut self.references) {
            self.reader.key = key;
            match kind {
                Reference::Trigger => {
                    self.must_exist("trigger", &name, self.catalog.triggers.contains_key(&name.value))
                }
                Reference::Template => {
                    self.must_exist("template", &name, self.catalog.templates.contains_key(&name.value));
                }
                Reference::Service => {
                    if !self.has_service(&name.value) {
                        let hint =
                            similar::hint(&name.value, self.catalog.services.keys().map(String::as_str));
                        let detail = format!("no service is called `{}`{hint}", name.value);
                        self.reader.report(Level::Note, name.place(0), detail);
                    }
                }
                Reference::Recipient => self.recipient(&name),
            }
        }
    }

    fn must_exist(&mut self, kind: &str, name: &Text, exists: bool) {
        if exists || self.broken.contains(&format!("{kind}.{}", name.value)) {
            return;
        }
        let prefix = format!("{kind}.");
        let names = self.catalog.sources.keys().filter_map(|key| key.strip_prefix(&prefix));
        let detail = format!("no {kind} is called `{}`{}", name.value, similar::hint(&name.value, names));
        self.reader.report(Level::Warning, name.place(0), detail);
    }

    fn recipient(&mut self, text: &Text) {
        let destination = subscriptions::Destination::parse(&text.value);
        if self.has_service(&destination.service) {
            return;
        }
        let hint = if destination.service == "webhook" && self.has_service(&destination.recipient) {
            format!("; for `service.webhook.{0}` write `{0}`", destination.recipient)
        } else {
            similar::hint(&destination.service, self.catalog.services.keys().map(String::as_str))
        };
        let detail = format!("no service is called `{}`{hint}", destination.service);
        self.reader.report(Level::Warning, text.place(0), detail);
    }

    /// Whether a service is there, in force or not.
    fn has_service(&self, name: &str) -> bool {
        let broken = |key: &String| key.starts_with("service.") && key.rsplit('.').next() == Some(name);
        self.catalog.services.contains_key(name)
            || self.elsewhere.contains(name)
            || self.broken.iter().any(broken)
    }

    fn finish(mut self) -> Catalog {
        let place = |diagnostic: &Diagnostic| match &diagnostic.problem {
            Problem::File { line, column, .. } => (*line, *column),
            _ => (0, 0),
        };
        self.reader.diagnostics.sort_by_key(place);
        self.catalog.diagnostics = self.reader.diagnostics;
        self.catalog.file = self.reader.source;
        let pieces = self.catalog.templates.values().flat_map(template::Template::pieces);
        self.catalog.secrets = pieces.flat_map(|piece| piece.reads.names.iter().cloned()).collect();
        let functions = ["GetCommitMetadata", "GetAppDetails"];
        let mut sources = self.catalog.sources.values();
        let asks = sources.any(|text| functions.iter().any(|function| text.contains(function)));
        self.catalog.env = crate::env::Constants::new(&self.catalog.context, asks);
        self.catalog
    }
}
