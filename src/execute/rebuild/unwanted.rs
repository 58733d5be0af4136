//! What carries the deployment's tags and is not wanted any more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::Bench;
use super::super::hooks::Reading;
use super::super::look::unknown;
use super::inputs::{of_unwanted, texts};
use super::listing::Thing;
use super::parts::{self, Part};
use super::{Finding, Found, Listing, Rebuilt};
use crate::graph::{Address, Fault, Graph, HeldDocument};
use crate::state::Record;

/// Shorter texts stand for too much to tell that one resource uses another.
const TELLING: usize = 8;

/// The generations of the copies at each address.
type Taken = BTreeMap<Address, BTreeSet<u32>>;

/// Adds what is listed and not in the graph, and what is part of something that is.
pub(super) async fn find(
    bench: &Bench,
    graph: &Graph,
    listing: &Listing,
    rebuilt: &mut Rebuilt,
) -> Result<(), Vec<(Address, Fault)>> {
    let salt = bench.keeper.snapshot().meta.salt.clone();
    let parts = parts::find(bench, graph.scope(), rebuilt).await?;
    let mut taken = Taken::new();
    for record in &rebuilt.records {
        taken.entry(record.address.clone()).or_default().insert(record.generation);
    }
    let mut faults = Vec::new();
    for (address, kind) in listing.keys() {
        if graph.nodes().get(address).is_some_and(|node| node.traits.kind == kind) {
            continue;
        }
        for thing in listing.at(address, kind) {
            match read(bench, address, kind, thing, &salt).await {
                Ok(Some(record)) => add(record, &mut taken, rebuilt),
                Ok(None) => {}
                Err(fault) => faults.push((address.clone(), fault)),
            }
        }
    }
    for Part { whole, address, kind, thing } in parts {
        match read(bench, &address, kind, &thing, &salt).await {
            Ok(Some(mut record)) => {
                record.needs.insert(whole.clone());
                let dies = bench.catalogue.traits(kind).and_then(|traits| traits.dies_with);
                record.owner = dies.map(|_| whole);
                add(record, &mut taken, rebuilt);
            }
            Ok(None) => {}
            Err(fault) => faults.push((address, fault)),
        }
    }
    link(&mut rebuilt.records);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn add(mut record: Record, taken: &mut Taken, rebuilt: &mut Rebuilt) {
    let taken = taken.entry(record.address.clone()).or_default();
    record.deposed = !taken.is_empty();
    while !taken.insert(record.generation) {
        record.generation += 1;
    }
    rebuilt.findings.push(Finding {
        address: record.address.clone(),
        kind: record.kind.clone(),
        id: record.id.clone(),
        found: Found::Unwanted,
    });
    rebuilt.records.push(record);
}

async fn read(
    bench: &Bench,
    address: &Address,
    kind: &str,
    thing: &Thing,
    salt: &str,
) -> Result<Option<Record>, Fault> {
    let resource = bench.catalogue.get(kind).ok_or_else(|| unknown(kind))?;
    let held = HeldDocument {
        id: thing.id.clone(),
        inputs: thing.inputs.clone(),
        outputs: None,
        finished: false,
    };
    let cx = bench.cx(Arc::new(Reading::new(&bench.events)));
    let Some(seen) = resource.read(cx, held).await? else { return Ok(None) };
    let inputs = of_unwanted(&seen.inputs, resource.traits(), salt);
    let mut record = Record::new(address.clone(), kind, inputs);
    record.id = Some(thing.id.clone());
    record.generation = thing.generation.unwrap_or_default();
    record.name_pinned = thing.generation.is_none() && resource.traits().name.is_some();
    record.outputs = Some(seen.outputs.into());
    record.finished = true;
    Ok(Some(record))
}

/// Records who uses whom beside what the manifest says, as far as an output of the one is an input of
/// the other; so what is not wanted any more is deleted in the right order.
fn link(records: &mut [Record]) {
    let mut makers: BTreeMap<String, Address> = BTreeMap::new();
    // Ids within one owner are short, and name nothing but its parts.
    let mut siblings: BTreeMap<(Address, String), Address> = BTreeMap::new();
    let mut needs: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for record in records.iter() {
        let mut outputs = Vec::new();
        texts(record.outputs.as_ref().unwrap_or(&record.inputs), &mut outputs);
        for output in outputs {
            if output.len() >= TELLING {
                makers.entry(output.to_owned()).or_insert_with(|| record.address.clone());
            }
            if let Some(owner) = &record.owner {
                let within = (owner.clone(), output.to_owned());
                siblings.entry(within).or_insert_with(|| record.address.clone());
            }
        }
        needs.entry(record.address.clone()).or_default().extend(record.needs.iter().cloned());
    }
    for record in records {
        let mut inputs = Vec::new();
        // A tag says whose a thing is, and may well be a word that some output is too.
        let given = record.inputs.as_object().into_iter().flatten();
        given
            .filter(|(input, _)| *input != "tags")
            .for_each(|(_, value)| texts(value, &mut inputs));
        let makers = inputs.iter().filter_map(|text| makers.get(*text));
        let owner = record.owner.clone();
        let sibling = |text: &&str| siblings.get(&(owner.clone()?, (*text).to_owned()));
        let used: BTreeSet<&Address> = makers.chain(inputs.iter().filter_map(sibling)).collect();
        for used in used {
            if !reaches(&needs, used, &record.address) {
                record.needs.insert(used.clone());
                needs.entry(record.address.clone()).or_default().insert(used.clone());
            }
        }
    }
}

/// Whether `from` is or needs `to`, over however many others.
fn reaches(needs: &BTreeMap<Address, BTreeSet<Address>>, from: &Address, to: &Address) -> bool {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(needs.get(at).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tag_that_reads_like_an_output_makes_no_user() {
        let made = |at: &str, inputs, outputs: crate::graph::Document| {
            let mut record = Record::new(Address::new("accounts", at), "t", inputs);
            record.outputs = Some(outputs.into());
            record
        };
        let tags = json!({"maas:instance": "accounts"});
        let group = made("group", json!({"tags": tags}), json!({"id": "sg-12345678"}));
        let database = made(
            "database",
            json!({"tags": tags, "security_groups": ["sg-12345678"]}),
            json!({"name": "accounts-database", "database_name": "accounts"}),
        );
        let mut records = [group, database];
        link(&mut records);
        let [group, database] = records;
        assert_eq!(group.needs, BTreeSet::new());
        assert_eq!(database.needs, [group.address].into());
    }
}
