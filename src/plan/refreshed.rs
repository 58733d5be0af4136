//! Records that are not what they were, before anything is done.

use std::collections::{BTreeSet, HashMap};

use super::Observed;
use super::target::Targeted;
use super::world::{Decision, Verdict, World};
use crate::graph::Address;
use crate::state::{Key, Record};

/// What of the state is not as it was.
pub(super) struct Refreshed {
    /// Records that reading brought up to date where nothing will be sent; those that name other needs than
    /// the manifest of now; and copies that are current again.
    pub records: Vec<Record>,
    /// Where nothing is recorded any more: where such copies were, and what is gone and made anew. Were
    /// that still recorded, an interruption of its creation would seem to have come after its end.
    pub vacated: Vec<Key>,
    /// What is gone and not wanted.
    pub lost: Vec<Key>,
}

/// What of the state is not as it was.
pub(super) fn refreshed(
    world: &World<'_>,
    decisions: &HashMap<Address, Decision>,
    targeted: &Targeted,
) -> Refreshed {
    let mut refreshed = Refreshed {
        records: world.restored.map(|restored| restored.records.clone()).unwrap_or_default(),
        vacated: world.restored.map(|restored| restored.vacated.clone()).unwrap_or_default(),
        lost: Vec::new(),
    };
    let made = decisions.iter().filter(|(_, it)| matches!(it.verdict, Verdict::Create));
    refreshed.vacated.extend(made.filter_map(|(at, _)| Some(world.record(at)?.key())));
    refreshed.vacated.sort();
    let of_others = |at: &&Address| world.needs_others(at, decisions, targeted);
    let stale: BTreeSet<&Address> = world.graph.nodes().keys().filter(of_others).collect();
    let looked_at: BTreeSet<&Address> = world.seen.keys().chain(stale.iter().copied()).collect();
    for address in looked_at {
        let Some(record) = world.record(address) else { continue };
        let mut now = record.clone();
        // What a step changes tells its outputs after that: before, they may be those of what was put
        // wrong by hand, and their users were not changed to them yet.
        let decision = decisions.get(address);
        let stays = decision.is_none_or(|decision| matches!(decision.verdict, Verdict::Keep));
        match world.seen(address) {
            Some(Observed::Gone) if !world.graph.nodes().contains_key(address) => {
                refreshed.lost.push(record.key());
                continue;
            }
            Some(Observed::Gone | Observed::Standing { .. } | Observed::Unfit(_)) => continue,
            Some(Observed::Seen(seen)) if record.finished && stays => {
                let mut outputs = seen.outputs.clone();
                for (name, value) in outputs.as_object_mut().into_iter().flatten() {
                    *value = record.output_read(&seen.outputs, name).unwrap_or_default();
                }
                now.outputs = Some(outputs.into());
            }
            Some(Observed::Seen(_)) | None => {}
        }
        if let Some(Decision {
            verdict: Verdict::Keep, inputs: Some(inputs), seen: Some(_), ..
        }) = decision
        {
            now.inputs = inputs.preview.clone().into();
        }
        if stale.contains(address) {
            now.needs = world.graph.nodes()[address].needs().clone();
        }
        if now != *record {
            refreshed.records.push(now);
        }
    }
    refreshed
}

impl World<'_> {
    /// Whether what stays as it is needs other things than its record says: an order came or went, without a
    /// change of its inputs.
    fn needs_others(
        &self,
        address: &Address,
        decisions: &HashMap<Address, Decision>,
        targeted: &Targeted,
    ) -> bool {
        let is_kept = |it: &Decision| matches!(it.verdict, Verdict::Keep);
        let (Some(node), Some(record)) = (self.graph.nodes().get(address), self.record(address))
        else {
            return false;
        };
        *node.needs() != record.needs
            && targeted.contains(address)
            && decisions.get(address).is_some_and(is_kept)
    }
}
