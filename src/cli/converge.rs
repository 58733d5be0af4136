//! Converging: what `apply`, `destroy` and `gc` have in common.

use std::time::Instant;

use super::aim::Aim;
use super::args::{Global, Running, Showing};
use super::confirm::Ask;
use super::deployment::{Deployment, no_region};
use super::run::{Run, Settled};
use super::runtime::Runtime;
use super::{Ended, Exit, Failure, cloud};
use crate::execute::{self, Bench};
use crate::graph::Stop;
use crate::plan::{Observations, Options};
use crate::report::Console;
use crate::state::{Snapshot, State};

/// All that a converging command is asked for.
pub(super) struct Wish {
    pub command: &'static str,
    pub aim: Aim,
    pub running: Running,
    pub showing: Showing,
    pub ask: Ask,
    pub may: May,
}

/// Whether it may be carried out, asked once nobody else can change the state.
pub(super) type May = fn(&Deployment, &Snapshot) -> Result<Verdict, Failure>;

/// Whether it may be carried out.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It may.
    Go,
    /// There is no need to, and why.
    Leave(String),
}

/// Where nothing hinders it.
pub(super) fn always(_: &Deployment, _: &Snapshot) -> Result<Verdict, Failure> {
    Ok(Verdict::Go)
}

impl Wish {
    /// Carries it out.
    ///
    /// # Errors
    /// Whatever hinders the first step; steps that fail are an [`Exit`].
    pub fn converge(
        self,
        global: &Global,
        console: Console,
        run: &Run,
        runtime: &mut Runtime,
    ) -> Ended {
        runtime.block_on(async |stop| self.hold_state(global, console, run, stop).await)
    }

    async fn hold_state(self, global: &Global, console: Console, run: &Run, stop: Stop) -> Ended {
        let deployment = &self.aim.deployment;
        let state = State::open(
            &deployment.folder,
            &deployment.project,
            &deployment.environment,
            &run.as_holder(self.command),
        )?;
        let ended = self.settle_and_plan(&state, run, global, console, &stop).await;
        let closed = state.close().map_err(Failure::from);
        ended.and_then(|exit| closed.map(|()| exit))
    }

    async fn settle_and_plan(
        &self,
        state: &State,
        run: &Run,
        global: &Global,
        console: Console,
        stop: &Stop,
    ) -> Ended {
        let snapshot = state.snapshot();
        if let Verdict::Leave(why) = (self.may)(&self.aim.deployment, &snapshot)? {
            console.say(&format!("{why}\n"));
            return Ok(Exit::Done);
        }
        if let Some(crashed) = state.crashed() {
            console.say(&format!("Taking over from {crashed}, which did not end well.\n"));
        }
        let aim = &self.aim;
        let region = aim.deployment.region(&snapshot).ok_or_else(no_region)?;
        state.doing("reaching AWS")?;
        let cloud = cloud::reach(region, &snapshot, aim.archives(), global, stop).await?;
        let parallelism = self.running.calling.parallelism.into();
        let mut bench =
            cloud.bench(state.store(), stop.clone(), run.events.clone(), parallelism)?;
        let options = aim.options(&bench.place, &snapshot);
        bench.adopt.clone_from(&options.adopt);
        if snapshot.intents_open() {
            state.doing("settling what was interrupted")?;
        }
        tracing::info!(serial = snapshot.meta.serial, open = snapshot.intents.len(), "settling");
        execute::settle(&bench).await?;
        let snapshot = bench.keeper.snapshot();
        if aim.planning.refresh {
            state.doing("reading the cloud")?;
        }
        let seen = self.see(&bench, &snapshot, &options).await?;
        state.doing("planning")?;
        if let Some(saved) = &aim.approved {
            let place = saved.place_in(&bench.place)?;
            let now = aim.make(&place, &snapshot, &seen, &options)?;
            saved.agrees(&now.plan, &now.expanded.graph, &snapshot)?;
        }
        let made = aim.make(&bench.place, &snapshot, &seen, &options)?;
        let plan = &made.plan;
        tracing::info!(steps = plan.steps.len(), unchanged = plan.unchanged.len(), "planned");
        let obstacles = execute::obstacles(&bench, plan).await?;
        if !obstacles.is_empty() {
            return Err(obstacles.into());
        }
        let settled = Settled { wish: self, bench: &bench, state, made, console };
        settled.approve_and_run(run).await
    }

    /// What is there of what is recorded, and of what is about to be made; nothing where it is not
    /// read.
    async fn see(
        &self,
        bench: &Bench,
        snapshot: &Snapshot,
        options: &Options,
    ) -> Result<Observations, Failure> {
        if !self.aim.planning.refresh {
            return Ok(Observations::new());
        }
        let mut seen = execute::look(bench, snapshot, |_| true).await?;
        let first = self.aim.make(&bench.place, snapshot, &seen, options)?;
        seen.extend(execute::standing(bench, &first.plan).await?);
        Ok(seen)
    }
}

/// How long something took.
pub(super) fn since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Whether a plan leaves nothing behind.
pub(super) fn leaves_nothing(snapshot: &Snapshot) -> bool {
    snapshot.records.is_empty() && snapshot.intents.is_empty()
}

/// The exit status of a run that ended like this.
pub(super) fn exit(outcome: execute::Outcome) -> Exit {
    match outcome {
        execute::Outcome::Done => Exit::Done,
        execute::Outcome::Failed => Exit::Failed,
        execute::Outcome::Stopped => Exit::Stopped,
    }
}
