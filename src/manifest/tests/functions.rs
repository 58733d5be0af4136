use insta::assert_snapshot;

use super::*;

#[test]
fn no_runtime_anywhere() {
    assert_snapshot!(wrong_lines(
        "[patterns.a]\nuse = \"api-custom-authorizer\"\n[patterns.a.routes.\"GET /\"]\ncode = \"a\"\nhandler = \"a.b\"\n"
    ));
}

#[test]
fn runtimes_that_lambda_does_not_know() {
    assert_snapshot!(wrong_function("runtime = \"python3.21\"\n"));
}

#[test]
fn memory_timeout_architecture_and_retention() {
    assert_snapshot!(wrong_function(
        "memory = \"64 MB\"\ntimeout = \"16m\"\narchitecture = \"arm\"\nlog_retention = \"10d\"\n"
    ));
    assert_snapshot!(wrong_function(
        "memory = \"1048577 KB\"\ntimeout = \"0s\"\nlog_retention = \"4000d\"\n"
    ));
}

#[test]
fn variables_that_are_kept() {
    assert_snapshot!(wrong_function(
        "[patterns.orders.routes.\"GET /echo\".environment]\nAWS_REGION = \"x\"\nMAAS_X = \"x\"\n\"A-B\" = \"x\"\n_A = \"x\"\nGOOD = 1\n"
    ));
}

#[test]
fn grants_that_are_malformed() {
    assert_snapshot!(wrong_function(
        "access = [\"uploads.bucket\", \"uploads:read\", \"${uploads.bucket}:read\", \"a.b:\"]\n"
    ));
}

#[test]
fn code_of_ones_own_needs_all_of_it() {
    assert_snapshot!(wrong_jobs("redrive = { code = \"functions/redrive\" }\n"));
    assert_snapshot!(wrong_lines(
        "[patterns.j]\nuse = \"api-async\"\nroute = \"POST /\"\nredrive = { code = \"a\", handler = \"a.b\" }\n\
         consumer = { code = \"a\", handler = \"a.b\", runtime = \"python3.12\" }\n"
    ));
}

#[test]
fn a_supplied_function_keeps_its_own_code_with_other_settings() {
    let text = "[project]\nname = \"shop\"\n[functions]\nruntime = \"nodejs22.x\"\n[patterns.j]\nuse = \"api-async\"\n\
                route = \"POST /\"\nredrive = { memory = \"1 GB\" }\nconsumer = { code = \"a\", handler = \"a.b\" }\n";
    let manifest = read(text);
    let jobs: Jobs = manifest.instance("j").unwrap().parameters().unwrap();
    let supplied = SuppliedCode { handler: "index.handler".into(), runtime: Runtime::PYTHON };
    let redrive = jobs.redrive.resolve(&manifest.functions, supplied).unwrap();
    assert_eq!(redrive.code, FunctionCode::Supplied);
    assert_eq!((redrive.runtime, redrive.memory_mb), (Runtime::PYTHON, 1024));
    assert_eq!((*redrive.timeout_seconds, redrive.log_retention_days), (10, 14));
    assert_eq!(redrive.architecture, Architecture::Arm64);
}

#[test]
fn a_function_may_be_left_out_of_a_table_with_other_keys() {
    let text = "[project]\nname = \"shop\"\n[functions]\nruntime = \"python3.12\"\n[patterns.j]\nuse = \"api-async\"\n\
                route = \"POST /\"\nconsumer = { code = \"a\", handler = \"a.b\" }\n\
                [patterns.j.recipients]\none = { filter = 1 }\ntwo = { code = \"b\", handler = \"b.c\" }\n";
    let manifest = read(text);
    let jobs: Jobs = manifest.instance("j").unwrap().parameters().unwrap();
    let resolved = jobs.recipients.values().map(|r| r.function.resolve(&manifest.functions));
    let handlers: Vec<Option<String>> =
        resolved.map(|function| function.unwrap().map(|function| function.handler)).collect();
    assert_eq!(handlers, [None, Some("b.c".to_owned())]);
    assert_snapshot!(wrong_jobs("recipients.x = { handler = \"a.b\", memory = \"1 GB\" }\n"));
}
