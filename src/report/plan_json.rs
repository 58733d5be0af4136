//! A plan for programs.

use serde_json::{Value, json};

use super::entries::{Entry, entries};
use super::value_view::encoded;
use crate::plan::{Action, Change, Plan, Unchanged, changes};

/// The version of this shape.
pub const FORMAT: u32 = 1;

/// A plan as JSON: one entry of `steps` for each resource, those that stay as they are last.
pub fn plan_json(plan: &Plan) -> Value {
    let summary = plan.summary();
    let entries = entries(plan);
    let steps = entries.iter().map(step).chain(plan.unchanged.iter().map(unchanged));
    json!({
        "format": FORMAT,
        "project": plan.project,
        "environment": plan.environment,
        "manifest": plan.manifest,
        "state_serial": plan.state_serial,
        "steps": steps.collect::<Vec<_>>(),
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

fn unchanged(one: &Unchanged) -> Value {
    json!({
        "address": one.address,
        "type": one.kind,
        "action": Action::Unchanged,
        "changes": [],
        "reason": "It is as it was applied.",
        "after": [],
    })
}

fn change(change: &Change) -> Value {
    json!({
        "path": change.path,
        "from": encoded(&change.from),
        "to": encoded(&change.to),
        "replaces": change.replaces,
    })
}
