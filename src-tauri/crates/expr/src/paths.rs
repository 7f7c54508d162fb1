//! Which paths of its variables an expression reads.

use std::collections::{BTreeSet, HashMap};

use dinghy_govalue::Value;

use crate::ast::{Id, Kind, Pointer, Tree};
use crate::builtin::Builtin;

/// The paths that a checked tree reads, and whether it asks for the time.
pub(crate) fn read(tree: &Tree, root: Id) -> (Vec<String>, bool) {
    let mut reader = Reader { tree, found: BTreeSet::new(), clock: false, locals: HashMap::new() };
    reader.visit(root, &Path::None);
    (reader.found.into_iter().collect(), reader.clock)
}

struct Reader<'a> {
    tree: &'a Tree,
    found: BTreeSet<String>,
    clock: bool,
    locals: HashMap<u32, Path>,
}

/// Where a value comes from.
#[derive(Clone)]
enum Path {
    /// Not from a variable.
    None,
    /// The environment itself.
    Env,
    /// A path that can go on.
    Open(String),
}

impl Path {
    fn member(&self, name: &str) -> Path {
        match self {
            Path::None => Path::None,
            Path::Env => Path::Open(name.to_owned()),
            Path::Open(path) => Path::Open(format!("{path}.{name}")),
        }
    }

    fn item(&self) -> Path {
        match self {
            Path::Open(path) => Path::Open(format!("{path}[]")),
            _ => Path::None,
        }
    }
}

impl Reader<'_> {
    /// Visits a node whose value is used as it is.
    fn visit(&mut self, id: Id, item: &Path) {
        let path = self.path(id, item);
        self.keep(path);
    }

    fn keep(&mut self, path: Path) {
        match path {
            Path::None => {}
            Path::Env => {
                self.found.insert("$env".to_owned());
            }
            Path::Open(path) => {
                self.clock |= path == "time.Now";
                self.found.insert(path);
            }
        }
    }

    /// Where a node's value comes from; what is read on the way is kept. `item` is the path of `#`.
    fn path(&mut self, id: Id, item: &Path) -> Path {
        // As deep as the tree.
        stacker::maybe_grow(128 << 10, 2 << 20, || self.path_of(id, item))
    }

    fn path_of(&mut self, id: Id, item: &Path) -> Path {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Name(name) => Path::Env.member(&name.to_str_lossy()),
            Kind::Env => Path::Env,
            Kind::Local(slot) => self.locals.get(slot).cloned().unwrap_or(Path::None),
            Kind::Pointer(Pointer::Item) => item.clone(),
            Kind::Chain(node) => self.path(*node, item),
            Kind::Member { node, property, .. } => {
                let base = self.path(*node, item);
                match tree.kind(*property) {
                    Kind::Str(name) | Kind::Const(Value::Str(name)) => base.member(&name.to_str_lossy()),
                    Kind::Int(_) => base.item(),
                    _ => {
                        self.visit(*property, item);
                        self.keep(base);
                        Path::None
                    }
                }
            }
            Kind::Slice { node, from, to } => {
                for bound in [from, to].into_iter().flatten() {
                    self.visit(*bound, item);
                }
                self.path(*node, item)
            }
            Kind::Let { slot, value, body, .. } => {
                let value = self.path(*value, item);
                self.locals.insert(*slot, value);
                self.path(*body, item)
            }
            Kind::Builtin { builtin, args } => self.builtin(*builtin, args, item),
            _ => {
                for child in tree.children(id) {
                    self.visit(child, item);
                }
                Path::None
            }
        }
    }

    fn builtin(&mut self, builtin: Builtin, args: &[Id], item: &Path) -> Path {
        self.clock |= builtin == Builtin::Now;
        let Some((first, rest)) = args.split_first() else { return Path::None };
        let list = self.path(*first, item);
        let inner = if builtin.takes_predicate() { list.item() } else { item.clone() };
        let before = self.found.len();
        for arg in rest {
            self.visit(*arg, &inner);
        }
        match builtin {
            // These give items of the list on.
            Builtin::Filter
            | Builtin::SortBy
            | Builtin::Take
            | Builtin::Sort
            | Builtin::Reverse
            | Builtin::Uniq => list,
            Builtin::Find | Builtin::FindLast | Builtin::First | Builtin::Last => list.item(),
            _ => {
                // A predicate that reads parts of the items stands for the list.
                if self.found.len() == before {
                    self.keep(list);
                }
                Path::None
            }
        }
    }
}
