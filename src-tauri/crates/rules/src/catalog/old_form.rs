//! The form of argocd-notifications up to 1.0: all rules in one key, `config.yaml`
//! (Argo CD `util/notification/settings/legacy.go`).
//!
//! Argo CD lays it over the keys of their own; so does this. Each part becomes what its own key would hold, with the
//! places it has in the file, and is read by the same code.

use super::build::Builder;
use super::{subscriptions, template, trigger};
use crate::diagnostic::{Fault, Level};
use crate::export::write::Out;
use crate::fields::string;
use crate::yaml::{Kind, Node, Text};

/// The key.
pub(crate) const OLD_FORM: &str = "config.yaml";

const PARTS: &[&str] = &["triggers", "templates", "context", "subscriptions"];
const TRIGGER: &[&str] = &["name", "condition", "description", "template", "enabled"];
/// Of a template; the rest of its fields are those of today's templates. `title` is older than `subject`, and neither
/// says anything but in an e-mail.
const TEMPLATE: &[&str] = &["name", "title", "subject", "body"];

impl Builder {
    /// Lays `config.yaml` over what the other keys say.
    pub(super) fn old_form(&mut self, text: &Text) -> Result<(), Fault> {
        let node = self.value(text)?;
        let fields = self.reader.fields(&node, "`config.yaml`", PARTS)?;
        let detail = "the old form `config.yaml` is read as Argo CD reads it; import the file to have keys of their \
                      own, which can be edited one by one";
        self.reader.report(Level::Note, text.place(0), detail);
        if let Some(node) = fields.get("context") {
            let more = subscriptions::context(self, node)?;
            self.catalog.context.extend(more);
            let all = self.catalog.context.iter().map(|(name, text)| (name.clone(), Out::Text(text.clone())));
            let text = Out::Map(all.collect()).text();
            self.in_place_of("context", text, None);
        }
        if let Some(node) = fields.get("subscriptions") {
            self.catalog.subscriptions = subscriptions::subscriptions(self, node)?;
            self.in_place_of("subscriptions", Out::of(node).text(), Some(node.start));
        }
        for node in items(fields.get("templates"), "templates")? {
            let name = self.name_of(node, "template")?;
            self.old_template(&name, node);
        }
        for node in items(fields.get("triggers"), "triggers")? {
            let name = self.name_of(node, "trigger")?;
            if let Err(fault) = self.old_trigger(&name, node) {
                self.not_in_force(&name, fault);
            }
        }
        Ok(())
    }

    fn name_of(&mut self, node: &Node, what: &str) -> Result<Text, Fault> {
        let name = node.get("name").map(|name| string(name, "name")).transpose()?;
        let missing = || Fault::new(node.start, format!("a {what} of `config.yaml` needs a `name`"));
        name.filter(|name| !name.value.is_empty()).ok_or_else(missing)
    }

    /// A template takes the place of one of the same name.
    fn old_template(&mut self, name: &Text, node: &Node) {
        let is_old = |key: &Node| {
            key.string().is_some_and(|key| TEMPLATE.iter().any(|old| key.value.eq_ignore_ascii_case(old)))
        };
        let pairs = node.pairs().unwrap_or_default();
        let mut fields: Vec<(Node, Node)> = pairs.iter().filter(|(key, _)| !is_old(key)).cloned().collect();
        if let Some(body) = node.get("body").filter(|body| !is_empty(body)) {
            set(&mut fields, "message", body.clone());
        }
        if let Some(subject) = node.get("subject").filter(|subject| !is_empty(subject)) {
            let at = fields.iter().position(|(key, _)| is_named(key, "email"));
            let mut email = at.and_then(|at| fields[at].1.pairs()).unwrap_or_default().to_vec();
            set(&mut email, "subject", subject.clone());
            set(&mut fields, "email", mapping(node, email));
        }
        let made = mapping(node, fields);
        let key = format!("template.{}", name.value);
        self.in_place_of(&key, Out::of(&made).text(), Some(name.place(0)));
        match template::template(self, &name.value, &made) {
            Ok(template) => drop(self.catalog.templates.insert(name.value.clone(), template)),
            Err(fault) => {
                self.catalog.templates.remove(&name.value);
                self.broken.insert(key);
                self.reader.fault(fault);
            }
        }
    }

