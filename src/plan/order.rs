//! The steps of a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Teardown;
use super::diff::Change;
use super::model::{Half, Operation, Plan, Reason, Step, StepId, Unchanged};
use super::world::{Decision, Decisions, Verdict, World};
use crate::graph::{Address, Document, Node, Traits};
use crate::state::{Key, Record};

/// Steps under construction. Each knows what it waits for by index.
pub(super) struct Order<'a> {
    pub world: &'a World<'a>,
    pub steps: Vec<Step>,
    /// The step that makes or changes the resource at an address.
    pub ups: BTreeMap<Address, usize>,
    /// The step after which a recorded resource is gone.
    pub downs: BTreeMap<Key, usize>,
}

/// The plan with these decisions.
pub(super) fn order(world: &World<'_>, decisions: Decisions) -> Plan {
    let mut order =
        Order { world, steps: Vec::new(), ups: BTreeMap::new(), downs: BTreeMap::new() };
    let mut unchanged = Vec::new();
    for address in &decisions.order {
        let Some(decision) = decisions.nodes.get(address) else { continue };
        match &decision.verdict {
            Verdict::Keep => {
                if let Some(record) = world.record(address) {
                    unchanged
                        .push(Unchanged { address: address.clone(), kind: record.kind.clone() });
                }
            }
            _ => order.add_wanted(address, decision),
        }
    }
    order.add_unwanted(&decisions);
    let mut may_wait = order.wait_for_needs(&decisions.foretold);
    may_wait.extend(order.wait_for_users());
    let dying = order.die_with_owners();
    order.wait_where_possible(may_wait, &dying);
    Plan {
        project: world.graph.scope().project.clone(),
        environment: world.graph.scope().environment.clone(),
        manifest: world.options.manifest.clone(),
        state_serial: world.snapshot.meta.serial,
        unchanged,
        refreshed: decisions.refreshed,
        vacated: decisions.vacated,
        foretold: decisions.foretold,
        steps: sorted(order.steps),
    }
}

