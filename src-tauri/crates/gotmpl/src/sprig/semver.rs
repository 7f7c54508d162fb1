//! Semantic versions and constraints, as github.com/Masterminds/semver v3.4.0 reads and compares them.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use dinghy_govalue::{IntKind, Object, Value};
use regex::Regex;

use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};

pub(super) static TABLE: &[Func] = &[
    fixed("semver", &[Ty::Str], |_, args| Ok(Value::Object(Arc::new(Version::parse(&args.text(0))?)))),
    fixed("semverCompare", &[Ty::Str, Ty::Str], semver_compare),
];

fn semver_compare(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let constraints = Constraints::parse(&args.text(0))?;
    let version = Version::parse(&args.text(1))?;
    Ok(Value::Bool(constraints.check(&version)))
}

#[derive(Debug, Clone, Default)]
pub(super) struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    pre: String,
    metadata: String,
    original: String,
    /// Not behind a pointer: what methods return.
    bare: bool,
}

/// The type name of a version.
pub(crate) const VERSION: &str = "*semver.Version";

const INVALID: &str = "invalid semantic version";

impl Version {
    /// Takes what is almost a version too: `v1`, `1.2`, `01.2.3`.
    fn parse(text: &str) -> Result<Version, String> {
        let (rest, metadata) = match text.split_once('+') {
            Some((rest, metadata)) => (rest, Some(metadata)),
            None => (text, None),
        };
        let (numbers, pre) = match rest.split_once('-') {
            Some((numbers, pre)) => (numbers, Some(pre)),
            None => (rest, None),
        };
        let numbers: Vec<&str> = numbers.strip_prefix('v').unwrap_or(numbers).split('.').collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let identifiers = |part: &str| {
            part.split('.')
                .all(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        };
        let fits = numbers.len() <= 3
            && numbers.iter().all(digits)
            && pre.is_none_or(identifiers)
            && metadata.is_none_or(identifiers);
        if !fits {
            return Err(INVALID.to_owned());
        }
        let number = |at: usize| match numbers.get(at) {
            None => Ok(0),
            Some(digits) => digits.parse().map_err(|_| {
                let digits = crate::text::quote(digits.as_bytes());
                format!(
                    "error parsing version segment: strconv.ParseUint: parsing {digits}: value out of range"
                )
            }),
        };
        let version = Version {
            major: number(0)?,
            minor: number(1)?,
            patch: number(2)?,
            pre: pre.unwrap_or_default().to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
            original: text.to_owned(),
            bare: false,
        };
        let leading_zero =
            |id: &str| id.len() > 1 && id.starts_with('0') && id.bytes().all(|b| b.is_ascii_digit());
        if version.pre.split('.').any(leading_zero) {
            return Err("version segment starts with 0".to_owned());
        }
        Ok(version)
    }

    /// Metadata does not count; a pre-release comes before its release.
    fn compare(&self, other: &Version) -> Ordering {
        let numbers = |v: &Version| (v.major, v.minor, v.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_pre(&self.pre, &other.pre),
        })
    }

    fn show(&self) -> String {
        let mut out = format!("{}.{}.{}", self.major, self.minor, self.patch);
        for (mark, part) in [('-', &self.pre), ('+', &self.metadata)] {
            if !part.is_empty() {
                out.push(mark);
                out.push_str(part);
            }
        }
        out
    }

    /// The same version with other parts; the original keeps its `v`.
    fn changed(&self, change: impl FnOnce(&mut Version)) -> Version {
        let mut next = Version { bare: true, ..self.clone() };
        change(&mut next);
        let v = if self.original.starts_with('v') { "v" } else { "" };
        next.original = format!("{v}{}", next.show());
        next
    }
}

/// Part by part; numbers by value and before words.
fn compare_pre(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (x, y) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (x, y) => (x.unwrap_or_default(), y.unwrap_or_default()),
        };
        let order = match (x.parse::<u64>(), y.parse::<u64>()) {
            _ if x == y => continue,
            _ if x.is_empty() => Ordering::Less,
            _ if y.is_empty() => Ordering::Greater,
            (Ok(m), Ok(n)) if m > n => Ordering::Greater,
            (Ok(_), Ok(_)) | (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => x.cmp(y),
        };
        return order;
    }
}

impl Object for Version {
    fn type_name(&self) -> &str {
        if self.bare { "semver.Version" } else { VERSION }
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        Vec::new()
    }

    fn all_fields(&self) -> Vec<(&str, Value)> {
        let number = |n: u64| Value::int_of(IntKind::Uint64, n as i64);
        vec![
            ("major", number(self.major)),
            ("minor", number(self.minor)),
            ("patch", number(self.patch)),
            ("pre", Value::str(&*self.pre)),
            ("metadata", Value::str(&*self.metadata)),
            ("original", Value::str(&*self.original)),
        ]
    }

    fn json(&self) -> Option<Value> {
        self.text().map(Value::str)
    }

    fn text(&self) -> Option<String> {
        Some(self.show())
    }

