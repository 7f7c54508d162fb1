//! Structs with fields and methods that the host offers to rules.

use crate::Value;

/// A Go struct, or a pointer to one, that is more than its printed form: it has fields and methods.
pub trait Object: Send + Sync {
    /// Go's `%T`, such as `*time.Location`.
    fn type_name(&self) -> &str;

    /// The exported fields in the order of their declaration.
    fn fields(&self) -> Vec<(&str, Value)>;

    /// One field.
    fn field(&self, name: &str) -> Option<Value> {
        self.fields().into_iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// Whether the type has a method of this name.
    fn has_method(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// The signature of a method, as Go's `%T` prints that of a function; by it arguments are counted and checked.
    fn method_signature(&self, name: &str) -> Option<&str> {
        self.has_method(name).then_some("func(...interface {})")
    }

    /// Calls a method; `None` when the type has no such method.
    fn call(&self, name: &str, args: &[Value]) -> Option<Result<Value, String>> {
        let _ = (name, args);
        None
    }

    /// All fields, the unexported ones too, as `fmt` prints them under verbs that `String` does not serve.
    fn all_fields(&self) -> Vec<(&str, Value)> {
        self.fields()
    }

    /// The real and the imaginary part, when this is a `complex128` and no struct at all.
    fn complex(&self) -> Option<(f64, f64)> {
        None
    }

    /// What the type's `MarshalJSON` makes JSON of; `None` when it has none, and the fields are written.
    fn json(&self) -> Option<Value> {
        None
    }

    /// What the type's `String` (or `Error`) method returns; `None` when it has none, and the fields are printed.
    fn text(&self) -> Option<String> {
        None
    }
}
