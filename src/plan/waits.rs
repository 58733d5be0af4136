//! Which step waits for which. All of the order is decided here; the executor only follows it.
//!
//! The rules:
//! - what is made or changed comes behind what it needs;
//! - what is deleted comes behind all that needed it: their deletion, or the change that freed it;
//! - the old half of a replacement goes last, or first where two cannot be there at once;
//! - what the cloud deletes with its owner costs no call and waits for the owner's deletion;
//! - what is gone already is only forgotten, where its deletion would stand.
//!
//! Where these cannot all hold at once, the surest do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::model::{Operation, Step, StepId};
use super::order::Order;
use crate::graph::{ALL, Address, document};
use crate::state::{Key, Record, names_another};

type Foretold = BTreeMap<Address, Map<String, Value>>;

/// Why a step waits for another only where nothing stands against it; the surest come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
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

impl Order<'_> {
    /// What is made or changed waits for what it needs. Gives back what waits only where nothing else
    /// stands against it.
    pub fn wait_for_needs(&mut self, foretold: &Foretold) -> BTreeSet<(Doubt, usize, usize)> {
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
    pub fn wait_for_users(&mut self) -> BTreeSet<(Doubt, usize, usize)> {
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

    /// Lets these wait too, the surest first, as far as none waits for itself then.
    pub fn wait_where_possible(
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
    pub fn die_with_owners(&mut self) -> BTreeMap<usize, usize> {
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
