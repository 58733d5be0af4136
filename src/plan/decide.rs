//! What happens to each resource, before anything is ordered.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::check::Flaw;
use super::current::current;
use super::diff::{Change, changes};
use super::refreshed::{Refreshed, refreshed};
use super::target::Targeted;
use super::world::{Decision, Decisions, Inputs, Verdict, World};
use super::{Observed, PlanError, Reason};
use crate::graph::document::{self, Tie};
use crate::graph::{ALL, Address, AnyResource, NameOrigin, Node, Objection, is_applied};
use crate::state::{Key, Record};

type Generations = BTreeMap<Address, u32>;

/// Decides what happens to each wanted resource; `targeted` is what the plan may touch.
pub(super) fn decide(
    world: &World<'_>,
    mut targeted: Targeted,
) -> Result<Decisions, Vec<PlanError>> {
    let order = world.graph.in_order().map_err(|cycle| vec![cycle.into()])?;
    let mut generations = Generations::new();
    // A replacement changes a foretold name, and draws in what uses the old one, which may change
    // what was decided before it. Each round settles at least one more resource; one is enough where
    // nothing is replaced.
    for _ in 0..=2 * order.len() + 1 {
        let round = Round::run(world, &order, &generations, &targeted)?;
        let settled = round.generations();
        let wider = targeted.drawn_in(world.graph, world.snapshot, |address| {
            let decision = round.decisions.get(address);
            decision.is_some_and(|it| match it.verdict {
                Verdict::Replace { .. } => true,
                // What was on it went with it.
                Verdict::Create => world.record(address).is_some(),
                Verdict::Keep | Verdict::Update => false,
            })
        });
        match wider {
            None if settled == generations => return Ok(round.finish(order)),
            None => {}
            Some(wider) => targeted = wider,
        }
        generations = settled;
    }
    let key = order.into_iter().next().map(Key::from);
    let flaw = key.map(|key| Flaw { key, rule: "what has to be replaced does not settle" });
    Err(flaw.map(PlanError::Flawed).into_iter().collect())
}

struct Round<'a> {
    world: &'a World<'a>,
    generations: &'a Generations,
    targeted: &'a Targeted,
    foretold: HashMap<&'a Address, OnceCell<Map<String, Value>>>,
    decisions: HashMap<Address, Decision>,
    /// Whether anything goes before its replacement comes.
    old_first: bool,
}

