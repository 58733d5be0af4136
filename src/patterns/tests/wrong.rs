//! Manifests that are wrong only when they are put together.

use super::*;

/// The report on a manifest with these instances.
pub(super) fn wrong(instances: &str) -> String {
    let text = format!(
        "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n[functions]\nruntime = \"python3.12\"\n{instances}"
    );
    report(&try_expand(&text).map(|_| "no problem").unwrap_err())
}

const ECHO: &str = "code = \"functions/echo\"\nhandler = \"index.handler\"\n";

pub(super) fn function(header: &str, lines: &str) -> String {
    format!("[patterns.{header}]\n{ECHO}{lines}\n")
}

pub(super) fn jobs(name: &str, consumer: &str) -> String {
    let consumer = function(&format!("{name}.consumer"), consumer);
    format!("[patterns.{name}]\nuse = \"api-async\"\nroute = \"POST /jobs\"\n{consumer}")
}

pub(super) fn bucket(name: &str, lines: &str) -> String {
    let subscriber = function(&format!("{name}.subscriber"), "");
    format!("[patterns.{name}]\nuse = \"s3-single-subscription\"\n{lines}\n{subscriber}")
}

#[test]
fn a_visibility_below_six_times_the_timeout() {
    insta::assert_snapshot!(wrong(&jobs("jobs", "visibility = \"59s\"")));
}

#[test]
fn large_batches_without_a_window() {
    insta::assert_snapshot!(wrong(&jobs("jobs", "batch = 100\nwindow = \"0s\"")));
}

#[test]
fn rules_of_a_bucket_that_overlap() {
    let other = "bucket = \"${files.bucket}\"\nprefix = \"in/a\"";
    insta::assert_snapshot!(wrong(&(bucket("files", "prefix = \"in/\"") + &bucket("more", other))));
}

#[test]
fn rules_of_a_bucket_that_are_apart_are_merged() {
    let apart = bucket("files", "prefix = \"in/\"")
        + &bucket("more", "bucket = \"${files.bucket}\"\nprefix = \"out/\"");
    let text =
        format!("[project]\nname = \"shop\"\n[functions]\nruntime = \"python3.12\"\n{apart}");
    let graph = expanded(&text).graph;
    let node = &graph.nodes()["files/bucket.notification"];
    let rules: Vec<&String> = node.wanted["rules"].as_object().unwrap().keys().collect();
    assert_eq!(rules, ["files", "more"]);
    let needs: Vec<String> = node.needs().iter().map(ToString::to_string).collect();
    assert!(needs.contains(&"more/subscriber.permission".to_owned()), "{needs:?}");
}

#[test]
fn references_to_what_is_not_there() {
    let lines = "environment = { AA = \"${imagse.topic.arn}\", BB = \"${jobs.quue.url}\", \
                 CC = \"${jobs.queue.uri}\", DD = \"${jobs.consumer.mapping}\" }";
    insta::assert_snapshot!(wrong(
        &(jobs("images", "").replace("/jobs", "/images") + &jobs("jobs", lines))
    ));
}

#[test]
fn references_to_another_type() {
    let other = bucket("more", "bucket = \"${jobs.queue}\"");
    insta::assert_snapshot!(wrong(&(jobs("jobs", "") + &other)));
}

#[test]
fn parts_that_stand_for_each_other() {
    let one = bucket("one", "bucket = \"${two.bucket}\"");
    insta::assert_snapshot!(wrong(&(one + &bucket("two", "bucket = \"${one.bucket}\""))));
}

#[test]
fn grants_that_there_are_not() {
    let lines =
        "access = [\"files.bucket:raed\", \"files.subscriber.role:read\", \"gone.bucket:read\"]";
    insta::assert_snapshot!(wrong(&(bucket("files", "") + &jobs("jobs", lines))));
}

#[test]
fn functions_that_wait_for_each_other() {
    let one = jobs("one", "environment = { NEXT = \"${two.consumer.function.name}\" }");
    let two = jobs("two", "access = [\"one.consumer.function:invoke\"]");
    insta::assert_snapshot!(wrong(&(one + &two)));
}

#[test]
fn a_function_may_name_itself() {
    let one = jobs("one", "access = [\"one.consumer.function:invoke\"]");
    let text = format!("[project]\nname = \"shop\"\n[functions]\nruntime = \"python3.12\"\n{one}");
    let graph = expanded(&text).graph;
    let wanted = &graph.nodes()["one/consumer.function"].wanted;
    let name = &wanted["environment"]["ONE_CONSUMER_FUNCTION_NAME"];
    assert_eq!(name["$expr"][0]["foretold"], "name");
}

#[test]
fn a_route_that_an_api_has_twice() {
    let shared =
        "[patterns.more]\nuse = \"api-async\"\nroute = \"POST /jobs\"\napi = \"${jobs.api}\"\n";
    insta::assert_snapshot!(wrong(&(jobs("jobs", "") + shared + &function("more.consumer", ""))));
}

#[test]
fn variables_that_are_set_twice() {
    let lines = "environment = { BUCKET = \"mine\" }";
    let upload = format!(
        "[patterns.files]\nuse = \"s3-upload\"\nroute = \"POST /files\"\n{}",
        function("files.signer", lines)
    );
    insta::assert_snapshot!(wrong(&upload));
}

