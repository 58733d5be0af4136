//! Plans made from the state alone.

use super::Failure;
use crate::graph::{Graph, Place};
use crate::plan::{self, Observations, Options, Plan};
use crate::state::Snapshot;

/// The plan from what is recorded, without a call.
pub(super) fn plan(
    graph: &Graph,
    snapshot: &Snapshot,
    place: &Place,
    options: &Options,
) -> Result<Plan, Failure> {
    let (seen, catalogue) = (Observations::new(), crate::aws::catalogue());
    Ok(plan::plan(graph, snapshot, &seen, place, &catalogue, options)?)
}

/// The account as far as it is known without a call.
pub(super) fn account(snapshot: &Snapshot) -> Option<String> {
    let told = || std::env::var("AWS_ACCOUNT_ID").ok().filter(|id| !id.is_empty());
    snapshot.meta.account.clone().filter(|_| !snapshot.records.is_empty()).or_else(told)
}
