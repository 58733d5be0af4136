//! `maas plan`.

use std::path::PathBuf;

use clap::Args;

use super::args::{Calling, Format, Global, Planning, Showing, Which};
use super::converge::{nothing, options};
use super::deployment::{Deployment, no_region};
use super::expiry::Expiry;
use super::run::Run;
use super::saved::Saved;
use super::{Ended, Exit, Failure, cloud, code, offline, reading, teardown};
use crate::graph::Place;
use crate::patterns;
use crate::plan::{Observations, Plan};
use crate::report::{Console, Detail, count, plan_json, plan_markdown, plan_view};
use crate::state::Snapshot;

/// Shows what apply would do
///
/// From the manifest and the state alone, with no call to AWS, unless with `--refresh`. Values that
/// are known only once something exists are shown with where they come from.
#[derive(Args, Debug)]
pub struct PlanCommand {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    planning: Planning,

    #[command(flatten)]
    showing: Showing,

    /// Shows what destroy would do
    #[arg(long)]
    destroy: bool,

    /// Exits with 2 where there are changes
    #[arg(long)]
    detailed_exitcode: bool,

    /// Writes the plan to this file, for `maas apply FILE`
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// For Markdown: leaves out details so that it has no more bytes than this
    #[arg(long, value_name = "BYTES", default_value_t = 60_000)]
    max_bytes: usize,

    #[command(flatten)]
    calling: Calling,
}

impl PlanCommand {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let run = Run::start("plan", self.calling.events.as_deref(), console)?;
        let ended = self.show(global, console, &run);
        run.end(&ended);
        ended
    }

    fn show(&self, global: &Global, console: Console, run: &Run) -> Ended {
        let deployment = Deployment::find(&self.which, global)?;
        let snapshot = deployment.snapshot()?;
        remark(&snapshot, console);
        let (plan, expiry, place) = self.plan(&deployment, &snapshot, global, console, run)?;
        if let Some(out) = &self.out {
            let planning = &self.planning;
            Saved::of(&deployment, planning, self.destroy, &expiry, &place, &snapshot, &plan)
                .write(out)?;
        }
        console.result(&self.shown(&plan));
        if let Some(out) = &self.out {
            console.say(&format!("Written to {0}: maas apply {0}\n", out.display()));
        }
        Ok(match self.detailed_exitcode && !plan.is_empty() {
            true => Exit::Changes,
            false => Exit::Done,
        })
    }

    fn plan(
        &self,
        deployment: &Deployment,
        snapshot: &Snapshot,
        global: &Global,
        console: Console,
        run: &Run,
    ) -> Result<(Plan, Expiry, Place), Failure> {
        let region = deployment.region(snapshot).ok_or_else(no_region)?;
        cloud::same_region(snapshot, &region)?;
        let (place, seen) = match self.planning.refresh {
            true => reading::read(region.clone(), snapshot, global, self.calling.parallelism, run)?,
            false => {
                let account = offline::account(snapshot);
                (Place { account, region: region.clone() }, Observations::new())
            }
        };
        if self.destroy {
            let mut options = options(&self.planning, String::new());
            options.teardown.manifest = teardown::of(deployment, &place);
            let plan = offline::plan(&nothing(deployment), snapshot, &seen, &place, &options)?;
            return Ok((plan, Expiry::default(), place));
        }
        let manifest = deployment.manifest(Some(region))?;
        manifest.check_code()?;
        let expiry = Expiry::of(self.planning.ttl, &manifest, snapshot);
        code::build(&manifest, console)?;
        let packages = code::packages(&manifest);
        let expanded = patterns::expand(&manifest, &place, expiry.tag.clone(), &packages)?;
        let options = options(&self.planning, manifest.digest.clone());
        let plan = offline::plan(&expanded.graph, snapshot, &seen, &place, &options)
            .map_err(|errors| Failure::of_plan(errors, &manifest))?;
        Ok((plan, expiry, place))
    }

    fn shown(&self, plan: &Plan) -> String {
        let detail = if self.showing.full { Detail::Everything } else { Detail::Changes };
        match self.showing.format {
            Format::Text => plan_view(plan, detail),
            Format::Json => format!("{:#}\n", plan_json(plan)),
            Format::Markdown => plan_markdown(plan, self.max_bytes),
        }
    }
}

/// What makes the plan provisional.
pub(super) fn remark(snapshot: &Snapshot, console: Console) {
    if let Some(holder) = &snapshot.busy {
        console.say(&format!("{holder} is changing the state; this is how it was before.\n"));
    }
    if snapshot.intents_open() {
        let open = count(snapshot.intents.len(), "call");
        console.say(&format!(
            "An interrupted run left {open} of which nobody knows whether they arrived; apply \
             finds out before it plans.\n"
        ));
    }
}
