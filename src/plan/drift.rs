//! What is seen against what was applied.

use super::current;
use super::{Change, Observations, Observed, changes};
use crate::graph::{Address, Catalogue};
use crate::state::Snapshot;

/// A resource that is not as it was applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// Where.
    pub address: Address,
    /// Its type.
    pub kind: String,
    /// From what was applied to what was seen; none where it is gone.
    pub changes: Option<Vec<Change>>,
}

/// What of the resources that were read is not as it was applied, in the order of the addresses.
pub fn drift(snapshot: &Snapshot, seen: &Observations, catalogue: &Catalogue) -> Vec<Drift> {
    let drifted = seen.iter().filter_map(|(address, observed)| {
        let record = snapshot.record(address)?;
        let resource = catalogue.get(&record.kind)?;
        let changes = match observed {
            Observed::Gone => None,
            Observed::Standing { .. } | Observed::Unfit(_) => return None,
            Observed::Seen(seen) => {
                let applied = resource.normal(record.inputs.to_document());
                let applied = applied.unwrap_or_else(|_| record.inputs.to_document());
                let salt = &snapshot.meta.salt;
                let now = current(&applied, &seen.inputs, resource.traits(), salt);
                let changes = changes(&applied, &now);
                if changes.is_empty() {
                    return None;
                }
                Some(changes)
            }
        };
        Some(Drift { address: address.clone(), kind: record.kind.clone(), changes })
    });
    drifted.collect()
}
