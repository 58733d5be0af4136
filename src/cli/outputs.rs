//! `maas outputs`.

use clap::Args;

use super::args::{Global, PlainFormat, Which};
use super::deployment::Deployment;
use super::{Ended, Exit, stored};
use crate::report::{Console, outputs_json, outputs_view};

/// Prints the outputs of the last apply, without a call
#[derive(Args, Debug)]
pub struct Outputs {
    #[command(flatten)]
    which: Which,

    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlainFormat,
}

impl Outputs {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let deployment = Deployment::find(&self.which, global)?;
        let snapshot = deployment.snapshot()?;
        let outputs = stored::recorded(&snapshot);
        match self.format {
            PlainFormat::Json => console.result(&format!("{:#}\n", outputs_json(&outputs))),
            PlainFormat::Text if outputs.is_empty() => {
                console.say(&format!("{} has no outputs yet.\n", deployment.name()));
            }
            PlainFormat::Text => console.result(&outputs_view(&outputs)),
        }
        Ok(Exit::Done)
    }
}
