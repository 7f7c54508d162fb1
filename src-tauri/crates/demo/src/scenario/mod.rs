//! What happens in the demo: applications as a company has them, and what becomes of them.
//!
//! Nothing here reads a clock or sends a byte: it makes objects and says when which of them changes how.

mod app;
mod catalog;
mod dice;
mod director;
mod step;

pub use app::{App, Source};
pub(crate) use catalog::{Place, Role, cast};
pub(crate) use director::Director;
pub use director::Pace;
