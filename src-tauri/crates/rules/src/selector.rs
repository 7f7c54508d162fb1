//! Kubernetes label selectors (`k8s.io/apimachinery/pkg/labels/selector.go`): `a=b, c!=d, e in (f,g), !h, i>1`.

use std::fmt;

/// Which labels an application must have. The empty selector matches every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    text: String,
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Exists,
    Absent,
    In(Vec<String>),
    /// Also true when the label is absent.
    NotIn(Vec<String>),
    Greater(i64),
    Less(i64),
}

/// A selector that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SelectorError {
    /// Byte offset in the selector.
    pub at: usize,
    /// What is wrong.
    pub detail: String,
}

impl Selector {
    /// Parses a selector.
    ///
    /// # Errors
    /// Where the text is no selector, or a key or value no label's.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut parser = Parser { tokens: tokens(text), next: 0, end: text.len() };
        let mut requirements = Vec::new();
        if parser.tokens.is_empty() {
            return Ok(Self::default());
        }
        loop {
            requirements.push(parser.requirement()?);
            match parser.take() {
                (_, Token::End) => return Ok(Self { text: text.to_owned(), requirements }),
                (_, Token::Comma) => {}
                (at, token) => return Err(error(at, format!("expected `,` or the end, found `{token}`"))),
            }
        }
    }

    /// Whether labels satisfy it. `label` gives the value of a label, None if the application has it not.
    pub fn matches(&self, label: impl Fn(&str) -> Option<String>) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = label(&requirement.key);
            match &requirement.test {
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
                Test::In(values) => value.is_some_and(|value| values.contains(&value)),
                Test::NotIn(values) => value.is_none_or(|value| !values.contains(&value)),
                Test::Greater(limit) => number(value).is_some_and(|value| value > *limit),
                Test::Less(limit) => number(value).is_some_and(|value| value < *limit),
            }
        })
    }
}

impl Selector {
    /// As it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The labels it asks for, in the order of the text.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.requirements.iter().map(|requirement| requirement.key.as_str())
    }
}

fn number(value: Option<String>) -> Option<i64> {
    value?.parse().ok()
}

fn error(at: usize, detail: impl Into<String>) -> SelectorError {
    SelectorError { at, detail: detail.into() }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Comma,
    Open,
    Close,
    Not,
    Equals,
    Differs,
    Greater,
    Less,
    End,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Word(word) => word,
            Self::Comma => ",",
            Self::Open => "(",
            Self::Close => ")",
            Self::Not => "!",
            Self::Equals => "=",
            Self::Differs => "!=",
            Self::Greater => ">",
            Self::Less => "<",
            Self::End => "the end",
        })
    }
}

fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, len) = match first {
            _ if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            ',' => (Token::Comma, 1),
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '>' => (Token::Greater, 1),
            '<' => (Token::Less, 1),
            '=' if rest.starts_with("==") => (Token::Equals, 2),
            '=' => (Token::Equals, 1),
            '!' if rest.starts_with("!=") => (Token::Differs, 2),
            '!' => (Token::Not, 1),
            _ => {
                let end = |c: char| c.is_whitespace() || ",()><=!".contains(c);
                let len = rest.find(end).unwrap_or(rest.len());
                (Token::Word(rest[..len].to_owned()), len)
            }
        };
        tokens.push((at, token));
        at += len;
    }
    tokens
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> (usize, Token) {
        self.tokens.get(self.next).cloned().unwrap_or((self.end, Token::End))
    }

    fn take(&mut self) -> (usize, Token) {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, SelectorError> {
        let absent = self.peek().1 == Token::Not;
        if absent {
            self.take();
        }
        let key = match self.take() {
            (at, Token::Word(word)) => label_key(at, word)?,
            (at, token) => return Err(error(at, format!("expected a label, found `{token}`"))),
        };
        if absent {
            return Ok(Requirement { key, test: Test::Absent });
        }
        let test = match self.peek() {
            (_, Token::End | Token::Comma) => return Ok(Requirement { key, test: Test::Exists }),
            (_, Token::Equals) => self.operand().map(|value| Test::In(vec![value]))?,
            (_, Token::Differs) => self.operand().map(|value| Test::NotIn(vec![value]))?,
            (_, Token::Greater) => Test::Greater(self.integer()?),
            (_, Token::Less) => Test::Less(self.integer()?),
            (_, Token::Word(word)) if word == "in" => Test::In(self.set()?),
            (_, Token::Word(word)) if word == "notin" => Test::NotIn(self.set()?),
            (at, token) => {
                return Err(error(at, format!("expected `=`, `!=`, `in` or `notin`, found `{token}`")));
            }
        };
        Ok(Requirement { key, test })
    }

    /// The value behind an operator; nothing there is the empty value.
    fn operand(&mut self) -> Result<String, SelectorError> {
        self.take();
        match self.peek() {
            (at, Token::Word(word)) => {
                self.take();
                label_value(at, word)
            }
            (_, Token::End | Token::Comma) => Ok(String::new()),
            (at, token) => Err(error(at, format!("expected a value, found `{token}`"))),
        }
    }

    fn integer(&mut self) -> Result<i64, SelectorError> {
        self.take();
        let (at, token) = self.take();
        token.to_string().parse().map_err(|_| error(at, format!("expected a whole number, found `{token}`")))
    }

    fn set(&mut self) -> Result<Vec<String>, SelectorError> {
        self.take();
        match self.take() {
            (_, Token::Open) => {}
            (at, token) => return Err(error(at, format!("expected `(`, found `{token}`"))),
        }
        let mut values = Vec::new();
        loop {
            // `(a,,b)` and `()` hold the empty value.
            match self.peek() {
                (at, Token::Word(word)) => {
                    self.take();
                    values.push(label_value(at, word)?);
                }
                (_, Token::Comma | Token::Close) => values.push(String::new()),
                (at, token) => return Err(error(at, format!("expected a value, found `{token}`"))),
            }
            match self.take() {
                (_, Token::Comma) => {}
                (_, Token::Close) => return Ok(values),
                (at, token) => return Err(error(at, format!("expected `,` or `)`, found `{token}`"))),
            }
        }
    }
}

