//! All that is wrong with a manifest, as far as it shows without a call, a build and the state.

use std::path::Path;

use super::Failure;
use super::failure::refused;
use crate::graph::Place;
use crate::manifest::{self, Context, Manifest};
use crate::package::Packages;
use crate::patterns::{self, Expanded};
use crate::plan;

/// A manifest with which nothing is wrong.
pub(super) struct Checked {
    pub manifest: Manifest,
    pub expanded: Expanded,
    pub place: Place,
}

/// For a manifest that leaves the region open; any is as good to check with.
const ANY_REGION: &str = "us-east-1";

/// Reads a manifest, expands it, and lets the resource types look at it: each instance is taken as
/// far as it can be.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn check(path: &Path, context: &Context) -> Result<Checked, Failure> {
    let reading = manifest::examine(path, context, &patterns::schemas());
    let manifest::Reading { manifest, mut problems } = reading;
    let Some(manifest) = manifest else { return Err(problems.into()) };
    let region = manifest.project.region.clone().unwrap_or_else(|| ANY_REGION.to_owned());
    let place = Place { account: None, region };
    let packages = Packages::before_builds(&manifest.folder);
    let (expanded, more) = patterns::examine(&manifest, &place, None, &packages);
    problems.extend(more);
    let refusals = plan::refusals(&expanded.graph, &place, &crate::aws::catalogue());
    let refusals = refusals.iter().filter_map(|error| refused(error, &manifest, &expanded.origins));
    problems.extend(refusals);
    match manifest.explain(problems) {
        none if none.is_empty() => Ok(Checked { manifest, expanded, place }),
        problems => Err(problems.into()),
    }
}
