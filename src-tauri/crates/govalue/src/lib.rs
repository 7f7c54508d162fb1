//! Values as Go sees them, and what Go's standard library does with them: `%v` and the other verbs, JSON, times,
//! durations, regular expressions, methods by name.
//!
//! Two languages stand on this crate: the expression language and the template language. It knows neither of them,
//! nor Argo CD; it reads no clock, opens no file but the system's time zones, and never panics on any input.
//!
//! ```
//! use dinghy_govalue::Value;
//! let app = Value::from_json_str(r#"{"name": "guestbook", "replicas": 3}"#).unwrap();
//! assert_eq!(app.to_string(), "map[name:guestbook replicas:3]");
//! ```

mod duration;
mod float;
mod fmt;
mod func;
mod json;
mod list;
mod map;
mod object;
mod str;
mod time;
mod types;
mod value;

pub use duration::{HOUR, MINUTE, SECOND, format_duration};
pub use float::format_shortest;
pub use func::Func;
pub use json::JsonError;
pub use list::{Elem, List};
pub use map::{AnyMap, Map};
pub use object::Object;
pub use str::Str;
pub use time::{Time, Zone};
pub use value::{Int, IntKind, Value};
