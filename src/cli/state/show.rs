//! `maas state show`.

use clap::Args;

use crate::cli::args::{Global, Which};
use crate::cli::deployment::Deployment;
use crate::cli::{Ended, Exit};
use crate::report::{Console, encoded};
use crate::state::{Key, StateError};

/// Shows one record as JSON, secrets left out
#[derive(Args, Debug)]
pub(super) struct Show {
    /// The resource, as `maas state list` names it
    address: Key,

    #[command(flatten)]
    which: Which,
}

impl Show {
    pub fn run(self, global: &Global, console: Console) -> Ended {
        let snapshot = Deployment::find(&self.which, global)?.snapshot()?;
        let record = snapshot.records.get(&self.address);
        let record = record.ok_or(StateError::NoSuchRecord(self.address))?;
        let document = crate::graph::document::to_value(record);
        console.result(&format!("{:#}\n", encoded(&document)));
        Ok(Exit::Done)
    }
}
