//! Problems of all stages come together, and nothing that only follows from another one.

use super::*;
use crate::manifest::examine;
// Only a test of this room looks into the next one.
#[cfg(test)]
use crate::plan::{PlanError, refusals};

/// What reading, expanding and the resource types say of a manifest with these instances, each as
/// the first line of its label.
fn all(instances: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("maas.toml");
    let code = folder.path().join("echo");
    std::fs::create_dir(&code).unwrap();
    std::fs::write(code.join("index.py"), "").unwrap();
    std::fs::write(&path, instances).unwrap();
    let context = Context { environment: "dev".into(), ..Context::default() };
    let reading = examine(&path, &context, &schemas());
    let mut problems = reading.problems;
    if let Some(manifest) = reading.manifest {
        let packages = Packages::before_builds(folder.path());
        let (expanded, more) = super::super::examine(&manifest, &place(), None, &packages);
        problems.extend(more);
        let refused = refusals(&expanded.graph, &place(), &crate::aws::catalogue());
        problems.extend(refused.into_iter().filter_map(|error| match error {
            PlanError::Refused { address, path, .. } => {
                Some(Problem::new("maas::plan::refused", "").label(format!("{address}: {path}")))
            }
            _ => None,
        }));
    }
    let label = |problem: &Problem| {
        let label = problem.label_text().unwrap_or_default();
        format!("{} {label}", problem.code().trim_start_matches("maas::"))
    };
    problems.iter().map(label).collect()
}

const HEAD: &str =
    "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n[functions]\nruntime = \"python3.12\"\n";

fn consumer(name: &str, code: &str, lines: &str) -> String {
    format!(
        "[patterns.{name}]\nuse = \"api-async\"\nroute = \"POST /{name}\"\n\
         [patterns.{name}.consumer]\ncode = \"{code}\"\nhandler = \"index.handler\"\n{lines}\n"
    )
}

#[test]
fn problems_of_all_stages_come_together() {
    let text = HEAD.to_owned()
        + &consumer("key", "echo", "tmeout = \"1s\"")
        + &consumer("code", "eco", "")
        + &consumer("wired", "echo", "access = [\"code.queue:raed\"]")
        + &consumer("large", "echo", &format!("environment = {{ A1 = \"{}\" }}", "x".repeat(5000)))
        + &consumer("user", "echo", "access = [\"key.queue:send\", \"nobody.queue:send\"]");
    insta::assert_snapshot!(all(&text).join("\n"));
}

#[test]
fn what_is_wrong_with_the_head_hides_no_instance() {
    let head = "[project]\nname = \"Shop\"\n[functions]\nruntime = \"python2\"\nmemory = \"1 GBB\"\n\
                timeout = \"16m\"\narchitecture = \"arm\"\n";
    let text = head.to_owned()
        + &consumer("a", "echo", "visibility = \"1s\"\nruntime = \"python3.12\"")
        + &consumer("b", "echo", "access = [\"a.queue:recieve\"]")
        + &consumer("c", "echo", "access = [\"b.consumer.function:invoke\"]")
        + &consumer("d", "echo", "visibility = \"6s\"\nenvironment = { URL = \"${b.api.ur}\" }")
        + &consumer("e", "echo", "").replace("index.handler", "index")
        + &consumer("f", "echo", "").replace("index.handler", "main.handler");
    insta::assert_snapshot!(all(&text).join("\n"));
}

#[test]
fn code_that_a_build_makes_need_not_be_there_yet() {
    let text = HEAD.to_owned() + &consumer("a", "echo", "build = \"make\"");
    assert_eq!(all(&text), Vec::<String>::new());
}

#[test]
fn parts_of_what_is_wrong_are_not_missed() {
    let text = HEAD.to_owned()
        + "[patterns.files]\nuse = \"s3-upload\"\nroute = \"POST uploads\"\n"
        + "[patterns.seen]\nuse = \"s3-single-subscription\"\nbucket = \"${files.bucket}\"\n\
           [patterns.seen.subscriber]\ncode = \"echo\"\nhandler = \"index.handler\"\n\
           environment = { URL = \"${files.api.url}\" }\n";
    assert_eq!(all(&text).len(), 1, "{:?}", all(&text));
}
