//! What is part of something that is wanted, and is not wanted itself any more.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::stream::{self, StreamExt};

use super::super::Bench;
use super::super::hooks::Reading;
use super::listing::Thing;
use super::{Rebuilt, Refused};
use crate::graph::{Address, AnyResource, Fault, FaultKind, Id, ListedDocument, Scope};
use crate::state::Record;

/// One that was found.
pub(super) struct Part {
    pub whole: Address,
    pub address: Address,
    pub kind: &'static str,
    pub thing: Thing,
}

/// The parts of what is recorded so far, beside those that are recorded themselves; what AWS refuses
/// to list is told in `rebuilt`.
///
/// # Errors
/// The faults of those whose parts could not be listed, with their addresses.
pub(super) async fn find(
    bench: &Bench,
    scope: &Scope,
    rebuilt: &mut Rebuilt,
) -> Result<Vec<Part>, Vec<(Address, Fault)>> {
    let known: BTreeSet<(&str, &Id)> = rebuilt
        .records
        .iter()
        .filter_map(|record| Some((record.kind.as_str(), record.id.as_ref()?)))
        .collect();
    let types = bench.catalogue.types().filter_map(|kind| Some((kind, kind.traits().part_of?)));
    let looks = types.flat_map(|(kind, whole)| {
        // An old copy goes with all that is part of it.
        let wholes = rebuilt.records.iter().filter(move |it| it.kind == whole && !it.deposed);
        wholes.map(move |whole| parts_of(bench, kind.as_ref(), scope, whole))
    });
    let looked: Vec<_> = stream::iter(looks.collect::<Vec<_>>())
        .buffer_unordered(bench.parallelism.max(1))
        .collect()
        .await;
    let (mut found, mut refused, mut faults) = (Vec::new(), Vec::<Refused>::new(), Vec::new());
    for (whole, kind, parts) in looked {
        match parts {
            Ok(parts) => found.extend(
                parts
                    .into_iter()
                    .filter(|part| !known.contains(&(kind, &part.id)))
                    .map(|part| of(whole, kind, part)),
            ),
            Err(fault) if fault.kind == FaultKind::Refused => refused.push((kind, fault)),
            Err(fault) => faults.push((whole.address.clone(), fault)),
        }
    }
    found.sort_by(|one, other| {
        (&one.address, &one.thing.id).cmp(&(&other.address, &other.thing.id))
    });
    // One refusal a type tells enough.
    refused.sort_by_key(|(kind, _)| *kind);
    refused.dedup_by_key(|(kind, _)| *kind);
    rebuilt.refused.extend(refused);
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

async fn parts_of<'a>(
    bench: &Bench,
    kind: &'a dyn AnyResource,
    scope: &Scope,
    whole: &'a Record,
) -> (&'a Record, &'static str, Result<Vec<ListedDocument>, Fault>) {
    let cx = bench.cx(Arc::new(Reading::new(&bench.events)));
    let parts = match &whole.id {
        Some(id) => kind.parts(cx, scope, id).await,
        None => Ok(Vec::new()),
    };
    (whole, kind.traits().kind, parts)
}

/// A part knows its own address, or gets one after what it is part of: nothing else has to find it
/// there, since it is about to go.
fn of(whole: &Record, kind: &'static str, part: ListedDocument) -> Part {
    let ListedDocument { id, inputs } = part;
    let own = inputs.get("address").and_then(|text| text.as_str()?.parse().ok());
    let whole_id = whole.id.as_ref().map_or("", Id::as_str);
    let tail = id.as_str().strip_prefix(whole_id).unwrap_or(id.as_str());
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let tail: String = tail.chars().map(plain).collect();
    let kind_name = kind.rsplit('/').next().unwrap_or(kind).replace(':', "-");
    let name = format!("{kind_name}-{}", tail.trim_matches('-'));
    let name = format!("{}.{}", whole.address.part(), name.trim_end_matches('-'));
    let address = own.unwrap_or_else(|| Address::new(whole.address.instance(), &name));
    Part {
        whole: whole.address.clone(),
        address,
        kind,
        thing: Thing { id, generation: Some(0), inputs },
    }
}
