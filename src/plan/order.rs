//! Steps and their order. All of the order is decided here; the executor only follows it.
//!
//! The rules:
//! - what is made or changed comes behind what it needs;
//! - what is deleted comes behind all that needed it: their deletion, or the change that freed it;
//! - the old half of a replacement goes last, or first where two cannot be there at once;
//! - what the cloud deletes with its owner costs no call and waits for the owner's deletion;
//! - what is gone already is only forgotten, where its deletion would stand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Teardown;
use super::diff::Change;
use super::model::{Half, Operation, Plan, Reason, Step, StepId, Unchanged};
use super::world::{Decision, Decisions, Verdict, World};
use crate::graph::{ALL, Address, Document, Node, Traits, document};
use crate::state::{Key, Record, names_another};

/// Steps under construction. Each knows what it waits for by index.
struct Order<'a> {
    world: &'a World<'a>,
    steps: Vec<Step>,
    /// The step that makes or changes the resource at an address.
    ups: BTreeMap<Address, usize>,
    /// The step after which a recorded resource is gone.
    downs: BTreeMap<Key, usize>,
}

type Foretold = BTreeMap<Address, Map<String, Value>>;

/// Why a step waits for another only where nothing stands against it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    /// It comes again under its name, and the user stands on it.
    StandsOn,
    /// Of the user is not known whether it uses it still, or already.
    HalfChanged,
    /// The user goes with its owner, without a call.
    GoesAlong,
    /// Not a deletion: what is made or changed says the same of the old one, which goes first, as of the
    /// new one. So it may come before both.
    ReachesBoth,
    /// It comes again under its name: where its users need the new one to let go of it, they do without
    /// it for a while.
    ComesAgain,
    /// It is a copy that was left behind: what such a one needs itself was there before it, so that it
    /// can only need the copy's successor.
    LeftBehind,
    /// It comes again, and only once this is there: until then it may as well stay.
    NotYet,
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
    fn traits(&self, kind: &str) -> Option<&Traits> {
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

    /// What is made or changed waits for what it needs. Gives back what waits only where nothing else
    /// stands against it.
    fn wait_for_needs(&mut self, foretold: &Foretold) -> BTreeSet<(Doubt, usize, usize)> {
        let mut may_wait = BTreeSet::new();
        for &at in self.ups.values() {
            let step = &self.steps[at];
            let needed = step.needs.iter().filter_map(|need| Some((need, *self.ups.get(need)?)));
            let (weak, waits): (Vec<_>, Vec<_>) =
                needed.partition(|(need, _)| self.may_take_the_old_one(step, need, foretold));
            let waits: Vec<StepId> = waits.into_iter().map(|(_, up)| StepId(up)).collect();
            may_wait.extend(weak.into_iter().map(|(_, up)| (Doubt::ReachesBoth, at, up)));
            self.steps[at].after.extend(waits);
        }
        may_wait
    }

    /// Whether a step may use what goes before its new one comes: it says the same of both, and does not
    /// stand on it.
    fn may_take_the_old_one(&self, step: &Step, need: &Address, foretold: &Foretold) -> bool {
        let (Some(node), Some(old)) =
            (self.world.graph.nodes().get(&step.key.address), self.world.record(need))
        else {
            return false;
        };
        if !self.goes_first(&old.key()) {
            return false;
        }
        let told = |output: &str| old.outputs.as_ref()?.get(output);
        let is_same = |output: &str| {
            let new = foretold.get(need).and_then(|outputs| outputs.get(output));
            new.is_some() && new == told(output)
        };
        let mut references = document::references(&node.wanted);
        references.retain(|(at, ..)| at == need);
        !references.is_empty()
            && references.iter().all(|(_, output, _)| is_same(output))
            && !node.after.contains(need)
            && !node.fixed_needs().contains(need)
    }

    /// Deletions wait for whatever needs the resource: by its record, it is there until then. Gives
    /// back what waits only where nothing else stands against it, the surest first.
    fn wait_for_users(&mut self) -> BTreeSet<(Doubt, usize, usize)> {
        let records = &self.world.snapshot.records;
        let mut users: BTreeMap<&Address, Vec<(&Key, &Record)>> = BTreeMap::new();
        for (key, user) in records {
            user.needs.iter().for_each(|need| users.entry(need).or_default().push((key, user)));
        }
        let (mut waits, mut may_wait) = (Vec::new(), BTreeSet::new());
        for (key, &down) in &self.downs {
            let Some(used) = self.recorded(&self.steps[down]) else { continue };
            if self.goes_first(key)
                && let Some(&up) = self.ups.get(&key.address)
            {
                let needs = self.steps[up].needs.iter().filter_map(|need| self.ups.get(need));
                may_wait.extend(needs.map(|&need| (Doubt::NotYet, down, need)));
            }
            for (user_key, user) in users.get(&key.address).into_iter().flatten() {
                // A need names no generation. One that is half changed may use another than it names.
                if user.finished && names_another(records, user, used) {
                    continue;
                }
                let Some(free) = self.freed(user_key, key).filter(|free| *free != down) else {
                    continue;
                };
                let doubt = if self.goes_first(key) {
                    match self.stands_on(user, used) {
                        true => Doubt::StandsOn,
                        false => Doubt::ComesAgain,
                    }
                } else if self.dying_owner(&self.steps[free]).is_some() {
                    Doubt::GoesAlong
                } else if !user.finished {
                    Doubt::HalfChanged
                } else if used.deposed {
                    Doubt::LeftBehind
                } else {
                    waits.push((down, free));
                    continue;
                };
                may_wait.insert((doubt, down, free));
            }
        }
        for (down, free) in waits {
            self.steps[down].after.insert(StepId(free));
        }
        may_wait
    }

    /// Whether what was recorded there holds on to that by an input that cannot change.
    fn stands_on(&self, user: &Record, used: &Record) -> bool {
        let fixed = self.traits(&user.kind).map_or(&[][..], |traits| traits.replace_on);
        if fixed == ALL {
            return used.is_named_in(&user.inputs);
        }
        fixed.iter().filter_map(|it| user.inputs.get(it)).any(|value| used.is_named_in(value))
    }

    fn wait_where_possible(
        &mut self,
        may_wait: BTreeSet<(Doubt, usize, usize)>,
        dying: &BTreeMap<usize, usize>,
    ) {
        for (doubt, step, other) in may_wait {
            let owner = dying.get(&step).copied();
            let step = owner.unwrap_or(step);
            let is_idle = owner.is_some() && doubt == Doubt::NotYet;
            if step == other || dying.contains_key(&other) || is_idle {
                continue;
            }
            let old =
                self.downs.get(&self.steps[other].key).filter(|_| doubt == Doubt::ReachesBoth);
            if !self.waits_for(other, step) {
                self.steps[step].after.insert(StepId(other));
            } else if let Some(old) = old.map(|old| *dying.get(old).unwrap_or(old))
                && !self.waits_for(step, old)
            {
                self.steps[old].after.insert(StepId(step));
            }
        }
    }

    /// Whether a step comes behind another, so far.
    fn waits_for(&self, step: usize, other: usize) -> bool {
        let mut before = BTreeSet::new();
        self.add_before(step, &mut before);
        before.contains(&other)
    }

    /// Adds a step and all that comes before it, unless it is there already.
    fn add_before(&self, step: usize, before: &mut BTreeSet<usize>) {
        let mut open = vec![step];
        while let Some(at) = open.pop() {
            if before.insert(at) {
                open.extend(self.steps[at].after.iter().map(|id| id.0));
            }
        }
    }

    /// Whether what is recorded there goes before its new one comes.
    fn goes_first(&self, key: &Key) -> bool {
        self.downs.get(key).is_some_and(|down| self.steps[*down].goes_first())
    }

    /// The step after which the recorded `user` no longer uses `used`.
    fn freed(&self, user: &Key, used: &Key) -> Option<usize> {
        let aside = || {
            let generation = self.world.snapshot.records.get(user)?.generation;
            self.downs.get(&Key { address: user.address.clone(), generation: Some(generation) })
        };
        if let Some(&down) = self.downs.get(user).or_else(aside) {
            return Some(down);
        }
        let up = *self.ups.get(&user.address).filter(|_| user.generation.is_none())?;
        (!self.goes_first(used)).then_some(up)
    }

    /// The step that deletes the owner of what this step deletes, if that takes it along.
    fn dying_owner(&self, step: &Step) -> Option<usize> {
        let input = self.traits(&step.kind)?.dies_with?;
        if step.operation == Operation::Forget {
            return None;
        }
        let owner = self.world.snapshot.owner_of(self.recorded(step)?, input)?;
        let old = Key { address: owner.address.clone(), generation: Some(owner.generation) };
        let down = *self.downs.get(&owner.key()).or_else(|| self.downs.get(&old))?;
        (self.steps[down].operation != Operation::Forget).then_some(down)
    }

    /// The record of what a step deletes.
    fn recorded(&self, step: &Step) -> Option<&Record> {
        let current = Key::from(step.key.address.clone());
        let records = &self.world.snapshot.records;
        let current = || records.get(&current).filter(|it| it.generation == step.generation);
        records.get(&step.key).or_else(current)
    }

    /// Lets what goes with its owner go without a call, unless the owner has to wait for it; gives back
    /// which step goes with which.
    fn die_with_owners(&mut self) -> BTreeMap<usize, usize> {
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &down in self.downs.values() {
            if let Some(owner) = self.dying_owner(&self.steps[down]) {
                parts.entry(owner).or_default().push(down);
            }
        }
        let mut dying = BTreeMap::new();
        for (owner, parts) in parts {
            let mut before = BTreeSet::new();
            self.add_before(owner, &mut before);
            for down in parts {
                if before.contains(&down) || self.waits_for(down, owner) {
                    continue;
                }
                // What waited for this one's deletion to be safe now waits for the owner's.
                let waits = std::mem::replace(&mut self.steps[down].after, [StepId(owner)].into());
                waits.iter().for_each(|id| self.add_before(id.0, &mut before));
                self.steps[owner].after.extend(waits);
                self.steps[down].operation = Operation::DeleteWithOwner;
                self.steps[down].seconds = 0;
                dying.insert(down, owner);
            }
        }
        dying
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