impl<'a> Round<'a> {
    fn run(
        world: &'a World<'a>,
        order: &[Address],
        generations: &'a Generations,
        targeted: &'a Targeted,
    ) -> Result<Self, Vec<PlanError>> {
        let mut round = Round {
            world,
            generations,
            targeted,
            foretold: world.graph.nodes().keys().map(|at| (at, OnceCell::new())).collect(),
            decisions: HashMap::with_capacity(order.len()),
            old_first: false,
        };
        let mut errors = Vec::new();
        for node in order.iter().filter_map(|address| world.graph.nodes().get(address)) {
            match round.decide(node) {
                Ok(decision) => {
                    round.old_first |=
                        matches!(decision.verdict, Verdict::Replace { new_first: false });
                    round.decisions.insert(node.address.clone(), decision);
                }
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() { Ok(round) } else { Err(errors) }
    }

    /// The generations that are not those recorded.
    fn generations(&self) -> Generations {
        let new = self
            .decisions
            .iter()
            .filter(|(_, decision)| matches!(decision.verdict, Verdict::Replace { .. }));
        new.map(|(address, decision)| (address.clone(), decision.generation)).collect()
    }

    fn generation(&self, address: &Address) -> u32 {
        let recorded = || match self.world.record(address) {
            Some(record) => record.generation,
            None => self.world.snapshot.next_generation(address),
        };
        self.generations.get(address).copied().unwrap_or_else(recorded)
    }

    /// The outputs that it will have, as far as they follow from its own inputs.
    fn foretold(&self, address: &Address) -> Option<&Map<String, Value>> {
        let foretell = || {
            let node = &self.world.graph.nodes()[address];
            let wanted = node.wanted_at(self.generation(address)).into_owned();
            let wanted =
                document::resolve(wanted, self.world.place.account.as_deref(), &|_, _, _| None);
            let resource = self.world.resource(node);
            resource.map(|it| it.foretell(&wanted, self.world.place).outputs).unwrap_or_default()
        };
        Some(self.foretold.get(address)?.get_or_init(foretell))
    }

    fn in_scope(&self, node: &Node) -> bool {
        self.targeted.contains(&node.address)
    }

    fn decide(&self, node: &Node) -> Result<Decision, Vec<PlanError>> {
        let record = self.world.record(&node.address);
        let resource = self.world.resource(node).map_err(|error| vec![error])?;
        if let Some(Observed::Unfit(objections)) = self.world.seen(&node.address) {
            let refused = |it: &Objection| PlanError::refused(&node.address, it.clone());
            return Err(objections.iter().map(refused).collect());
        }
        let mut decision = Decision {
            verdict: Verdict::Keep,
            reasons: Vec::new(),
            changes: Vec::new(),
            generation: self.generation(&node.address),
            inputs: None,
            seen: None,
        };
        let is_gone = self.world.is_gone(&node.address)
            || record.is_some_and(|record| self.went_with_owner(node, record));
        if record.is_some_and(|record| !is_gone && self.is_as_applied(node, record)) {
            return Ok(decision);
        }
        decision.inputs = Some(self.inputs(node, resource, decision.generation)?);
        let Some(record) = record.filter(|_| !is_gone) else {
            if self.in_scope(node) {
                decision.verdict = Verdict::Create;
                decision.reasons = vec![self.why_made(node, record)?];
            }
            return Ok(decision);
        };
        if !self.in_scope(node) {
            return Ok(decision);
        }
        self.compare(node, record, resource, &mut decision)?;
        Ok(decision)
    }

    /// Whether a call that makes it was interrupted, so that what is there may be its own.
    fn is_open(&self, address: &Address) -> bool {
        self.world.snapshot.intents.values().any(|intent| intent.key.address == *address)
    }

    /// Why it is made: it was deleted, it is new, or what exists is taken over.
    fn why_made(&self, node: &Node, record: Option<&Record>) -> Result<Reason, Vec<PlanError>> {
        let address = &node.address;
        let asked = self.world.options.adopt.contains(address);
        Ok(match self.world.seen(address) {
            _ if record.is_some() => Reason::Missing,
            Some(Observed::Standing { id, ours }) if *ours || asked || self.is_open(address) => {
                Reason::Adopted(Some(id.clone()))
            }
            Some(Observed::Standing { id, .. }) => {
                let (address, id) = (address.clone(), id.clone());
                return Err(vec![PlanError::Taken { address, id }]);
            }
            None if asked => Reason::Adopted(None),
            _ => Reason::New,
        })
    }

    /// Whether nothing can be said of it: the quick way, where a plan has few changes.
    fn is_as_applied(&self, node: &Node, record: &Record) -> bool {
        let World { seen, options, place, snapshot, .. } = self.world;
        record.finished
            && record.kind == node.traits.kind
            && !seen.contains_key(&node.address)
            && !options.replace.contains(&node.address)
            && is_applied(
                &node.wanted_at(record.generation),
                &record.inputs.text(),
                &snapshot.meta.salt,
                place.account.as_deref(),
                &|at, output, tie| self.value(at, output, tie),
            )
            && self.goes_along(node, record).is_none()
    }

    fn inputs(
        &self,
        node: &Node,
        resource: &dyn AnyResource,
        generation: u32,
    ) -> Result<Inputs, Vec<PlanError>> {
        let salt = &self.world.snapshot.meta.salt;
        let wanted = node.wanted_at(generation).into_owned();
        let account = self.world.place.account.as_deref();
        let resolved = document::resolve(wanted.clone(), account, &|at, output, tie| {
            self.value(at, output, tie)
        });
        let refused = |objection| PlanError::refused(&node.address, objection);
        let objections = resource.check(&resolved);
        if !objections.is_empty() {
            return Err(objections.into_iter().map(refused).collect());
        }
        let normal = resource.normal(resolved).map_err(|fault| {
            vec![refused(Objection { path: String::new(), message: fault.message })]
        })?;
        Ok(Inputs { wanted: document::seal(wanted, salt), preview: document::seal(normal, salt) })
    }

    /// The value that a reference has at plan time.
    fn value(&self, at: &Address, output: &str, tie: Tie) -> Option<Value> {
        let foretold = || self.foretold(at)?.get(output).cloned();
        let recorded = || {
            if let Some(Observed::Seen(seen)) = self.world.seen(at) {
                return seen.outputs.get(output).cloned();
            }
            self.world.record(at)?.outputs.as_ref()?.get(output).cloned()
        };
        let Some(decision) = self.decisions.get(at) else {
            return match tie {
                Tie::Foretold => foretold().or_else(recorded),
                Tie::Real => recorded(),
            };
        };
        match decision.verdict {
            Verdict::Create | Verdict::Replace { .. } => foretold(),
            Verdict::Keep => recorded(),
            Verdict::Update if self.moves(at, output, &decision.changes) => None,
            // One that is half made has no outputs yet; what uses it may be there all the same.
            Verdict::Update => recorded().or_else(foretold),
        }
    }

    /// Whether the cloud has deleted it with its owner, which a run that was interrupted right after
    /// that did not record any more.
    fn went_with_owner(&self, node: &Node, record: &Record) -> bool {
        let owner = node.owner().filter(|owner| record.owner.as_ref() == Some(owner));
        let owner = owner.and_then(|owner| self.decisions.get(&owner));
        owner.is_some_and(|owner| matches!(owner.verdict, Verdict::Create))
    }

    /// The replacement that takes this resource along: of its owner, or of one that has to go first
    /// while this one holds it by an input that cannot change.
    fn goes_along(&self, node: &Node, record: &Record) -> Option<Address> {
        let verdict = |at: &Address| self.decisions.get(at).map(|decision| &decision.verdict);
        let owner = node.owner().filter(|at| matches!(verdict(at), Some(Verdict::Replace { .. })));
        owner.or_else(|| {
            // Most plans have none, and to look for it is dear.
            if !self.old_first {
                return None;
            }
            node.fixed_needs().into_iter().find(|at| {
                matches!(verdict(at), Some(Verdict::Replace { new_first: false }))
                    && record.needs.contains(at)
            })
        })
    }

    fn moves(&self, at: &Address, output: &str, changes: &[Change]) -> bool {
        let Some(node) = self.world.graph.nodes().get(at) else { return false };
        let moved = node.traits.moves_on_update.iter().filter(|(moved, _)| *moved == output);
        moved
            .flat_map(|(_, inputs)| inputs.iter())
            .any(|input| changes.iter().any(|change| change.input() == *input))
    }

    fn compare(
        &self,
        node: &Node,
        record: &Record,
        resource: &dyn AnyResource,
        decision: &mut Decision,
    ) -> Result<(), Vec<PlanError>> {
        if record.kind != node.traits.kind {
            decision.reasons.push(Reason::OtherKind(record.kind.clone()));
            return self.replace(node, record, resource, decision);
        }
        let traits = &node.traits;
        // A document of an older version of the type is compared as this version would write it.
        let applied = resource.normal(record.inputs.to_document());
        let applied = applied.unwrap_or_else(|_| record.inputs.to_document());
        let current = match self.world.seen(&node.address) {
            Some(Observed::Seen(seen)) => {
                current(&applied, &seen.inputs, traits, &self.world.snapshot.meta.salt)
            }
            _ => applied.clone(),
        };
        let preview = decision.inputs.as_ref().map(|inputs| &inputs.preview);
        decision.changes = changes(&current, preview.unwrap_or(&applied));
        let drifted = changes(&applied, &current);
        let by_hand = |path: &str| drifted.iter().any(|drift| drift.path == path);
        let (drift, change): (Vec<String>, Vec<String>) = decision
            .changes
            .iter()
            .map(|change| change.path.clone())
            .partition(|path| by_hand(path));
        if !drifted.is_empty() {
            decision.seen = Some(current);
        }
        if !change.is_empty() {
            decision.reasons.push(Reason::Changed(change));
        }
        if !drift.is_empty() {
            decision.reasons.push(Reason::Drifted(drift));
        }
        let unknown =
            |input: &str| traits.added.contains(&input) && record.inputs.get(input).is_none();
        let replacing = |change: &Change| {
            traits.replace_on == ALL
                || traits.replace_on.contains(&change.input()) && !unknown(change.input())
        };
        let mut fixed: Vec<String> = Vec::new();
        for change in decision.changes.iter_mut().filter(|change| replacing(change)) {
            change.replaces = true;
            fixed.push(change.path.clone());
        }
        let asked = self.world.options.replace.contains(&node.address);
        if asked {
            decision.reasons.push(Reason::Asked);
        }
        if !record.finished {
            decision.reasons.push(match self.world.is_restored(&node.address) {
                true => Reason::Restored,
                false => Reason::Unfinished,
            });
        }
        let other = self.goes_along(node, record);
        if asked || other.is_some() || !fixed.is_empty() {
            decision.reasons.extend(other.map(Reason::GoesWith));
            if !fixed.is_empty() {
                decision.reasons.push(Reason::CannotChange(fixed));
            }
            return self.replace(node, record, resource, decision);
        }
        if !decision.changes.is_empty() || !record.finished {
            decision.verdict = Verdict::Update;
        }
        Ok(())
    }

    fn replace(
        &self,
        node: &Node,
        record: &Record,
        resource: &dyn AnyResource,
        decision: &mut Decision,
    ) -> Result<(), Vec<PlanError>> {
        let generated = matches!(node.name, NameOrigin::Generated(_));
        decision.generation = self.world.snapshot.next_generation(&node.address);
        let inputs = decision.inputs.insert(self.inputs(node, resource, decision.generation)?);
        // What is not known yet may turn out to be as it was.
        let stays = |input: &str| match inputs.preview.get(input) {
            Some(wanted) if document::is_pending(wanted) => true,
            wanted => record.inputs.get(input) == wanted,
        };
        let known_by = node.traits.known_by;
        // Of what goes with its owner there are two as long as there are two of that.
        let owner = node.owner();
        let verdict =
            owner.as_ref().and_then(|owner| self.decisions.get(owner)).map(|it| &it.verdict);
        let along = matches!(verdict, Some(Verdict::Replace { new_first: true }));
        let moves = along || (owner.is_some() && record.owner != owner);
        let alone = node.traits.one_at_a_time
            || (!known_by.is_empty() && known_by.iter().all(|input| stays(input)));
        let collides = node.traits.name.is_some_and(|naming| !generated && stays(naming.input))
            || (alone && !moves);
        // What its old one uses may be needed by the new one over others.
        let below_delete_first = node.needs().union(&record.needs).any(|need| {
            matches!(
                self.decisions.get(need),
                Some(Decision { verdict: Verdict::Replace { new_first: false }, .. })
            )
        });
        let new_first = !collides && (along || !below_delete_first);
        decision.verdict = Verdict::Replace { new_first };
        Ok(())
    }

    fn finish(self, order: Vec<Address>) -> Decisions {
        let Refreshed { records, vacated, lost } = refreshed(self.world, &self.decisions);
        let moves = |address: &&Address| !matches!(self.decisions[*address].verdict, Verdict::Keep);
        let foretold = self
            .decisions
            .keys()
            .filter(moves)
            .filter_map(|address| Some((address.clone(), self.foretold(address)?.clone())));
        let foretold = foretold.collect();
        let targeted = self.targeted.clone();
        Decisions {
            order,
            nodes: self.decisions,
            targeted,
            foretold,
            refreshed: records,
            vacated,
            lost,
        }
    }
}
