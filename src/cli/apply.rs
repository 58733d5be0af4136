//! `maas apply`.

use clap::Args;

use super::args::{Global, Planning, Running, Showing, Which};
use super::confirm::Ask;
use super::converge::{Wanted, Wish};
use super::deployment::{Deployment, no_region};
use super::{Ended, Failure, code};
use crate::graph::Address;
use crate::report::Console;
use crate::state::Snapshot;

/// Makes the cloud what the manifest says
///
/// Shows what it is going to do and asks first. A run that was interrupted, or in which steps
/// failed, goes on where it was when the same command is run again.
#[derive(Args, Debug)]
pub struct Apply {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    planning: Planning,

    #[command(flatten)]
    showing: Showing,

    #[command(flatten)]
    running: Running,

    /// Takes over what exists already under the name of this resource (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    adopt: Vec<Address>,
}

impl Apply {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let ask = Ask::of(self.running.yes, "apply")?;
        let deployment = Deployment::find(&self.which, global)?;
        let wanted = wanted(&deployment, console)?;
        let wish = Wish {
            command: "apply",
            deployment,
            wanted,
            planning: self.planning,
            running: self.running,
            showing: self.showing,
            ask,
            adopt: self.adopt.into_iter().collect(),
        };
        wish.converge(global, console)
    }
}

/// The manifest with its code packed.
pub(super) fn wanted(deployment: &Deployment, console: Console) -> Result<Wanted, Failure> {
    // A manifest that names its region needs no look at the state before it is read.
    let snapshot = match deployment.region {
        Some(_) => Snapshot::new(&deployment.project, &deployment.environment),
        None => deployment.snapshot()?,
    };
    let region = deployment.region(&snapshot).ok_or_else(no_region)?;
    let manifest = deployment.manifest(Some(region))?;
    manifest.check_code()?;
    code::build(&manifest, console)?;
    let packages = code::packages(&manifest);
    Ok(Wanted::Manifest(Box::new(manifest), packages))
}
