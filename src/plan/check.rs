//! The linter of plans: whatever is wrong with a plan, found before anything is done.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::model::{Half, Operation, Plan, Reason, StepId};
use crate::graph::Address;
use crate::state::{Key, Snapshot, names_another};

/// A rule that a plan breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Whose step breaks it.
    pub key: Key,
    /// The rule.
    pub rule: &'static str,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.rule)
    }
}

/// The rules that this plan breaks; none for a sound one.
pub fn check(plan: &Plan, snapshot: &Snapshot) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut ups: BTreeMap<&Address, StepId> = BTreeMap::new();
    let mut downs: BTreeMap<&Key, StepId> = BTreeMap::new();
    for (id, step) in plan.numbered() {
        let mut flaw = |rule| flaws.push(Flaw { key: step.key.clone(), rule });
        if step.after.iter().any(|after| *after >= id) {
            flaw("a step stands before one that it waits for");
        }
        let twice = match step.operation {
            Operation::Create | Operation::Update => ups.insert(&step.key.address, id),
            Operation::Delete | Operation::DeleteWithOwner | Operation::Forget => {
                downs.insert(&step.key, id)
            }
        };
        if twice.is_some() {
            flaw("two steps do the same to one record");
        }
        if step.operation == Operation::Update && !snapshot.records.contains_key(&step.key) {
            flaw("what is not recorded cannot be updated");
        }
        let there =
            snapshot.records.contains_key(&step.key) && !step.reasons.contains(&Reason::Missing);
        if step.operation == Operation::Create && step.half.is_none() && there {
            flaw("what is recorded cannot be created");
        }
    }
    let old: BTreeSet<&Address> = plan
        .steps
        .iter()
        .filter(|step| step.half == Some(Half::Old))
        .map(|step| &step.key.address)
        .collect();
    for (id, step) in plan.numbered() {
        let mut flaw = |rule| flaws.push(Flaw { key: step.key.clone(), rule });
        if matches!(step.operation, Operation::Create | Operation::Update) {
            let comes_before = |need: &Address| {
                let up = ups.get(need).is_none_or(|up| precedes(plan, *up, id));
                // It may take what goes before its new one comes, while that is there.
                up || downs
                    .get(&Key::from(need.clone()))
                    .is_some_and(|down| plan.step(*down).goes_first() && precedes(plan, id, *down))
            };
            if !step.needs.iter().all(comes_before) {
                flaw("it comes before something that it needs");
            }
        }
        if step.half == Some(Half::New) && !old.contains(&step.key.address) {
            flaw("a replacement lacks its old half");
        }
    }
    for (user, record) in &snapshot.records {
        let Some(&gone) =
            downs.get(user).filter(|id| plan.step(**id).operation == Operation::Delete)
        else {
            continue;
        };
        for need in &record.needs {
            let key = Key::from(need.clone());
            let (Some(&down), Some(used)) = (downs.get(&key), snapshot.records.get(&key)) else {
                continue;
            };
            // What such a deletion waits for may have to wait for it.
            let is_weak =
                plan.step(down).goes_first() || !record.finished || record.owner.is_some();
            let ordered = precedes(plan, gone, down) || is_weak && precedes(plan, down, gone);
            if plan.step(down).operation == Operation::Delete
                && !ordered
                && !(record.finished && names_another(&snapshot.records, record, used))
            {
                let rule = "it is deleted before something that needs it";
                flaws.push(Flaw { key: need.clone().into(), rule });
            }
        }
    }
    flaws
}

/// Whether the first step is done before the second can start.
fn precedes(plan: &Plan, first: StepId, second: StepId) -> bool {
    let mut open = vec![second];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let after = &plan.step(id).after;
        if after.contains(&first) {
            return true;
        }
        open.extend(after.iter().filter(|before| **before > first && seen.insert(**before)));
    }
    false
}