/// `[PREFIX/]NAME`: the prefix a DNS name, the name up to 63 of `[A-Za-z0-9._-]` with alphanumeric ends.
fn label_key(at: usize, key: String) -> Result<String, SelectorError> {
    let (prefix, name) =
        key.split_once('/').map_or((None, key.as_str()), |(prefix, name)| (Some(prefix), name));
    let prefix_fits = prefix.is_none_or(|prefix| {
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        !prefix.is_empty() && prefix.len() <= 253 && prefix.chars().all(lower) && ends_fit(prefix)
    });
    if prefix_fits && !name.is_empty() && name_fits(name) {
        Ok(key)
    } else {
        Err(error(at, format!("`{key}` is no name of a label")))
    }
}

fn label_value(at: usize, value: String) -> Result<String, SelectorError> {
    if name_fits(&value) { Ok(value) } else { Err(error(at, format!("`{value}` is no value of a label"))) }
}

fn name_fits(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.len() <= 63 && name.chars().all(inner) && ends_fit(name)
}

fn ends_fit(name: &str) -> bool {
    let fits = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    fits(name.chars().next()) && fits(name.chars().last())
}

#[cfg(test)]
mod tests {
    use super::Selector;

    const LABELS: &[(&str, &str)] = &[
        ("team", "payments"),
        ("env", "prod"),
        ("tier", ""),
        ("wave", "5"),
        ("app.kubernetes.io/name", "x"),
    ];

    #[test]
    fn selectors_match_as_in_kubernetes() {
        let cases = [
            ("", true),
            ("  ", true),
            ("env=prod", true),
            ("env==prod,team=payments", true),
            ("env = prod , team = other", false),
            ("env!=prod", false),
            ("env!=dev", true),
            ("missing!=dev", true),
            ("missing=", false),
            ("tier=", true),
            ("env in (prod, stage)", true),
            ("env in (dev,stage)", false),
            ("missing in (dev)", false),
            ("env notin (dev,stage)", true),
            ("missing notin (dev)", true),
            ("tier in (a,)", true),
            ("team", true),
            ("!team", false),
            ("! missing", true),
            ("missing", false),
            ("wave>4", true),
            ("wave > 5", false),
            ("wave<6", true),
            ("env>1", false),
            ("app.kubernetes.io/name=x", true),
            ("in in (in)", false),
        ];
        for (text, expected) in cases {
            let selector = Selector::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let label = |name: &str| {
                LABELS.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(selector.matches(label), expected, "{text}");
        }
    }

    #[test]
    fn broken_selectors_say_where() {
        let cases = [
            ("env=prod,", 9, "expected a label, found `the end`"),
            (",env", 0, "expected a label, found `,`"),
            ("env in prod", 7, "expected `(`, found `prod`"),
            ("env in (a", 9, "expected `,` or `)`, found `the end`"),
            ("env like x", 4, "expected `=`, `!=`, `in` or `notin`, found `like`"),
            ("wave>x", 5, "expected a whole number, found `x`"),
            ("env=a=b", 5, "expected `,` or the end, found `=`"),
            ("-x=1", 0, "`-x` is no name of a label"),
            ("/x=1", 0, "`/x` is no name of a label"),
            ("env=中", 4, "`中` is no value of a label"),
            ("!a=b", 2, "expected `,` or the end, found `=`"),
        ];
        for (text, at, detail) in cases {
            let error = Selector::parse(text).expect_err(text);
            assert_eq!((error.at, error.detail.as_str()), (at, detail), "{text}");
        }
    }
}