    /// A trigger changes the first condition of one of the same name; `enabled` makes it a default trigger.
    fn old_trigger(&mut self, name: &Text, node: &Node) -> Result<(), Fault> {
        let fields = self.reader.fields(node, "a trigger", TRIGGER)?;
        if fields.boolean("enabled")? && !self.catalog.default_triggers.contains(&name.value) {
            self.catalog.default_triggers.push(name.value.clone());
            let names = self.catalog.default_triggers.iter().map(|name| Out::Text(name.clone()));
            let text = Out::List(names.collect()).text();
            self.in_place_of("defaultTriggers", text, None);
        }
        let key = format!("trigger.{}", name.value);
        let mut conditions = match self.texts.get(&key).cloned() {
            Some(text) => match self.value(&text)?.kind {
                Kind::Sequence(items) => items,
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        let changes = ["condition", "template", "description"];
        let given = |field: &str| fields.get(field).filter(|node| !is_empty(node));
        if conditions.is_empty() || changes.iter().any(|field| given(field).is_some()) {
            let mut first = conditions.first().and_then(Node::pairs).unwrap_or_default().to_vec();
            if let Some(condition) = given("condition") {
                set(&mut first, "when", condition.clone());
            }
            if let Some(template) = given("template") {
                let send = Node { kind: Kind::Sequence(vec![template.clone()]), ..template.clone() };
                set(&mut first, "send", send);
            }
            if let Some(description) = given("description") {
                set(&mut first, "description", description.clone());
            }
            let first = mapping(node, first);
            match conditions.first_mut() {
                Some(old) => *old = first,
                None => conditions.push(first),
            }
            let made = Node { kind: Kind::Sequence(conditions), ..node.clone() };
            self.in_place_of(&key, Out::of(&made).text(), Some(name.place(0)));
            let trigger = trigger::trigger(self, &name.value, &made)?;
            self.catalog.triggers.insert(name.value.clone(), trigger);
        }
        Ok(())
    }

    fn not_in_force(&mut self, name: &Text, fault: Fault) {
        self.catalog.triggers.remove(&name.value);
        self.broken.insert(format!("trigger.{}", name.value));
        self.reader.fault(fault);
    }

    /// Notes the text of a key that comes from the old form. `at`: where, to say that it replaces one.
    fn in_place_of(&mut self, key: &str, text: String, at: Option<u32>) {
        if let (Some(at), true) = (at, self.texts.contains_key(key)) {
            self.reader.report(Level::Warning, at, format!("`{key}` is changed by `config.yaml`"));
        }
        self.catalog.sources.insert(key.to_owned(), text);
        self.catalog.old_form.insert(key.to_owned());
    }
}

fn items<'n>(node: Option<&'n Node>, what: &str) -> Result<&'n [Node], Fault> {
    match node.map(|node| (&node.kind, node)) {
        None => Ok(&[]),
        Some((Kind::Sequence(items), _)) => Ok(items),
        Some((_, node)) => {
            Err(Fault::new(node.start, format!("`{what}` must be a list, not {}", node.describe())))
        }
    }
}

/// As Go's zero value: such a field changes nothing.
fn is_empty(node: &Node) -> bool {
    node.string().is_some_and(|text| text.value.is_empty())
}

fn is_named(key: &Node, name: &str) -> bool {
    key.string().is_some_and(|key| key.value.eq_ignore_ascii_case(name))
}

fn set(fields: &mut Vec<(Node, Node)>, name: &str, value: Node) {
    fields.retain(|(key, _)| !is_named(key, name));
    let kind = Kind::Scalar { text: Text::at(name.to_owned(), value.start), plain: true };
    fields.push((Node { start: value.start, end: value.start, kind }, value));
}

fn mapping(at: &Node, pairs: Vec<(Node, Node)>) -> Node {
    Node { start: at.start, end: at.end, kind: Kind::Mapping(pairs) }
}

#[cfg(test)]
mod tests;
