use insta::assert_snapshot;

use super::*;

#[test]
fn missing_keys() {
    assert_snapshot!(wrong_lines("[patterns.jobs]\nuse = \"api-async\"\n"));
}

#[test]
fn keys_beside_those_of_a_function() {
    assert_snapshot!(wrong_function("publik = true\n"));
}

#[test]
fn routes_as_keys() {
    assert_snapshot!(wrong_lines(
        r#"[functions]
runtime = "python3.12"
[patterns.a]
use = "api-custom-authorizer"
[patterns.a.routes]
"/echo" = { code = "a", handler = "a.b" }
"GTE /echo" = { code = "a", handler = "a.b" }
"get /echo" = { code = "a", handler = "a.b" }
"GET echo" = { code = "a", handler = "a.b" }
"GET /{proxy+}/x" = { code = "a", handler = "a.b" }
"GET /{a}/{a}" = { code = "a", handler = "a.b" }
"GET /x{a}" = { code = "a", handler = "a.b" }
"GET /a b" = { code = "a", handler = "a.b" }
"$default" = { code = "a" }
"#
    ));
}

#[test]
fn a_route_as_a_value() {
    assert_snapshot!(wrong_lines(
        "[functions]\nruntime = \"python3.12\"\n[patterns.j]\nuse = \"api-async\"\nroute = \"POST\"\n\
         consumer = { code = \"a\", handler = \"a.b\" }\n"
    ));
}

#[test]
fn sizes_and_durations() {
    assert_snapshot!(wrong_jobs(
        "max_size = \"300 KB\"\nconsumer.window = \"ten\"\n[patterns.jobs.redrive]\nmemory = \"1.5 GB\"\ntimeout = \"5m1h\"\n"
    ));
    assert_snapshot!(wrong_jobs(
        "max_size = \"5 Mb\"\nredrive = { memory = 256, timeout = \"30\" }\n"
    ));
}

#[test]
fn ranges_of_numbers() {
    assert_snapshot!(wrong_jobs("capacity = { min = \"0\", max = 300 }\n"));
    assert_snapshot!(wrong_lines(
        "[functions]\nruntime = \"python3.12\"\n[patterns.j]\nuse = \"api-async\"\nroute = \"POST /\"\n\
         [patterns.j.consumer]\ncode = \"a\"\nhandler = \"a.b\"\nbatch = 0\nconcurrency = 5000000000\n"
    ));
}

#[test]
fn a_choice_of_words_or_a_table() {
    assert_snapshot!(wrong_lines(
        "[patterns.a]\nuse = \"api-custom-authorizer\"\nnetwork = \"per-zon\"\n\
         [patterns.b]\nuse = \"api-custom-authorizer\"\nnetwork = { zones = 4, nat = 1 }\n\
         [patterns.c]\nuse = \"api-custom-authorizer\"\nnetwork = true\n"
    ));
}

#[test]
fn arrays_that_are_too_short() {
    assert_snapshot!(wrong_lines(
        "[functions]\nruntime = \"python3.12\"\n[patterns.a]\nuse = \"api-custom-authorizer\"\n\
         [patterns.a.authorizer]\ncode = \"a\"\nhandler = \"\"\nidentity = []\ncache = \"2h\"\n"
    ));
}

#[test]
fn names_and_patterns_of_text() {
    assert_snapshot!(wrong_jobs("notify = \"ops\"\nfrom = \"Jobs\"\nrecipients.Billing = {}\n"));
}

#[test]
fn a_date_where_a_string_is_wanted() {
    assert_snapshot!(wrong_jobs("notify = 2026-01-01\n"));
}

#[test]
fn references_to_parts() {
    let with = |api: &str| {
        wrong_lines(&format!("[patterns.a]\nuse = \"api-custom-authorizer\"\napi = \"{api}\"\n"))
    };
    assert_snapshot!(with("other.api"));
    assert_snapshot!(with("x${other.api}"));
    assert_snapshot!(with("${account}"));
}

#[test]
fn a_reference_to_a_part_of_a_part() {
    let text = "[project]\nname = \"shop\"\n[patterns.a]\nuse = \"api-custom-authorizer\"\n\
                api = \"${other.echo.function}\"\n";
    let api: Api = read(text).instance("a").unwrap().parameters().unwrap();
    let api = api.api.unwrap();
    assert_eq!((api.instance.as_str(), api.part.as_str()), ("other", "echo.function"));
    assert_eq!(api.attribute, None);
}

#[test]
fn a_choice_with_tables() {
    let keep = |keep: &str| {
        let text = format!(
            "[project]\nname = \"shop\"\n[patterns.j]\nuse = \"api-async\"\nroute = \"POST /\"\n\
             consumer = {{ code = \"a\", handler = \"a.b\", runtime = \"java21\" }}\nkeep = {keep}\n"
        );
        let jobs: Jobs = read(&text).instance("j").unwrap().parameters().unwrap();
        jobs.keep.unwrap()
    };
    assert!(matches!(keep("\"never\""), Keep::Never));
    let Keep::InBucket { bucket } = keep("{ in_bucket = { bucket = \"mine\" } }") else {
        panic!("not in a bucket");
    };
    assert!(bucket.get_ref() == "mine" && bucket.span().is_somewhere());
    assert!(matches!(keep("{ for = \"1d\" }"), Keep::For(d) if d.days() == 1));
    assert_snapshot!(wrong_jobs("keep = \"neverr\"\n"));
    assert_snapshot!(wrong_jobs("keep = { in_bucket = { bukket = \"mine\" } }\n"));
}

#[test]
fn long_values_are_cut_in_labels() {
    let long = "x".repeat(60);
    let report = wrong_function(&format!("architecture = \"{long}\"\n"));
    assert!(report.contains(&format!("`{}…` is not allowed", "x".repeat(40))), "{report}");
}
