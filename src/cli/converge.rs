//! Converging: what `apply`, `destroy` and `gc` have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use super::args::{Global, Planning, Running, Showing};
use super::confirm::Ask;
use super::deployment::{Deployment, no_region};
use super::expiry::Expiry;
use super::run::{Run, Settled};
use super::saved::Saved;
use super::{Ended, Exit, Failure, cloud, code, signals, teardown};
use crate::aws::Archives;
use crate::execute::{self, Bench};
use crate::graph::{Address, Catalogue, Graph, Place, Scope, Stop};
use crate::manifest::Manifest;
use crate::package::Packages;
use crate::patterns::{self, Expanded};
use crate::plan::{self, Observations, Options, PlanError};
use crate::report::Console;
use crate::state::{Keeper, Snapshot, State};

/// What is to be there in the end.
pub(super) enum Wanted {
    /// What the manifest says, with its code packed.
    Manifest(Box<Manifest>, Packages),
    /// Nothing.
    Nothing,
}

/// All that a converging command is asked for.
pub(super) struct Wish {
    pub command: &'static str,
    pub deployment: Deployment,
    pub wanted: Wanted,
    pub planning: Planning,
    pub running: Running,
    pub showing: Showing,
    pub ask: Ask,
    pub adopt: BTreeSet<Address>,
    /// The plan that was approved before; another one is refused.
    pub approved: Option<Saved>,
}

impl Wish {
    /// Carries it out.
    ///
    /// # Errors
    /// Whatever hinders the first step; steps that fail are an [`Exit`].
    pub fn converge(self, global: &Global, console: Console) -> Ended {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::io("start", "the runtime".as_ref(), &error))?;
        let ended = runtime.block_on(self.hold_state(global, console));
        // A thread that still waits for an answer on the terminal is left behind.
        runtime.shutdown_background();
        ended
    }

    async fn hold_state(self, global: &Global, console: Console) -> Ended {
        let stop = signals::listen();
        let run = Run::start(self.command, self.running.calling.events.as_deref(), console)?;
        let deployment = &self.deployment;
        let ended = match State::open(
            &deployment.folder,
            &deployment.project,
            &deployment.environment,
            &run.as_holder(self.command),
        ) {
            Ok(state) => {
                let ended = self.settle_and_plan(&state, &run, global, console, &stop).await;
                let closed = state.close().map_err(Failure::from);
                ended.and_then(|exit| closed.map(|()| exit))
            }
            Err(error) => Err(error.into()),
        };
        run.end(&ended);
        ended
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
        if let Some(crashed) = state.crashed() {
            console.say(&format!("Taking over from {crashed}, which did not end well.\n"));
        }
        let region = self.deployment.region(&snapshot).ok_or_else(no_region)?;
        let cloud = cloud::reach(region, &snapshot, self.archives(), global, stop).await?;
        let bench = Bench {
            catalogue: crate::aws::catalogue(),
            cloud: cloud.aws,
            place: cloud.place,
            keeper: Keeper::start(state.store())?,
            stop: stop.clone(),
            events: run.events.clone(),
            parallelism: self.running.calling.parallelism.into(),
            adopt: self.adopt.clone(),
        };
        state.doing("settling what was interrupted")?;
        execute::settle(&bench).await?;
        let snapshot = bench.keeper.snapshot();
        let seen = match self.planning.refresh {
            true => execute::look(&bench, &snapshot, |_| true).await?,
            false => Observations::new(),
        };
        self.refuse_stale(&bench.place, &snapshot, &seen, &bench.catalogue)?;
        let (expanded, expiry) = self.expand(&bench.place, &snapshot)?;
        let options = self.options(&bench.place);
        let plan =
            plan::plan(&expanded.graph, &snapshot, &seen, &bench.place, &bench.catalogue, &options)
                .map_err(|errors| self.no_plan(errors))?;
        let settled = Settled { wish: self, bench: &bench, state, expanded, expiry, plan, console };
        settled.approve_and_run(run).await
    }

    /// Refuses where the plan that was approved before would not be the same today.
    fn refuse_stale(
        &self,
        now: &Place,
        snapshot: &Snapshot,
        seen: &Observations,
        catalogue: &Catalogue,
    ) -> Result<(), Failure> {
        let Some(saved) = &self.approved else { return Ok(()) };
        let place = saved.place_in(now)?;
        let (expanded, _) = self.expand(&place, snapshot)?;
        let graph = &expanded.graph;
        let plan = plan::plan(graph, snapshot, seen, &place, catalogue, &self.options(&place));
        saved.agrees(&plan.map_err(|errors| self.no_plan(errors))?, snapshot)
    }

    fn no_plan(&self, errors: Vec<PlanError>) -> Failure {
        match &self.wanted {
            Wanted::Manifest(manifest, _) => Failure::of_plan(errors, manifest),
            Wanted::Nothing => errors.into(),
        }
    }

    fn archives(&self) -> Archives {
        match &self.wanted {
            Wanted::Manifest(_, packages) => code::archives(packages),
            Wanted::Nothing => Arc::new(|digest| Err(format!("there is no archive {digest}"))),
        }
    }

    fn expand(&self, place: &Place, snapshot: &Snapshot) -> Result<(Expanded, Expiry), Failure> {
        match &self.wanted {
            Wanted::Manifest(manifest, packages) => {
                let mut expiry = Expiry::of(self.planning.ttl, manifest, snapshot);
                if let Some(saved) = &self.approved {
                    expiry.tag = saved.expires.clone();
                }
                let expanded = patterns::expand(manifest, place, expiry.tag.clone(), packages)?;
                Ok((expanded, expiry))
            }
            Wanted::Nothing => {
                let graph = nothing(&self.deployment);
                let meta = &snapshot.meta;
                let expiry = Expiry { ttl: meta.ttl.clone(), at: meta.expires.clone(), tag: None };
                Ok((Expanded { graph, outputs: BTreeMap::new() }, expiry))
            }
        }
    }

    fn options(&self, place: &Place) -> Options {
        match &self.wanted {
            Wanted::Manifest(manifest, _) => options(&self.planning, manifest.digest.clone()),
            Wanted::Nothing => {
                let mut options = options(&self.planning, String::new());
                options.teardown.manifest = teardown::of(&self.deployment, place);
                options
            }
        }
    }

    /// Whether the end is that nothing is there.
    pub fn is_destroy(&self) -> bool {
        matches!(self.wanted, Wanted::Nothing)
    }

    /// Whether the manifest protects what is made.
    pub fn protects(&self) -> bool {
        match &self.wanted {
            Wanted::Manifest(manifest, _) => manifest.environment.protect,
            Wanted::Nothing => self.deployment.protect,
        }
    }
}

/// What a plan is made from, beside the graph.
pub(super) fn options(planning: &Planning, manifest: String) -> Options {
    Options {
        targets: planning.targets.clone(),
        replace: planning.replace.iter().cloned().collect(),
        manifest,
        teardown: teardown::asked(planning.teardown),
    }
}

/// The graph of a deployment that is not wanted any more.
pub(super) fn nothing(deployment: &Deployment) -> Graph {
    Graph::new(Scope {
        project: deployment.project.clone(),
        environment: deployment.environment.clone(),
        ..Scope::default()
    })
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