    fn has_method(&self, name: &str) -> bool {
        method_signature(name).is_some()
    }

    fn method_signature(&self, name: &str) -> Option<&str> {
        method_signature(name)
    }

    fn call(&self, name: &str, args: &[Value]) -> Option<Result<Value, String>> {
        let number = |n: u64| Value::int_of(IntKind::Uint64, n as i64);
        let version = |v: Version| Value::Object(Arc::new(v));
        let signature = method_signature(name)?;
        let Some(arg) = args.first().filter(|_| !signature.starts_with("func()")) else {
            return Some(Ok(match name {
                "Major" => number(self.major),
                "Minor" => number(self.minor),
                "Patch" => number(self.patch),
                "Prerelease" => Value::str(&*self.pre),
                "Metadata" => Value::str(&*self.metadata),
                "Original" => Value::str(&*self.original),
                "IncPatch" => version(self.changed(|next| {
                    // A pre-release comes before the patch it is of.
                    next.patch += u64::from(next.pre.is_empty());
                    (next.pre, next.metadata) = Default::default();
                })),
                "IncMinor" => version(self.changed(|next| {
                    (next.minor, next.patch) = (next.minor + 1, 0);
                    (next.pre, next.metadata) = Default::default();
                })),
                "IncMajor" => version(self.changed(|next| {
                    (next.major, next.minor, next.patch) = (next.major + 1, 0, 0);
                    (next.pre, next.metadata) = Default::default();
                })),
                "MarshalText" => Value::Bytes(self.show().into_bytes().into()),
                "MarshalJSON" => Value::Bytes(format!("\"{}\"", self.show()).into_bytes().into()),
                _ => Value::str(self.show()),
            }));
        };
        let other = match arg {
            Value::Object(object) if object.type_name() == self.type_name() => object.text(),
            Value::Str(text) if name.starts_with("Set") => text.as_str().map(str::to_owned),
            _ => None,
        };
        // Only nil gets past the types.
        let Some(other) = other else {
            if name == "Equal" {
                return Some(Ok(Value::Bool(false)));
            }
            return Some(Err("runtime error: invalid memory address or nil pointer dereference".to_owned()));
        };
        if name.starts_with("Set") {
            if let Err(message) = check_part(name, &other) {
                return Some(Err(message.to_owned()));
            }
            return Some(Ok(version(self.changed(|next| {
                if name == "SetPrerelease" { next.pre = other } else { next.metadata = other }
            }))));
        }
        Some(Version::parse(&other).map(|other| {
            let order = self.compare(&other);
            match name {
                "Equal" => Value::Bool(order.is_eq()),
                "LessThan" => Value::Bool(order.is_lt()),
                "LessThanEqual" => Value::Bool(order.is_le()),
                "GreaterThan" => Value::Bool(order.is_gt()),
                "GreaterThanEqual" => Value::Bool(order.is_ge()),
                _ => Value::int(order as i64),
            }
        }))
    }
}

/// What may be set as pre-release or metadata.
fn check_part(method: &str, text: &str) -> Result<(), &'static str> {
    let character = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let allowed = |part: &str| !part.is_empty() && part.bytes().all(character);
    if text.is_empty() {
        return Ok(());
    }
    if method == "SetMetadata" {
        return if text.split('.').all(allowed) { Ok(()) } else { Err("invalid metadata string") };
    }
    for part in text.split('.') {
        if part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("version segment starts with 0");
        }
        if !allowed(part) {
            return Err("invalid prerelease string");
        }
    }
    Ok(())
}

/// The signature of a method of a version; `None` for what is no method.
fn method_signature(name: &str) -> Option<&'static str> {
    Some(match name {
        "Major" | "Minor" | "Patch" => "func() uint64",
        "Prerelease" | "Metadata" | "Original" | "String" => "func() string",
        "MarshalText" | "MarshalJSON" => "func() ([]uint8, error)",
        "Value" => "func() (driver.Value, error)",
        "IncPatch" | "IncMinor" | "IncMajor" => "func() semver.Version",
        "SetPrerelease" | "SetMetadata" => "func(string) (semver.Version, error)",
        "Compare" => "func(*semver.Version) int",
        "Equal" | "LessThan" | "LessThanEqual" | "GreaterThan" | "GreaterThanEqual" => {
            "func(*semver.Version) bool"
        }
        _ => return None,
    })
}

/// Any of the groups; in a group, all of the constraints.
struct Constraints(Vec<Vec<Constraint>>);

struct Constraint {
    op: String,
    version: Version,
    /// Which parts were left out or written as `x`.
    minor_open: bool,
    patch_open: bool,
    open: bool,
}

/// A version whose parts may be `x`, `X` or `*`.
const OPEN_VERSION: &str = r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";
const OPS: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
const SPACE: &str = r"[\t\n\x0c\r ]";

