//! Reading the cloud without holding the state.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::args::Global;
use super::run::Run;
use super::{Failure, cloud, signals};
use crate::execute::{self, Bench};
use crate::graph::Place;
use crate::plan::{Observations, Plan};
use crate::state::{Keeper, MemoryStore, Snapshot};

/// Reads all that is recorded, and looks for what the plan that follows from it would make. Nothing
/// is written: what calls would record goes to a copy.
///
/// # Errors
/// Where AWS cannot be reached, or refuses.
pub(super) fn read(
    region: String,
    snapshot: &Snapshot,
    global: &Global,
    parallelism: u16,
    run: &Run,
    plan: impl FnOnce(&Place, &Observations) -> Result<Option<Plan>, Failure>,
) -> Result<(Place, Observations), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("start", "the runtime".as_ref(), &error))?;
    runtime.block_on(async {
        let stop = signals::listen();
        let no_archives = Arc::new(|_: &str| Err("reading sends no code".to_owned()));
        let cloud = cloud::reach(region, snapshot, no_archives, global, &stop).await?;
        let bench = Bench {
            catalogue: crate::aws::catalogue(),
            settle_time: cloud.aws.settle_time(),
            cloud: cloud.aws,
            place: cloud.place,
            keeper: Keeper::start(Arc::new(MemoryStore::holding(snapshot.clone())))?,
            stop,
            events: run.events.clone(),
            parallelism: parallelism.into(),
            adopt: BTreeSet::new(),
            unsettled: Default::default(),
        };
        let mut seen = execute::look(&bench, snapshot, |_| true).await?;
        if let Some(plan) = plan(&bench.place, &seen)? {
            seen.extend(execute::standing(&bench, &plan).await?);
        }
        Ok((bench.place, seen))
    })
}
