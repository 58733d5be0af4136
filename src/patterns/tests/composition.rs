//! Instances that use each other's parts.

use serde_json::{Value, json};

use super::*;
use crate::graph::Address;

const HEAD: &str =
    "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n[functions]\nruntime = \"python3.12\"\n";
const ECHO: &str = "code = \"functions/echo\"\nhandler = \"index.handler\"\n";

/// The graph of these instances; `@` stands for a function's code.
fn graph(instances: &str) -> Graph {
    expanded(&format!("{HEAD}{}", instances.replace('@', ECHO))).graph
}

fn wanted<'g>(graph: &'g Graph, address: &str) -> &'g Value {
    let address: Address = address.parse().unwrap();
    &graph.nodes().get(&address).unwrap_or_else(|| panic!("{address} is not there")).wanted
}

fn waits_for(graph: &Graph, address: &str, other: &str) -> bool {
    let (address, other): (Address, Address) = (address.parse().unwrap(), other.parse().unwrap());
    graph.nodes()[&address].needs().contains(&other)
}

const JOBS: &str =
    "[patterns.jobs]\nuse = \"api-async\"\nroute = \"POST /jobs\"\n[patterns.jobs.consumer]\n@\n";
const FILES: &str = "[patterns.files]\nuse = \"s3-multiple-subscriptions\"\n";

#[test]
fn a_queue_of_another_instance_admits_the_bucket() {
    let graph = graph(&format!(
        "{JOBS}[patterns.drop]\nuse = \"s3-single-subscription\"\nsubscriber = {{ queue = \"${{jobs.queue}}\" }}\n"
    ));
    let source = &wanted(&graph, "jobs/queue")["policy"]["Bucketdrop"]["conditions"]["ArnEquals"];
    assert_eq!(
        source["aws:SourceArn"][0]["$expr"][0],
        json!({"node": "drop/bucket", "foretold": "arn"})
    );
    assert!(waits_for(&graph, "drop/bucket.notification", "jobs/queue"));
    assert!(
        graph
            .get(&Address::new("drop", "queue"))
            .is_some_and(|node| node.address.instance() == "jobs")
    );
}

#[test]
fn an_api_of_another_instance_is_deployed_after_all_routes() {
    let graph = graph(&format!(
        "{JOBS}[patterns.more]\nuse = \"s3-upload\"\nroute = \"POST /files\"\napi = \"${{jobs.api}}\"\n"
    ));
    assert!(waits_for(&graph, "jobs/api.stage", "jobs/route"));
    assert!(waits_for(&graph, "jobs/api.stage", "more/signer.route"));
    assert!(!graph.nodes().contains_key(&Address::new("more", "api")));
    assert!(!graph.nodes().contains_key(&Address::new("more", "api.stage")));
}

#[test]
fn an_upload_opens_another_instances_bucket_for_pages() {
    let graph = graph(&format!(
        "{FILES}[patterns.up]\nuse = \"s3-upload\"\nroute = \"POST /files\"\nbucket = \"${{files.bucket}}\"\n\
         cors = {{ origins = [\"https://shop.example\"] }}\n"
    ));
    assert_eq!(
        wanted(&graph, "files/bucket")["cors"][0]["origins"],
        json!(["https://shop.example"])
    );
    let put = &wanted(&graph, "up/signer.role")["policy"]["Upload"];
    let objects = json!([{"node": "files/bucket", "foretold": "arn"}, "/uploads/*"]);
    assert_eq!(
        (&put["actions"], &put["resources"][0]["$expr"]),
        (&json!(["s3:PutObject"]), &objects)
    );
}

#[test]
fn parts_stand_for_parts_that_stand_for_others() {
    let single = |name: &str, bucket: &str, prefix: &str| {
        format!(
            "[patterns.{name}]\nuse = \"s3-single-subscription\"\nbucket = \"${{{bucket}.bucket}}\"\n\
             prefix = \"{prefix}\"\n[patterns.{name}.subscriber]\n@access = [\"{name}.bucket:read\"]\n"
        )
    };
    let files = "[patterns.z]\nuse = \"s3-single-subscription\"\nprefix = \"z/\"\nsubscriber = { queue = {} }\n";
    let graph = graph(&format!("{}{}{files}", single("a", "b", "a/"), single("b", "z", "b/")));
    let rules = wanted(&graph, "z/bucket.notification")["rules"].as_object().unwrap();
    assert_eq!(rules.keys().collect::<Vec<_>>(), ["a", "b", "z"]);
    let name = &wanted(&graph, "a/subscriber.function")["environment"]["A_BUCKET_NAME"]["$expr"][0];
    assert_eq!(name, &json!({"node": "z/bucket", "output": "name"}));
}

