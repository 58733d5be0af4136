//! `maas drift`.

use clap::Args;

use super::args::{Calling, Global, PlainFormat, Which};
use super::deployment::{Deployment, no_region};
use super::run::Run;
use super::runtime::Runtime;
use super::{Ended, Exit, reading};
use crate::plan;
use crate::report::{Console, drift_json, drift_view};

/// Reads the cloud and shows what differs from what was applied
///
/// Only what was applied is compared: what AWS filled in by itself is no drift. The manifest's
/// changes since then are none either; `maas plan --refresh` shows both. Exits with 2 where
/// something differs.
#[derive(Args, Debug)]
pub struct Drift {
    #[command(flatten)]
    which: Which,

    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlainFormat,

    #[command(flatten)]
    calling: Calling,
}

impl Drift {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let run = Run::start("drift", self.calling.events.as_deref(), console)?;
        let ended = self.compare(global, console, &run);
        run.end(&ended);
        ended
    }

    fn compare(&self, global: &Global, console: Console, run: &Run) -> Ended {
        let deployment = Deployment::find(&self.which, global)?;
        let snapshot = deployment.snapshot()?;
        let region = deployment.region(&snapshot).ok_or_else(no_region)?;
        super::plan::remark(&snapshot, console);
        let parallelism = self.calling.parallelism;
        let no_plan = |_: &_, _: &_| Ok(None);
        let runtime = &mut Runtime::new();
        let (_, seen) =
            reading::read(region, &snapshot, global, parallelism, run, runtime, no_plan)?;
        let found = plan::drift(&snapshot, &seen, &crate::aws::catalogue());
        console.result(&match self.format {
            PlainFormat::Text => drift_view(&snapshot.meta.deployment(), &found, seen.len()),
            PlainFormat::Json => format!("{:#}\n", drift_json(&snapshot, &found, seen.len())),
        });
        Ok(if found.is_empty() { Exit::Done } else { Exit::Changes })
    }
}
