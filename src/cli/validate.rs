//! `maas validate`.

use clap::Args;

use super::args::{Global, Which};
use super::check::Checked;
use super::deployment::{Deployment, aws_region};
use super::{Ended, Exit, Failure, offline};
use crate::plan::{Observations, Options};
use crate::report::{Console, count};
use crate::state::Snapshot;

/// Checks a manifest, without state and without the cloud
///
/// Every problem is reported at once, with its place and what would be right. The functions' code
/// has to be there; it is not built.
#[derive(Args, Debug)]
pub struct Validate {
    #[command(flatten)]
    which: Which,
}

impl Validate {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let (deployment, checked) = expanded(&self.which, global)?;
        let Checked { manifest, expanded, place } = checked;
        let empty = Snapshot::new(&deployment.project, &deployment.environment);
        let (seen, options) = (Observations::new(), Options::default());
        let plan = offline::plan(&expanded.graph, &empty, &seen, &place, &options)
            .map_err(|errors| Failure::of_plan(errors, &manifest, &expanded.origins))?;
        console.result(&format!(
            "{} is right: {} with {} for {}.\n",
            deployment.path.display(),
            count(manifest.instances.len(), "instance"),
            count(plan.steps.len(), "resource"),
            deployment.name(),
        ));
        Ok(Exit::Done)
    }
}

/// The manifest and its resources, without state and without the cloud.
pub(super) fn expanded(which: &Which, global: &Global) -> Result<(Deployment, Checked), Failure> {
    let deployment = Deployment::find(which, global)?;
    let region = deployment.region.clone().or_else(aws_region);
    let checked = deployment.check(region)?;
    Ok((deployment, checked))
}
