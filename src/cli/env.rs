//! `maas env`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::args::{Global, PlainFormat};
use super::deployment::state_folder_of;
use super::{Ended, Exit};
use crate::report::{Complaint, Console, Look, ago, paint, table};
use crate::state::{EnvironmentSummary, Known, environments};

/// The environments that the state knows
#[derive(Args, Debug)]
pub struct Env {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(List),
}

/// Lists the environments of every project in the state's folder, with age and expiry
#[derive(Args, Debug)]
struct List {
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlainFormat,
}

impl Env {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let Command::List(list) = self.command;
        let folder = state_folder_of(global)?;
        let found = environments(&folder)?;
        let shown: Vec<&EnvironmentSummary> = found.iter().filter(|one| is_shown(one)).collect();
        for one in &shown {
            if let Err(error) = &one.known {
                console.problem(&Complaint::of_state(error));
            }
        }
        match list.format {
            PlainFormat::Json => {
                let all: Vec<Value> = shown.iter().map(|one| as_json(one)).collect();
                console.result(&format!("{:#}\n", json!({"format": 1, "environments": all})));
            }
            PlainFormat::Text if shown.is_empty() => {
                console.say(&format!("{} knows no environments.\n", folder.display()));
            }
            PlainFormat::Text => {
                let rows: Vec<Vec<String>> = shown.iter().map(|one| row(one)).collect();
                let heads =
                    ["ENVIRONMENT", "RESOURCES", "REGION", "ACCOUNT", "CHANGED", "EXPIRES", ""];
                console.result(&table(&heads, &rows));
            }
        }
        Ok(Exit::Done)
    }
}

/// What was destroyed is not listed.
fn is_shown(one: &EnvironmentSummary) -> bool {
    one.known
        .as_ref()
        .map_or(true, |known| known.count > 0 || known.intents_open || known.busy.is_some())
}

fn row(one: &EnvironmentSummary) -> Vec<String> {
    let name = format!("{}/{}", one.project, one.environment);
    let Ok(known) = &one.known else {
        return vec![
            name,
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            "cannot be read".to_owned(),
        ];
    };
    let meta = &known.meta;
    let or_none = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        name,
        known.count.to_string(),
        or_none(&meta.region),
        or_none(&meta.account),
        ago(&meta.updated_at),
        meta.expires.as_deref().map(ago).unwrap_or_default(),
        remarks(known).iter().map(|(look, text)| paint(*look, text)).collect::<Vec<_>>().join(", "),
    ]
}

fn remarks(known: &Known) -> Vec<(Look, String)> {
    let mut remarks = Vec::new();
    if known.meta.protect {
        remarks.push((Look::Good, "protected".to_owned()));
    }
    if super::gc::is_expired(&known.meta) {
        remarks.push((Look::Care, "expired".to_owned()));
    }
    if let Some(holder) = &known.busy {
        remarks.push((Look::Care, format!("held by {holder}")));
    } else if known.intents_open {
        remarks.push((Look::Care, "interrupted".to_owned()));
    }
    remarks
}

fn as_json(one: &EnvironmentSummary) -> Value {
    let mut value = json!({"project": one.project, "environment": one.environment});
    match &one.known {
        Err(error) => value["error"] = json!(error.to_string()),
        Ok(known) => {
            let meta = &known.meta;
            value["resources"] = json!(known.count);
            value["account"] = json!(meta.account);
            value["region"] = json!(meta.region);
            value["created_at"] = json!(meta.created_at);
            value["updated_at"] = json!(meta.updated_at);
            value["ttl"] = json!(meta.ttl);
            value["expires"] = json!(meta.expires);
            value["expired"] = json!(super::gc::is_expired(meta));
            value["protected"] = json!(meta.protect);
            value["interrupted"] = json!(known.intents_open);
            value["busy"] = json!(known.busy);
        }
    }
    value
}
