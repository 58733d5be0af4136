//! Which steps can start, and which of them first.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

use crate::plan::{Plan, StepId};

/// Where a step stands among those that can start: by the length of the longest path behind it.
pub(super) type Rank = (Duration, Reverse<StepId>);

/// Which steps can start, and which of them first.
pub(super) struct Queue {
    open: Vec<usize>,
    users: Vec<Vec<StepId>>,
    /// Ready steps by the length of the longest path behind them, the longest last.
    ready: BTreeSet<Rank>,
    longest: Vec<Duration>,
    out: BTreeSet<StepId>,
}

impl Queue {
    pub fn new(plan: &Plan) -> Self {
        let mut users: Vec<Vec<StepId>> = vec![Vec::new(); plan.steps.len()];
        for (id, step) in plan.numbered() {
            step.after.iter().for_each(|before| users[before.0].push(id));
        }
        let mut longest = vec![Duration::ZERO; plan.steps.len()];
        for (id, step) in plan.numbered().collect::<Vec<_>>().into_iter().rev() {
            let behind = users[id.0].iter().map(|user| longest[user.0]).max().unwrap_or_default();
            longest[id.0] = behind + Duration::from_secs(step.seconds.into());
        }
        let open: Vec<usize> = plan.steps.iter().map(|step| step.after.len()).collect();
        let mut queue = Self { open, users, ready: BTreeSet::new(), longest, out: BTreeSet::new() };
        let starts: Vec<StepId> =
            plan.numbered().map(|(id, _)| id).filter(|id| queue.open[id.0] == 0).collect();
        starts.into_iter().for_each(|id| queue.push(id));
        queue
    }

    fn push(&mut self, id: StepId) {
        self.ready.insert(self.rank(id));
    }

    /// Where a step stands; of those that can start, the one of the highest rank is the first.
    pub fn rank(&self, id: StepId) -> Rank {
        (self.longest[id.0], Reverse(id))
    }

    pub fn next(&mut self) -> Option<StepId> {
        self.ready.pop_last().map(|(_, Reverse(id))| id)
    }

    pub fn done(&mut self, id: StepId) {
        for user in std::mem::take(&mut self.users[id.0]) {
            self.open[user.0] -= 1;
            if self.open[user.0] == 0 && !self.out.contains(&user) {
                self.push(user);
            }
        }
    }

    /// Takes out all that waits for a failed step; these.
    pub fn failed(&mut self, id: StepId) -> Vec<StepId> {
        let mut skipped = Vec::new();
        let mut open = self.users[id.0].clone();
        while let Some(user) = open.pop() {
            if self.out.insert(user) {
                skipped.push(user);
                open.extend(self.users[user.0].iter().copied());
            }
        }
        skipped.sort();
        skipped
    }
}
