//! Makes up templates by the grammar: mostly well-typed calls of every function over the corpus's variables, with some
//! mistakes of type and of syntax among them. The same seed gives the same template on every machine.
//!
//! Left out is what Go answers differently each time: the clock, chance, addresses, the order of `keys`.

use std::collections::HashMap;

/// A source of choices (xorshift64*).
pub(crate) struct Choice(u64);

impl Choice {
    pub(crate) fn new(seed: u64) -> Choice {
        Choice(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit.max(1)
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}

/// One line of functions.txt: what a function takes and gives.
struct Function {
    name: &'static str,
    takes: Vec<&'static str>,
    gives: &'static str,
}

fn functions() -> Vec<Function> {
    let line = |line: &'static str| {
        let (call, gives) = line.split_once("-> ").expect("a result");
        let mut words = call.split_whitespace();
        Function { name: words.next().expect("a name"), takes: words.collect(), gives }
    };
    include_str!("functions.txt").lines().map(line).collect()
}

/// Literals, parenthesized calls and paths of a kind.
fn atoms(kind: &str) -> &'static [&'static str] {
    match kind {
        "str" => &[
            "\"$n-${n}${1}_$1x\"",
            "\"${2}$$$\"",
            ".s",
            ".uni",
            ".html",
            ".ws",
            ".multi",
            ".num",
            ".fnum",
            ".bad",
            ".empty",
            ".date",
            ".json",
            ".m.c.d",
            ".semver",
            "\"\"",
            "\"a\"",
            "\"name\"",
            "\"Hello, World\"",
            "\"x-y_z Foo.bar9\"",
            "`raw\\n \"q\"`",
            "\"\\xff\\x80z\"",
            "\"tab\\t\\u00e9\\n\"",
            "\"$1-${1}x\"",
            "\"k\"",
            "\"l\"",
            "\"a,b,,c\"",
            "\",\"",
            "\"JBSWY3DPEE======\"",
            "\"aGVsbG8=\"",
            "\"aGVs?bG8\"",
            "\"{\\\"a\\\": [1, 2.5e3, null]}\"",
            "\"0x1F\"",
            "\"017\"",
            "\"-12.5\"",
            "\"1e3\"",
            "\"ǆŉß İI\"",
        ],
        "key" => &["\"a\"", "\"c\"", "\"d\"", "0", "1", "2", "7", "nil", "1.0", "'a'", ".i", ".s"],
        "path" => &[
            "\"/a/b/../c.txt\"",
            "\"a//b/.\"",
            "\"\"",
            "\"/\"",
            "\"..\"",
            "\"x.tar.gz\"",
            ".path",
            "\"a/b/\"",
        ],
        "int" => &[
            ".i",
            ".neg",
            ".zero",
            ".big",
            ".huge",
            "0",
            "1",
            "-1",
            "7",
            "12",
            "255",
            "-40",
            "1000000",
            "0x1F",
            "0b101",
            "0o17",
            "1_000",
            "'a'",
            "9223372036854775807",
            "-9223372036854775808",
            "1e3",
            "(len .list)",
            "(int64 5)",
            "(atoi \"12\")",
        ],
        "small" => {
            &["0", "1", "2", "3", "5", "10", "-1", "-3", "(int .i)", "(len .list)", "(int .neg)", "16"]
        }
        "float" => &[
            ".f",
            ".fint",
            ".fsmall",
            ".fbig",
            ".fmid",
            ".fneg",
            "0.1",
            "1.5",
            "-2.25",
            "1e100",
            "1e-9",
            "3.0",
            "123456789.125",
            "0x1p-2",
            "(float64 .fnum)",
            "2.5",
            "1e21",
            "100000.0",
            "1e20",
        ],
        "bool" => &["true", "false", ".t", ".fa", "(not .t)", "(eq 1 1)"],
        "list" => &[
            ".list",
            ".nums",
            ".fl",
            ".mixed",
            ".el",
            ".objs",
            "(list 1 \"b\" nil)",
            "(list)",
            "(list \"b\" \"a\")",
            "(until 3)",
            "(splitList \",\" \"x,y,z\")",
            "(list 1.5 true .m)",
            "(list 0 \"\" false 3)",
            "(list .list .nums)",
        ],
        "map" => &[
            ".m",
            ".m2",
            ".em",
            ".inner",
            ".m.c",
            "(dict)",
            "(dict \"a\" 1 \"b\" \"x\")",
            "(dict \"k\" .list)",
            "(index .objs 0)",
            "(dict \"scheme\" \"https\" \"host\" \"h\" \"path\" \"p\")",
            "(dict \"a\" (dict \"b\" 2))",
        ],
        "time" => &[
            "(toDate \"2006-01-02\" \"2024-02-29\")",
            "(call .time.Parse .date)",
            "(toDate \"2006-01-02T15:04:05Z07:00\" .date)",
            "(toDate \"x\" \"y\")",
            "(call .time.Parse \"1969-12-31T23:59:59.123456789Z\")",
        ],
        "when" => &[
            "(toDate \"2006-01-02\" \"2024-02-29\")",
            "(call .time.Parse .date)",
            "1710000000",
            "(int64 0)",
            ".big",
        ],
        "layout" => &[
            "\"2006-01-02\"",
            "\"Mon, 02 Jan 2006 15:04:05 -0700\"",
            "\"3:04:05.000 PM\"",
            "\"Monday _2 January 06\"",
            "\"002 Z07:00 MST\"",
            "\".999 ,000 __2\"",
            "\"\"",
            "\"Z0700 -07 PM pm 1 01 Jan 5 05\"",
            "\"2006-01-02T15:04:05Z07:00\"",
        ],
        "zone" => &[
            "\"UTC\"",
            "\"Asia/Shanghai\"",
            "\"America/New_York\"",
            "\"\"",
            "\"Nowhere/City\"",
            "\"Europe/Berlin\"",
        ],
        "dur" => &[
            "\"1h30m\"",
            "\"-5s\"",
            "\"95\"",
            "\"0\"",
            "\"1.5h\"",
            "\"100000h\"",
            "\"3ms\"",
            "\"x\"",
            "\"-1.5h\"",
            "\"2562047h\"",
            "\"1d\"",
            "\"1us2ns\"",
            "\"\"",
        ],
        "regex" => &[
            "\"(?P<n>h)|(?P<n>w)\"",
            "\"(?P<1>[a-z])(?<n>.)\"",
            "\"[a-z]+\"",
            "\"(\\\\w)(\\\\d)?\"",
            "\"^h|o$\"",
            "\"\"",
            "\"a*\"",
            "\"(?i)HELLO\"",
            "\"[\"",
            "\"(?P<n>l+)\"",
            "\"\\\\s+\"",
            "\"\\\\bw\"",
            "\".\"",
            "\"(?s).*\"",
            "\"x{2,1}\"",
            "\"a**\"",
            "\"\\\\pL+\"",
            "\"[[:alpha:]]\"",
            "\"(?=a)\"",
            "\"\\\\Qa.b\\\\E\"",
            "\"[^a-m]\"",
            "\"l{1,2}?\"",
            "\"(?m)^l\"",
        ],
        "version" => &[
            "\"1.2.3\"",
            "\"v1.2\"",
            "\"1.2.3-rc.1+build5\"",
            ".semver",
            "\"1\"",
            "\"1.2.3.4\"",
            "\"a.b.c\"",
            "\"01.2.3\"",
            "\"2.0.0\"",
            "\"0.3.0\"",
        ],
        "constraint" => &[
            "\">=1.2\"",
            "\"^1.2.x\"",
            "\"~1.2.3\"",
            "\"1.2.3 - 2\"",
            "\"!=1.2.3 || >3\"",
            "\"*\"",
            "\"=1.2.3-rc.1\"",
            "\">=1.0.0-0, <2\"",
            "\"x.y\"",
            "\"<1.2.3\"",
            "\"^0.3\"",
            "\"~>1\"",
            "\"=> 2\"",
            "\"\"",
            "\">1.2 <3\"",
            "\"1.x || 2.x\"",
        ],
        "url" => &[
            "\"https://u:p@h.example:8080/a%20b/c?q=1&r=x#f\"",
            "\"//h/p\"",
            "\"mailto:a@b\"",
            "\"\"",
            "\"http://[::1]:80/\"",
            "\"a b\"",
            "\"http://h:port/\"",
            "\"%zz\"",
            "\"/p?q\"",
            "\"http://é.example/ü\"",
            "\":x\"",
        ],
        "coll" => &[".list", ".m", ".s", ".el", ".uni", ".i", ".nul", ".secrets", ".context"],
        _ => &[
            "nil",
            ".nul",
            ".missing",
            ".m.zzz",
            ".context",
            "'x'",
            "1i",
            ".secrets",
            "((call .time.Parse .date).Sub (call .time.Parse \"2024-03-05T14:07:09.00000001Z\"))",
            ".context.zzz",
            "(index .secrets \"zzz\")",
            "(index .context \"zzz\")",
            "(index .secrets \"token\")",
            "(semver \"1.2.3-a\")",
            "(list (semver \"v2\"))",
            ".secrets.zzz",
        ],
    }
}

