//! Go's `text/template` (Go 1.26) with the functions of sprig v3.3.0, over [`dinghy_govalue::Value`].
//!
//! A template is parsed once and rendered any number of times, from any thread. The crate knows nothing of who writes
//! templates or what about; it reads no clock (the caller passes the time), opens no file and starts nothing.
//!
//! ```
//! use dinghy_govalue::{Time, Value};
//! let template = dinghy_gotmpl::parse("t", "{{.app.name | upper}} has {{.app.replicas}} replicas").unwrap();
//! let data = Value::from_json_str(r#"{"app": {"name": "guestbook", "replicas": 3}}"#).unwrap();
//! assert_eq!(template.render(&data, &Time::zero()).unwrap(), b"GUESTBOOK has 3 replicas");
//! assert_eq!(template.paths(), ["app.name", "app.replicas"]);
//! ```
//!
//! # What Go does and this does not
//! - These functions of sprig make keys or certificates or resolve host names. A template that calls one fails with the
//!   reason: `buildCustomCert`, `genCA`, `genCAWithKey`, `genPrivateKey`, `genSelfSignedCert`,
//!   `genSelfSignedCertWithKey`, `genSignedCert`, `genSignedCertWithKey`, `getHostByName`.
//! - `keys`, `values` and everything else whose order Go leaves to chance go by the alphabet.
//! - `slice` reaches no further than the end of a list. In Go a list may have room behind its end, and what lies there
//!   can be had.
//! - Addresses and the insides of time zones, which Go prints under verbs such as `%d`, are not printed.
//! - Maps in the data stay as they are: a template that calls `set` or `merge` works on a copy.
//! - `osBase` and its kin treat paths as Linux does, on every system.
//!
//! # Limits
//! Go has none of these, or higher ones, and a template that exceeds memory or stack ends the process. Here it ends
//! with an error: 100 levels of parentheses and actions in the source; 250 levels of bodies, parentheses and template
//! calls while rendering; 1,000,000 loop turns and calls; 16 MiB of output or in one string; lists of 1,048,576 items;
//! 256 MiB of results of functions; 128 levels in a value that the template builds. They fit a thread with 2 MiB of
//! stack.

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod ast;
mod builtin;
mod env;
mod error;
mod exec;
mod func;
mod lex;
mod number;
mod parse;
mod paths;
mod patterns;
mod print;
mod signature;
mod slot;
mod sprig;
mod text;

use dinghy_govalue::{Time, Value};

pub use error::{Error, Stage};

/// What is written in place of a printed value. It gets all that was written before it, the value's text, and the
/// expression it comes from.
pub type Escape<'t> = &'t dyn Fn(&[u8], &[u8], &dyn std::fmt::Display) -> Vec<u8>;

/// A parsed template with the templates it defines.
#[derive(Debug)]
pub struct Template {
    name: String,
    source: String,
    templates: parse::Templates,
    /// Whether a function that changes maps is named anywhere.
    mutates: bool,
    patterns: patterns::Patterns,
}

/// Parses a template.
///
/// ```
/// let template = dinghy_gotmpl::parse("t", "a {{- /* comment */ -}} {{if .x | not}}b{{end}}").unwrap();
/// assert_eq!(template.to_string(), "a{{if .x | not}}b{{end}}");
/// ```
///
/// `name` appears in error messages and is what `{{template}}` can call the whole by.
///
/// # Errors
/// With [`Stage::Parse`] and the text Go gives for the same source.
pub fn parse(name: &str, source: &str) -> Result<Template, Error> {
    let templates = parse::parse(name, source)?;
    let mutates = paths::mutates(&templates);
    Ok(Template {
        name: name.to_owned(),
        source: source.to_owned(),
        templates,
        mutates,
        patterns: Default::default(),
    })
}

impl Template {
    /// Renders the template with `data` as dot. `now` is the time of `now`, `ago` and `date`.
    ///
    /// ```
    /// use dinghy_govalue::{Time, Value};
    /// let template = dinghy_gotmpl::parse("t", r#"{{now | date "2006"}} {{.missing}} {{printf "%05.1f" .x}}"#).unwrap();
    /// let data = Value::from_json_str(r#"{"x": 3.14159}"#).unwrap();
    /// assert_eq!(template.render(&data, &Time::zero()).unwrap(), b"0001 <no value> 003.1");
    /// ```
    ///
    /// # Errors
    /// With [`Stage::Exec`] and the text Go gives, or when one of the crate's limits is exceeded.
    pub fn render(&self, data: &Value, now: &Time) -> Result<Vec<u8>, Error> {
        exec::render(self, data, now, None)
    }

    /// As [`Self::render`], but what is printed of values goes through `escape` first. The template's own text is written as it stands. Go's text/template
    /// has nothing like it: for texts of a language in which a value could speak as the template does.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_escaped(&self, data: &Value, now: &Time, escape: Escape<'_>) -> Result<Vec<u8>, Error> {
        exec::render(self, data, now, Some(escape))
    }

    /// Which paths of the data the template reads, such as `app.metadata.name`; sorted, each once. `[]` is an element
    /// of a list or map.
    ///
    /// ```
    /// let template = dinghy_gotmpl::parse("t", "{{range .items}}{{.name | upper}}{{end}}{{with .a}}{{.b}}{{end}}").unwrap();
    /// assert_eq!(template.paths(), ["a", "a.b", "items", "items[].name"]);
    /// ```
    pub fn paths(&self) -> Vec<String> {
        paths::paths(&self.templates, &self.name)
    }

    /// The name it was parsed under.
    pub fn name(&self) -> &str {
        &self.name
    }
}
