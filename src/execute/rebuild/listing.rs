//! What carries a deployment's tags.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt};

use super::super::hooks::Reading;
use super::super::{Bench, EventKind};
use super::Refused;
use crate::graph::{Address, Document, Fault, FaultKind, Id, Naming, Scope, Tags, document};

/// So many generations of a name are recognised.
const GENERATIONS: u32 = 64;

/// All that carries a deployment's tags, of the types that can be listed.
#[derive(Debug, Default)]
pub struct Listing {
    /// By address and type.
    things: BTreeMap<(Address, String), Vec<Thing>>,
    /// The types that can be listed.
    listed: Vec<&'static str>,
    /// The types that could have been listed, had AWS not refused.
    pub(super) refused: Vec<Refused>,
}

/// One that was listed.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub id: Id,
    /// The generation of its name; none where the name is no generated one.
    pub generation: Option<u32>,
    pub inputs: Document,
}

/// Lists what carries the tags of that deployment.
///
/// # Errors
/// Where the cloud cannot be asked. That AWS refuses a list is no error: less is found then.
pub async fn list(bench: &Bench, scope: &Scope) -> Result<Listing, Fault> {
    let types: Vec<_> = bench.catalogue.types().cloned().collect();
    bench.events.tell(EventKind::Listing { types: types.len() });
    let lists = types.iter().map(|resource| async move {
        let cx = bench.cx(Arc::new(Reading::new(&bench.events)));
        (resource.traits(), resource.list(cx, scope).await)
    });
    let lists: Vec<_> =
        stream::iter(lists).buffer_unordered(bench.parallelism.max(1)).collect().await;
    let mut listing = Listing::default();
    for (traits, listed) in lists {
        let listed = match listed {
            Ok(None) => continue,
            Ok(Some(listed)) => listed,
            Err(fault) if fault.kind == FaultKind::Refused => {
                listing.refused.push((traits.kind, fault));
                continue;
            }
            Err(fault) => return Err(fault),
        };
        listing.listed.push(traits.kind);
        for thing in listed {
            let tags: Tags =
                serde_json::from_value(thing.inputs["tags"].clone()).unwrap_or_default();
            let address = tags.get("maas:address").and_then(|text| text.parse::<Address>().ok());
            let Some(address) = address.filter(|_| scope.owns(&tags)) else { continue };
            let name = traits.name.and_then(|naming| {
                let name = thing.inputs[naming.input].as_str()?;
                generation(name, naming, &scope.stem(&address), bench.place.account.as_deref())
            });
            let key = (address, traits.kind.to_owned());
            let thing = Thing { id: thing.id, generation: name, inputs: thing.inputs };
            listing.things.entry(key).or_default().push(thing);
        }
    }
    listing.refused.sort_by_key(|(kind, _)| *kind);
    Ok(listing)
}

/// Which generation of a generated name this is.
fn generation(name: &str, naming: Naming, stem: &str, account: Option<&str>) -> Option<u32> {
    (0..GENERATIONS).find(|generation| {
        let generated = naming.generated(stem, *generation);
        document::resolve(generated, account, &|_, _, _| None) == name
    })
}

impl Listing {
    /// What is listed of that type at that address, the newest generation first.
    pub(super) fn at(&self, address: &Address, kind: &str) -> Vec<&Thing> {
        let found = self.things.get(&(address.clone(), kind.to_owned()));
        let mut found: Vec<&Thing> = found.into_iter().flatten().collect();
        found.sort_by(|a, b| b.generation.cmp(&a.generation).then(a.id.cmp(&b.id)));
        found
    }

    /// Whether things of that type are listed, so that what is not in the list is not there.
    pub(super) fn has(&self, kind: &str) -> bool {
        self.listed.contains(&kind)
    }

    /// Addresses and types of all that is listed.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&Address, &str)> {
        self.things.keys().map(|(address, kind)| (address, kind.as_str()))
    }

    /// What the first thing that has this tag says.
    pub fn tag(&self, key: &str) -> Option<&str> {
        let mut things = self.things.values().flatten();
        things.find_map(|thing| thing.inputs["tags"].get(key)?.as_str())
    }
}