impl Order<'_> {
    pub fn traits(&self, kind: &str) -> Option<&Traits> {
        self.world.catalogue.traits(kind)
    }

    fn add_wanted(&mut self, address: &Address, decision: &Decision) {
        let world = self.world;
        let (Some(node), Some(inputs)) = (world.graph.nodes().get(address), &decision.inputs)
        else {
            return;
        };
        let record = world.record(address);
        let replace = match decision.verdict {
            Verdict::Replace { new_first } => record.map(|record| (record, new_first)),
            _ => None,
        };
        let mut after = BTreeSet::new();
        if let Some((record, new_first)) = replace {
            let mut old = self.deletion(record, vec![Reason::Replaced]);
            old.half = Some(Half::Old);
            if new_first {
                // By then the record of the old one has stepped aside for the new one's.
                old.key.generation = Some(record.generation);
            }
            let key = old.key.clone();
            let at = self.push(old);
            if !new_first {
                after.insert(StepId(at));
            }
            self.downs.insert(key, at);
        }
        let update = matches!(decision.verdict, Verdict::Update);
        let step = Step {
            key: address.clone().into(),
            kind: node.traits.kind.to_owned(),
            operation: if update { Operation::Update } else { Operation::Create },
            half: replace.map(|_| Half::New),
            after,
            reasons: decision.reasons.clone(),
            changes: decision.changes.clone(),
            wanted: Some(inputs.wanted.clone()),
            preview: Some(inputs.preview.clone()),
            seen: decision.seen.clone(),
            generation: decision.generation,
            name_pinned: matches!(node.name, crate::graph::NameOrigin::Pinned),
            needs: node.needs().clone(),
            owner: node.owner(),
            id: record.filter(|_| update).and_then(|record| record.id.clone()),
            name: name(node, &inputs.preview).filter(|_| !update),
            seconds: node.traits.seconds,
        };
        let at = self.push(step);
        self.ups.insert(address.clone(), at);
        if let Some((record, true)) = replace {
            let key = Key { address: address.clone(), generation: Some(record.generation) };
            if let Some(&old) = self.downs.get(&key) {
                self.steps[old].after.insert(StepId(at));
            }
        }
    }

    /// Deletes what is recorded and not wanted, and old copies that earlier replacements left; of
    /// what is gone already, forgets the record.
    fn add_unwanted(&mut self, decisions: &Decisions) {
        let world = self.world;
        for (key, record) in &world.snapshot.records {
            let wanted = key.generation.is_none() && world.graph.nodes().contains_key(&key.address);
            if wanted || self.downs.contains_key(key) || !decisions.targeted.contains(&key.address)
            {
                continue;
            }
            let reason = match key.generation {
                _ if decisions.lost.contains(key) => Reason::Gone,
                Some(_) => Reason::Replaced,
                None => Reason::NotWanted,
            };
            let step = match reason {
                Reason::Gone => Step {
                    operation: Operation::Forget,
                    changes: Vec::new(),
                    seconds: 0,
                    ..self.deletion(record, vec![reason])
                },
                _ => self.deletion(record, vec![reason]),
            };
            let at = self.push(step);
            self.downs.insert(key.clone(), at);
        }
    }

    fn deletion(&self, record: &Record, reasons: Vec<Reason>) -> Step {
        Step {
            key: record.key(),
            kind: record.kind.clone(),
            operation: Operation::Delete,
            half: None,
            after: BTreeSet::new(),
            reasons,
            changes: self.teardown(record),
            wanted: None,
            preview: None,
            seen: None,
            generation: record.generation,
            name_pinned: record.name_pinned,
            needs: record.needs.clone(),
            owner: record.owner.clone(),
            id: record.id.clone(),
            name: None,
            seconds: self.traits(&record.kind).map_or(1, |traits| traits.seconds),
        }
    }

    /// The inputs of its teardown that are not as they were applied.
    fn teardown(&self, record: &Record) -> Vec<Change> {
        let now = |input: &str| -> Option<&Value> {
            let Teardown { asked, manifest } = &self.world.options.teardown;
            let wanted = self.world.graph.nodes().get(&record.address).map(|node| &node.wanted);
            let told = || wanted.or_else(|| manifest.get(&record.address))?.get(input);
            asked.get(input).or_else(told)
        };
        let inputs = self.traits(&record.kind).map_or(&[][..], |traits| traits.teardown);
        let changes = inputs.iter().filter_map(|&input| {
            let from = record.inputs.get(input).cloned().unwrap_or_default();
            let to = now(input).filter(|to| **to != from)?.clone();
            Some(Change { path: input.to_owned(), from, to, replaces: false })
        });
        changes.collect()
    }

    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }
}

fn name(node: &Node, preview: &Document) -> Option<String> {
    let name = preview.get(node.traits.name?.input)?.as_str()?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// The steps in an order in which each comes behind what it waits for, renumbered.
fn sorted(steps: Vec<Step>) -> Vec<Step> {
    let mut open: Vec<usize> = steps.iter().map(|step| step.after.len()).collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (at, step) in steps.iter().enumerate() {
        step.after.iter().for_each(|id| users[id.0].push(at));
    }
    let mut ready: BTreeSet<usize> = (0..steps.len()).filter(|at| open[*at] == 0).collect();
    let mut placed: Vec<usize> = Vec::with_capacity(steps.len());
    while let Some(at) = ready.pop_first() {
        placed.push(at);
        for &user in &users[at] {
            open[user] -= 1;
            if open[user] == 0 {
                ready.insert(user);
            }
        }
    }
    // A cycle cannot come about; if it did, `check` would say so.
    placed.extend((0..steps.len()).filter(|at| open[*at] > 0));
    let mut number = vec![0; steps.len()];
    placed.iter().enumerate().for_each(|(new, &old)| number[old] = new);
    let mut slots: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let renumbered = |mut step: Step| {
        step.after = step.after.iter().map(|id| StepId(number[id.0])).collect();
        step
    };
    placed.into_iter().filter_map(|old| slots[old].take()).map(renumbered).collect()
}
