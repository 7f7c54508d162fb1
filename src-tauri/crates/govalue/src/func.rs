//! Functions as values.

use std::sync::Arc;

use crate::Value;

/// What a function does: arguments in, one result or the text of an error (or panic) out.
type Body = dyn Fn(&[Value]) -> Result<Value, String> + Send + Sync;

/// A function that rules can call, with the signature Go would print for it.
#[derive(Clone)]
pub struct Func(Arc<Inner>);

struct Inner {
    signature: String,
    params: Vec<String>,
    body: Box<Body>,
}

impl Func {
    /// `signature` is Go's `%T` of the function, such as `func(string) time.Time`.
    pub fn new(
        signature: impl Into<String>,
        body: impl Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static,
    ) -> Func {
        let signature = signature.into();
        let inner = signature.strip_prefix("func(").and_then(|rest| rest.split_once(')'));
        let params = inner.map_or("", |(params, _)| params);
        let params = params.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Func(Arc::new(Inner { signature, params, body: Box::new(body) }))
    }

    /// Go's names of the parameters' types; that of a variadic one starts with `...`. A parameter that is itself a
    /// function is not understood.
    pub fn params(&self) -> &[String] {
        &self.0.params
    }

    /// Go's `%T`.
    pub fn signature(&self) -> &str {
        &self.0.signature
    }

    /// Calls the function.
    ///
    /// # Errors
    /// What the function itself reports.
    pub fn call(&self, args: &[Value]) -> Result<Value, String> {
        (self.0.body)(args)
    }

    /// Whether both are the same function.
    pub fn same(&self, other: &Func) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
