//! The fakes seen from outside: what a client gets for what it asks.

mod api;
mod client;
mod demo;
mod faults;
mod groups;
mod robot;
mod session;
mod stream;
mod tls;
