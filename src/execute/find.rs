//! Looking for what a call may have made, and for what is where something is wanted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::Bench;
use super::hooks::Reading;
use crate::graph::{
    Address, AnyResource, Catalogue, Document, Fault, HeldDocument, Id, SeenDocument,
};
use crate::state::{self, Key, Record};

/// Whether the cloud deletes something with the copy of its owner that this is.
pub(super) fn goes_with(
    catalogue: &Catalogue,
    records: &BTreeMap<Key, Record>,
    part: &Record,
    owner: &Record,
) -> bool {
    let input = || catalogue.traits(&part.kind)?.dies_with;
    part.owner.as_ref() == Some(&owner.address)
        && input().and_then(|input| state::owner_of(records, part, input)) == Some(owner)
}

/// The pause between two looks for something that may not be listed yet.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// Looks for the thing that these inputs would have made, beside the `older` ones that it was to replace,
/// until it is seen to be ours: a thing may be seen before its tags are. What is found, or not, when it is
/// `told` counts.
pub(super) async fn look_for(
    bench: &Bench,
    resource: &dyn AnyResource,
    inputs: &Document,
    older: &[Id],
    told: Instant,
) -> Result<Option<Found>, Fault> {
    loop {
        let now = Instant::now();
        let found = find(bench, resource, inputs, older).await?;
        if now >= told || found.as_ref().is_some_and(|found| found.ours) {
            return Ok(found);
        }
        bench.stop.sleep(PAUSE.min(told - now)).await?;
    }
}

/// A thing that is where a wanted one would be.
pub(super) struct Found {
    pub id: Id,
    /// Whether it carries our tags for that address; of a type without tags, whether the type takes it for
    /// ours.
    pub ours: bool,
    pub seen: SeenDocument,
}

/// The ids under which a resource is recorded: its copies that are in the cloud.
pub(super) fn ids(records: &BTreeMap<Key, Record>, address: &Address) -> Vec<Id> {
    state::copies(records, address).filter_map(|record| record.id.clone()).collect()
}

/// The thing that is where these inputs would make one, if there is one beside the `older` ones that
/// it replaces.
pub(super) async fn find(
    bench: &Bench,
    resource: &dyn AnyResource,
    inputs: &Document,
    older: &[Id],
) -> Result<Option<Found>, Fault> {
    let cx = || bench.cx(Arc::new(Reading::beside(&bench.events, older)));
    let Some(id) = resource.find(cx(), inputs.clone()).await? else { return Ok(None) };
    if older.contains(&id) {
        return Ok(None);
    }
    let held =
        HeldDocument { id: id.clone(), inputs: inputs.clone(), outputs: None, finished: false };
    let Some(seen) = resource.read(cx(), held).await? else { return Ok(None) };
    let ours = match resource.traits().tagged {
        true => same_owner(&seen.inputs["tags"], &inputs["tags"]),
        false => resource.is_ours(&bench.scope(), inputs, &seen.inputs)?,
    };
    Ok(Some(Found { id, ours, seen }))
}

fn same_owner(seen: &Value, wanted: &Value) -> bool {
    ["maas:project", "maas:environment", "maas:address"]
        .iter()
        .all(|tag| wanted.get(tag).is_some() && seen.get(tag) == wanted.get(tag))
}
