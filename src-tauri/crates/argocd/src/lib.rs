//! HTTP client for one Argo CD server: sign in, list, watch, read one application.
//!
//! Speaks Argo CD 2.8 to 3.6 as its API server behaves (grpc-gateway v1 over `server/server.go`).
//! Knows nothing of rules, of the outbox, of polling intervals or back-off: the engine decides when
//! to ask; this crate asks once and says truthfully, as a [`Problem`](dinghy_model::Problem), what
//! happened.
//!
//! Invariants: no secret is ever part of an error or of `Debug`; a list is never held as a whole;
//! whatever a server sends, nothing here panics; no redirect is followed, so a token goes to the
//! configured host and to no other.

mod address;
mod answer;
mod client;
mod frames;
mod jwt;
mod list;
mod probe;
mod scan;
mod session;
mod state;
mod summary;
mod transport;
mod watch;

#[cfg(test)]
mod tests;

pub use address::parse_base_url;
pub use client::{Account, Client};
pub use jwt::expiry_ms as token_expiry_ms;
pub use list::Listed;
pub use probe::{Probe, Progress, Step, StepKind, probe};
pub use session::Credential;
pub use state::state_of;
pub use summary::snapshot;
pub use watch::{Watch, WatchEvent};
