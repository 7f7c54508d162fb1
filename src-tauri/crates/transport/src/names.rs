//! The system's resolver, with a failure that can be told from others. Knows nothing of HTTP.

use std::error::Error;
use std::fmt;
use std::io;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The resolver of the system, asked on tokio's threads for blocking work.
pub(crate) struct SystemNames;

/// The name was not found, or no resolver answered.
#[derive(Debug)]
pub(crate) struct NoSuchName(io::Error);

impl fmt::Display for NoSuchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for NoSuchName {}

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(NoSuchName)?;
            let found: Vec<_> = found.collect();
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}
