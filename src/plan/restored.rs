//! Copies that replacements left behind, where the manifest went back to what they are.

use std::collections::BTreeSet;

use super::target::Targeted;
use crate::graph::{
    Address, AnyResource, Catalogue, Document, Graph, NameOrigin, Node, Place, document,
};
use crate::state::{Key, Record, Snapshot};

/// What is recorded once copies are current again.
pub(super) struct Restored {
    pub snapshot: Snapshot,
    /// Whose copies they are.
    pub addresses: BTreeSet<Address>,
    /// The keys that they had.
    pub vacated: Vec<Key>,
    /// The records that are not what they were.
    pub records: Vec<Record>,
}

/// Makes those copies current again that are where the wanted ones would be made, and what took
/// their places the copies that are left to be deleted. None where there is no such copy.
///
/// The cloud could make no second one beside such a copy, and what it holds may be all that the
/// manifest went back for.
pub(super) fn restored(
    graph: &Graph,
    snapshot: &Snapshot,
    place: &Place,
    catalogue: &Catalogue,
    targeted: &Targeted,
) -> Option<Restored> {
    if snapshot.records.keys().all(|key| key.generation.is_none()) {
        return None;
    }
    let mut now = snapshot.clone();
    let (mut addresses, mut vacated) = (BTreeSet::new(), Vec::new());
    for address in graph.in_order().ok()?.into_iter().filter(|at| targeted.contains(at)) {
        let node = &graph.nodes()[&address];
        let Some(resource) = catalogue.get(node.traits.kind) else { continue };
        let Some(key) = in_place(&now, node, resource.as_ref(), place) else { continue };
        let Some(copy) = now.records.remove(&key) else { continue };
        let generation = now.next_generation(&address);
        if let Some(current) = now.records.remove(&address.clone().into()) {
            let aside = Record { deposed: true, ..current };
            now.records.insert(aside.key(), aside);
        }
        // Its deletion may have gone half way.
        let copy = Record { deposed: false, finished: false, generation, ..copy };
        now.records.insert(copy.key(), copy);
        vacated.push(key);
        addresses.insert(address);
    }
    if addresses.is_empty() {
        return None;
    }
    let changed = now.records.iter().filter(|(key, now)| snapshot.records.get(key) != Some(*now));
    let records = changed.map(|(_, record)| record.clone()).collect();
    Some(Restored { snapshot: now, addresses, vacated, records })
}

/// The copy that is where this node's would be made, unless the current one is there.
fn in_place(
    snapshot: &Snapshot,
    node: &Node,
    resource: &dyn AnyResource,
    place: &Place,
) -> Option<Key> {
    // A generated name is never one that a copy has.
    if matches!(node.name, NameOrigin::Generated(_)) {
        return None;
    }
    let copies = snapshot.copies(&node.address);
    let copies = copies.filter(|copy| copy.deposed && copy.kind == node.traits.kind);
    let copies: Vec<&Record> = copies.collect();
    copies.first()?;
    let wanted =
        document::resolve(node.wanted.clone(), place.account.as_deref(), &|at, output, _| {
            let record = snapshot.records.get(&at.clone().into())?;
            record.output(output)
        });
    let wanted = resource.normal(wanted).ok()?;
    let known_by: Vec<&str> = match node.traits.name {
        Some(naming) => vec![naming.input],
        None => node.traits.known_by.to_vec(),
    };
    let is_told = |input: &&str| wanted.get(input).is_some_and(|it| !document::is_pending(it));
    if known_by.is_empty() || !known_by.iter().all(is_told) {
        return None;
    }
    let is_there = |inputs: &Document| known_by.iter().all(|by| inputs.get(by) == wanted.get(by));
    let current = snapshot.records.get(&node.address.clone().into());
    if current.is_some_and(|current| is_there(&current.inputs)) {
        return None;
    }
    copies.into_iter().rev().find(|copy| is_there(&copy.inputs)).map(Record::key)
}
