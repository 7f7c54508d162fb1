//! Which paths of the data a template reads, found in the tree without running it.
//!
//! Dot and variables are followed through `with`, `range`, `template` and assignments as far as they stand for a path.
//! The element of a list or map that is ranged over is written `[]`, as in `app.status.resources[].name`. What is
//! reached by a computed key counts as read up to there. A path under another one that is read whole is kept too.

use std::collections::{BTreeSet, HashMap};

use dinghy_govalue::Str;

use crate::ast::{Command, Node, Operand, Pipe, Term};
use crate::parse::Templates;

/// What a value stands for: a path of the data, if it is known.
type Place = Option<String>;

/// The longest path that is followed into a template, and the most templates that are looked through.
const MOST_STEPS: usize = 32;
const MOST_CALLS: usize = 1_000;

pub(crate) fn paths(templates: &Templates, main: &str) -> Vec<String> {
    let mut reader =
        Reader { templates, found: BTreeSet::new(), visited: BTreeSet::new(), variables: HashMap::new() };
    reader.template(&Str::from(main), Some(String::new()));
    reader.found.into_iter().collect()
}

struct Reader<'t> {
    templates: &'t Templates,
    found: BTreeSet<String>,
    /// Templates with the place of their dot that have been looked through.
    visited: BTreeSet<(Str, Place)>,
    variables: HashMap<u32, Place>,
}

impl<'t> Reader<'t> {
    fn template(&mut self, name: &Str, dot: Place) {
        let Some(body) = self.templates.get(name) else { return };
        if self.visited.contains(&(name.clone(), dot.clone())) {
            return;
        }
        // Recursion through ever longer paths, or ever more of them, has to end somewhere: all below counts as read.
        let deep = dot.as_ref().is_some_and(|path| path.matches(['.', '[']).count() > MOST_STEPS);
        if deep || self.visited.len() >= MOST_CALLS {
            return self.read(&dot);
        }
        self.visited.insert((name.clone(), dot.clone()));
        let outer = std::mem::replace(&mut self.variables, HashMap::from([(0, dot.clone())]));
        self.list(body, &dot);
        self.variables = outer;
    }

    fn read(&mut self, place: &Place) {
        if let Some(path) = place.as_ref().filter(|path| !path.is_empty()) {
            self.found.insert(path.clone());
        }
    }

    fn list(&mut self, list: &'t [Node], dot: &Place) {
        for node in list {
            match node {
                Node::Text(_) | Node::Break | Node::Continue => {}
                Node::Action(pipe) => {
                    let place = self.pipe(pipe, dot);
                    if pipe.variables.is_empty() {
                        self.read(&place);
                    }
                }
                Node::Choice { sets_dot, branches, otherwise } => {
                    for (pipe, body) in branches {
                        let place = self.pipe(pipe, dot);
                        self.read(&place);
                        self.list(body, if *sets_dot { &place } else { dot });
                    }
                    self.list(otherwise.as_deref().unwrap_or_default(), dot);
                }
                Node::Range(range) => {
                    let place = self.pipe(&range.pipe, dot);
                    self.read(&place);
                    let item = place.map(|path| format!("{path}[]"));
                    if let Some(last) = range.pipe.variables.last() {
                        self.variables.insert(last.id, item.clone());
                    }
                    if let [index, _] = &range.pipe.variables[..] {
                        self.variables.insert(index.id, None);
                    }
                    self.list(&range.body, &item);
                    self.list(range.otherwise.as_deref().unwrap_or_default(), dot);
                }
                Node::Template(call) => {
                    let place = call.pipe.as_ref().and_then(|pipe| self.pipe(pipe, dot));
                    self.template(&call.name, place);
                }
            }
        }
    }

    fn pipe(&mut self, pipe: &'t Pipe, dot: &Place) -> Place {
        let mut place = None;
        for (i, command) in pipe.commands.iter().enumerate() {
            if i > 0 {
                self.read(&place);
            }
            place = self.command(command, dot);
        }
        for variable in &pipe.variables {
            // A variable that may be one of two things is followed as neither, and both count as read.
            let old = self.variables.insert(variable.id, place.clone());
            if pipe.assigns && old != Some(place.clone()) {
                self.read(&place);
                self.read(&old.flatten());
                self.variables.insert(variable.id, None);
            }
        }
        place
    }

    fn command(&mut self, command: &'t Command, dot: &Place) -> Place {
        let (first, rest) = command.operands.split_first()?;
        if let Term::Function(func) = &first.term
            && (func.name == "index" || func.name == "get")
        {
            return self.index(rest, dot);
        }
        for operand in rest {
            let place = self.operand(operand, dot);
            self.read(&place);
        }
        let place = self.operand(first, dot);
        if rest.is_empty() {
            return place;
        }
        self.read(&place);
        None
    }

