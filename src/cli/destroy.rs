//! `maas destroy`.

use clap::Args;

use super::aim::{Aim, Wanted};
use super::args::{Global, Planning, Running, Showing, Teardown, Which};
use super::confirm::Ask;
use super::converge::Wish;
use super::deployment::Deployment;
use super::run::Run;
use super::{Ended, Failure};
use crate::plan::Target;
use crate::report::{Complaint, Console};

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
        let ended = wish.and_then(|wish| wish.converge(global, console, &run));
        run.end(&ended);
        ended
    }

    fn wish(self, global: &Global) -> Result<Wish, Failure> {
        let ask = Ask::of(self.running.yes, "destroy")?;
        let deployment = Deployment::find(&self.which, global)?;
        refuse_protected(&deployment)?;
        let planning = Planning {
            refresh: self.refresh,
            targets: self.targets,
            teardown: self.teardown,
            ..Planning::default()
        };
        let aim = Aim { deployment, wanted: Wanted::Nothing, planning, approved: None };
        let Self { running, showing, .. } = self;
        Ok(Wish { command: "destroy", aim, running, showing, ask })
    }
}

/// Refuses where the manifest protects the environment, or did so at the last apply and cannot be
/// read now.
pub(super) fn refuse_protected(deployment: &Deployment) -> Result<(), Failure> {
    if !deployment.protect {
        return Ok(());
    }
    let message = format!("{} is protected; nothing was touched.", deployment.name());
    let complaint = Complaint::new("maas::destroy::protected", message);
    Err(Failure::wrong(complaint.help(format!(
        "To destroy it all the same, take `protect = true` out of `[environments.{}]` in {}.",
        deployment.environment,
        deployment.path.display()
    ))))
}