const VERBS: &[&str] = &[
    "v", "+v", "#v", "T", "t", "d", "b", "o", "O", "x", "X", "#x", "c", "q", "#q", "U", "#U", "e", "E", "f",
    "F", "g", "G", "s", "%", "z", "!", "w",
];

/// Templates one after another.
pub(crate) struct Generator {
    choice: Choice,
    functions: Vec<Function>,
    by_result: HashMap<&'static str, Vec<usize>>,
    /// Variables in scope, with their kinds.
    variables: Vec<(String, &'static str)>,
    /// How many loops we are in.
    loops: usize,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Generator {
        let functions = functions();
        let mut by_result: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, function) in functions.iter().enumerate() {
            by_result.entry(function.gives).or_default().push(at);
        }
        Generator { choice: Choice::new(seed), functions, by_result, variables: Vec::new(), loops: 0 }
    }

    /// The next template.
    pub(crate) fn template(&mut self) -> String {
        self.variables.clear();
        self.loops = 0;
        let mut out = String::new();
        if self.choice.percent(12) {
            let body = self.body(1);
            out += &format!("{{{{define \"d\"}}}}{body}{{{{end}}}}");
        }
        self.variables.clear();
        let parts = 1 + self.choice.below(2);
        for _ in 0..parts {
            out += &self.node(0);
        }
        if self.choice.percent(6) { self.spoiled(&out) } else { out }
    }

