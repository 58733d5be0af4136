//! `maas gc`.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;

use super::args::{Format, Global, Planning, Running, Showing};
use super::confirm::Ask;
use super::converge::{Wanted, Wish};
use super::deployment::{Deployment, state_folder_of};
use super::{Ended, Exit};
use crate::report::Console;
use crate::state::{Meta, environments};

/// Destroys the environments whose time to live is over
///
/// Those of every project in the state's folder; protected ones are left. One that cannot be
/// destroyed does not keep the others.
#[derive(Args, Debug)]
pub struct Gc {
    #[command(flatten)]
    running: Running,
}

impl Gc {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let ask = Ask::of(self.running.yes, "gc")?;
        let folder = state_folder_of(global)?;
        let (mut expired, mut worst) = (0, Exit::Done);
        for one in environments(&folder)? {
            let Ok(known) = &one.known else { continue };
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
            let ended = self.destroy(&folder, &known.meta, ask, global, console);
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
        if expired == 0 {
            console.result("No environment is expired.\n");
        }
        Ok(worst)
    }

    fn destroy(
        &self,
        folder: &Path,
        meta: &Meta,
        ask: Ask,
        global: &Global,
        console: Console,
    ) -> Ended {
        let wish = Wish {
            command: "gc",
            deployment: Deployment::recorded(folder, &meta.project, &meta.environment),
            wanted: Wanted::Nothing,
            planning: Planning::default(),
            running: self.running.clone(),
            showing: Showing { format: Format::Text, full: false },
            ask,
            adopt: BTreeSet::new(),
            approved: None,
        };
        wish.converge(global, console)
    }
}

/// Whether a deployment's time to live is over.
pub(super) fn is_expired(meta: &Meta) -> bool {
    let end = meta.expires.as_ref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    end.is_some_and(|end| end <= jiff::Timestamp::now())
}
