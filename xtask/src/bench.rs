//! x
use crate::workspace::Workspace;
use anyhow::Result;
#[derive(clap::Args)]
pub(crate) struct Options {}
pub(crate) fn run(_: &Workspace, _: &Options) -> Result<()> {
    Ok(())
}
