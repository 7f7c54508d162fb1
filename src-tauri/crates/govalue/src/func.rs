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
    body: Box<Body>,
}

impl Func {
    /// `signature` is Go's `%T` of the function, such as `func(string) time.Time`.
    pub fn new(
        signature: impl Into<String>,
        body: impl Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static,
    ) -> Func {
        Func(Arc::new(Inner { signature: signature.into(), body: Box::new(body) }))
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
