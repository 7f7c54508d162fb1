//! Random programs by the grammar: mostly of fitting types, sometimes of others, sometimes with a broken spelling.
//!
//! The same seed gives the same programs. Names are those of the set `misc` in tests/compat/data.json.

/// A source of random choices (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// What a part of a program should be.
#[derive(Clone, Copy, PartialEq)]
enum Want {
    Any,
    Int,
    Number,
    Text,
    Bool,
    List,
    Map,
    Date,
    Duration,
}

const WANTS: [Want; 9] = [
    Want::Any,
    Want::Int,
    Want::Number,
    Want::Text,
    Want::Bool,
    Want::List,
    Want::Map,
    Want::Date,
    Want::Duration,
];

/// A program, and now and then one with a mistake in its spelling.
pub(crate) fn program(random: &mut Random) -> String {
    let mut grammar = Grammar { random, predicates: 0, accumulates: false, variables: 0, sight: Vec::new() };
    let want = grammar.wanted(Want::Any);
    let source = grammar.top(want);
    if random.chance(8) { misspelt(random, &source) } else { source }
}

/// One character or word dropped, doubled or replaced.
fn misspelt(random: &mut Random, source: &str) -> String {
    let mut chars: Vec<char> = source.chars().collect();
    for _ in 0..=random.below(2) {
        let at = random.below(chars.len());
        let piece = random.pick(&[
            "(", ")", "[", "]", "{", "}", ".", "..", "?.", "?", ":", "::", ",", ";", "#", "|", "||", "not ",
            " in ", "'", "\"", "\\", "`", "let ", "=", "==", "@", "é", "\n", "//", "/*", "0x", "1e", "_",
            " ", "if ", "**",
        ]);
        match random.below(3) {
            0 if !chars.is_empty() => {
                chars.remove(at);
            }
            1 if !chars.is_empty() => {
                chars.splice(at..=at, piece.chars());
            }
            _ => {
                chars.splice(at..at, piece.chars());
            }
        }
    }
    chars.into_iter().collect()
}

struct Grammar<'r> {
    random: &'r mut Random,
    /// How many predicates are open.
    predicates: usize,
    accumulates: bool,
    variables: usize,
    sight: Vec<String>,
}

