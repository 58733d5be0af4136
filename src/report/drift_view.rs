//! What differs in the cloud from what was applied.

use std::fmt::Write;

use serde_json::{Value, json};

use super::plan_view::change_view;
use super::style::{Look, count, paint};
use super::value_view::encoded;
use crate::plan::{Change, Drift};
use crate::state::Snapshot;

/// The drift of a deployment as text.
pub fn drift_view(name: &str, found: &[Drift], read: usize) -> String {
    if found.is_empty() {
        return format!("No drift. {} of {name} as applied.\n", count(read, "resource"));
    }
    let mut text = String::new();
    for one in found {
        let kind = paint(Look::Faint, &one.kind);
        match &one.changes {
            None => {
                let _ =
                    writeln!(text, "  {} {}  {kind}  is gone", paint(Look::Bad, "-"), one.address);
            }
            Some(changes) => {
                let _ = writeln!(text, "  {} {}  {kind}", paint(Look::Care, "~"), one.address);
                changes.iter().for_each(|change| change_view(&mut text, change, false));
            }
        }
    }
    let gone = found.iter().filter(|one| one.changes.is_none()).count();
    let _ = writeln!(
        text,
        "\n{} {} changed by hand, {gone} gone, {} as applied. `maas apply --refresh` puts them right.",
        paint(Look::Title, "Drift:"),
        found.len() - gone,
        read.saturating_sub(found.len()),
    );
    text
}

/// The drift of a deployment for programs.
pub fn drift_json(snapshot: &Snapshot, found: &[Drift], read: usize) -> Value {
    let change = |change: &Change| json!({"path": change.path, "applied": encoded(&change.from), "seen": encoded(&change.to)});
    let one = |drift: &Drift| {
        let changes: Vec<Value> = drift.changes.iter().flatten().map(change).collect();
        json!({
            "address": drift.address,
            "type": drift.kind,
            "gone": drift.changes.is_none(),
            "changes": changes,
        })
    };
    let gone = found.iter().filter(|one| one.changes.is_none()).count();
    json!({
        "format": 1,
        "project": snapshot.meta.project,
        "environment": snapshot.meta.environment,
        "state_serial": snapshot.meta.serial,
        "interrupted": snapshot.intents_open(),
        "drift": found.iter().map(one).collect::<Vec<_>>(),
        "summary": {
            "changed": found.len() - gone,
            "gone": gone,
            "unchanged": read.saturating_sub(found.len()),
        },
    })
}
