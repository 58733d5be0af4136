//! `maas state unlock`.

use clap::Args;

use crate::cli::args::{Global, Which};
use crate::cli::deployment::Deployment;
use crate::cli::{Ended, Exit};
use crate::report::Console;
use crate::state::State;

/// Settles what a run left behind that has died
///
/// Every command that changes the state does so by itself. The lock of a living run cannot be taken
/// away: stop that run.
#[derive(Args, Debug)]
pub(super) struct Unlock {
    #[command(flatten)]
    which: Which,
}

impl Unlock {
    pub fn run(self, global: &Global, console: Console) -> Ended {
        let Deployment { folder, project, environment, .. } =
            &Deployment::find(&self.which, global)?;
        console.result(&match State::unlock(folder, project, environment)? {
            Some(dead) => format!("Unlocked: {dead} had died.\n"),
            None => format!("No run holds {project}/{environment}.\n"),
        });
        Ok(Exit::Done)
    }
}