impl Grammar<'_> {
    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        self.random.pick(from)
    }

    /// What is wanted, or one time in fifteen something else.
    fn wanted(&mut self, want: Want) -> Want {
        if want == Want::Any || self.random.chance(7) { WANTS[self.random.below(WANTS.len())] } else { want }
    }

    fn top(&mut self, want: Want) -> String {
        let depth = 1 + self.random.below(4);
        match self.random.below(14) {
            0 => {
                self.variables += 1;
                let name = format!("v{}", self.variables);
                let value = self.expression(Want::Any, depth - 1);
                self.sight.push(name.clone());
                let body = self.expression(want, depth);
                self.sight.pop();
                format!("let {name} = {value}; {body}")
            }
            1 => {
                let first = self.expression(Want::Any, depth - 1);
                let last = self.expression(want, depth);
                format!("{first}; {last}")
            }
            2 => {
                let cond = self.expression(Want::Bool, depth - 1);
                let (yes, no) = (self.expression(want, depth - 1), self.expression(want, depth - 1));
                format!("if {cond} {{ {yes} }} else {{ {no} }}")
            }
            _ => self.expression(want, depth),
        }
    }

    fn expression(&mut self, want: Want, depth: usize) -> String {
        let want = self.wanted(want);
        if depth == 0 || self.random.chance(12) {
            return self.leaf(want);
        }
        let below = depth - 1;
        match self.random.below(12) {
            0 => {
                let cond = self.expression(Want::Bool, below);
                let (yes, no) = (self.expression(want, below), self.expression(want, below));
                format!("({cond} ? {yes} : {no})")
            }
            1 => {
                let (left, right) = (self.expression(want, below), self.expression(want, below));
                format!("({left} ?? {right})")
            }
            2 => format!("({})", self.expression(want, below)),
            3 => self.member(below),
            _ => self.made(want, below),
        }
    }

    fn leaf(&mut self, want: Want) -> String {
        if self.predicates > 0 && self.random.chance(45) {
            let more = if self.accumulates { "#acc" } else { "#" };
            return self.pick(&["#", "#", ".n", ".name", ".tags", "#index", more, more]).to_owned();
        }
        if !self.sight.is_empty() && self.random.chance(40) {
            return self.sight[self.random.below(self.sight.len())].clone();
        }
        let choice = match want {
            Want::Int => {
                self.pick(&["i", "neg", "zero", "big", "huge", "0", "1", "2", "3", "0x1f", "1_000", "0b11"])
            }
            Want::Number => {
                self.pick(&["f", "fint", "fsmall", "fbig", "fneg", "i", "1.5", ".5", "2e3", "1e-7", "7"])
            }
            Want::Text => self.pick(&[
                "s",
                "empty",
                "uni",
                "html",
                "ws",
                "multi",
                "num",
                "fnum",
                "bad",
                "date",
                "path",
                "semver",
                "json",
                "'a'",
                "\"b\\n\"",
                "`r\\`",
                "'o w'",
                "''",
                "\"\\u00e9\"",
                "'2024-03-05'",
                "','",
                "'wörld'",
                "'\\x41'",
            ]),
            Want::Bool => self.pick(&["t", "fa", "true", "false", "notx"]),
            Want::List => self.pick(&[
                "list",
                "nums",
                "fl",
                "mixed",
                "el",
                "objs",
                "[1, 2, 3]",
                "['a', 'b']",
                "[]",
                "1..4",
                "3..1",
                "[1, 'a']",
                "objs[0].tags",
                "[1.5, 2]",
                "[nil, 1]",
            ]),
            Want::Map => {
                self.pick(&["m", "m2", "em", "objs[0]", "{}", "{a: 1}", "{'b c': 'd', a: [1]}", "m.c"])
            }
            Want::Date => self.pick(&["date(date)", "date('2024-02-29')", "date('2024-01-02 03:04:05')"]),
            Want::Duration => self.pick(&["duration('1h30m')", "duration('-5s')", "duration('1ms')"]),
            Want::Any => self.pick(&["nul", "nil", "missing", "$env.f", "b'xy'", "inner", "time.Hour"]),
        };
        choice.to_owned()
    }

    fn member(&mut self, depth: usize) -> String {
        let (map, list) = (self.expression(Want::Map, depth), self.expression(Want::List, depth));
        let (int, text) = (self.expression(Want::Int, depth), self.expression(Want::Text, depth));
        match self.random.below(12) {
            0 => format!("{map}.a"),
            1 => format!("{map}?.a?.b"),
            2 => format!("{map}[{text}]"),
            3 => format!("{map}.c?.d"),
            4 => format!("{list}[{int}]"),
            5 => format!("{list}[-1]"),
            6 => format!("{list}[{int}:]"),
            7 => format!("{list}[:{int}]"),
            8 => format!("{text}[1:{int}]"),
            9 => format!("{list}?.[0]"),
            10 => format!("$env[{text}]"),
            _ => format!("get({map}, {text})"),
        }
    }

    fn made(&mut self, want: Want, depth: usize) -> String {
        match want {
            Want::Bool => self.truth(depth),
            Want::Int | Want::Number => self.number(want, depth),
            Want::Text => self.text(depth),
            Want::List => self.list(depth),
            Want::Map => self.map(depth),
            Want::Date | Want::Duration => self.time(want, depth),
            Want::Any if self.random.chance(15) => {
                // What stands in a call of an unknown function is not checked.
                let function = self.pick(&[
                    "hasPrefix",
                    "take",
                    "keys",
                    "split",
                    "trim",
                    "replace",
                    "join",
                    "sort",
                    "bitand",
                    "int",
                    "toJSON",
                    "repeat",
                    "flatten",
                    "get",
                    "upper",
                    "indexOf",
                    "toBase64",
                    "reverse",
                    "concat",
                    "date",
                    "max",
                ]);
                let args: Vec<String> =
                    (0..self.random.below(4)).map(|_| self.expression(Want::Any, depth)).collect();
                format!("missing({function}({}))", args.join(", "))
            }
            Want::Any => {
                let inner = self.expression(Want::Any, depth);
                let function =
                    self.pick(&["type", "string", "toJSON", "len", "first", "last", "int", "float"]);
                if self.random.chance(30) {
                    format!("{inner} | {function}()")
                } else {
                    format!("{function}({inner})")
                }
            }
        }
    }

    fn truth(&mut self, depth: usize) -> String {
        let of = WANTS[self.random.below(WANTS.len())];
        match self.random.below(12) {
            0 | 1 => {
                let op = self.pick(&["==", "!="]);
                let (left, right) = (self.expression(of, depth), self.expression(of, depth));
                format!("{left} {op} {right}")
            }
            2 | 3 => {
                let of =
                    [Want::Int, Want::Number, Want::Text, Want::Date, Want::Duration][self.random.below(5)];
                let op = self.pick(&["<", ">", "<=", ">="]);
                let (left, right) = (self.expression(of, depth), self.expression(of, depth));
                format!("{left} {op} {right}")
            }
            4 | 5 => {
                let op = self.pick(&["and", "or", "&&", "||"]);
                let (left, right) = (self.expression(Want::Bool, depth), self.expression(Want::Bool, depth));
                format!("({left}) {op} {right}")
            }
            6 => {
                let op = self.pick(&["not ", "!"]);
                format!("{op}({})", self.expression(Want::Bool, depth))
            }
            7 => {
                let op = self.pick(&["contains", "startsWith", "endsWith", "not contains", "matches"]);
                let (left, right) = (self.expression(Want::Text, depth), self.expression(Want::Text, depth));
                format!("{left} {op} {right}")
            }
            8 => {
                let pattern = self.pick(&[
                    "'^h'",
                    "'[a-z]+$'",
                    "`\\d{2,}`",
                    "'(?i)WORLD'",
                    "'ö|é'",
                    "`\\bline\\b`",
                    "'('",
                ]);
                format!("{} matches {pattern}", self.expression(Want::Text, depth))
            }
            9 => {
                let op = self.pick(&["in", "not in"]);
                let container = if self.random.chance(70) { Want::List } else { Want::Map };
                let (left, right) = (self.expression(of, depth), self.expression(container, depth));
                format!("{left} {op} {right}")
            }
            10 => {
                let list = self.expression(Want::List, depth);
                let function = self.pick(&["all", "any", "none", "one"]);
                format!("{function}({list}, {})", self.predicate(Want::Bool, depth))
            }
            _ => {
                let of = Want::Int;
                let (a, b) = (self.expression(of, depth), self.expression(of, depth));
                let (c, op) = (self.expression(of, depth), self.pick(&["<", "<=", ">"]));
                format!("{a} {op} {b} {op} {c}")
            }
        }
    }

    fn number(&mut self, want: Want, depth: usize) -> String {
        match self.random.below(10) {
            0..=3 => {
                let op = self.pick(&["+", "-", "*", "/", "%", "**", "^"]);
                let (left, right) = (self.expression(want, depth), self.expression(want, depth));
                format!("{left} {op} {right}")
            }
            4 => {
                let op = self.pick(&["-", "+", "- "]);
                format!("{op}{}", self.expression(want, depth))
            }
            5 => {
                let of = [Want::Text, Want::List, Want::Map][self.random.below(3)];
                format!("len({})", self.expression(of, depth))
            }
            6 => {
                let function = self.pick(&["abs", "ceil", "floor", "round", "int", "float", "bitnot"]);
                format!("{function}({})", self.expression(Want::Number, depth))
            }
            7 => {
                let function = self.pick(&["max", "min", "sum", "mean", "median"]);
                if self.random.chance(50) {
                    return format!("{function}({})", self.expression(Want::List, depth));
                }
                let (left, right) = (self.expression(want, depth), self.expression(want, depth));
                format!("{function}({left}, {right})")
            }
            8 => {
                let list = self.expression(Want::List, depth);
                match self.random.below(4) {
                    0 => format!("count({list}, {})", self.predicate(Want::Bool, depth)),
                    1 => format!("sum({list}, {})", self.predicate(Want::Number, depth)),
                    2 => {
                        let function = self.pick(&["findIndex", "findLastIndex"]);
                        format!("{function}({list}, {})", self.predicate(Want::Bool, depth))
                    }
                    _ => {
                        self.accumulates = true;
                        let body = self.predicate(want, depth);
                        self.accumulates = false;
                        let start = if self.random.chance(60) { ", 0" } else { "" };
                        format!("reduce({list}, {body}{start})")
                    }
                }
            }
            _ => {
                let function =
                    self.pick(&["bitand", "bitor", "bitxor", "bitnand", "bitshl", "bitshr", "bitushr"]);
                let (left, right) = (self.expression(Want::Int, depth), self.expression(Want::Int, depth));
                format!("{function}({left}, {right})")
            }
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let text = self.expression(Want::Text, depth);
        match self.random.below(9) {
            0 | 1 => format!("{text} + {}", self.expression(Want::Text, depth)),
            2 | 3 => {
                let function = self.pick(&[
                    "trim",
                    "upper",
                    "lower",
                    "trimPrefix",
                    "trimSuffix",
                    "toBase64",
                    "fromBase64",
                ]);
                format!("{function}({text})")
            }
            4 => {
                let (old, new) = (self.expression(Want::Text, 0), self.expression(Want::Text, 0));
                let limit = self.pick(&["", ", 1", ", -1", ", 0"]);
                format!("replace({text}, {old}, {new}{limit})")
            }
            5 => format!("repeat({text}, {})", self.pick(&["0", "1", "2", "i", "neg"])),
            6 => {
                let separator = self.expression(Want::Text, 0);
                format!("join({}, {separator})", self.expression(Want::List, depth))
            }
            7 => {
                let of = WANTS[self.random.below(WANTS.len())];
                let function = self.pick(&["string", "toJSON", "type"]);
                format!("{function}({})", self.expression(of, depth))
            }
            _ => {
                let layout = self.pick(&["'2006-01-02'", "'Mon Jan _2 15:04:05 MST 2006'", "time.Kitchen"]);
                format!("{}.Format({layout})", self.expression(Want::Date, depth))
            }
        }
    }

    fn list(&mut self, depth: usize) -> String {
        let list = self.expression(Want::List, depth);
        match self.random.below(13) {
            0 => format!("filter({list}, {})", self.predicate(Want::Bool, depth)),
            1 | 2 => format!("map({list}, {})", self.predicate(Want::Any, depth)),
            3 => {
                let (key, order) =
                    (self.predicate(Want::Int, depth), self.pick(&["", ", 'desc'", ", 'asc'"]));
                format!("sortBy({list}, {key}{order})")
            }
            4 => {
                let function =
                    self.pick(&["reverse", "uniq", "flatten", "sort", "toPairs", "keys", "values"]);
                format!("{list} | {function}()")
            }
            5 => {
                let function = self.pick(&["keys", "values", "toPairs"]);
                format!("{function}({})", self.expression(Want::Map, depth))
            }
            6 => format!("concat({list}, {})", self.expression(Want::List, depth)),
            7 => format!("take({list}, {})", self.expression(Want::Int, depth)),
            8 => format!("{}..{}", self.expression(Want::Int, 0), self.pick(&["3", "i", "5", "neg"])),
            9 => {
                let (a, b) = (self.expression(Want::Any, depth), self.expression(Want::Any, depth));
                format!("[{a}, {b}]")
            }
            10 => {
                let function = self.pick(&["split", "splitAfter"]);
                let limit = self.pick(&["", ", 2", ", -1"]);
                format!(
                    "{function}({}, {}{limit})",
                    self.expression(Want::Text, depth),
                    self.expression(Want::Text, 0)
                )
            }
            11 => {
                let function = self.pick(&["find", "findLast", "first", "last"]);
                if function.starts_with("find") {
                    return format!("[{function}({list}, {})]", self.predicate(Want::Bool, depth));
                }
                format!("{function}(filter({list}, {}))", self.predicate(Want::Bool, depth))
            }
            _ => format!("sort({list}, {})", self.pick(&["'desc'", "'asc'", "'up'"])),
        }
    }

    fn map(&mut self, depth: usize) -> String {
        match self.random.below(5) {
            0 => format!(
                "fromJSON({})",
                self.pick(&["json", "'{\"a\": {\"b\": [1, null]}}'", "s", "'{\"a\":1.50}'"])
            ),
            1 => format!(
                "groupBy({}, {})",
                self.expression(Want::List, depth),
                self.predicate(Want::Text, depth)
            ),
            2 => format!("fromPairs(toPairs({}))", self.expression(Want::Map, depth)),
            _ => {
                let (a, b) = (self.expression(Want::Any, depth), self.expression(Want::Any, depth));
                let key = self.pick(&["b", "'k e'", "1", "(s)", "'ö'"]);
                format!("{{a: {a}, {key}: {b}}}")
            }
        }
    }

    fn time(&mut self, want: Want, depth: usize) -> String {
        let (date, span) = (self.expression(Want::Date, depth), self.expression(Want::Duration, depth));
        if want == Want::Date {
            return match self.random.below(5) {
                0 => format!("{date} + {span}"),
                1 => format!("{date} - {span}"),
                2 => format!("{date}.Truncate({span})"),
                3 => format!("{date}.In(timezone('Asia/Shanghai'))"),
                _ => format!("{date}.AddDate(0, {}, 1)", self.expression(Want::Int, 0)),
            };
        }
        match self.random.below(6) {
            0 => format!("{date} - {}", self.expression(Want::Date, depth)),
            1 => format!("{span} + {}", self.expression(Want::Duration, depth)),
            2 => format!("{span} * {}", self.expression(Want::Number, depth)),
            3 => format!(
                "{span}.{}()",
                self.pick(&["Hours", "Minutes", "Seconds", "String", "Abs", "Milliseconds"])
            ),
            4 => format!(
                "{date}.{}()",
                self.pick(&["Year", "Month", "Weekday", "YearDay", "Unix", "Hour", "String"])
            ),
            _ => format!(
                "{date}.{}({})",
                self.pick(&["Before", "After", "Equal", "Sub"]),
                self.expression(Want::Date, depth)
            ),
        }
    }

    fn predicate(&mut self, want: Want, depth: usize) -> String {
        self.predicates += 1;
        let body = self.expression(want, depth);
        self.predicates -= 1;
        if self.random.chance(35) { format!("{{{body}}}") } else { body }
    }
}
