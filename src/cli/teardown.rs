//! How things are deleted: by flags, else by the manifest of now.

use std::collections::BTreeMap;

use serde_json::json;

use super::deployment::Deployment;
use super::{args, code};
use crate::graph::{Address, Document, Place};
use crate::patterns;
use crate::plan::Teardown;

/// What the flags say.
pub(super) fn asked(flags: args::Teardown) -> Teardown {
    let mut teardown = Teardown::default();
    if flags.empty_buckets {
        teardown.asked.insert("force_empty", json!(true));
    }
    teardown
}

/// What the manifest says of the resources that are going; nothing where it cannot be read any more.
pub(super) fn of(deployment: &Deployment, place: &Place) -> BTreeMap<Address, Document> {
    let manifest = deployment.manifest(Some(place.region.clone()));
    let expanded = manifest.ok().and_then(|manifest| {
        patterns::expand(&manifest, place, None, &code::packages(&manifest)).ok()
    });
    let nodes = expanded.into_iter().flat_map(|expanded| expanded.graph.nodes().clone());
    nodes.map(|(address, node)| (address, node.wanted)).collect()
}
