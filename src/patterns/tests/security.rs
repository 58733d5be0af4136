//! What holds for every resource of every manifest: who may do what, and what is encrypted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::manifests::{file, files};
use crate::graph::{Address, Document};

/// The services that assume a role without telling for what, each with the reason to let them.
const UNTOLD: [(&str, &str); 3] = [
    ("lambda.amazonaws.com", "Lambda documents neither key for an execution role"),
    ("apigateway.amazonaws.com", "API Gateway sends no source with an integration's credentials"),
    ("sns.amazonaws.com", "SNS documents neither key for the role of a Firehose subscription"),
];

/// The rights on all resources, each with the reason.
const ANYWHERE: [(&str, &str); 11] = [
    ("dynamodb:ListStreams", "DynamoDB takes no resource for it"),
    ("xray:PutTelemetryRecords", "X-Ray has no resources for it"),
    ("xray:PutTraceSegments", "X-Ray has no resources for it"),
    ("ec2:AssignPrivateIpAddresses", "Lambda makes interfaces whose ids nobody knows before"),
    ("ec2:CreateNetworkInterface", "the same"),
    ("ec2:DeleteNetworkInterface", "the same"),
    ("ec2:DescribeNetworkInterfaces", "EC2 takes no resource for it"),
    ("ec2:DescribeSecurityGroups", "EC2 takes no resource for it"),
    ("ec2:DescribeSubnets", "EC2 takes no resource for it"),
    ("ec2:DescribeVpcs", "EC2 takes no resource for it"),
    ("ec2:UnassignPrivateIpAddresses", "as for assigning"),
];

/// All resources of all manifests: file, address, type, inputs.
fn resources() -> Vec<(String, Address, &'static str, Document)> {
    let of = |name: String| {
        let graph = file(&name).graph;
        let nodes = graph.nodes().iter();
        let nodes = nodes
            .map(|(at, node)| (name.clone(), at.clone(), node.traits.kind, node.wanted.clone()));
        nodes.collect::<Vec<_>>()
    };
    files().into_iter().flat_map(of).collect()
}

fn of_kind(kind: &str) -> Vec<(String, Document)> {
    let all = resources().into_iter().filter(|(_, _, is, _)| *is == kind);
    let found: Vec<_> =
        all.map(|(file, at, _, wanted)| (format!("{file}: {at}"), wanted)).collect();
    assert!(!found.is_empty(), "no manifest has a {kind}");
    found
}

