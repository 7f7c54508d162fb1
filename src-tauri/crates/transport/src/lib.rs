//! What every HTTP client of ours does alike: which certificates it trusts, by which way it leaves this
//! machine, and what it means when no answer comes.
//!
//! Knows neither Argo CD nor DingTalk, no request and no status code: what to ask, how long to wait and what
//! an answer means is for the crates that ask.
//!
//! Invariants: no redirect is followed by any client made here; no URL is part of a [`Problem`] made here, as
//! it may hold a token or a proxy's password.
//!
//! [`Problem`]: dinghy_model::Problem

mod certificate;
mod client;
mod failure;
mod names;
mod tls;

pub use client::{Route, builder, finish, host_of, is_loopback};
pub use failure::{Peer, problem};
pub use tls::{Trust, trust};
