//! Paths with slashes (Go's package path). The `os…` functions are the same here: what a rule says must not depend on
//! the machine it is written on, and where Argo CD runs both are alike.

use dinghy_govalue::Value;

use crate::func::{Func, Ty, fixed};

pub(super) static TABLE: &[Func] = &[
    fixed("base", &[Ty::Str], |_, args| Ok(Value::str(base(args.bytes(0))))),
    fixed("clean", &[Ty::Str], |_, args| Ok(Value::str(clean(args.bytes(0))))),
    fixed("dir", &[Ty::Str], |_, args| Ok(Value::str(dir(args.bytes(0))))),
    fixed("ext", &[Ty::Str], |_, args| Ok(Value::str(ext(args.bytes(0))))),
    fixed("isAbs", &[Ty::Str], |_, args| Ok(Value::Bool(args.bytes(0).starts_with(b"/")))),
    fixed("osBase", &[Ty::Str], |_, args| Ok(Value::str(base(args.bytes(0))))),
    fixed("osClean", &[Ty::Str], |_, args| Ok(Value::str(clean(args.bytes(0))))),
    fixed("osDir", &[Ty::Str], |_, args| Ok(Value::str(dir(args.bytes(0))))),
    fixed("osExt", &[Ty::Str], |_, args| Ok(Value::str(ext(args.bytes(0))))),
    fixed("osIsAbs", &[Ty::Str], |_, args| Ok(Value::Bool(args.bytes(0).starts_with(b"/")))),
];

fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    match path[..end].rsplit(|byte| *byte == b'/').next() {
        None | Some([]) => b"/",
        Some(name) => name,
    }
}

fn dir(path: &[u8]) -> Vec<u8> {
    clean(&path[..path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1)])
}

fn ext(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    name.iter().rposition(|byte| *byte == b'.').map_or(&[], |at| &name[at..])
}

fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if kept.last().is_some_and(|last| *last != b"..") => {
                kept.pop();
            }
            b".." if rooted => {}
            _ => kept.push(part),
        }
    }
    let joined = kept.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", &joined[..]].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