/// The statements of all policies in a document.
fn statements(document: &Value) -> Vec<&Value> {
    match document {
        Value::Object(map) if map.contains_key("effect") && map.contains_key("actions") => {
            vec![document]
        }
        Value::Object(map) => map.values().flat_map(statements).collect(),
        Value::Array(items) => items.iter().flat_map(statements).collect(),
        _ => Vec::new(),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn condition_keys(statement: &Value) -> BTreeSet<&str> {
    let operators = statement["conditions"].as_object().into_iter().flatten();
    operators
        .flat_map(|(_, keys)| keys.as_object().into_iter().flatten())
        .map(|(key, _)| key.as_str())
        .collect()
}

#[test]
fn no_service_acts_for_others() {
    let mut untold = BTreeSet::new();
    let mut checked = 0;
    for (file, at, _, wanted) in resources() {
        for statement in statements(&wanted).into_iter().filter(|it| it["effect"] == "Allow") {
            for service in texts(&statement["principal"]["Service"]) {
                checked += 1;
                let keys = condition_keys(statement);
                if keys.contains("aws:SourceArn") || keys.contains("aws:SourceAccount") {
                    continue;
                }
                let is_trust = texts(&statement["actions"]) == ["sts:AssumeRole"];
                let known = UNTOLD.iter().any(|(known, _)| *known == service);
                assert!(is_trust && known, "{file}: {at} lets {service} act for anyone");
                untold.insert(service.to_owned());
            }
            let everybody = !statement["principal"]["*"].is_null();
            let narrowed = condition_keys(statement).contains("aws:PrincipalAccount");
            assert!(!everybody || narrowed, "{file}: {at} admits everybody");
        }
    }
    assert!(checked > 50, "{checked}");
    assert_eq!(untold, UNTOLD.iter().map(|(service, _)| (*service).to_owned()).collect());
}

#[test]
fn no_service_invokes_a_function_for_others() {
    for (at, wanted) in of_kind("aws:lambda/permission") {
        assert!(!wanted["source_arn"].is_null(), "{at}");
        // A bucket's ARN names no account.
        let is_s3 = wanted["principal"] == "s3.amazonaws.com";
        assert!(!is_s3 || !wanted["source_account"].is_null(), "{at}");
    }
}

#[test]
fn what_a_bucket_sends_is_asked_for_its_account() {
    for (file, at, _, wanted) in resources() {
        for statement in statements(&wanted) {
            if texts(&statement["principal"]["Service"]).contains(&"s3.amazonaws.com") {
                let asked = &statement["conditions"]["StringEquals"]["aws:SourceAccount"];
                assert!(!asked.is_null(), "{file}: {at}");
            }
        }
    }
}

#[test]
fn roles_may_do_what_they_need_where_they_need_it() {
    let mut anywhere = BTreeSet::new();
    for (at, wanted) in of_kind("aws:iam/role").into_iter().chain(of_kind("aws:iam/role-policy")) {
        for statement in statements(&wanted["policy"]) {
            let actions = texts(&statement["actions"]);
            assert!(actions.iter().all(|action| !action.contains('*')), "{at}: {actions:?}");
            // Lambda would make a log group again that was deleted before its function.
            assert!(!actions.contains(&"logs:CreateLogGroup"), "{at}");
            if texts(&statement["resources"]).contains(&"*") {
                anywhere.extend(actions.into_iter().map(str::to_owned));
            }
        }
        assert_eq!(wanted["managed_policies"].as_array().map_or(0, Vec::len), 0, "{at}");
    }
    let allowed: BTreeSet<&str> = ANYWHERE.iter().map(|(action, _)| *action).collect();
    let more: Vec<&String> = anywhere.iter().filter(|it| !allowed.contains(it.as_str())).collect();
    assert!(more.is_empty(), "{more:?} on all resources");
}

/// Whether a policy refuses plain HTTP to everybody.
fn refuses_plain_http(policy: &Value) -> bool {
    let refuses = |statement: &&Value| {
        statement["effect"] == "Deny"
            && !statement["principal"]["*"].is_null()
            && texts(&statement["conditions"]["Bool"]["aws:SecureTransport"]) == ["false"]
    };
    statements(policy).iter().any(refuses)
}

#[test]
fn nothing_is_reached_by_plain_http() {
    for kind in ["aws:s3/bucket", "aws:sqs/queue", "aws:sns/topic"] {
        for (at, wanted) in of_kind(kind) {
            assert!(refuses_plain_http(&wanted["policy"]), "{at}");
        }
    }
}

#[test]
fn buckets_queues_and_databases_are_encrypted_and_private() {
    for (at, wanted) in of_kind("aws:s3/bucket") {
        assert_eq!(wanted["encryption"], "AES256", "{at}");
        assert_eq!(wanted["block_public_access"], true, "{at}");
        assert_eq!(wanted["object_ownership"], "BucketOwnerEnforced", "{at}");
    }
    for (at, wanted) in of_kind("aws:sqs/queue") {
        assert_eq!(wanted["managed_encryption"], true, "{at}");
    }
    for (at, wanted) in of_kind("aws:rds/cluster") {
        assert_eq!(wanted["storage_encrypted"], true, "{at}");
    }
    for (file, at, kind, wanted) in resources() {
        let is_public = wanted["publicly_accessible"] == true;
        assert!(!(kind.starts_with("aws:rds/") && is_public), "{file}: {at}");
    }
}

#[test]
fn every_function_has_a_log_group_that_forgets() {
    for (at, wanted) in of_kind("aws:logs/log-group") {
        assert!(wanted["retention_days"].as_i64() > Some(0), "{at}");
    }
    let mut groups: BTreeMap<String, i64> = BTreeMap::new();
    for (file, _, kind, _) in resources() {
        let change = match kind {
            "aws:lambda/function" => 1,
            "aws:logs/log-group" => -1,
            _ => 0,
        };
        *groups.entry(file).or_default() += change;
    }
    assert!(groups.values().all(|lacking| *lacking <= 0), "{groups:?}");
}

/// The address in a reference to an output.
fn node(reference: &Value) -> Option<&str> {
    reference["$expr"][0]["node"].as_str()
}

#[test]
fn a_dead_letter_queue_takes_from_its_own_queue_alone() {
    let mut by_queue = 0;
    for name in files() {
        let graph = file(&name).graph;
        let queues = || graph.nodes().values().filter(|it| it.traits.kind == "aws:sqs/queue");
        let mut sources: BTreeMap<&str, Vec<&Address>> = BTreeMap::new();
        for source in queues() {
            if let Some(dead) = node(&source.wanted["redrive"]["dead_letter_queue"]) {
                sources.entry(dead).or_default().push(&source.address);
            }
        }
        for queue in queues().filter(|it| it.address.part().ends_with("dead-letter-queue")) {
            let named = &queue.wanted["redrive_sources"];
            let named = named.as_array().map(|all| all.iter().filter_map(node).collect::<Vec<_>>());
            let own = sources.get(queue.address.as_str()).map_or(&[][..], Vec::as_slice);
            by_queue += own.len();
            let own: Vec<&str> = own.iter().map(|it| it.as_str()).collect();
            assert_eq!(named, Some(own), "{name}: {}", queue.address);
            // A policy may name what does not exist yet; so there is no cycle.
            assert!(queue.needs().is_empty(), "{name}: {}", queue.address);
        }
    }
    assert!(by_queue > 0);
}

/// Every topic is published to by a service, which the key `alias/aws/sns` does not admit.
#[test]
fn a_topic_is_encrypted_by_a_key_that_its_publisher_may_use() {
    for (at, wanted) in of_kind("aws:sns/topic") {
        let publishers =
            statements(&wanted["policy"]).into_iter().filter(|it| it["effect"] == "Allow");
        let by_service = publishers.filter(|it| !it["principal"]["Service"].is_null()).count();
        assert!(
            by_service > 0,
            "{at}: nothing but its own account publishes; give it alias/aws/sns"
        );
        assert_ne!(wanted["kms_key"], json!("alias/aws/sns"), "{at}");
    }
}

/// The key that encrypts a topic is a publisher's to use, however the manifest names it.
#[test]
fn who_may_publish_may_use_the_topics_key() {
    let own = |rest: &str| json!({"$expr": ["arn:aws:kms:eu-west-1:", {"account": true}, rest]});
    let whole = "arn:aws:kms:eu-west-1:123456789012:key/1";
    let alias = "arn:aws:kms:eu-west-1:123456789012:alias/events";
    for (named, keys, by_alias) in [
        ("1234abcd", own(":key/1234abcd"), false),
        (whole, json!(whole), false),
        ("alias/events", own(":key/*"), true),
        (alias, json!("arn:aws:kms:eu-west-1:123456789012:key/*"), true),
    ] {
        let text = format!(
            "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n[functions]\nruntime = \"python3.12\"\n\
             [patterns.images]\nuse = \"s3-multiple-subscriptions\"\ntopic = {{ kms_key = \"{named}\" }}\n\
             [patterns.jobs]\nuse = \"api-async\"\nroute = \"POST /jobs\"\n[patterns.jobs.consumer]\n\
             code = \"functions/echo\"\nhandler = \"index.handler\"\naccess = [\"images.topic:publish\"]\n"
        );
        let graph = super::expanded(&text).graph;
        let role = &graph.nodes()[&Address::new("jobs", "consumer.role")].wanted;
        let use_key = &role["policy"]["ImagesTopicPublishKey"];
        assert_eq!(use_key["resources"], json!([keys]), "{named}");
        assert_eq!(texts(&use_key["actions"]), ["kms:Decrypt", "kms:GenerateDataKey*"]);
        let asked = &use_key["conditions"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"];
        assert_eq!(texts(asked), if by_alias { vec!["alias/events"] } else { vec![] }, "{named}");
    }
}

/// A stream writes under its prefixes alone; where its prefix begins with what is known only when it
/// writes, anywhere.
#[test]
fn a_stream_may_write_under_its_prefixes_alone() {
    for (prefix, keys) in [
        ("archive/", ["/archive/*", "/errors/*"].as_slice()),
        ("log/!{timestamp:yyyy}/", &["/errors/*", "/log/*"]),
        ("!{timestamp:yyyy}/", &["/*"]),
        ("", &["/*"]),
    ] {
        let text = format!(
            "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n[patterns.images]\n\
             use = \"s3-multiple-subscriptions\"\n[patterns.images.subscribers.archive]\n\
             firehose = {{ prefix = \"{prefix}\" }}\n"
        );
        let graph = super::expanded(&text).graph;
        let role = &graph.nodes()[&Address::new("images", "archive.role")].wanted;
        let resources = role["policy"]["Objects"]["resources"].as_array().unwrap().iter();
        let ends: Vec<&str> = resources.map(|it| it["$expr"][1].as_str().unwrap()).collect();
        assert_eq!(ends, keys, "{prefix}");
    }
}