struct Patterns {
    one: Option<Regex>,
    range: Option<Regex>,
    find: Option<Regex>,
    valid: Option<Regex>,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let (v, o, s) = (OPEN_VERSION, OPS, SPACE);
    Patterns {
        one: Regex::new(&format!("^{s}*({o}){s}*({v}){s}*$")).ok(),
        range: Regex::new(&format!("{s}*({v}){s}+-{s}+({v}){s}*")).ok(),
        find: Regex::new(&format!("({o}){s}*({v})")).ok(),
        valid: Regex::new(&format!("^({s}*({o}){s}*({v}){s}*)((?:{s}+|,{s}*)({o}){s}*({v}){s}*)*$")).ok(),
    }
});

impl Constraints {
    fn parse(text: &str) -> Result<Constraints, String> {
        let improper = |part: &str| format!("improper constraint: {part}");
        let Patterns { one: Some(one), range: Some(range), find: Some(find), valid: Some(valid) } =
            &*PATTERNS
        else {
            return Err(improper(text));
        };
        // `1.2 - 3` is another way to write `>= 1.2, <= 3`.
        let text = range
            .replace_all(text, |found: &regex::Captures<'_>| format!(">= {}, <= {} ", &found[1], &found[11]));
        let groups = text.split("||").map(|group| {
            if !valid.is_match(group) {
                return Err(improper(group));
            }
            find.find_iter(group)
                .map(|part| {
                    let found = one.captures(part.as_str()).ok_or_else(|| improper(part.as_str()))?;
                    let group = |at: usize| found.get(at).map_or("", |group| group.as_str());
                    Constraint::new(group(1), [group(3), group(4), group(5)], group(6))
                })
                .collect()
        });
        groups.collect::<Result<_, _>>().map(Constraints)
    }

    fn check(&self, version: &Version) -> bool {
        self.0.iter().any(|group| {
            let with_pre = group.iter().any(|constraint| !constraint.version.pre.is_empty());
            (version.pre.is_empty() || with_pre) && group.iter().all(|constraint| constraint.check(version))
        })
    }
}

impl Constraint {
    fn new(op: &str, [major, minor, patch]: [&str; 3], pre: &str) -> Result<Constraint, String> {
        let is_open = |part: &str| matches!(part.trim_start_matches('.'), "" | "x" | "X" | "*");
        let (text, minor_open, patch_open, open) = if is_open(major) {
            (format!("0.0.0{pre}"), false, false, true)
        } else if is_open(minor) {
            (format!("{major}.0.0{pre}"), true, false, true)
        } else if is_open(patch) {
            (format!("{major}{minor}.0{pre}"), false, true, true)
        } else {
            (format!("{major}{minor}{patch}{pre}"), false, false, false)
        };
        let version = Version::parse(&text).map_err(|_| "constraint parser error")?;
        Ok(Constraint { op: op.to_owned(), version, minor_open, patch_open, open })
    }

    fn check(&self, v: &Version) -> bool {
        let c = &self.version;
        let order = v.compare(c);
        match self.op.as_str() {
            "" | "=" if !self.open => order.is_eq(),
            "" | "=" | "~" | "~>" => self.check_tilde(v),
            "!=" => self.check_unequal(v),
            ">" => match v.major.cmp(&c.major) {
                _ if !self.open => order.is_gt(),
                Ordering::Greater => true,
                Ordering::Less => false,
                Ordering::Equal if self.minor_open => false,
                Ordering::Equal if self.patch_open => v.minor > c.minor,
                Ordering::Equal => order.is_gt(),
            },
            "<" => order.is_lt(),
            ">=" | "=>" => order.is_ge(),
            "<=" | "=<" if !self.open => order.is_le(),
            "<=" | "=<" => {
                v.major <= c.major && !(v.major == c.major && v.minor > c.minor && !self.minor_open)
            }
            _ => self.check_caret(v),
        }
    }

    fn check_tilde(&self, v: &Version) -> bool {
        let c = &self.version;
        if v.compare(c).is_lt() {
            return false;
        }
        let any = (c.major, c.minor, c.patch) == (0, 0, 0) && !self.minor_open && !self.patch_open;
        any || v.major == c.major && (v.minor == c.minor || self.minor_open)
    }

    fn check_caret(&self, v: &Version) -> bool {
        let c = &self.version;
        if v.compare(c).is_lt() {
            return false;
        }
        if c.major > 0 || self.minor_open {
            return v.major == c.major;
        }
        if v.major > 0 {
            return false;
        }
        if c.minor > 0 || self.patch_open {
            return v.minor == c.minor;
        }
        v.minor == 0 && v.patch == c.patch
    }

    fn check_unequal(&self, v: &Version) -> bool {
        let c = &self.version;
        if self.open {
            if v.major != c.major || v.minor != c.minor && !self.minor_open {
                return true;
            }
            if self.minor_open {
                return false;
            }
            if v.patch != c.patch && !self.patch_open {
                return true;
            }
            if self.patch_open {
                let pre = !v.pre.is_empty() || !c.pre.is_empty();
                return pre && compare_pre(&v.pre, &c.pre).is_ne();
            }
        }
        v.compare(c).is_ne()
    }
}