#[test]
fn subscribers_can_be_added_to_a_topic_without_touching_its_instance() {
    let before = graph(FILES);
    let more = "[patterns.more]\nuse = \"s3-multiple-subscriptions\"\ntopic = \"${files.topic}\"\n\
                [patterns.more.subscribers.one]\n@";
    let after = graph(&format!("{FILES}{more}"));
    for (address, node) in before.nodes() {
        assert_eq!(node.wanted, after.nodes()[address].wanted, "{address}");
    }
    assert!(waits_for(&after, "more/one.subscription", "files/topic"));
    assert!(!after.nodes().contains_key(&Address::new("more", "bucket")));
}

#[test]
fn recipients_can_be_added_to_a_webhook_from_elsewhere() {
    let hooks = "[patterns.hooks]\nuse = \"webhook-proxy\"\nroute = \"POST /hook\"\n";
    let recipient = |source: &str| {
        format!(
            "[patterns.more]\nuse = \"webhook-proxy\"\n{source}\n[patterns.more.recipients.one]\n@"
        )
    };
    let inside = graph(&format!("{hooks}{}", recipient("table = \"${hooks.table}\"")));
    assert!(waits_for(&inside, "more/one.mapping", "hooks/table"));
    assert!(!inside.nodes().contains_key(&Address::new("more", "api")));

    let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2026-01-01T00:00:00.000";
    let outside = graph(&recipient(&format!("stream_arn = \"{arn}\"")));
    assert_eq!(wanted(&outside, "more/one.mapping")["source"], arn);
    assert_eq!(wanted(&outside, "more/one.role")["policy"]["Stream"]["resources"][0], arn);

    let arn = "arn:aws:sns:eu-west-1:123456789012:t";
    let source = format!("store = \"s3\"\ntopic_arn = \"{arn}\"\nbucket_arn = \"arn:aws:s3:::b\"");
    let outside = graph(&recipient(&source));
    let read = &wanted(&outside, "more/one.role")["policy"]["Read"]["resources"];
    assert_eq!(read, &json!(["arn:aws:s3:::b/hooks/*"]));
    assert_eq!(wanted(&outside, "more/one.subscription")["topic"], arn);
    assert_eq!(wanted(&outside, "more/one.permission")["source_arn"], arn);
}

#[test]
fn functions_can_fail_into_another_instances_queue() {
    let mailer = |name: &str, more: &str| {
        format!(
            "[patterns.{name}]\nuse = \"dead-letter-queue\"\n{more}\n[patterns.{name}.function]\n@\n"
        )
    };
    let other = mailer("other", "queue = \"${mailer.dead-letter-queue}\"");
    let graph = graph(&(mailer("mailer", "") + &other));
    let target = &wanted(&graph, "other/invoke-config")["on_failure"]["$expr"][0];
    assert_eq!(target, &json!({"node": "mailer/dead-letter-queue", "output": "arn"}));
    assert!(!graph.nodes().contains_key(&Address::new("other", "redrive.function")));
}

/// What fails in one instance and is kept by another one is tried again by that one's redrive.
#[test]
fn a_redrive_serves_all_functions_that_use_its_queue_and_no_other() {
    let mailer = |name: &str, more: &str| {
        format!(
            "[patterns.{name}]\nuse = \"dead-letter-queue\"\n{more}\n[patterns.{name}.function]\n@timeout = \"{}s\"\n",
            10 * name.len()
        )
    };
    let graph = graph(
        &(mailer("mailer", "")
            + &mailer("other", "queue = \"${mailer.dead-letter-queue}\"")
            + &mailer("a-third", "queue = \"${other.dead-letter-queue}\"")
            + &mailer("apart", "")),
    );
    let served = |redrive: &str| {
        let role = &wanted(&graph, &format!("{redrive}/redrive.role"))["policy"]["Again"];
        assert_eq!(role["actions"], json!(["lambda:InvokeFunction"]));
        let of = |resource: &Value| resource["$expr"][0]["node"].as_str().unwrap().to_owned();
        let may: Vec<String> = role["resources"].as_array().unwrap().iter().map(of).collect();
        let environment = &wanted(&graph, &format!("{redrive}/redrive.function"))["environment"];
        let own = json!([{"node": format!("{redrive}/function"), "output": "name"}]);
        assert_eq!(environment["FUNCTION"]["$expr"], own);
        let named = environment["FUNCTIONS"]["$expr"].as_array().unwrap();
        let named = named.iter().filter_map(|part| Some(part["node"].as_str()?.to_owned()));
        let mut named: Vec<String> = named.collect();
        named.sort();
        assert_eq!(may, named);
        (may, environment["FUNCTION_TIMEOUT_SECONDS"].as_str().unwrap().to_owned())
    };
    let all = ["a-third/function", "mailer/function", "other/function"].map(str::to_owned);
    assert_eq!(served("mailer"), (all.to_vec(), "70".to_owned()));
    assert_eq!(served("apart"), (vec!["apart/function".to_owned()], "50".to_owned()));
}

