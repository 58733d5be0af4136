//! `maas state`: the state by hand.

mod export;
mod forget;
mod import;
mod list;
mod rebuild;
mod rename;
mod show;
mod unlock;

use clap::{Args, Subcommand};

use super::args::Global;
use super::deployment::Deployment;
use super::{Ended, Exit, Failure};
use crate::report::Console;
use crate::state::{Batch, Run, Snapshot, State};

/// The state by hand: what is recorded of the cloud
#[derive(Args, Debug)]
pub struct StateCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(list::List),
    Show(show::Show),
    Export(export::Export),
    Import(import::Import),
    Rebuild(rebuild::Rebuild),
    Move(rename::Move),
    Forget(forget::Forget),
    Unlock(unlock::Unlock),
}

impl StateCommand {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        match self.command {
            Command::List(command) => command.run(global, console),
            Command::Show(command) => command.run(global, console),
            Command::Export(command) => command.run(global, console),
            Command::Import(command) => command.run(global, console),
            Command::Rebuild(command) => command.run(global, console),
            Command::Move(command) => command.run(global, console),
            Command::Forget(command) => command.run(global, console),
            Command::Unlock(command) => command.run(global, console),
        }
    }
}

/// A run that is no deployment.
fn run_of(command: &str) -> Run {
    let id = format!("state-{command}-{:06x}", fastrand::u32(0..1 << 24));
    Run { id, command: format!("state {command}") }
}

/// Changes the state by one batch, beside an export of how it was.
fn change(
    deployment: &Deployment,
    command: &str,
    batch: impl FnOnce(&Snapshot) -> Result<Batch, crate::state::StateError>,
) -> Result<Exit, Failure> {
    let Deployment { folder, project, environment, .. } = deployment;
    let state = State::open(folder, project, environment, &run_of(command))?;
    let changed = batch(&state.snapshot()).and_then(|batch| {
        state.keep_export()?;
        state.store().commit(batch)
    });
    let closed = state.close();
    changed?;
    closed?;
    Ok(Exit::Done)
}
