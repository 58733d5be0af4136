//! How things are deleted: by flags, else by the manifest of now.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::deployment::Deployment;
use super::{args, code};
use crate::graph::{Address, Document, Node, Place};
use crate::patterns;
use crate::plan::Teardown;

/// What the flags say.
pub(super) fn asked(flags: args::Teardown) -> Teardown {
    let args::Teardown { empty_buckets, skip_final_snapshot } = flags;
    let mut teardown = Teardown::default();
    if empty_buckets {
        teardown.asked.insert("force_empty", json!(true));
    }
    if skip_final_snapshot {
        teardown.asked.insert("final_snapshot", json!(false));
        teardown.asked.insert("keep_backups", json!(false));
    }
    teardown
}

/// What the manifest says of how the resources go, of an environment that expires then, if it does;
/// nothing where the manifest cannot be read any more.
pub(super) fn of(
    deployment: &Deployment,
    place: &Place,
    expires: Option<&String>,
) -> BTreeMap<Address, Document> {
    let manifest = deployment.manifest(Some(place.region.clone()));
    let expanded = manifest.ok().and_then(|manifest| {
        patterns::expand(&manifest, place, expires.cloned(), &code::packages(&manifest)).ok()
    });
    let Some(expanded) = expanded else { return BTreeMap::new() };
    let nodes = expanded.graph.nodes().iter();
    nodes.filter_map(|(address, node)| Some((address.clone(), inputs(node)?))).collect()
}

/// Those inputs of a node that only say how it goes.
fn inputs(node: &Node) -> Option<Document> {
    let told = |input: &&str| Some(((*input).to_owned(), node.wanted.get(*input)?.clone()));
    let told: Map<String, Value> = node.traits.teardown.iter().filter_map(told).collect();
    (!told.is_empty()).then(|| told.into())
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::cli::args::{Environment, Global};

    #[test]
    fn of_the_manifest_only_what_says_how_things_go_is_kept() {
        let global: Global = Global {
            state: Some("/nowhere".to_owned()),
            endpoint: None,
            color: crate::report::Color::Never,
            verbose: 0,
            quiet: true,
        };
        let environment = Environment { env: None, variables: Vec::new() };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/s3-upload.toml");
        let deployment = Deployment::at(path, &environment, &global).unwrap();
        let place = Place { account: None, region: "eu-west-1".to_owned() };
        let told = of(&deployment, &place, None);
        assert!(!told.is_empty());
        for (address, inputs) in told {
            assert_eq!(inputs, json!({ "force_empty": false }), "{address}");
        }
        // As an apply with `--ttl` recorded it.
        let expires = "2026-11-24T00:00:00Z".to_owned();
        for (address, inputs) in of(&deployment, &place, Some(&expires)) {
            assert_eq!(inputs, json!({ "force_empty": true }), "{address}");
        }
    }

    #[test]
    fn a_flag_speaks_for_its_inputs_alone() {
        let flags = args::Teardown { skip_final_snapshot: true, ..args::Teardown::default() };
        let asked = asked(flags).asked;
        assert_eq!(asked.keys().copied().collect::<Vec<_>>(), ["final_snapshot", "keep_backups"]);
    }
}
