//! The command line: one file a command. Each wires the rooms together; none does their work.
//!
//! In: the arguments. Out: an [`Exit`] status, results on standard output, everything else on
//! standard error. May use every room.

mod aim;
mod apply;
mod args;
mod check;
mod cloud;
mod code;
mod completions;
mod confirm;
mod converge;
mod deployment;
mod destroy;
mod drift;
mod env;
mod exit;
mod expiry;
mod failure;
mod gc;
mod graph;
mod init;
mod offline;
mod outputs;
mod patterns;
mod plan;
mod reading;
mod run;
mod runtime;
mod saved;
mod schema;
mod signals;
mod sketch;
mod state;
mod stored;
mod teardown;
mod trace;
mod validate;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use exit::Exit;
pub use failure::Failure;

use crate::report::{Color, Console};
use args::Global;

/// Deploys AWS serverless patterns from a TOML manifest
///
/// Exit status: 0 done, or nothing to do; 1 a fault of the program or the machine, or the question
/// was not answered with `yes`; 2 there are changes (`plan --detailed-exitcode`, `drift`); 3 the
/// manifest or the command line is wrong, nothing was touched; 4 some steps failed, run again to go
/// on; 5 another run holds the state; 130 stopped by a signal, at the question too.
#[derive(Parser, Debug)]
#[command(name = "maas", version, propagate_version = false, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Init),
    Patterns(patterns::Patterns),
    Validate(validate::Validate),
    Plan(plan::PlanCommand),
    Apply(apply::Apply),
    Destroy(destroy::Destroy),
    Outputs(outputs::Outputs),
    Drift(drift::Drift),
    Graph(graph::GraphCommand),
    Env(env::Env),
    Gc(gc::Gc),
    State(state::StateCommand),
    Schema(schema::Schema),
    Completions(completions::Completions),
}

/// How a command ended, or why it could not do what it should.
pub type Ended = Result<Exit, Failure>;

/// Runs the command that the process's arguments name.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return help(&error),
    };
    trace::start(cli.global.verbose);
    let console = Console::new(cli.global.color, cli.global.quiet);
    let global = &cli.global;
    let ended = match cli.command {
        Command::Init(command) => command.run(console),
        Command::Validate(command) => command.run(global, console),
        Command::Plan(command) => command.run(global, console),
        Command::Apply(command) => command.run(global, console),
        Command::Destroy(command) => command.run(global, console),
        Command::Outputs(command) => command.run(global, console),
        Command::Drift(command) => command.run(global, console),
        Command::Patterns(command) => command.run(console),
        Command::Graph(command) => command.run(global, console),
        Command::Env(command) => command.run(global, console),
        Command::Gc(command) => command.run(global, console),
        Command::State(command) => command.run(global, console),
        Command::Schema(command) => command.run(console),
        Command::Completions(command) => command.run(console, &mut Cli::command()),
    };
    let exit = ended.unwrap_or_else(|failure| {
        failure.show(console);
        failure.exit()
    });
    unless_lost(exit).into()
}

/// Failing to write what was asked for is a failure, whatever else went well.
fn unless_lost(exit: Exit) -> Exit {
    match exit {
        Exit::Done | Exit::Changes if Console::lost() => Exit::Fault,
        exit => exit,
    }
}

fn help(error: &clap::Error) -> ExitCode {
    match error.print() {
        Err(lost) if lost.kind() != std::io::ErrorKind::BrokenPipe => {
            Console::new(Color::Auto, false).lose("to standard output", &lost);
            Exit::Fault.into()
        }
        _ if error.use_stderr() => Exit::Wrong.into(),
        _ => Exit::Done.into(),
    }
}
