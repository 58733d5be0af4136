//! The manifests that come with maas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::aws;
use crate::graph::document::{needs, resolve};

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
            let wanted = resolve(node.wanted.clone(), Some("123456789012"), &|_, _, _| None);
            let objections = resource.check(&wanted);
            assert!(objections.is_empty(), "{name}: {address}: {objections:?}");
            assert!(resource.normal(wanted.clone()).is_ok(), "{name}: {address}: {wanted:#}");
        }
    }
}

#[test]
fn outputs_are_of_resources_that_are_there() {
    for name in files() {
        let Expanded { graph, outputs, .. } = file(&name);
        for output in outputs.values() {
            for address in needs(output) {
                assert!(graph.nodes().contains_key(&address), "{name}: {address}");
            }
        }
    }
}

/// Roles are the slowest to settle, so nothing may keep them waiting.
#[test]
fn roles_wait_for_nothing() {
    for name in files() {
        let graph = file(&name).graph;
        for (address, node) in graph.nodes() {
            let needs = node.needs();
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
        assert!(graph.in_order().is_ok(), "{name}");
    }
}

#[test]
fn the_catalogues_outputs() {
    insta::assert_json_snapshot!(file("catalogue.toml").outputs);
}

fn document(file_name: &str, address: &str) -> serde_json::Value {
    let graph = file(file_name).graph;
    let mut wanted = graph.nodes()[address].wanted.clone();
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

/// Every `${var.NAME}` in these lines.
fn variables(text: &str) -> BTreeSet<String> {
    let after = text.split("${var.").skip(1);
    after.map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
}

fn is_secret(name: &str) -> bool {
    let words = ["SECRET", "PASSWORD", "TOKEN", "KEY", "CREDENTIAL"];
    words.iter().any(|word| name.to_uppercase().contains(word))
}

/// The document without what is sealed before it is planned, shown or kept.
fn without_secrets(document: &Value) -> Value {
    match document {
        Value::Object(map) if map.contains_key("$secret") => Value::Null,
        Value::Object(map) if map.contains_key("secret") => Value::Null,
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), without_secrets(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_secrets).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_looks_like_a_secret_is_one_in_every_environment_of_every_manifest() {
    let mut found = BTreeSet::new();
    for name in files() {
        let text = std::fs::read_to_string(manifests().join(&name)).unwrap();
        let document: toml::Table = text.parse().unwrap();
        let named = document.get("environments").and_then(toml::Value::as_table);
        let named =
            named.into_iter().flat_map(toml::Table::keys).map(|name| name.replace('*', "1"));
        for environment in named.chain(["dev".to_owned()]) {
            let given = variables(&text).into_iter();
            let variables = given.map(|name| (format!("marker-of-{name}"), name));
            let variables = variables.map(|(value, name)| (name, value)).collect();
            let context = Context { environment, variables, ..Context::default() };
            let manifest =
                parse(&manifests().join(&name), text.clone(), &context, &schemas()).unwrap();
            let packages = Packages::new(manifest.folder.clone());
            let graph = super::super::expand(&manifest, &place(), None, &packages).unwrap().graph;
            for (address, node) in graph.nodes() {
                let shown = without_secrets(&node.wanted).to_string();
                for variable in context.variables.keys().filter(|name| is_secret(name)) {
                    let marker = format!("marker-of-{variable}");
                    assert!(!shown.contains(&marker), "{name}: {address}: {shown}");
                    if node.wanted.to_string().contains(&marker) {
                        found.insert((name.clone(), variable.clone()));
                    }
                }
            }
        }
    }
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["api-custom-authorizer.toml", "catalogue.toml"]);
}

/// Who copies a manifest copies how it treats its secrets.
#[test]
fn what_looks_like_a_secret_is_declared_to_be_one() {
    let templates = manifests().with_file_name("src").join("cli/init/templates");
    for folder in [manifests(), templates] {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let document: toml::Table = text.parse().unwrap();
            for name in variables(&text).iter().filter(|name| is_secret(name)) {
                let declared = document.get("variables").and_then(|table| table.get(name));
                let sensitive = declared.and_then(|variable| variable.get("sensitive"));
                let is_declared = sensitive.and_then(toml::Value::as_bool) == Some(true);
                assert!(is_declared, "{}: {name}", path.display());
            }
        }
    }
}