    /// `index .a "b"` is `.a.b`.
    fn index(&mut self, operands: &'t [Operand], dot: &Place) -> Place {
        let (of, keys) = operands.split_first()?;
        let mut place = self.operand(of, dot);
        for key in keys {
            match &key.term {
                Term::Text { value, .. } => place = place.map(|path| join(&path, &value.to_string())),
                Term::Number(_) => place = place.map(|path| format!("{path}[]")),
                _ => {
                    let computed = self.operand(key, dot);
                    self.read(&computed);
                    self.read(&place);
                    place = None;
                }
            }
        }
        place
    }

    fn operand(&mut self, operand: &'t Operand, dot: &Place) -> Place {
        let follow = |place: Place, fields: &[Str]| {
            place.map(|path| fields.iter().fold(path, |path, field| join(&path, &field.to_str_lossy())))
        };
        match &operand.term {
            Term::Dot => dot.clone(),
            Term::Field(fields) => follow(dot.clone(), fields),
            Term::Variable { variable, fields } => {
                follow(self.variables.get(&variable.id).cloned().flatten(), fields)
            }
            Term::Pipe(pipe) => self.pipe(pipe, dot),
            Term::Chain { of, fields } => {
                let place = self.operand(of, dot);
                follow(place, fields)
            }
            Term::Nil | Term::Bool(_) | Term::Number(_) | Term::Text { .. } | Term::Function(_) => None,
        }
    }
}

fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

/// Does any of the templates name a function that changes maps?
pub(crate) fn mutates(templates: &Templates) -> bool {
    templates.values().any(|list| list_mutates(list))
}

fn list_mutates(list: &[Node]) -> bool {
    list.iter().any(|node| match node {
        Node::Text(_) | Node::Break | Node::Continue => false,
        Node::Action(pipe) => pipe_mutates(pipe),
        Node::Choice { branches, otherwise, .. } => {
            branches.iter().any(|(pipe, body)| pipe_mutates(pipe) || list_mutates(body))
                || otherwise.as_deref().is_some_and(list_mutates)
        }
        Node::Range(range) => {
            pipe_mutates(&range.pipe)
                || list_mutates(&range.body)
                || range.otherwise.as_deref().is_some_and(list_mutates)
        }
        Node::Template(call) => call.pipe.as_ref().is_some_and(pipe_mutates),
    })
}

fn pipe_mutates(pipe: &Pipe) -> bool {
    pipe.commands.iter().flat_map(|command| &command.operands).any(operand_mutates)
}

fn operand_mutates(operand: &Operand) -> bool {
    match &operand.term {
        Term::Function(func) => func.mutates,
        Term::Pipe(pipe) => pipe_mutates(pipe),
        Term::Chain { of, .. } => operand_mutates(of),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    fn check(source: &str, expected: &[&str]) {
        let template = crate::parse("t", source).expect(source);
        assert_eq!(template.paths(), expected, "{source}");
    }

    #[test]
    fn follows_dot_and_variables() {
        check("{{.app.metadata.name}} {{.context.url | quote}}", &["app.metadata.name", "context.url"]);
        check("{{with .app}}{{.kind}}{{$.recipient}}{{end}}", &["app", "app.kind", "recipient"]);
        check(
            "{{range $i, $r := .a.list}}{{$i}}{{$r.name}}{{.kind}}{{end}}",
            &["a.list", "a.list[].kind", "a.list[].name"],
        );
        check("{{$x := .a.b}}{{$x.c}}", &["a.b.c"]);
        check("{{index .labels \"team\" | upper}}{{index .labels .key}}", &["key", "labels", "labels.team"]);
        check("{{define \"x\"}}{{.n}}{{end}}{{template \"x\" .app}}", &["app.n"]);
        check("{{(call .time.Parse .s).Unix}}", &["s", "time.Parse"]);
        check("{{define \"r\"}}{{.v}}{{template \"r\" .next}}{{end}}{{block \"b\" .z}}{{.}}{{end}}", &["z"]);
    }

    /// Two ways on from each of 32 steps; found by the fuzzer.
    #[test]
    fn ends_where_recursion_branches() {
        let source = "{{define \"t\"}}{{template \"t\" .a}}{{template \"t\" .b}}{{end}}{{template \"t\" .x}}";
        let paths = crate::parse("main", source).unwrap().paths();
        // What was not looked into counts as read, so that nobody leaves it out.
        assert!(!paths.is_empty() && paths.iter().all(|path| path.starts_with("x.")), "{paths:?}");
    }
}