    /// The same text with one place broken.
    fn spoiled(&mut self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let at = self.choice.below(chars.len());
        let (before, after): (String, String) = (chars[..at].iter().collect(), chars[at..].iter().collect());
        match self.choice.below(3) {
            0 => before + after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default(),
            1 => {
                before
                    + self.choice.of(&[
                        "}", "{{", "|", "\"", "(", ")", " ", "$", ".", "\n", ":=", "=", "end", "0", "é",
                        "\u{1}", ",", "-",
                    ])
                    + &after
            }
            _ => before,
        }
    }

    fn body(&mut self, depth: usize) -> String {
        let known = self.variables.len();
        let out = (0..1 + self.choice.below(2)).map(|_| self.node(depth)).collect();
        self.variables.truncate(known);
        out
    }

    fn kind(&mut self) -> &'static str {
        self.choice.of(&["str", "int", "float", "bool", "list", "map", "any", "time", "str", "any"])
    }

    fn node(&mut self, depth: usize) -> String {
        let trim = |choice: &mut Choice| if choice.percent(8) { ("{{- ", " -}}") } else { ("{{", "}}") };
        let (open, close) = trim(&mut self.choice);
        let known = self.variables.len();
        let at = if depth > 2 { self.choice.below(60) } else { self.choice.below(100) };
        let out = match at {
            0..8 => self
                .choice
                .of(&["text ", "\n", " x\n  ", "é", "{", "{{/* c */}}", "{{- /* c */ -}}"])
                .to_owned(),
            8..50 => {
                let kind = self.kind();
                // The answers are kept as JSON, where bytes that are not UTF-8 would all look the same.
                let hex = if self.choice.percent(15) { " | printf \"%x\"" } else { "" };
                let hex = if matches!(kind, "str" | "bool") { hex } else { "" };
                format!("{open}{}{hex}{close}", self.pipeline(kind))
            }
            50..58 => {
                let kind = self.kind();
                let value = self.pipeline(kind);
                let name = format!("$v{}", self.variables.len());
                self.variables.push((name.clone(), kind));
                return format!("{open}{name} := {value}{close}");
            }
            58..60 if self.loops > 0 => self.choice.of(&["{{break}}", "{{continue}}"]).to_owned(),
            58..60 => match self.variables.last().cloned() {
                Some((name, kind)) => format!("{open}{name} = {}{close}", self.pipeline(kind)),
                None => "{{$}}x".replace("{{$}}", "{{$.s}}"),
            },
            60..74 => {
                let (condition, body) = (self.condition(), self.body(depth + 1));
                let mut out = format!("{open}if {condition}{close}{body}");
                if self.choice.percent(30) {
                    out += &format!("{{{{else if {}}}}}{}", self.condition(), self.body(depth + 1));
                }
                if self.choice.percent(50) {
                    out += &format!("{{{{else}}}}{}", self.body(depth + 1));
                }
                out + "{{end}}"
            }
            74..82 => {
                let kind = self.kind();
                let name = format!("$w{depth}");
                let value = self.pipeline(kind);
                self.variables.push((name.clone(), kind));
                let body = self.body(depth + 1);
                self.variables.truncate(known);
                let other = if self.choice.percent(30) {
                    format!("{{{{else}}}}{}", self.body(depth + 1))
                } else {
                    String::new()
                };
                if self.choice.percent(50) {
                    format!("{open}with {name} := {value}{close}{body}{other}{{{{end}}}}")
                } else {
                    format!("{open}with {value}{close}{{{{.}}}}{other}{{{{end}}}}")
                }
            }
            82..94 => {
                // Of other kinds come numbers that are a loop without end.
                let kind = self.choice.of(&["list", "map", "list", "small", "str"]);
                let over = self.pipeline(kind);
                let (key, value) = (format!("$k{depth}"), format!("$e{depth}"));
                let head = match self.choice.below(4) {
                    0 => format!("{over}{close}{{{{.}}}},"),
                    1 => format!("{value} := {over}{close}{{{{{value}}}}};"),
                    _ => {
                        self.variables.push((key.clone(), "any"));
                        self.variables.push((value.clone(), "any"));
                        format!("{key}, {value} := {over}{close}{{{{{key}}}}}={{{{{value}}}}};")
                    }
                };
                self.loops += 1;
                let body = if self.choice.percent(60) { self.body(depth + 1) } else { String::new() };
                self.loops -= 1;
                self.variables.truncate(known);
                let other = if self.choice.percent(20) { "{{else}}none" } else { "" };
                format!("{open}range {head}{body}{other}{{{{end}}}}")
            }
            94..97 => self
                .choice
                .of(&["{{template \"d\" .}}", "{{template \"d\" .m}}", "{{template \"d\"}}"])
                .to_owned(),
            _ => {
                let kind = self.kind();
                format!("{open}block \"b{depth}\" {}{close}[{{{{.}}}}]{{{{end}}}}", self.pipeline(kind))
            }
        };
        self.variables.truncate(known);
        out
    }

    fn condition(&mut self) -> String {
        let kind = self.choice.of(&["bool", "bool", "any", "str", "list"]);
        self.pipeline(kind)
    }

    fn pipeline(&mut self, kind: &'static str) -> String {
        if self.choice.percent(25) {
            return self.atom(kind);
        }
        let Some((call, takes)) = self.call(kind, 0, true) else { return self.atom(kind) };
        match takes {
            Some(last) => format!("{} | {call}", self.pipeline_start(last)),
            None => call,
        }
    }

    fn pipeline_start(&mut self, kind: &'static str) -> String {
        let value = self.operand(kind, 1);
        value
            .strip_prefix('(')
            .and_then(|v| v.strip_suffix(')'))
            .filter(|v| !v.contains(['(', ')']))
            .map(str::to_owned)
            .unwrap_or(value)
    }

    /// A call without parentheses; with `pipes`, its last argument may be left to the pipeline.
    fn call(
        &mut self,
        kind: &'static str,
        depth: usize,
        pipes: bool,
    ) -> Option<(String, Option<&'static str>)> {
        let at = match self.by_result.get(kind) {
            Some(fit) if kind != "any" || self.choice.percent(40) => fit[self.choice.below(fit.len())],
            _ if kind == "any" => self.choice.below(self.functions.len()),
            _ => return None,
        };
        let mut kinds = Vec::new();
        for kind in &self.functions[at].takes {
            match kind.strip_suffix('*') {
                Some(kind) => kinds.extend(std::iter::repeat_n(kind, self.choice.below(4))),
                None => kinds.push(kind),
            }
        }
        if self.choice.percent(2) {
            kinds.pop();
        }
        let last = if pipes && self.choice.percent(40) { kinds.pop() } else { None };
        let mut out = self.functions[at].name.to_owned();
        // What these answer to a value of another type depends on the clock.
        let exact = matches!(&*out, "dateInZone" | "htmlDateInZone" | "durationRound");
        for kind in kinds {
            let kind = if !exact && self.choice.percent(4) { self.kind() } else { kind };
            out = out + " " + &self.operand(kind, depth + 1);
        }
        if exact && last.is_some() {
            out = out + " " + &self.operand(last?, 3);
            return Some((out, None));
        }
        Some((out, last))
    }

    fn operand(&mut self, kind: &'static str, depth: usize) -> String {
        if kind == "format" {
            return self.format();
        }
        if depth < 3
            && self.choice.percent(35 - 8 * depth)
            && let Some((call, None)) = self.call(kind, depth, false)
        {
            return format!("({call})");
        }
        self.atom(kind)
    }

    fn atom(&mut self, kind: &'static str) -> String {
        if self.choice.percent(20) {
            let fit: Vec<_> = self.variables.iter().filter(|(_, of)| *of == kind || kind == "any").collect();
            if !fit.is_empty() {
                return fit[self.choice.below(fit.len())].0.clone();
            }
        }
        let kind = if kind == "any" && self.choice.percent(80) { self.kind() } else { kind };
        let atom = self.choice.of(atoms(kind));
        // Inside other bodies dot is something else; `$` is what it was.
        if atom.starts_with('.') {
            format!("${atom}")
        } else {
            atom.replace("(call .", "(call $.").replace(" .", " $.")
        }
    }

    fn format(&mut self) -> String {
        let mut out = String::from("\"");
        for _ in 0..1 + self.choice.below(3) {
            out += self.choice.of(&["", "", "a", " ", "é", "%%"]);
            out.push('%');
            for _ in 0..self.choice.below(3) {
                out += self.choice.of(&["+", "-", "#", " ", "0"]);
            }
            out += self.choice.of(&["", "", "", "6", "1", "12", "*", "[1]", "[2]", "[9]", "[x]"]);
            out += self.choice.of(&["", "", "", ".2", ".0", ".", ".*", ".10"]);
            out += self.choice.of(VERBS);
        }
        out + "\""
    }
}
