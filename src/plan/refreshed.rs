//! Records that reading the cloud brought up to date.

use std::collections::HashMap;

use super::Observed;
use super::world::{Decision, Verdict, World};
use crate::graph::Address;
use crate::state::{Key, Record};

/// Records that reading brought up to date: outputs, and inputs where nothing will be sent.
pub(super) fn refreshed(
    world: &World<'_>,
    decisions: &HashMap<Address, Decision>,
) -> (Vec<Record>, Vec<Key>) {
    let (mut refreshed, mut lost) = (Vec::new(), Vec::new());
    for (address, seen) in world.seen {
        let Some(record) = world.record(address) else { continue };
        let seen = match seen {
            Observed::Gone if !world.graph.nodes().contains_key(address) => {
                lost.push(record.key());
                continue;
            }
            Observed::Gone | Observed::Standing { .. } => continue,
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
            refreshed.push(now);
        }
    }
    (refreshed, lost)
}
