//! Records that are not what they were, before anything is done.

use std::collections::HashMap;

use super::Observed;
use super::world::{Decision, Verdict, World};
use crate::graph::Address;
use crate::state::{Key, Record};

/// What of the state is not as it was.
pub(super) struct Refreshed {
    /// Records that reading brought up to date, outputs, and inputs where nothing will be sent; and
    /// copies that are current again.
    pub records: Vec<Record>,
    /// Where nothing is recorded any more: where such copies were, and what is gone and made anew. Were
    /// that still recorded, an interruption of its creation would seem to have come after its end.
    pub vacated: Vec<Key>,
    /// What is gone and not wanted.
    pub lost: Vec<Key>,
}

/// What of the state is not as it was.
pub(super) fn refreshed(world: &World<'_>, decisions: &HashMap<Address, Decision>) -> Refreshed {
    let mut refreshed = Refreshed {
        records: world.restored.map(|restored| restored.records.clone()).unwrap_or_default(),
        vacated: world.restored.map(|restored| restored.vacated.clone()).unwrap_or_default(),
        lost: Vec::new(),
    };
    let made = decisions.iter().filter(|(_, it)| matches!(it.verdict, Verdict::Create));
    refreshed.vacated.extend(made.filter_map(|(at, _)| Some(world.record(at)?.key())));
    refreshed.vacated.sort();
    for address in world.seen.keys() {
        let (Some(record), Some(seen)) = (world.record(address), world.seen(address)) else {
            continue;
        };
        let seen = match seen {
            Observed::Gone if !world.graph.nodes().contains_key(address) => {
                refreshed.lost.push(record.key());
                continue;
            }
            Observed::Gone | Observed::Standing { .. } | Observed::Unfit(_) => continue,
            Observed::Seen(seen) => seen,
        };
        let decision = decisions.get(address);
        let mut now = record.clone();
        if record.finished {
            now.outputs = Some(seen.outputs.clone().into());
        }
        if let Some(Decision {
            verdict: Verdict::Keep, inputs: Some(inputs), seen: Some(_), ..
        }) = decision
        {
            now.inputs = inputs.preview.clone().into();
        }
        if now != *record {
            refreshed.records.push(now);
        }
    }
    refreshed
}
