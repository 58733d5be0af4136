//! `maas state rebuild`.

use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::args::{Global, PlainFormat, Which};
use crate::cli::deployment::{Deployment, no_region};
use crate::cli::expiry::Expiry;
use crate::cli::run::Run;
use crate::cli::runtime::Runtime;
use crate::cli::{Ended, Exit, Failure, cloud, code, stored};
use crate::execute::{self, Rebuilt};
use crate::graph::{Scope, Stop};
use crate::patterns;
use crate::report::{Console, found_json, found_view};
use crate::state::{Batch, MemoryStore, MetaChange, Snapshot, State, Store};

/// Makes the state anew from the cloud, where it is lost or damaged
///
/// Looks for all that the manifest wants, by its predictable name, under what it is part of, and by
/// its tags; a plan that follows shows what differs, and nothing where nothing does. The cloud is
/// only read.
///
/// What carries the tags of this environment and is not in the manifest any more is recorded too,
/// and the next apply deletes it with all that is part of it: networks, databases and APIs by their
/// tags alone; functions, event source mappings, roles, queues, topics, buckets, tables, streams, log
/// groups, alarms, schedule groups and the groups of databases where their names begin with
/// PROJECT-ENV. So is what is part of something that is still wanted and can only be this
/// environment's: routes, integrations and authorizers of an API, subscriptions to a topic,
/// schedules of a group, notifications of a bucket, and what a function does with failed events.
///
/// Not found are things of the second kind that had a name of their own in the manifest,
/// subscriptions of e-mail addresses, and the statements that let a service invoke a function that is
/// still wanted: look for the first by the tags maas:project and maas:environment, in AWS's Tag
/// Editor.
///
/// What is there under a wanted name without these tags is told and not recorded.
#[derive(Args, Debug)]
pub(super) struct Rebuild {
    #[command(flatten)]
    which: Which,

    /// Replaces a state that holds something; the store is kept aside
    #[arg(long)]
    force: bool,

    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlainFormat,
}

impl Rebuild {
    pub fn run(self, global: &Global, console: Console) -> Ended {
        let deployment = Deployment::find(&self.which, global)?;
        let Deployment { folder, project, environment, .. } = &deployment;
        let run = super::run_of("rebuild");
        let replacing = State::replace(folder, project, environment, &run, self.force)?;
        let mut runtime = Runtime::new();
        let (snapshot, rebuilt) =
            runtime.block_on(async |stop| find(&deployment, global, console, stop).await)?;
        let now = replacing.by(&snapshot)?;
        crate::cli::plan::remark(&now, console);
        console.result(&match self.format {
            PlainFormat::Text => found_view(&deployment.name(), &rebuilt),
            PlainFormat::Json => {
                let mut value = found_json(&rebuilt);
                value["serial"] = json!(now.meta.serial);
                format!("{value:#}\n")
            }
        });
        Ok(Exit::Done)
    }
}

/// All that there is of the deployment, as a state.
async fn find(
    deployment: &Deployment,
    global: &Global,
    console: Console,
    stop: Stop,
) -> Result<(Snapshot, Rebuilt), Failure> {
    let fresh = Snapshot::new(&deployment.project, &deployment.environment);
    let region = deployment.region(&fresh).ok_or_else(no_region)?;
    let manifest = deployment.check(Some(region.clone()))?.manifest;
    code::build(&manifest, console, &stop).await?;
    let packages = code::packages(&manifest);
    let cloud = cloud::reach(region, &fresh, code::archives(&packages), global, &stop).await?;
    let run = Run::start("rebuild", None, console)?;
    let store = Arc::new(MemoryStore::holding(fresh));
    let bench = cloud.bench(store.clone(), stop, run.events.clone(), super::AT_ONCE)?;
    let scope = Scope {
        project: deployment.project.clone(),
        environment: deployment.environment.clone(),
        ..Scope::default()
    };
    let listing = execute::list(&bench, &scope).await?;
    let expiry = Expiry::found(&manifest, listing.tag("maas:expires"));
    let place = &bench.place;
    let expanded = patterns::expand(&manifest, place, expiry.tag.clone(), &packages)?;
    let rebuilt = execute::rebuild(&bench, &expanded.graph, &listing).await?;
    if rebuilt.records.is_empty() {
        return Ok(((*store.snapshot()).clone(), rebuilt));
    }
    store.commit(Batch { puts: rebuilt.records.clone(), ..Batch::default() })?;
    let snapshot = store.snapshot();
    let outputs = stored::resolved(&expanded.outputs, &snapshot, place.account.as_deref());
    let outputs = stored::present(outputs, &snapshot);
    store.commit(Batch::new().meta(MetaChange {
        account: Some(place.account.clone()),
        region: Some(Some(place.region.clone())),
        expires: Some(expiry.at),
        ttl: Some(expiry.ttl),
        protect: Some(manifest.environment.protect),
        outputs: (!outputs.is_empty()).then_some(Value::Object(outputs)),
    }))?;
    Ok(((*store.snapshot()).clone(), rebuilt))
}
