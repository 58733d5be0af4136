//! What a rebuild of the state found.

use serde_json::{Value, json};

use super::{Look, count, paint, table};
use crate::execute::{Finding, Found, Rebuilt};

/// What was found and what was not, for people.
pub fn found_view(deployment: &str, rebuilt: &Rebuilt) -> String {
    let mut text = String::new();
    if !rebuilt.findings.is_empty() {
        let rows: Vec<Vec<String>> = rebuilt.findings.iter().map(row).collect();
        text = format!("{}\n", table(&["", "ADDRESS", "TYPE", "ID"], &rows));
    }
    let of = |found| rebuilt.findings.iter().filter(|finding| finding.found == found).count();
    text += &format!(
        "{deployment} now has what is in the cloud: {}.\n",
        count(rebuilt.records.len(), "resource")
    );
    let remarks = [
        (Found::Unwanted, "not in the manifest any more; the next apply deletes what is so"),
        (Found::Old, "a copy that a replacement left behind; the next apply deletes it"),
        (Found::Missing, "not there; the next apply makes what is missing"),
        (
            Found::Foreign,
            "there under the same name without the tags of this environment, and not recorded: \
             delete it, or take it over with `maas apply --adopt ADDRESS`",
        ),
    ];
    for (found, remark) in remarks {
        match of(found) {
            0 => {}
            number => text += &format!("{number} {}: {remark}.\n", word(found)),
        }
    }
    for (kind, fault) in &rebuilt.refused {
        text += &format!(
            "{} could not be listed, so that those which the manifest does not have are not \
             found: {fault}\n",
            paint(Look::Care, kind)
        );
    }
    text
}

/// What was found and what was not, for programs.
pub fn found_json(rebuilt: &Rebuilt) -> Value {
    let resources: Vec<Value> = rebuilt
        .findings
        .iter()
        .map(|finding| {
            json!({
                "address": finding.address, "type": finding.kind, "id": finding.id,
                "found": finding.found,
            })
        })
        .collect();
    json!({"format": 1, "resources": resources})
}

fn row(finding: &Finding) -> Vec<String> {
    let look = match finding.found {
        Found::Recorded => Look::Good,
        Found::Old | Found::Unwanted | Found::Foreign => Look::Care,
        Found::Missing => Look::Bad,
    };
    vec![
        paint(look, word(finding.found)),
        finding.address.to_string(),
        finding.kind.clone(),
        finding.id.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}

fn word(found: Found) -> &'static str {
    match found {
        Found::Recorded => "found",
        Found::Old => "old",
        Found::Unwanted => "unwanted",
        Found::Missing => "missing",
        Found::Foreign => "foreign",
    }
}
