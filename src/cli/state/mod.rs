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
use super::deployment::{Deployment, no_region};
use super::runtime::Runtime;
use super::{Ended, Exit, Failure, cloud, run};
use crate::execute;
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

/// How many calls' chains run at once.
const AT_ONCE: usize = 16;

/// A run that is no deployment.
fn run_of(command: &str) -> Run {
    let id = format!("state-{command}-{:06x}", fastrand::u32(0..1 << 24));
    Run { id, command: format!("state {command}") }
}

/// Changes the state by one batch, beside an export of how it was. What a run has left open is
/// settled before, which is all that calls AWS.
fn change(
    deployment: &Deployment,
    command: &'static str,
    global: &Global,
    console: Console,
    batch: impl FnOnce(&Snapshot) -> Result<Batch, crate::state::StateError>,
) -> Result<Exit, Failure> {
    let Deployment { folder, project, environment, .. } = deployment;
    let state = State::open(folder, project, environment, &run_of(command))?;
    let changed = settle(&state, deployment, command, global, console).and_then(|()| {
        let batch = batch(&state.snapshot())?;
        state.keep_export()?;
        Ok(state.store().commit(batch)?)
    });
    let closed = state.close();
    changed?;
    closed?;
    Ok(Exit::Done)
}

fn settle(
    state: &State,
    deployment: &Deployment,
    command: &str,
    global: &Global,
    console: Console,
) -> Result<(), Failure> {
    let snapshot = state.snapshot();
    if !snapshot.intents_open() {
        return Ok(());
    }
    state.doing("settling what was interrupted")?;
    let region = deployment.region(&snapshot).ok_or_else(no_region)?;
    let run = run::Run::start(command, None, console)?;
    Runtime::new().block_on(async |stop| {
        let cloud = cloud::reach(region, &snapshot, cloud::no_code(), global, &stop).await?;
        let bench = cloud.bench(state.store(), stop, run.events.clone(), AT_ONCE)?;
        execute::settle(&bench).await?;
        Ok(())
    })
}
