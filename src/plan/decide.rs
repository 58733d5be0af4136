//! What happens to each resource, before anything is ordered.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::check::Flaw;
use super::diff::Change;
use super::refreshed::{Refreshed, refreshed};
use super::target::Targeted;
use super::world::{Decision, Decisions, Inputs, Verdict, World};
use super::{Observed, PlanError, Reason};
use crate::graph::document::{self, Tie};
use crate::graph::{Address, AnyResource, Node, Objection, is_applied};
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

pub(super) struct Round<'a> {
    pub world: &'a World<'a>,
    generations: &'a Generations,
    targeted: &'a Targeted,
    foretold: HashMap<&'a Address, OnceCell<Map<String, Value>>>,
    pub decisions: HashMap<Address, Decision>,
    /// Whether anything goes before its replacement comes.
    pub old_first: bool,
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

    pub fn inputs(
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
            let record = self.world.record(at)?;
            match self.world.seen(at) {
                Some(Observed::Seen(seen)) => record.output_read(&seen.outputs, output),
                _ => record.output(output),
            }
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

    fn moves(&self, at: &Address, output: &str, changes: &[Change]) -> bool {
        let Some(node) = self.world.graph.nodes().get(at) else { return false };
        let moved = node.traits.moves_on_update.iter().filter(|(moved, _)| *moved == output);
        moved
            .flat_map(|(_, inputs)| inputs.iter())
            .any(|input| changes.iter().any(|change| change.input() == *input))
    }

    fn finish(self, order: Vec<Address>) -> Decisions {
        let Refreshed { records, vacated, lost } =
            refreshed(self.world, &self.decisions, self.targeted);
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
