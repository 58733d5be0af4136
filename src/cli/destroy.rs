//! `maas destroy`.

use clap::Args;

use super::aim::{Aim, Wanted};
use super::args::{Global, Planning, Running, Showing, Teardown, Which};
use super::confirm::Ask;
use super::converge::{Verdict, Wish};
use super::deployment::Deployment;
use super::run::Run;
use super::runtime::Runtime;
use super::sketch::Protect;
use super::{Ended, Failure};
use crate::plan::Target;
use crate::report::{Complaint, Console};
use crate::state::Snapshot;

/// Removes everything of an environment
///
/// Shows what it is going to do and asks first. Of the manifest only the project's name, the region
/// and the state are needed: the rest of it may be wrong, and the functions' code gone. Where it can
/// be read, its `force_empty` and the like decide what goes along; else what was applied last. An
/// environment with `protect = true` is refused.
#[derive(Args, Debug)]
pub struct Destroy {
    #[command(flatten)]
    which: Which,

    /// Reads the cloud first, so that what is gone already is not asked for
    #[arg(long)]
    refresh: bool,

    /// Only this instance, or this part of one, with what needs it (repeatable)
    #[arg(long = "target", value_name = "INSTANCE[/PART]")]
    targets: Vec<Target>,

    #[command(flatten)]
    teardown: Teardown,

    #[command(flatten)]
    showing: Showing,

    #[command(flatten)]
    running: Running,
}

impl Destroy {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let run = Run::start("destroy", self.running.calling.events.as_deref(), console)?;
        let wish = self.wish(global);
        let runtime = &mut Runtime::new();
        let ended = wish.and_then(|wish| wish.converge(global, console, &run, runtime));
        run.end(&ended);
        ended
    }

    fn wish(self, global: &Global) -> Result<Wish, Failure> {
        let ask = Ask::of(self.running.yes, "destroy")?;
        let deployment = Deployment::find(&self.which, global)?;
        // Once more when nobody else can change it; here, so that a refusal leaves no trace.
        unless_protected(&deployment, &deployment.snapshot()?)?;
        let planning = Planning {
            refresh: self.refresh,
            targets: self.targets,
            teardown: self.teardown,
            ..Planning::default()
        };
        let aim = Aim { deployment, wanted: Wanted::Nothing, planning, approved: None };
        let Self { running, showing, .. } = self;
        Ok(Wish { command: "destroy", aim, running, showing, ask, may: unless_protected })
    }
}

/// Refuses where the manifest protects the environment, and where it was protected at the last apply
/// and the manifest does not say, as a whole and without a mistake, that it is not any more.
pub(super) fn unless_protected(
    deployment: &Deployment,
    snapshot: &Snapshot,
) -> Result<Verdict, Failure> {
    let entry = format!("[environments.{}]", deployment.environment);
    let manifest = deployment.path.display();
    let take_out = || {
        format!("To destroy it all the same, take `protect = true` out of `{entry}` in {manifest}.")
    };
    let (why, help) = match deployment.protect {
        Protect::Yes => ("is protected", take_out()),
        Protect::Unclear => (
            "may be protected: its `protect` is neither `true` nor `false`",
            format!("Write `protect = false` into `{entry}` in {manifest}, or nothing."),
        ),
        Protect::No if !snapshot.meta.protect => return Ok(Verdict::Go),
        Protect::No => match deployment.manifest(deployment.region(snapshot)) {
            Ok(manifest) if !manifest.environment.protect => return Ok(Verdict::Go),
            Ok(_) => ("is protected", take_out()),
            Err(_) => (
                "was protected at the last apply, and the manifest cannot be read",
                format!(
                    "`maas validate` tells what is wrong with {manifest}. To destroy the \
                     environment, put that right, without `protect = true` in `{entry}`."
                ),
            ),
        },
    };
    let message = format!("{} {why}; nothing was touched.", deployment.name());
    Err(Failure::wrong(Complaint::new("maas::destroy::protected", message).help(help)))
}
