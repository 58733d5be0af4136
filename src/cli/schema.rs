//! `maas schema`.

use clap::Args;

use super::{Ended, Exit};
use crate::manifest;
use crate::patterns;
use crate::report::Console;

/// Prints the manifest's JSON Schema, for editors
///
/// Write it beside a manifest and name it in the manifest's first line:
/// `#:schema maas.schema.json`.
#[derive(Args, Debug)]
pub struct Schema {}

impl Schema {
    pub(super) fn run(self, console: Console) -> Ended {
        console.result(&manifest::schema_text(&patterns::schemas()));
        Ok(Exit::Done)
    }
}
