//! The arguments of one call.

use std::collections::BTreeMap;

use dinghy_api::wire::ApiError;
use dinghy_model::Secret;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// The arguments of one call, borrowed from its text, so that a secret among them is copied only into the
/// `Secret` that a command takes.
pub(super) struct Args<'a>(BTreeMap<&'a str, &'a RawValue>);

impl<'a> Args<'a> {
    /// Reads the object of arguments.
    pub(super) fn read(args: &'a RawValue) -> Result<Self, ApiError> {
        serde_json::from_str(args.get()).map(Self).map_err(|error| fault(error.to_string()))
    }

    /// One argument. A missing one is read as `null`.
    pub(super) fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T, ApiError> {
        let text = self.0.get(name).map_or("null", |value| value.get());
        // Without serde's words, which may quote what was given.
        serde_json::from_str(text)
            .map_err(|error| fault(format!("the argument `{name}` cannot be read ({:?})", error.classify())))
    }

    /// A name or another text.
    pub(super) fn text(&self, name: &str) -> Result<String, ApiError> {
        self.get(name)
    }

    /// A text that nobody may see.
    pub(super) fn secret(&self, name: &str) -> Result<Secret, ApiError> {
        self.get(name).map(|clear: String| Secret::new(clear))
    }
}

/// The window and this process do not understand each other.
pub(super) fn fault(message: String) -> ApiError {
    ApiError { code: "internal".to_owned(), message, todo: String::new(), field: None }
}