#[test]
fn code_that_cannot_be_packed_or_lacks_its_handler() {
    let missing = jobs("one", "").replace("functions/echo", "functions/ehco");
    let other = jobs("two", "").replace("index.handler", "main.handler");
    insta::assert_snapshot!(wrong(&(missing + &other)));
}

#[test]
fn subscribers_that_are_nothing_or_everything() {
    let images = "[patterns.images]\nuse = \"s3-multiple-subscriptions\"\n[patterns.images.subscribers.a]\n\
                  queue = {}\nfirehose = {}\n[patterns.images.subscribers.b]\nfilter = {}\n";
    let single = "[patterns.one]\nuse = \"s3-single-subscription\"\nsubscriber = {}\n";
    insta::assert_snapshot!(wrong(&format!("{images}{single}")));
}

#[test]
fn filters_of_a_bucket_on_several_fields() {
    let hooks = "[patterns.hooks]\nuse = \"webhook-proxy\"\nroute = \"POST /hook\"\nstore = \"s3\"\nttl = \"36h\"\n";
    let one = function("hooks.recipients.one", "filter = { kind = [\"a\"] }");
    let two = function("hooks.recipients.two", "filter = { sort = [\"a\"] }");
    let three = function(
        "hooks.recipients.three",
        "filter = { kind = [\"a\"], sort = [\"b\"] }\nretries = 1",
    );
    insta::assert_snapshot!(wrong(&format!("{hooks}{one}{two}{three}")));
}

#[test]
fn a_redrive_that_is_too_short() {
    let mailer = "[patterns.mailer]\nuse = \"dead-letter-queue\"\n".to_owned()
        + &function("mailer.function", "timeout = \"6m\"")
        + "[patterns.mailer.redrive]\nschedule = \"rate(1 hour)\"\n";
    insta::assert_snapshot!(wrong(&mailer));
}

#[test]
fn a_redrive_that_is_too_short_for_a_function_of_another_instance() {
    let mailer = |name: &str, more: &str, lines: &str| {
        format!("[patterns.{name}]\nuse = \"dead-letter-queue\"\n{more}\n")
            + &function(&format!("{name}.function"), lines)
    };
    let both = mailer("mailer", "", "")
        + &mailer("other", "queue = \"${mailer.dead-letter-queue}\"", "timeout = \"6m\"");
    insta::assert_snapshot!(wrong(&both));
}

#[test]
fn an_identity_that_says_nothing() {
    let api = "[patterns.api]\nuse = \"api-custom-authorizer\"\n".to_owned()
        + &function("api.authorizer", "identity = [\"Authorization\"]");
    insta::assert_snapshot!(wrong(&api));
}

#[test]
fn an_instance_that_stands_for_itself() {
    insta::assert_snapshot!(wrong(&bucket("one", "bucket = \"${one.bucket}\"")));
}

#[test]
fn parts_that_stand_for_what_is_not_there() {
    let one = bucket("one", "bucket = \"${two.bucket}\"\nprefix = \"a\"");
    insta::assert_snapshot!(wrong(
        &(one + &bucket("two", "bucket = \"${three.bucket}\"\nprefix = \"b\""))
    ));
}

#[test]
fn keys_that_belong_to_the_instance_that_is_used() {
    let more = "[patterns.more]\nuse = \"api-async\"\nroute = \"POST /more\"\napi = \"${jobs.api}\"\n\
                queue = \"${jobs.queue}\"\ncors = { origins = [\"*\"] }\n";
    let images = "[patterns.images]\nuse = \"s3-multiple-subscriptions\"\n\
                  [patterns.also]\nuse = \"s3-multiple-subscriptions\"\ntopic = \"${images.topic}\"\nprefix = \"a/\"\n";
    insta::assert_snapshot!(wrong(&format!(
        "{}{more}{}{images}",
        jobs("jobs", ""),
        function("more.consumer", "")
    )));
}

#[test]
fn a_webhook_that_takes_deliveries_from_nowhere() {
    insta::assert_snapshot!(wrong("[patterns.hooks]\nuse = \"webhook-proxy\"\n"));
}

#[test]
fn names_that_would_be_one_in_the_cloud() {
    let hooks = "[patterns.hooks]\nuse = \"webhook-proxy\"\nroute = \"POST /hook\"\n";
    let receiver = function("hooks.recipients.receiver", "");
    let (one, two) = (jobs("a-b", ""), "[patterns.a]\nuse = \"s3-multiple-subscriptions\"\n");
    let two = format!("{two}[patterns.a.subscribers.b]\nqueue = {{}}\n");
    insta::assert_snapshot!(wrong(&format!("{hooks}{receiver}{one}{two}")));
}

#[test]
fn a_redrive_of_a_queue_that_is_anothers() {
    let mailer = |name: &str, lines: &str| {
        format!("[patterns.{name}]\nuse = \"dead-letter-queue\"\n{lines}\n")
            + &function(&format!("{name}.function"), "")
    };
    let other = mailer("other", "queue = \"${mailer.dead-letter-queue}\"");
    let redrive = "[patterns.other.redrive]\nschedule = \"rate(1 hour)\"\n";
    insta::assert_snapshot!(wrong(&(mailer("mailer", "") + &other + redrive)));
}
