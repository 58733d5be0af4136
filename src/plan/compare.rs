//! What happens to one that is there: what was applied, and what is seen, against what is wanted.

use std::collections::BTreeSet;

use super::current::{applied, current};
use super::decide::Round;
use super::diff::{Change, changes};
use super::world::{Decision, Verdict};
use super::{Observed, PlanError, Reason};
use crate::graph::{ALL, Address, AnyResource, NameOrigin, Node, document};
use crate::state::Record;

impl Round<'_> {
    /// Whether it stays, is changed or is replaced, and why.
    pub fn compare(
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
        let applied = applied(resource, record);
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
        let replacing = |change: &Change| {
            traits.replace_on == ALL
                || traits.replace_on.contains(&change.input())
                    && !traits.is_untold(&record.inputs, change.input())
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
        let below_delete_first = self.is_below_old_first(node, record);
        let new_first = !collides && (along || !below_delete_first);
        decision.verdict = Verdict::Replace { new_first };
        Ok(())
    }

    /// Whether the old or the new one uses what goes before its own new one comes, be it over what is
    /// not wanted any more.
    fn is_below_old_first(&self, node: &Node, record: &Record) -> bool {
        // Most plans have none, and to look for it is dear.
        if !self.old_first {
            return false;
        }
        let mut open: Vec<&Address> = node.needs().union(&record.needs).collect();
        let mut visited = BTreeSet::new();
        while let Some(need) = open.pop() {
            match self.decisions.get(need).map(|decision| &decision.verdict) {
                Some(Verdict::Replace { new_first: false }) => return true,
                None if !self.world.graph.nodes().contains_key(need) && visited.insert(need) => {
                    open.extend(self.world.snapshot.copies(need).flat_map(|copy| &copy.needs));
                }
                _ => {}
            }
        }
        false
    }

    /// The replacement that takes this resource along: of its owner, or of one that has to go first
    /// while this one holds it by an input that cannot change.
    pub fn goes_along(&self, node: &Node, record: &Record) -> Option<Address> {
        let verdict = |at: &Address| self.decisions.get(at).map(|decision| &decision.verdict);
        let owner = node.owner().filter(|at| matches!(verdict(at), Some(Verdict::Replace { .. })));
        owner.or_else(|| {
            if !self.old_first {
                return None;
            }
            node.fixed_needs().into_iter().find(|at| {
                matches!(verdict(at), Some(Verdict::Replace { new_first: false }))
                    && record.needs.contains(at)
            })
        })
    }
}
