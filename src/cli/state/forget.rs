//! `maas state forget`.

use clap::Args;

use crate::cli::Ended;
use crate::cli::args::{Global, Which};
use crate::cli::deployment::Deployment;
use crate::report::Console;
use crate::state::{Batch, Key};

/// Forgets a resource, which stays in the cloud
///
/// AWS is asked only where an interrupted run left calls of which nobody knows whether they arrived.
#[derive(Args, Debug)]
pub(super) struct Forget {
    /// The resource, as `maas state list` names it
    address: Key,

    #[command(flatten)]
    which: Which,
}

impl Forget {
    pub fn run(self, global: &Global, console: Console) -> Ended {
        let deployment = Deployment::find(&self.which, global)?;
        let key = self.address;
        let forget = |snapshot: &_| Batch::forget(snapshot, &key);
        let exit = super::change(&deployment, "forget", global, console, forget)?;
        console.result(&format!("{key} is forgotten; it stays in the cloud.\n"));
        Ok(exit)
    }
}
