//! Which paths of its variables an expression reads.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

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
            Kind::Field { node, name, .. } => self.path(*node, item).member(&name.to_str_lossy()),
            Kind::Slice { node, from, to } => {
                for bound in [from, to].into_iter().flatten() {
                    self.visit(*bound, item);
                }
                self.path(*node, item)
            }
            Kind::Let { slot, value, body, .. } => {
                let value = self.path(*value, item);
                self.locals.insert(*slot, value.clone());
                let result = self.path(*body, item);
                // What nobody uses is evaluated all the same, and may fail.
                if let Path::Open(path) = &value
                    && !self.reads_below(path)
                    && !matches!(&result, Path::Open(result) if goes_on(result, path))
                {
                    self.keep(value);
                }
                result
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

    /// Whether a path or one that goes on from it is among those found.
    fn reads_below(&self, path: &str) -> bool {
        let from = self.found.range::<str, _>((Bound::Included(path), Bound::Unbounded));
        from.take_while(|found| found.starts_with(path)).any(|found| goes_on(found, path))
    }

    fn builtin(&mut self, builtin: Builtin, args: &[Id], item: &Path) -> Path {
        self.clock |= builtin == Builtin::Now;
        let Some((first, rest)) = args.split_first() else { return Path::None };
        if let (Builtin::Get, [key]) = (builtin, rest)
            && let Kind::Str(name) = self.tree.kind(*key)
        {
            return self.path(*first, item).member(&name.to_str_lossy());
        }
        let list = self.path(*first, item);
        let inner = if builtin.takes_predicate() { list.item() } else { item.clone() };
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
                match &inner {
                    Path::Open(items) if builtin.takes_predicate() && self.reads_below(items) => {}
                    _ => self.keep(list),
                }
                Path::None
            }
        }
    }
}

/// Whether `longer` is `path` or leads from there to a part of it.
fn goes_on(longer: &str, path: &str) -> bool {
    longer.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
