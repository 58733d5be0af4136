//! What is known during a run: records and outputs as they come to be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::Bench;
use super::find::{goes_with, ids};
use crate::graph::document::{self, Tie};
use crate::graph::{Address, AnyResource, Catalogue, Document, Fault, FaultKind, Graph, Id};
use crate::plan::{Operation, Plan, Step};
use crate::state::{self, Key, Record};

/// The records as they are at each moment of a run, and how wanted inputs are made from them.
pub(super) struct Applied<'a> {
    plan: &'a Plan,
    graph: &'a Graph,
    account: Option<String>,
    salt: String,
    records: Mutex<BTreeMap<Key, Record>>,
    /// The addresses of what goes with its owner, by the owner's.
    parts: BTreeMap<Address, BTreeSet<Address>>,
    /// What the plan makes, and of which generation.
    made: BTreeMap<&'a Address, u32>,
    catalogue: &'a Catalogue,
}

/// The inputs of one step, made ready.
pub(super) struct Ready {
    /// As they are sent, with secrets.
    pub sent: Document,
    /// As they are recorded, without.
    pub sealed: Document,
}

impl<'a> Applied<'a> {
    pub fn new(bench: &'a Bench, plan: &'a Plan, graph: &'a Graph) -> Self {
        let snapshot = bench.keeper.snapshot();
        let mut parts: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
        let recorded = snapshot.records.values().map(|it| (&it.owner, &it.address));
        let planned = plan.steps.iter().map(|it| (&it.owner, &it.key.address));
        for (owner, part) in recorded.chain(planned) {
            let Some(owner) = owner else { continue };
            parts.entry(owner.clone()).or_default().insert(part.clone());
        }
        let creates = plan.steps.iter().filter(|it| it.operation == Operation::Create);
        Self {
            plan,
            graph,
            made: creates.map(|step| (&step.key.address, step.generation)).collect(),
            account: bench.place.account.clone(),
            salt: snapshot.meta.salt.clone(),
            records: Mutex::new(snapshot.records.clone()),
            parts,
            catalogue: &bench.catalogue,
        }
    }

    /// The records of what the cloud deletes with what is recorded there.
    pub fn parts(&self, owner: &Key) -> Vec<Key> {
        let Some(parts) = self.parts.get(&owner.address) else { return Vec::new() };
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(owner) = records.get(owner) else { return Vec::new() };
        let parts = parts.iter().flat_map(|part| state::copies(&records, part));
        parts
            .filter(|part| goes_with(self.catalogue, &records, part, owner))
            .map(Record::key)
            .collect()
    }

    /// The generation of what the plan makes at this address; none where it makes nothing there.
    pub fn made(&self, address: &Address) -> Option<u32> {
        self.made.get(address).copied()
    }

    pub fn salt(&self) -> &str {
        &self.salt
    }

    pub fn record(&self, key: &Key) -> Option<Record> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// The ids under which a resource is recorded.
    pub fn ids(&self, address: &Address) -> Vec<Id> {
        ids(&self.records.lock().unwrap_or_else(PoisonError::into_inner), address)
    }

    /// Whether a copy that was left behind is the current one itself: where the cloud was asked for a
    /// new one and gave back the old one.
    pub fn is_current_too(&self, copy: &Record) -> bool {
        let current = self.record(&copy.address.clone().into()).filter(|_| copy.deposed);
        current.is_some_and(|it| it.kind == copy.kind && it.id.is_some() && it.id == copy.id)
    }

    pub fn put(&self, record: Record) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).insert(record.key(), record);
    }

    pub fn remove(&self, key: &Key) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// The inputs of a step with every reference resolved.
    pub fn ready(&self, step: &Step, resource: &dyn AnyResource) -> Result<Ready, Fault> {
        let node = self.graph.nodes().get(&step.key.address);
        let node = node.ok_or_else(|| defect(step, "it is in the plan and not in the graph"))?;
        let sent = self.resolved(node.wanted_at(step.generation).into_owned(), resource)?;
        if document::is_pending(&sent) {
            let waits: Vec<String> = document::references(&sent)
                .into_iter()
                .map(|(at, output, _)| format!("{at}.{output}"))
                .collect();
            return Err(defect(
                step,
                &format!("it needs {} and has no value for it", waits.join(", ")),
            ));
        }
        let sealed = document::seal(sent.clone(), &self.salt);
        if let Some(preview) = &step.preview {
            fits(step, preview, &sealed)?;
        }
        Ok(Ready { sent, sealed })
    }

    /// Inputs with what is known by now in the place of references.
    pub fn resolved(
        &self,
        inputs: Document,
        resource: &dyn AnyResource,
    ) -> Result<Document, Fault> {
        let account = self.account.as_deref();
        resource.normal(document::resolve(inputs, account, &|at, output, tie| {
            self.value(at, output, tie)
        }))
    }

    fn value(&self, at: &Address, output: &str, tie: Tie) -> Option<Value> {
        if tie == Tie::Foretold
            && let Some(value) = self.plan.foretold.get(at).and_then(|outputs| outputs.get(output))
        {
            return Some(value.clone());
        }
        self.record(&at.clone().into())?.output(output)
    }
}

/// What the plan knew must still hold: who approved it approved that.
fn fits(step: &Step, preview: &Document, sealed: &Document) -> Result<(), Fault> {
    let (Some(planned), Some(now)) = (preview.as_object(), sealed.as_object()) else {
        return Ok(());
    };
    for (input, value) in planned {
        if !document::is_pending(value) && now.get(input) != Some(value) {
            let message =
                format!("the plan no longer fits {}: `{input}` is not what was planned", step.key);
            return Err(Fault::new(FaultKind::Refused, message)
                .advise("run the command again for a new plan"));
        }
    }
    Ok(())
}

/// A fault of this program about a step.
pub(super) fn defect(step: &Step, what: &str) -> Fault {
    Fault::new(FaultKind::Defect, format!("{}: {what}", step.key))
}
