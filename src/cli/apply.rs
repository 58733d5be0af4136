//! `maas apply`.

use clap::Args;

use super::aim::{Aim, Wanted};
use super::args::{Global, Planning, Running, Showing, Teardown, Which};
use super::confirm::Ask;
use super::converge::{May, Wish, always};
use super::deployment::Deployment;
use super::run::Run;
use super::runtime::Runtime;
use super::saved::Saved;
use super::{Ended, Failure, destroy};
use crate::report::{Complaint, Console};

/// Makes the cloud what the manifest says
///
/// Shows what it is going to do and asks first. A run that was interrupted, or in which steps
/// failed, goes on where it was when the same command is run again. In place of a manifest it takes
/// a plan that `maas plan --out FILE` wrote, and carries out that one or none.
#[derive(Args, Debug)]
pub struct Apply {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    planning: Planning,

    #[command(flatten)]
    showing: Showing,

    #[command(flatten)]
    running: Running,
}

impl Apply {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let run = Run::start("apply", self.running.calling.events.as_deref(), console)?;
        let mut runtime = Runtime::new();
        let wish = self.wish(global, console, &mut runtime);
        let ended = wish.and_then(|wish| wish.converge(global, console, &run, &mut runtime));
        run.end(&ended);
        ended
    }

    fn wish(
        self,
        global: &Global,
        console: Console,
        runtime: &mut Runtime,
    ) -> Result<Wish, Failure> {
        let ask = Ask::of(self.running.yes, "apply")?;
        let approved = self.which.manifest.as_deref().map(Saved::read).transpose()?.flatten();
        let (deployment, planning) = match &approved {
            None => (Deployment::find(&self.which, global)?, self.planning),
            Some(saved) => {
                refuse_flags(&self.planning)?;
                let environment = saved.environment(&self.which.environment)?;
                let deployment = Deployment::at(saved.path.clone(), &environment, global)?;
                (deployment, saved.planning())
            }
        };
        let (wanted, may): (_, May) = if approved.as_ref().is_some_and(|saved| saved.destroy) {
            destroy::unless_protected(&deployment, &deployment.snapshot()?)?;
            (Wanted::Nothing, destroy::unless_protected)
        } else {
            (Wanted::of(&deployment, true, console, runtime)?, always)
        };
        let aim = Aim { deployment, wanted, planning, approved };
        let Self { running, showing, .. } = self;
        Ok(Wish { command: "apply", aim, running, showing, ask, may })
    }
}

/// A plan in a file says itself what it was made from.
fn refuse_flags(planning: &Planning) -> Result<(), Failure> {
    let Planning { refresh, targets, replace, adopt, ttl, teardown } = planning;
    let Teardown { empty_buckets, skip_final_snapshot } = teardown;
    let flags = [
        ("--refresh", *refresh),
        ("--target", !targets.is_empty()),
        ("--replace", !replace.is_empty()),
        ("--adopt", !adopt.is_empty()),
        ("--ttl", ttl.is_some()),
        ("--empty-buckets", *empty_buckets),
        ("--skip-final-snapshot", *skip_final_snapshot),
    ];
    let given = flags.iter().filter(|(_, given)| *given).map(|(flag, _)| format!("`{flag}`"));
    let given: Vec<String> = given.collect();
    if given.is_empty() {
        return Ok(());
    }
    let given = given.join(", ");
    let message = format!("A plan from a file is carried out as it is, without {given}.");
    let complaint = Complaint::new("maas::command_line::plan_file", message);
    Err(Failure::wrong(complaint.help(format!("Give {given} to `maas plan --out FILE`."))))
}
