//! What the manifest wants, looked for in the order in which it would be made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use serde_json::Value;

use super::super::find;
use super::super::hooks::Reading;
use super::super::look::unknown;
use super::super::{Bench, EventKind};
use super::inputs::of_wanted;
use super::listing::Thing;
use super::{Finding, Found, Listing, Rebuilt};
use crate::graph::document::{self, Tie};
use crate::graph::{
    Address, AnyResource, Document, Fault, FaultKind, Graph, HeldDocument, Id, NameOrigin, Node,
    SeenDocument,
};
use crate::state::Record;

/// So many names are tried of what cannot be listed.
const TRIED: u32 = 8;

/// What is known while the search goes on.
struct Search<'a> {
    bench: &'a Bench,
    listing: &'a Listing,
    salt: &'a str,
    found: BTreeMap<Address, Record>,
    /// The outputs that the graph uses, by the address of what has them.
    used: BTreeMap<Address, BTreeSet<String>>,
}

/// One that was found.
struct Match {
    id: Id,
    generation: u32,
    want: Document,
    seen: SeenDocument,
}

/// What was found of one node: the newest first, or the id of another's thing in its place.
enum Outcome {
    Matches(Vec<Match>),
    Foreign(Id),
}

pub(super) async fn find(
    bench: &Bench,
    graph: &Graph,
    listing: &Listing,
) -> Result<Rebuilt, Vec<(Address, Fault)>> {
    let snapshot = bench.keeper.snapshot();
    let nodes = graph.nodes();
    // A graph with a cycle has no plan either; that is told there, with the cycle.
    let order = graph.layers().unwrap_or_else(|_| vec![nodes.keys().cloned().collect()]);
    bench.events.tell(EventKind::Reading { resources: nodes.len() });
    let salt = snapshot.meta.salt.as_str();
    let mut used: BTreeMap<Address, BTreeSet<String>> = BTreeMap::new();
    for (at, output, tie) in nodes.values().flat_map(|node| document::references(&node.wanted)) {
        if tie == Tie::Real {
            used.entry(at).or_default().insert(output);
        }
    }
    let mut search = Search { bench, listing, salt, found: BTreeMap::new(), used };
    let (mut rebuilt, mut faults) = (Rebuilt::default(), Vec::new());
    for layer in order {
        let found = &search;
        let looks = layer
            .iter()
            .filter_map(|address| nodes.get(address))
            .map(|node| async move { (node, found.look(node).await) });
        let results: Vec<_> =
            stream::iter(looks).buffer_unordered(bench.parallelism.max(1)).collect().await;
        for (node, result) in results {
            match result {
                Ok(outcome) => search.take(node, outcome, &mut rebuilt),
                Err(fault) => faults.push((node.address.clone(), fault)),
            }
        }
    }
    faults.sort_by(|one, other| one.0.cmp(&other.0));
    if faults.is_empty() { Ok(rebuilt) } else { Err(faults) }
}

