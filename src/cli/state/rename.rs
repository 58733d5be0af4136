//! `maas state move`.

use clap::Args;

use crate::cli::Ended;
use crate::cli::args::{Global, Which};
use crate::cli::deployment::Deployment;
use crate::graph::Address;
use crate::report::Console;
use crate::state::Batch;

/// Gives a resource another address, as where it was renamed in the manifest
///
/// The cloud is not touched; AWS is asked only where an interrupted run left calls of which nobody
/// knows whether they arrived. A resource whose physical name follows from its address is replaced by
/// the next apply all the same, unless the manifest names it.
#[derive(Args, Debug)]
pub(super) struct Move {
    /// The address that it has
    from: Address,

    /// The address that it is to have
    to: Address,

    #[command(flatten)]
    which: Which,
}

impl Move {
    pub fn run(self, global: &Global, console: Console) -> Ended {
        let deployment = Deployment::find(&self.which, global)?;
        let rename = |snapshot: &_| Batch::rename(snapshot, &self.from, &self.to);
        let exit = super::change(&deployment, "move", global, console, rename)?;
        console.result(&format!("{} is now {}.\n", self.from, self.to));
        Ok(exit)
    }
}