/// Lambda drops what an asynchronously invoked function fails at, unless it is told where to put it.
#[test]
fn what_a_subscribed_function_fails_at_is_kept() {
    let single = "[patterns.one]\nuse = \"s3-single-subscription\"\n[patterns.one.subscriber]\n@\n";
    let several = format!("{FILES}[patterns.files.subscribers.two]\n@\n");
    let hooks = "[patterns.hooks]\nuse = \"webhook-proxy\"\nroute = \"POST /hook\"\nstore = \"s3\"\n\
                 [patterns.hooks.recipients.three]\n@\n";
    let graph = graph(&format!("{single}{several}{hooks}"));
    for (label, queue, told) in [
        ("one/subscriber", "one/dead-letter-queue", "one/bucket.notification"),
        ("files/two", "files/two.dead-letter-queue", "files/two.subscription"),
        ("hooks/three", "hooks/three.dead-letter-queue", "hooks/three.subscription"),
    ] {
        let config = format!("{label}.invoke-config");
        let target = &wanted(&graph, &config)["on_failure"]["$expr"];
        assert_eq!(target, &json!([{"node": queue, "output": "arn"}]), "{label}");
        let fail = &wanted(&graph, &format!("{label}.role"))["policy"]["Fail"];
        assert_eq!(fail["actions"], json!(["sqs:SendMessage"]), "{label}");
        let resources = json!([{"$expr": [{"node": queue, "foretold": "arn"}]}]);
        assert_eq!(fail["resources"], resources, "{label}");
        assert!(waits_for(&graph, told, &config), "no event comes before: {label}");
    }
}

/// The function of a route that is there keeps its address, whatever routes come beside it.
#[test]
fn a_route_takes_no_address_of_another_one() {
    let api = |routes: &[&str]| {
        let route = |route: &&str| format!("[patterns.api.routes.\"{route}\"]\n@\n");
        let routes: String = routes.iter().map(route).collect();
        let authorizer = "[patterns.api.authorizer]\n@\n";
        format!("[patterns.api]\nuse = \"api-custom-authorizer\"\n{authorizer}{routes}")
    };
    let both = graph(&api(&["GET /a-b", "GET /a/b", "GET /a/{b}"]));
    for route in ["GET /a-b", "GET /a/b", "GET /a/{b}"] {
        let alone = graph(&api(&[route]));
        let at = alone.nodes().iter().find(|(_, node)| node.wanted["route_key"] == route);
        let (at, node) = at.unwrap();
        assert_eq!(node.wanted, both.nodes()[at].wanted, "{route}");
    }
}

#[test]
fn texts_hold_accounts_outputs_and_secrets() {
    let lines =
        "environment = { AA = \"${account}-x\", BB = \"b-${jobs.queue}\", SS = \"x${var.KEY}\" }";
    let text = format!(
        "{HEAD}[variables.KEY]\nsensitive = true\n{}",
        JOBS.replace('@', &format!("{ECHO}{lines}\n"))
    );
    let mut context = Context { environment: "dev".into(), ..Context::default() };
    context.variables.insert("KEY".into(), "hunter2".into());
    let manifest = parse(&manifests().join("maas.toml"), text, &context, &schemas()).unwrap();
    let packages = Packages::new(manifest.folder.clone());
    let graph = expand(&manifest, &place(), None, &packages).unwrap().graph;
    let environment = &wanted(&graph, "jobs/consumer.function")["environment"];
    assert_eq!(environment["AA"], json!({"$expr": [{"account": true}, "-x"]}));
    assert_eq!(
        environment["BB"],
        json!({"$expr": ["b-", {"node": "jobs/queue", "output": "url"}]})
    );
    assert_eq!(environment["SS"], json!({"$secret": "xhunter2"}));
}

