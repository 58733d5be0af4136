//! `maas apply`.

use clap::Args;

use super::args::{Environment, Global, Planning, Running, Showing, Teardown, Which};
use super::confirm::Ask;
use super::converge::{Wanted, Wish};
use super::deployment::{Deployment, no_region};
use super::saved::Saved;
use super::{Ended, Failure, code, destroy};
use crate::graph::Address;
use crate::report::{Complaint, Console};
use crate::state::Snapshot;

/// Makes the cloud what the manifest says
///
/// Shows what it is going to do and asks first. A run that was interrupted, or in which steps
/// failed, goes on where it was when the same command is run again. In place of a manifest it takes
/// a plan that `maas plan --out FILE` wrote, and carries out that one or none.
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
        let saved = self.which.manifest.as_deref().map(Saved::read).transpose()?.flatten();
        let (deployment, planning) = match &saved {
            None => (Deployment::find(&self.which, global)?, self.planning),
            Some(saved) => {
                self.refuse_flags()?;
                let variables = self.which.environment.variables;
                let environment = Environment { env: saved.environment.clone(), variables };
                let deployment = Deployment::at(saved.path.clone(), &environment, global)?;
                (deployment, saved.planning())
            }
        };
        let wanted = if saved.as_ref().is_some_and(|saved| saved.destroy) {
            destroy::refuse_protected(&deployment)?;
            Wanted::Nothing
        } else {
            wanted(&deployment, console)?
        };
        let wish = Wish {
            command: "apply",
            deployment,
            wanted,
            planning,
            running: self.running,
            showing: self.showing,
            ask,
            adopt: self.adopt.into_iter().collect(),
            approved: saved,
        };
        wish.converge(global, console)
    }

    /// A plan in a file says itself what it was made from.
    fn refuse_flags(&self) -> Result<(), Failure> {
        let Planning { refresh, targets, replace, ttl, teardown } = &self.planning;
        let plain = *teardown == Teardown::default();
        if !*refresh && targets.is_empty() && replace.is_empty() && ttl.is_none() && plain {
            return Ok(());
        }
        let message = "A plan from a file is carried out as it is.";
        let complaint = Complaint::new("maas::command_line::plan_file", message);
        Err(Failure::wrong(complaint.help(
            "Give `--refresh`, `--target`, `--replace` and `--ttl` to `maas plan --out FILE`.",
        )))
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
