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
    /// How many of those that a step waits for were not handed out yet.
    unstarted: Vec<usize>,
    users: Vec<Vec<StepId>>,
    /// Ready steps by the length of the longest path behind them, the longest last.
    ready: BTreeSet<Rank>,
    /// Steps that are ready as soon as some that were handed out are done.
    soon: BTreeSet<Rank>,
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
        let mut queue = Self {
            unstarted: open.clone(),
            open,
            users,
            ready: BTreeSet::new(),
            soon: BTreeSet::new(),
            longest,
            out: BTreeSet::new(),
        };
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
        let (_, Reverse(id)) = self.ready.pop_last()?;
        for &user in &self.users[id.0] {
            self.unstarted[user.0] -= 1;
            if self.unstarted[user.0] == 0 && !self.out.contains(&user) {
                self.soon.insert((self.longest[user.0], Reverse(user)));
            }
        }
        Some(id)
    }

    /// A step that waits for nothing but steps that were handed out; each is told once.
    pub fn soon(&mut self) -> Option<StepId> {
        self.soon.pop_last().map(|(_, Reverse(id))| id)
    }

    pub fn done(&mut self, id: StepId) {
        for user in std::mem::take(&mut self.users[id.0]) {
            self.open[user.0] -= 1;
            if self.open[user.0] == 0 && !self.out.contains(&user) {
                self.soon.remove(&self.rank(user));
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
                self.soon.remove(&self.rank(user));
                skipped.push(user);
                open.extend(self.users[user.0].iter().copied());
            }
        }
        skipped.sort();
        skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Operation, Step};

    /// Steps, each of which waits for these.
    fn plan(after: &[&[usize]]) -> Plan {
        let step = |after: &&[usize]| Step {
            key: crate::graph::Address::new("a", "b").into(),
            kind: String::new(),
            operation: Operation::Create,
            half: None,
            after: after.iter().copied().map(StepId).collect(),
            reasons: Vec::new(),
            changes: Vec::new(),
            wanted: None,
            preview: None,
            seen: None,
            generation: 0,
            name_pinned: false,
            needs: BTreeSet::new(),
            owner: None,
            id: None,
            name: None,
            seconds: 1,
        };
        Plan { steps: after.iter().map(step).collect(), ..Plan::default() }
    }

    #[test]
    fn the_longest_path_comes_first() {
        let mut queue = Queue::new(&plan(&[&[], &[], &[1], &[2]]));
        assert_eq!(
            [queue.next(), queue.next(), queue.next()],
            [Some(StepId(1)), Some(StepId(0)), None]
        );
        queue.done(StepId(1));
        assert_eq!(queue.next(), Some(StepId(2)));
    }

    #[test]
    fn what_waits_only_for_what_was_handed_out_comes_soon() {
        let mut queue = Queue::new(&plan(&[&[], &[], &[0, 1], &[2]]));
        assert_eq!((queue.next(), queue.soon()), (Some(StepId(0)), None));
        assert_eq!((queue.next(), queue.soon()), (Some(StepId(1)), Some(StepId(2))));
        assert_eq!(queue.soon(), None, "it is told once");
        queue.done(StepId(0));
        assert_eq!(queue.next(), None);
        queue.done(StepId(1));
        assert_eq!((queue.next(), queue.soon()), (Some(StepId(2)), Some(StepId(3))));
        assert_eq!(queue.failed(StepId(2)), [StepId(3)]);
    }

    #[test]
    fn what_waits_for_a_failure_does_not_come() {
        let mut queue = Queue::new(&plan(&[&[], &[0]]));
        queue.next();
        assert_eq!(queue.failed(StepId(0)), [StepId(1)]);
        assert_eq!((queue.soon(), queue.next()), (None, None));
    }
}