impl Search<'_> {
    async fn look(&self, node: &Node) -> Result<Outcome, Fault> {
        let kind = node.traits.kind;
        let resource = self.bench.catalogue.get(kind).ok_or_else(|| unknown(kind))?.as_ref();
        let mut listed = self.listing.at(&node.address, kind);
        listed.sort_by_key(|thing| !self.is_named(node, thing));
        let mut matches = Vec::new();
        let mut taken = BTreeSet::new();
        for thing in listed {
            let mut generation = thing.generation.unwrap_or_default();
            while !taken.insert(generation) {
                generation += 1;
            }
            let want = self.want(node, resource, generation)?;
            let held = HeldDocument {
                id: thing.id.clone(),
                inputs: want.clone(),
                outputs: None,
                finished: false,
            };
            let cx = self.bench.cx(Arc::new(Reading::new(&self.bench.events)));
            if let Some(seen) = resource.read(cx, held).await? {
                matches.push(Match { id: thing.id.clone(), generation, want, seen });
            }
        }
        if !matches.is_empty() {
            return Ok(Outcome::Matches(matches));
        }
        self.look_by_name(node, resource).await
    }

    /// Whether a thing has the name that the node's has today, or one of its later generations.
    fn is_named(&self, node: &Node, thing: &Thing) -> bool {
        match (&node.name, node.traits.name) {
            (NameOrigin::Generated(_), _) => thing.generation.is_some(),
            (NameOrigin::Pinned, Some(naming)) => {
                thing.inputs[naming.input] == node.wanted[naming.input]
            }
            _ => true,
        }
    }

    /// Looks for one that no list has, under the names that it may have by now.
    async fn look_by_name(
        &self,
        node: &Node,
        resource: &dyn AnyResource,
    ) -> Result<Outcome, Fault> {
        let generated = matches!(node.name, NameOrigin::Generated(_));
        let tries = if generated && !self.listing.has(node.traits.kind) { TRIED } else { 1 };
        let mut foreign = None;
        for generation in 0..tries {
            let want = self.want(node, resource, generation)?;
            let found = match find::find(self.bench, resource, &want, &[]).await {
                // What it is part of is not there, so it is not either.
                Err(fault) if fault.kind == FaultKind::NotKnown && document::is_pending(&want) => {
                    None
                }
                found => found?,
            };
            let Some(find::Found { id, ours, seen }) = found else { continue };
            if ours {
                let matches = vec![Match { id, generation, want, seen }];
                return Ok(Outcome::Matches(matches));
            }
            foreign = foreign.or(Some(id));
        }
        Ok(foreign.map_or_else(|| Outcome::Matches(Vec::new()), Outcome::Foreign))
    }

    /// The inputs that its nth generation would have, with what is known by now put in.
    fn want(
        &self,
        node: &Node,
        resource: &dyn AnyResource,
        generation: u32,
    ) -> Result<Document, Fault> {
        let account = self.bench.place.account.as_deref();
        let resolved = document::resolve(
            node.wanted_at(generation).into_owned(),
            account,
            &|at, output, tie| self.value(at, output, tie),
        );
        resource.normal(resolved)
    }

    fn value(&self, at: &Address, output: &str, _tie: Tie) -> Option<Value> {
        self.found.get(at)?.output(output)
    }

    /// Whether what was found has what others use of it, or never will.
    fn is_whole(&self, node: &Node, found: &Match) -> bool {
        let resource = self.bench.catalogue.get(node.traits.kind);
        let foretold = resource.map(|it| it.foretell(&found.want, &self.bench.place).outputs);
        let is_told = |output: &String| {
            found.seen.outputs.get(output).is_some_and(document::is_told)
                || foretold.as_ref().is_some_and(|foretold| foretold.contains_key(output))
        };
        self.used.get(&node.address).into_iter().flatten().all(is_told)
    }

    fn take(&mut self, node: &Node, outcome: Outcome, rebuilt: &mut Rebuilt) {
        let mut tell = |id: Option<&Id>, found| {
            rebuilt.findings.push(Finding {
                address: node.address.clone(),
                kind: node.traits.kind.to_owned(),
                id: id.cloned(),
                found,
            });
        };
        let matches = match outcome {
            Outcome::Matches(matches) => matches,
            Outcome::Foreign(id) => return tell(Some(&id), Found::Foreign),
        };
        if matches.is_empty() {
            return tell(None, Found::Missing);
        }
        for (at, found) in matches.into_iter().enumerate() {
            let finished = self.is_whole(node, &found);
            let sealed = document::seal(found.want, self.salt);
            let inputs = of_wanted(&sealed, &found.seen.inputs, &node.traits, self.salt);
            let normal = self.bench.catalogue.get(node.traits.kind);
            let normal = normal.and_then(|resource| resource.normal(inputs.clone()).ok());
            let inputs = normal.unwrap_or(inputs);
            let mut record = Record::new(node.address.clone(), node.traits.kind, inputs);
            record.id = Some(found.id.clone());
            record.generation = found.generation;
            record.name_pinned = matches!(node.name, NameOrigin::Pinned);
            record.outputs = Some(found.seen.outputs.into());
            record.needs = node.needs().clone();
            record.owner = node.owner();
            record.finished = finished;
            record.deposed = at > 0;
            if at == 0 {
                self.found.insert(node.address.clone(), record.clone());
            }
            tell(Some(&found.id), if at == 0 { Found::Recorded } else { Found::Old });
            rebuilt.records.push(record);
        }
    }
}
