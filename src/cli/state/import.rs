//! `maas state import`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::{Global, Which};
use crate::cli::deployment::Deployment;
use crate::cli::{Ended, Exit, Failure};
use crate::report::{Console, count};
use crate::state::{Snapshot, State};

/// Replaces the state by an export, or by a snapshot
///
/// The store that was there is kept beside it. A file that no run could have written is refused.
/// What an interrupted run left open stays so, until the next apply finds out what became of it.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// What `maas state export` wrote, or a `snapshot.json`, or one of the state's `exports/`
    file: PathBuf,

    #[command(flatten)]
    which: Which,

    /// Replaces a state that holds something
    #[arg(long)]
    force: bool,
}

impl Import {
    pub fn run(self, global: &Global, console: Console) -> Ended {
        let Deployment { folder, project, environment, .. } =
            &Deployment::find(&self.which, global)?;
        let text = std::fs::read_to_string(&self.file)
            .map_err(|error| Failure::io("read", &self.file, &error))?;
        let export = Snapshot::from_export(&text)?;
        let catalogue = crate::aws::catalogue();
        for (user, need) in export.sound(|kind| catalogue.get(kind).is_some())? {
            console.say(&format!("{user} needs {need}, which the file does not hold.\n"));
        }
        let run = super::run_of("import");
        let now = State::import(folder, project, environment, &run, &export, self.force)?;
        crate::cli::plan::remark(&now, console);
        let records = count(export.records.len(), "resource");
        console.result(&format!(
            "{project}/{environment} now has what the file holds: {records}, serial {}.\n",
            now.meta.serial
        ));
        Ok(Exit::Done)
    }
}
