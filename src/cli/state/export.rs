//! `maas state export`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::{Global, Which};
use crate::cli::deployment::Deployment;
use crate::cli::{Ended, Exit, Failure};
use crate::report::{Console, write_private};

/// Prints all that is recorded as JSON that `maas state import` reads
///
/// Secrets are in it as digests only.
#[derive(Args, Debug)]
pub(super) struct Export {
    #[command(flatten)]
    which: Which,

    /// Writes it to this file
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Export {
    pub fn run(self, global: &Global, console: Console) -> Ended {
        let snapshot = Deployment::find(&self.which, global)?.snapshot()?;
        crate::cli::plan::remark(&snapshot, console);
        let text = snapshot.to_export()?;
        match self.out {
            None => console.result(&text),
            Some(path) => {
                write_private(&path, &text).map_err(|e| Failure::io("write", &path, &e))?;
                console.say(&format!("Written to {}.\n", path.display()));
            }
        }
        Ok(Exit::Done)
    }
}
