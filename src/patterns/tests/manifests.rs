//! The manifests that come with maas.

use super::*;
use crate::aws;
use crate::graph::document::{needs, resolve};
use crate::graph::topological;

pub(super) fn file(name: &str) -> Expanded {
    expanded(&std::fs::read_to_string(manifests().join(name)).unwrap())
}

macro_rules! outlines {
    ($($name:ident: $file:literal,)+) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(outline(&file($file).graph));
        }
    )+};
}

outlines! {
    api_async: "api-async.toml",
    api_custom_authorizer: "api-custom-authorizer.toml",
    api_database_data_api: "api-database-data-api.toml",
    api_database_postgres: "api-database-postgres.toml",
    catalogue: "catalogue.toml",
    dead_letter_queue: "dead-letter-queue.toml",
    network: "network.toml",
    s3_multiple_subscriptions: "s3-multiple-subscriptions.toml",
    s3_single_subscription: "s3-single-subscription.toml",
    s3_single_subscription_queue: "s3-single-subscription-queue.toml",
    s3_upload: "s3-upload.toml",
    webhook_proxy: "webhook-proxy.toml",
    webhook_proxy_s3: "webhook-proxy-s3.toml",
}

pub(super) fn files() -> Vec<String> {
    let names = manifests().read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".toml"));
    names.sort();
    names
}

#[test]
fn every_manifest_expands_to_the_same_each_time() {
    for name in files() {
        let (one, other) = (file(&name), file(&name));
        assert_eq!(format!("{:?}", one.graph), format!("{:?}", other.graph), "{name}");
        assert_eq!(one.outputs, other.outputs, "{name}");
    }
}

/// What AWS would refuse, as far as it shows without a call.
#[test]
fn every_resource_is_one_that_its_type_takes() {
    let catalogue = aws::catalogue();
    for name in files() {
        let graph = file(&name).graph;
        for (address, node) in graph.nodes() {
            let resource = catalogue.get(node.traits.kind).unwrap();
            let wanted = resolve(node.wanted_at(0), Some("123456789012"), &|_, _, _| None);
            let objections = resource.check(&wanted);
            assert!(objections.is_empty(), "{name}: {address}: {objections:?}");
            assert!(resource.normal(wanted.clone()).is_ok(), "{name}: {address}: {wanted:#}");
        }
    }
}

#[test]
fn outputs_are_of_resources_that_are_there() {
    for name in files() {
        let Expanded { graph, outputs } = file(&name);
        for output in outputs.values() {
            for address in needs(output) {
                assert!(graph.nodes().contains_key(&address), "{name}: {address}");
            }
        }
    }
}

/// Roles are the slowest to settle, so nothing may keep them waiting; but for databases, the name of
/// whose secret is RDS's, and which take far longer.
#[test]
fn roles_wait_for_nothing() {
    for name in files() {
        let graph = file(&name).graph;
        for (address, node) in graph.nodes() {
            let mut needs = node.needs();
            needs.retain(|needed| !graph.nodes()[needed].traits.kind.starts_with("aws:rds/"));
            if node.traits.kind == "aws:iam/role" {
                assert!(needs.is_empty(), "{name}: {address} waits for {needs:?}");
            }
        }
    }
}

#[test]
fn the_order_has_no_cycles() {
    for name in files() {
        let graph = file(&name).graph;
        let needs = graph.nodes().iter().map(|(a, node)| (a.clone(), node.needs())).collect();
        assert!(topological(&needs).is_ok(), "{name}");
    }
}

#[test]
fn the_catalogues_outputs() {
    insta::assert_json_snapshot!(file("catalogue.toml").outputs);
}

fn document(file_name: &str, address: &str) -> serde_json::Value {
    let graph = file(file_name).graph;
    let mut wanted = graph.nodes()[&address.parse().unwrap()].wanted.clone();
    if wanted.get("code").is_some() {
        wanted["code"] = "sha256:…".into();
    }
    wanted
}

#[test]
fn whole_documents() {
    let of = |address| document("catalogue.toml", address);
    insta::assert_json_snapshot!("role", of("images/thumbnail.role"));
    insta::assert_json_snapshot!("function", of("images/thumbnail.function"));
    insta::assert_json_snapshot!("queue", of("images/audit.queue"));
    insta::assert_json_snapshot!("topic", of("images/topic"));
    insta::assert_json_snapshot!("bucket", of("uploads/bucket"));
    insta::assert_json_snapshot!("notification", of("uploads/bucket.notification"));
    insta::assert_json_snapshot!("consumer_queue", of("jobs/queue"));
    insta::assert_json_snapshot!("stream_mapping", of("hooks/billing.mapping"));
    insta::assert_json_snapshot!("schedule_role", of("mailer/redrive.schedule-role"));
    insta::assert_json_snapshot!("redrive", of("mailer/redrive.function"));
    insta::assert_json_snapshot!("alarm", of("mailer/alarm"));
    let filtered = document("webhook-proxy-s3.toml", "hooks/billing.subscription");
    insta::assert_json_snapshot!("filtered_subscription", filtered);
}
