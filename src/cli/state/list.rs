//! `maas state list`.

use clap::Args;
use serde_json::json;

use crate::cli::args::{Global, PlainFormat, Which};
use crate::cli::deployment::Deployment;
use crate::cli::{Ended, Exit};
use crate::report::{Console, Look, paint, table};
use crate::state::{Key, Record};

/// Lists what is recorded
#[derive(Args, Debug)]
pub(super) struct List {
    #[command(flatten)]
    which: Which,

    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlainFormat,
}

impl List {
    pub fn run(self, global: &Global, console: Console) -> Ended {
        let deployment = Deployment::find(&self.which, global)?;
        let snapshot = deployment.snapshot()?;
        crate::cli::plan::remark(&snapshot, console);
        match self.format {
            PlainFormat::Json => {
                let all: Vec<_> = snapshot
                    .records
                    .iter()
                    .map(|(key, record)| {
                        json!({"address": key, "type": record.kind, "id": record.id,
                            "finished": record.finished, "updated_at": record.updated_at})
                    })
                    .collect();
                console.result(&format!("{:#}\n", json!({"format": 1, "resources": all})));
            }
            PlainFormat::Text if snapshot.records.is_empty() => {
                console.say(&format!("The state holds nothing of {}.\n", deployment.name()));
            }
            PlainFormat::Text => {
                let rows: Vec<Vec<String>> = snapshot.records.iter().map(row).collect();
                console.result(&table(&["ADDRESS", "TYPE", "ID"], &rows));
            }
        }
        Ok(Exit::Done)
    }
}

fn row((key, record): (&Key, &Record)) -> Vec<String> {
    let id = record.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let half = if record.finished { String::new() } else { paint(Look::Care, " (half made)") };
    vec![key.to_string(), record.kind.clone(), id + &half]
}
