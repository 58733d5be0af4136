//! `maas gc`.

use std::path::Path;

use clap::Args;

use super::aim::{Aim, Wanted};
use super::args::{Format, Global, Planning, Running, Showing, Teardown};
use super::confirm::Ask;
use super::converge::{Verdict, Wish};
use super::deployment::{Deployment, state_folder_of};
use super::run::Run;
use super::runtime::Runtime;
use super::{Ended, Exit, Failure};
use crate::report::{Complaint, Console, EventsFile};
use crate::state::{Meta, Snapshot, environments};

/// Destroys the environments whose time to live is over
///
/// Those of every project in the state's folder; protected ones are left. What was made while the
/// environment had a time to live goes with what it holds, unless the manifest said otherwise; the
/// rest does with the flags. One that cannot be read or destroyed does not keep the others.
#[derive(Args, Debug)]
pub struct Gc {
    #[command(flatten)]
    teardown: Teardown,

    #[command(flatten)]
    running: Running,
}

impl Gc {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let path = self.running.calling.events.as_deref();
        let failed = |error| Failure::io("write", path.unwrap_or("".as_ref()), &error);
        let file = path.map(EventsFile::create).transpose().map_err(failed)?;
        let again = || file.as_ref().map(EventsFile::again).transpose().map_err(failed);
        let run = Run::with("gc", again()?, console);
        let ended =
            self.destroy_expired(global, console, || Ok(Run::with("gc", again()?, console)));
        run.end(&ended);
        ended
    }

    fn destroy_expired(
        &self,
        global: &Global,
        console: Console,
        run: impl Fn() -> Result<Run, Failure>,
    ) -> Ended {
        let ask = Ask::of(self.running.yes, "gc")?;
        let folder = state_folder_of(global)?;
        let (mut expired, mut worst) = (0, Exit::Done);
        let runtime = &mut Runtime::new();
        for one in environments(&folder)? {
            let known = match one.known {
                Ok(known) => known,
                Err(error) => {
                    let name = format!("{}/{}", one.project, one.environment);
                    console.say(&format!("{name} cannot be read: it is left.\n"));
                    console.problem(&Complaint::of_state(&error));
                    worst = Exit::Fault;
                    continue;
                }
            };
            if !is_expired(&known.meta) || (known.count == 0 && !known.intents_open) {
                continue;
            }
            let name = known.meta.deployment();
            if known.meta.protect {
                console.say(&format!("{name} is expired, and protected: it is left.\n"));
                continue;
            }
            expired += 1;
            console.say(&format!("{name} is expired.\n"));
            let run = run()?;
            let wish = self.wish(&folder, &known.meta, ask);
            let ended = wish.converge(global, console, &run, runtime);
            run.end(&ended);
            let exit = ended.unwrap_or_else(|failure| {
                failure.show(console);
                failure.exit()
            });
            if exit == Exit::Stopped {
                return Ok(exit);
            }
            if exit != Exit::Done {
                worst = exit;
            }
        }
        if expired == 0 && worst == Exit::Done {
            console.result("No environment is expired.\n");
        }
        Ok(worst)
    }

    fn wish(&self, folder: &Path, meta: &Meta, ask: Ask) -> Wish {
        let aim = Aim {
            deployment: Deployment::recorded(folder, &meta.project, &meta.environment),
            wanted: Wanted::Nothing,
            planning: Planning { teardown: self.teardown, ..Planning::default() },
            approved: None,
        };
        let showing = Showing { format: Format::Text, full: false };
        let running = self.running.clone();
        Wish { command: "gc", aim, running, showing, ask, may: if_still_expired }
    }
}

/// Between the list and now it may have been renewed, or protected.
fn if_still_expired(_: &Deployment, snapshot: &Snapshot) -> Result<Verdict, Failure> {
    let name = snapshot.meta.deployment();
    Ok(match (is_expired(&snapshot.meta), snapshot.meta.protect) {
        (true, false) => Verdict::Go,
        (true, true) => Verdict::Leave(format!("{name} was protected meanwhile: it is left.")),
        (false, _) => Verdict::Leave(format!("{name} was renewed meanwhile: it is left.")),
    })
}

/// Whether a deployment's time to live is over.
pub(super) fn is_expired(meta: &Meta) -> bool {
    let end = meta.expires.as_ref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    end.is_some_and(|end| end <= jiff::Timestamp::now())
}
