//! Manifests that are well-formed and make no sense.

use super::wrong::{bucket, function, jobs, wrong};

fn upload(lines: &str) -> String {
    format!("[patterns.files]\nuse = \"s3-upload\"\nroute = \"POST /files\"\n{lines}\n")
}

#[test]
fn cors_that_no_browser_takes() {
    let cors = "cors = { origins = [\"shop.example/cart\", \"*\", \"https://*.shop.example\"], credentials = true, \
                methods = [\"GTE\"], headers = [\"content type\"] }";
    insta::assert_snapshot!(wrong(&upload(cors)));
}

#[test]
fn a_function_that_outlasts_its_api() {
    let signer = function("files.signer", "timeout = \"31s\"");
    insta::assert_snapshot!(wrong(&(upload("") + &signer)));
}

#[test]
fn an_authorizer_that_outlasts_its_api() {
    let api = |name: &str, timeout: &str| {
        format!("[patterns.{name}]\nuse = \"api-custom-authorizer\"\n")
            + &function(&format!("{name}.authorizer"), timeout)
    };
    let one = api("one", "timeout = \"11s\"") + &api("two", "timeout = \"10s\"");
    insta::assert_snapshot!(wrong(&one));
    let inherited = "timeout = \"20s\"\n".to_owned() + &api("one", "");
    insta::assert_snapshot!(wrong(&inherited));
}

#[test]
fn prefixes_and_suffixes_that_are_patterns() {
    let lines = "prefix = \"in/*\"\nsuffix = \"*.csv\"";
    insta::assert_snapshot!(wrong(&(upload("prefix = \"$${user}/\"") + &bucket("one", lines))));
}

#[test]
fn handlers_that_name_no_function() {
    let bare = |name: &str, handler: &str| {
        jobs(name, "").replace("/jobs", &format!("/{name}")).replace("index.handler", handler)
    };
    insta::assert_snapshot!(wrong(&(bare("one", "index") + &bare("two", "index."))));
}

#[test]
fn a_subscriber_that_writes_where_it_is_told_of() {
    let one = bucket("one", "").replace(
        "handler = \"index.handler\"\n",
        "handler = \"index.handler\"\naccess = [\"one.bucket:write\"]\n",
    );
    let images = "[patterns.images]\nuse = \"s3-multiple-subscriptions\"\n\
                  [patterns.images.subscribers.archive]\n\
                  firehose = { bucket = \"${images.bucket}\", prefix = \"archive/\" }\n";
    insta::assert_snapshot!(wrong(&(one + images)));
    let apart = bucket("one", "prefix = \"in/\"").replace(
        "handler = \"index.handler\"\n",
        "handler = \"index.handler\"\naccess = [\"one.bucket:write\"]\n",
    );
    let images = images.replace(
        "s3-multiple-subscriptions\"\n",
        "s3-multiple-subscriptions\"\nprefix = \"in/\"\n",
    );
    super::expanded(&format!(
        "[project]\nname = \"shop\"\n[functions]\nruntime = \"python3.12\"\n{apart}{images}"
    ));
}

#[test]
fn keys_of_a_webhook_that_nothing_comes_of() {
    let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/s";
    let hooks = format!(
        "[patterns.hooks]\nuse = \"webhook-proxy\"\nstream_arn = \"{arn}\"\ntable = {{}}\nttl = \"1d\"\n\
         public = true\ncors = {{ origins = [\"*\"] }}\n"
    );
    insta::assert_snapshot!(wrong(&hooks));
}
