//! Plans on a state in which a graph is applied.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::*;
use crate::graph::document::resolve;
use crate::graph::{Address, Id, NameOrigin};
// Only tests of this room look into the next ones.
#[cfg(test)]
use crate::plan::{Observations, Options, Plan, PlanError, StepId};
#[cfg(test)]
use crate::state::{Record, Snapshot};

const ACCOUNT: &str = "123456789012";

pub(super) fn known_place() -> Place {
    Place { account: Some(ACCOUNT.into()), region: "eu-west-1".into() }
}

/// The state in which everything is as the graph wants it.
pub(super) fn applied(graph: &Graph) -> Snapshot {
    let catalogue = crate::aws::catalogue();
    let resource = |kind: &str| catalogue.get(kind).unwrap();
    let mut outputs: BTreeMap<Address, Map<String, Value>> = BTreeMap::new();
    for (address, node) in graph.nodes() {
        let wanted = resolve(node.wanted.clone(), Some(ACCOUNT), &|_, _, _| None);
        let mut told = resource(node.traits.kind).foretell(&wanted, &known_place()).outputs;
        for name in node.traits.outputs {
            let made_up = || format!("{name} of {address}").into();
            told.entry(*name).or_insert_with(made_up);
        }
        outputs.insert(address.clone(), told);
    }
    let mut snapshot = Snapshot::new("shop", "dev");
    for (address, node) in graph.nodes() {
        let value = |at: &Address, output: &str, _| outputs[at].get(output).cloned();
        let inputs = resolve(node.wanted.clone(), Some(ACCOUNT), &value);
        let inputs = resource(node.traits.kind).normal(inputs).unwrap();
        let mut record = Record::new(address.clone(), node.traits.kind, inputs);
        record.id = Some(Id::from(address.as_str()));
        record.outputs = Some(Value::Object(outputs[address].clone()).into());
        record.name_pinned = matches!(node.name, NameOrigin::Pinned);
        record.needs = node.needs().clone();
        record.owner = node.owner();
        record.finished = true;
        snapshot.records.insert(record.key(), record);
    }
    snapshot
}

pub(super) fn try_plan(graph: &Graph, snapshot: &Snapshot) -> Result<Plan, Vec<PlanError>> {
    plan_of(graph, snapshot, &Observations::new())
}

pub(super) fn plan_of(
    graph: &Graph,
    snapshot: &Snapshot,
    seen: &Observations,
) -> Result<Plan, Vec<PlanError>> {
    plan_with(graph, snapshot, seen, &Options::default())
}

pub(super) fn plan_with(
    graph: &Graph,
    snapshot: &Snapshot,
    seen: &Observations,
    options: &Options,
) -> Result<Plan, Vec<PlanError>> {
    crate::plan::plan(graph, snapshot, seen, &known_place(), &crate::aws::catalogue(), options)
}

pub(super) fn plan(graph: &Graph, snapshot: &Snapshot) -> Plan {
    try_plan(graph, snapshot).unwrap()
}

/// All that has to be done before a step.
pub(super) fn steps_before(plan: &Plan, at: StepId) -> BTreeSet<StepId> {
    let (mut open, mut found) = (vec![at], BTreeSet::new());
    while let Some(id) = open.pop() {
        open.extend(plan.step(id).after.iter().filter(|id| found.insert(**id)));
    }
    found
}
