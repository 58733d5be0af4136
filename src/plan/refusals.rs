//! What resource types refuse, without a state and in any graph.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::PlanError;
use crate::graph::{Address, Catalogue, Graph, Place, document};

/// What is wrong with the inputs of resources, as far as it shows of each alone and of what is foretold
/// of the others. The graph may have holes and cycles.
pub fn refusals(graph: &Graph, place: &Place, catalogue: &Catalogue) -> Vec<PlanError> {
    let account = place.account.as_deref();
    let known = |kind: &str| catalogue.get(kind);
    let mut foretold: BTreeMap<&Address, Map<String, Value>> = BTreeMap::new();
    for (address, node) in graph.nodes() {
        let Some(resource) = known(node.traits.kind) else { continue };
        let wanted = document::resolve(node.wanted.clone(), account, &|_, _, _| None);
        foretold.insert(address, resource.foretell(&wanted, place).outputs);
    }
    let mut refusals = Vec::new();
    for (address, node) in graph.nodes() {
        let Some(resource) = known(node.traits.kind) else { continue };
        let wanted = document::resolve(node.wanted.clone(), account, &|at, output, _| {
            foretold.get(at)?.get(output).cloned()
        });
        let objections = resource.check(&wanted).into_iter();
        refusals.extend(objections.map(|objection| PlanError::refused(address, objection)));
    }
    refusals
}
