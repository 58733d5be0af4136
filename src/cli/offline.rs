//! Plans made without holding the state.

use crate::graph::{Graph, Place};
use crate::plan::{self, Observations, Options, Plan, PlanError};
use crate::state::Snapshot;

/// The plan from what is recorded, and seen where the cloud was read. Makes no call.
pub(super) fn plan(
    graph: &Graph,
    snapshot: &Snapshot,
    seen: &Observations,
    place: &Place,
    options: &Options,
) -> Result<Plan, Vec<PlanError>> {
    plan::plan(graph, snapshot, seen, place, &crate::aws::catalogue(), options)
}

/// The account as far as it is known without a call.
pub(super) fn account(snapshot: &Snapshot) -> Option<String> {
    let told = || std::env::var("AWS_ACCOUNT_ID").ok().filter(|id| !id.is_empty());
    snapshot.meta.account.clone().filter(|_| !snapshot.records.is_empty()).or_else(told)
}
