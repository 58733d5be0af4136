//! Resources that are protected from deletion: found in the plan, before anything is touched.

use serde_json::Value;

use super::model::{Half, Operation, Plan, Step};
use super::{Change, PlanError};
use crate::graph::Catalogue;
use crate::state::{Key, Snapshot};

/// What the plan would delete although it is protected: by the manifest of now, or by what was
/// applied last where the manifest does not say.
pub(super) fn refusals(plan: &Plan, snapshot: &Snapshot, catalogue: &Catalogue) -> Vec<PlanError> {
    let steps = plan
        .steps
        .iter()
        .filter(|step| matches!(step.operation, Operation::Delete | Operation::DeleteWithOwner));
    let refused = |step: &Step| {
        let input = catalogue.traits(&step.kind)?.protected_by?;
        (now(step, snapshot, input) == Some(&Value::Bool(true))).then(|| PlanError::Protected {
            address: step.key.address.clone(),
            input,
            replaced: step.half == Some(Half::Old),
        })
    };
    steps.filter_map(refused).collect()
}

/// An input as the deletion goes by it.
fn now<'p>(step: &'p Step, snapshot: &'p Snapshot, input: &str) -> Option<&'p Value> {
    let changed = step.changes.iter().find(|change: &&Change| change.path == input);
    let recorded = || {
        let current = Key::from(step.key.address.clone());
        let record = snapshot.records.get(&step.key).or_else(|| snapshot.records.get(&current))?;
        record.inputs.get(input)
    };
    changed.map(|change| &change.to).or_else(recorded)
}
