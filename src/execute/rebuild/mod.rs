//! Making the state anew from the cloud: what the manifest wants is looked for by name, under its
//! parent or by its tags, and what else carries the deployment's tags is found by listing.
//!
//! Nothing is changed in the cloud, and nothing is written.

mod inputs;
mod listing;
mod parts;
mod unwanted;
mod wanted;

pub use listing::{Listing, list};

use serde::Serialize;

use super::Bench;
use crate::graph::{Address, Fault, Graph, Id};
use crate::state::Record;

/// What was found of a deployment.
#[derive(Clone, Debug, Default)]
pub struct Rebuilt {
    /// What is to be recorded.
    pub records: Vec<Record>,
    /// What was found and what was not, by address.
    pub findings: Vec<Finding>,
    /// The types that could have been listed, had AWS not refused.
    pub refused: Vec<Refused>,
}

/// A type that AWS refused to list, and its words.
pub type Refused = (&'static str, Fault);

/// What was found of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where it is, or would be.
    pub address: Address,
    /// Its type.
    pub kind: String,
    /// Its id, where it is there.
    pub id: Option<Id>,
    /// What is to be said of it.
    pub found: Found,
}

/// What can be said of a resource that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// It is there, and recorded.
    Recorded,
    /// It is the copy that a replacement left behind, and recorded as that.
    Old,
    /// It carries the deployment's tags and is not wanted any more; recorded, so that the next apply
    /// deletes it.
    Unwanted,
    /// It is not there.
    Missing,
    /// Something is there under its name without the deployment's tags; not recorded.
    Foreign,
}

/// Finds all that the graph wants, and all else that is listed, and tells how it is to be recorded.
///
/// # Errors
/// The faults of those that could not be read, with their addresses.
pub async fn rebuild(
    bench: &Bench,
    graph: &Graph,
    listing: &Listing,
) -> Result<Rebuilt, Vec<(Address, Fault)>> {
    let mut rebuilt = wanted::find(bench, graph, listing).await?;
    rebuilt.refused.clone_from(&listing.refused);
    unwanted::find(bench, graph, listing, &mut rebuilt).await?;
    let by = |finding: &Finding| (finding.address.clone(), finding.found);
    rebuilt.findings.sort_by_key(by);
    Ok(rebuilt)
}
