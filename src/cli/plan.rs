//! `maas plan`.

use std::path::PathBuf;

use clap::Args;

use super::aim::{Aim, Made, Wanted};
use super::args::{Calling, Format, Global, Planning, Showing, Which};
use super::deployment::{Deployment, no_region};
use super::run::Run;
use super::runtime::Runtime;
use super::saved::Saved;
use super::{Ended, Exit, Failure, cloud, offline, reading};
use crate::graph::Place;
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
    #[arg(long, conflicts_with_all = ["replace", "adopt", "ttl"])]
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
        let (aim, made, place) = self.plan(deployment, &snapshot, global, console, run)?;
        if let Some(out) = &self.out {
            Saved::of(&aim, &made, &place, &snapshot).write(out)?;
        }
        let plan = &made.plan;
        console.result(&self.shown(plan));
        if let Some(out) = &self.out {
            console.say(&format!("Written to {0}: maas apply {0}\n", out.display()));
        }
        let exit = match self.detailed_exitcode && !plan.is_empty() {
            true => Exit::Changes,
            false => Exit::Done,
        };
        // The process ends now, and to free a large plan piece by piece takes a tenth of its time.
        std::mem::forget((aim, made, snapshot));
        Ok(exit)
    }

    /// The plan with what it was made from, and where it is for.
    fn plan(
        &self,
        deployment: Deployment,
        snapshot: &Snapshot,
        global: &Global,
        console: Console,
        run: &Run,
    ) -> Result<(Aim, Made, Place), Failure> {
        let region = deployment.region(snapshot).ok_or_else(no_region)?;
        cloud::same_region(snapshot, &region)?;
        let runtime = &mut Runtime::new();
        let wanted = match self.destroy {
            true => Wanted::Nothing,
            false => Wanted::of(&deployment, self.planning.refresh, console, runtime)?,
        };
        let planning = self.planning.clone();
        let aim = Aim { deployment, wanted, planning, approved: None };
        let (place, seen) = match self.planning.refresh {
            true => {
                let parallelism = self.calling.parallelism;
                let first = |place: &Place, seen: &Observations| {
                    // A destroy makes nothing that could stand there already.
                    let make = || aim.make(place, snapshot, seen, &aim.options(place, snapshot));
                    (!self.destroy).then(make).transpose().map(|made| Some(made?.plan))
                };
                reading::read(region, snapshot, global, parallelism, run, runtime, first)?
            }
            false => (Place { account: offline::account(snapshot), region }, Observations::new()),
        };
        let made = aim.make(&place, snapshot, &seen, &aim.options(&place, snapshot))?;
        runtime.unless_stopped()?;
        Ok((aim, made, place))
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
        console.say(&format!("The state is held by {holder}. This is how it was before.\n"));
    }
    if snapshot.intents_open() {
        let open = count(snapshot.intents.len(), "call");
        console.say(&format!(
            "An interrupted run left {open} of which nobody knows whether they arrived; apply \
             finds out before it plans.\n"
        ));
    }
}