#[test]
fn large_archives_go_through_one_bucket() {
    let text = format!("{HEAD}{}", JOBS.replace('@', ECHO));
    let manifest = read(&text).unwrap();
    let packages = Packages::with_limit(manifest.folder.clone(), 10);
    let graph = expand(&manifest, &place(), None, &packages).unwrap().graph;
    let bucket = &wanted(&graph, "jobs/consumer.function")["staging_bucket"]["$expr"][0];
    assert_eq!(bucket, &json!({"node": "maas/staging-bucket", "output": "name"}));
    assert_eq!(wanted(&graph, "maas/staging-bucket")["force_empty"], true);
}

#[test]
fn buckets_of_passing_environments_may_go_with_their_objects() {
    let text = format!("{HEAD}[environments.dev]\nttl = \"1h\"\n{FILES}");
    assert_eq!(wanted(&expanded(&text).graph, "files/bucket")["force_empty"], true);
    let protected = text.replace("ttl =", "protect = true\nttl =");
    assert_eq!(wanted(&expanded(&protected).graph, "files/bucket")["force_empty"], false);
    let kept = format!("{text}bucket = {{ force_empty = false }}\n");
    assert_eq!(wanted(&expanded(&kept).graph, "files/bucket")["force_empty"], false);
}

#[test]
fn builds_are_each_told_once_in_the_manifests_order() {
    let built = format!("{JOBS}[patterns.more]\nuse = \"api-async\"\nroute = \"POST /m\"\n[patterns.more.consumer]\n@")
        .replace('@', &format!("{ECHO}build = \"make\"\n"));
    let manifest = read(&format!("{HEAD}{built}")).unwrap();
    let builds = builds(&manifest);
    assert_eq!(builds.len(), 1);
    assert_eq!(
        (builds[0].command.as_str(), &builds[0].code),
        ("make", &manifests().join("functions/echo"))
    );
}

#[test]
fn data_is_no_build() {
    let text = format!(
        "{HEAD}[patterns.hooks]\nuse = \"webhook-proxy\"\nroute = \"POST /hook\"\n\
         [patterns.hooks.recipients.filter]\n{ECHO}build = \"true\"\n\
         environment = {{ code = \"functions/echo\", build = \"false\" }}\n\
         filter = {{ code = \"functions/echo\", build = \"false\" }}\n"
    );
    let commands: Vec<String> =
        builds(&read(&text).unwrap()).into_iter().map(|build| build.command).collect();
    assert_eq!(commands, ["true"]);
}

#[test]
fn an_authorizer_guards_what_others_add_to_its_api() {
    let guarded =
        "[patterns.orders]\nuse = \"api-custom-authorizer\"\n[patterns.orders.authorizer]\n@\n";
    let added = |name: &str, lines: &str| {
        format!(
            "[patterns.{name}]\nuse = \"s3-upload\"\nroute = \"POST /{name}\"\n\
             api = \"${{orders.api}}\"\n{lines}\n"
        )
    };
    let graph =
        graph(&format!("{guarded}{}{}", added("files", ""), added("open", "public = true")));
    let authorizer = |address: &str| wanted(&graph, address)["authorizer"].clone();
    assert_eq!(
        authorizer("files/signer.route"),
        json!({"$expr": [{"node": "orders/authorizer", "output": "id"}]})
    );
    assert!(waits_for(&graph, "files/signer.route", "orders/authorizer.permission"));
    assert_eq!(authorizer("open/signer.route"), Value::Null);
    let source = &wanted(&graph, "files/signer.permission")["source_arn"]["$expr"];
    assert_eq!(source[1], "/*/POST/files", "{source}");
}

#[test]
fn a_queue_of_another_instance_subscribes() {
    let queue = "queue = \"${jobs.queue}\"\nraw = true\n";
    let graph = graph(&format!("{JOBS}{FILES}[patterns.files.subscribers.jobs]\n{queue}"));
    let statement = &wanted(&graph, "jobs/queue")["policy"]["TopicfilesXjobs"];
    assert_eq!(statement["actions"], json!(["sqs:SendMessage"]), "{statement}");
    let subscription = wanted(&graph, "files/jobs.subscription");
    assert_eq!(subscription["raw"], true, "{subscription}");
    assert!(waits_for(&graph, "files/jobs.subscription", "jobs/queue"));
}
