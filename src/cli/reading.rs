//! Reading the cloud without holding the state.

use std::sync::Arc;

use super::args::Global;
use super::run::Run;
use super::runtime::Runtime;
use super::{Failure, cloud};
use crate::execute;
use crate::graph::Place;
use crate::plan::{Observations, Plan};
use crate::state::{MemoryStore, Snapshot};

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
    runtime: &mut Runtime,
    plan: impl FnOnce(&Place, &Observations) -> Result<Option<Plan>, Failure>,
) -> Result<(Place, Observations), Failure> {
    runtime.block_on(async |stop| {
        let cloud = cloud::reach(region, snapshot, cloud::no_code(), global, &stop).await?;
        let store = Arc::new(MemoryStore::holding(snapshot.clone()));
        let bench = cloud.bench(store, stop, run.events.clone(), parallelism.into())?;
        let mut seen = execute::look(&bench, snapshot, |_| true).await?;
        if let Some(plan) = plan(&bench.place, &seen)? {
            seen.extend(execute::standing(&bench, &plan).await?);
        }
        Ok((bench.place, seen))
    })
}
