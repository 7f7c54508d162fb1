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

mod base64;
mod duration;
mod encode;
mod float;
mod fmt;
mod func;
mod json;
mod json_fault;
mod layout;
mod list;
mod map;
mod method;
mod object;
mod printf;
mod quote;
mod regex;
mod regex_class;
mod str;
mod time;
mod timeparse;
mod types;
mod value;
mod verb;

pub use self::base64::decode_base64;
pub use self::regex::{compile_regex, go_group_name, translate_regex};
pub use duration::{HOUR, MINUTE, SECOND, format_duration, parse_duration};
pub use encode::JsonStyle;
pub use float::{format_float, format_shortest};
pub use func::Func;
pub use json::JsonError;
pub use layout::{LAYOUTS, RFC3339, RFC3339_NANO};
pub use list::{Elem, List};
pub use map::{AnyMap, Map};
pub use method::{bind_method, call_method, method_signature, round_duration};
pub use object::Object;
pub use printf::sprintf;
pub use quote::{is_print, quote, quote_rune};
pub use str::{Str, to_str_lossy};
pub use time::{Time, Zone};
pub use value::{Int, IntKind, Value};
