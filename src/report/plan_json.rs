//! A plan for programs.

use serde_json::{Value, json};

use super::entries::{Entry, entries};
use super::value_view::encoded;
use crate::plan::{Action, Change, Plan, changes};

/// The version of this shape.
pub const FORMAT: u32 = 1;

/// A plan as JSON: one entry of `steps` for each resource that is touched.
pub fn plan_json(plan: &Plan) -> Value {
    let summary = plan.summary();
    json!({
        "format": FORMAT,
        "project": plan.project,
        "environment": plan.environment,
        "manifest": plan.manifest,
        "state_serial": plan.state_serial,
        "steps": entries(plan).iter().map(step).collect::<Vec<_>>(),
        "summary": {
            "create": summary.create,
            "update": summary.update,
            "replace": summary.replace,
            "delete": summary.delete,
            "adopt": summary.adopt,
            "forget": summary.forget,
            "unchanged": summary.unchanged,
        },
    })
}

fn step(entry: &Entry<'_>) -> Value {
    let step = entry.step;
    let changes = match &step.preview {
        Some(preview) if matches!(entry.action, Action::Create | Action::Adopt) => {
            changes(&json!({}), preview)
        }
        _ => step.changes.clone(),
    };
    let mut value = json!({
        "address": step.key.to_string(),
        "type": step.kind,
        "action": entry.action,
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
        "reason": super::complaint::sentence(&entry.reason()),
        "after": entry.after,
    });
    if let Some(id) = entry.id() {
        value["id"] = json!(id);
    }
    if let Some(name) = &step.name {
        value["name"] = json!(name);
    }
    if let Some(new_first) = entry.new_first {
        value["new_first"] = json!(new_first);
    }
    value
}

fn change(change: &Change) -> Value {
    json!({
        "path": change.path,
        "from": encoded(&change.from),
        "to": encoded(&change.to),
        "replaces": change.replaces,
    })
}
