//! Databases: what is refused, what is shared, and who may reach what.

use super::*;
use crate::graph::Address;

const USERS: &str = "code = \"functions/echo\"\nhandler = \"index.handler\"\n";

fn manifest(instances: &str) -> String {
    format!(
        "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n[functions]\nruntime = \"python3.12\"\n{instances}"
    )
}

fn api(name: &str, pattern: &str, lines: &str) -> String {
    format!(
        "[patterns.{name}]\nuse = \"{pattern}\"\n{lines}\n[patterns.{name}.routes.\"GET /{name}\"]\n{USERS}"
    )
}

fn postgres(name: &str, database: &str) -> String {
    api(name, "api-database-postgres", &format!("[patterns.{name}.database]\n{database}"))
}

fn data_api(name: &str, database: &str) -> String {
    api(name, "api-database-data-api", &format!("[patterns.{name}.database]\n{database}"))
}

fn wrong(instances: &str) -> String {
    report(&try_expand(&manifest(instances)).map(|_| "no problem").unwrap_err())
}

fn node(graph: &Graph, address: &str) -> serde_json::Value {
    graph.nodes()[&address.parse::<Address>().unwrap()].wanted.clone()
}

#[test]
fn what_rds_does_not_have_is_refused_at_its_place() {
    let cases = [
        postgres("a", "engine = \"mysql\""),
        postgres("a", "version = \"9\""),
        postgres("a", "version = \"16.2\"\ncapacity = { min = 0, max = 1 }"),
        postgres("a", "capacity = { min = 4, max = 2 }"),
        postgres("a", "capacity = { min = 0.3, max = 2 }"),
        postgres("a", "capacity = { min = 0.5, max = 500 }"),
        postgres("a", "capacity = { min = 1, max = 2, pause_after = \"5m\" }"),
        postgres("a", "instance = \"db.t4g.micro\""),
        postgres("a", "engine = \"postgres\"\ncapacity = { min = 1, max = 2 }"),
        postgres("a", "engine = \"postgres\"\ninstance = \"micro\""),
        postgres("a", "engine = \"postgres\"\nstorage = \"100 GB\"\nmax_storage = \"50 GB\""),
        postgres("a", "backup = \"36h\""),
        postgres("a", "name = \"user\""),
        postgres("a", "name = \"1st\""),
        postgres("a", "user = \"admin\""),
        data_api("a", "engine = \"postgres\""),
        data_api("a", "credentials = \"iam\""),
        data_api("a", "version = \"15.2\""),
    ];
    insta::assert_snapshot!(cases.map(|case| wrong(&case)).join("\n"));
}

#[test]
fn a_database_out_of_reach_is_refused_at_its_place() {
    let shared = api("b", "api-database-data-api", "database = \"${a.database}\"");
    let with_access = |verb: &str| {
        format!(
            "[patterns.j]\nuse = \"api-async\"\nroute = \"POST /j\"\n[patterns.j.consumer]\n{USERS}access = [\"a.database:{verb}\"]\n"
        )
    };
    let elsewhere = api(
        "b",
        "api-database-postgres",
        "database = \"${a.database}\"\nnetwork = { cidr = \"10.30.0.0/16\" }",
    );
    let cases = [
        postgres("a", "") + &shared,
        postgres("a", "engine = \"postgres\"") + &shared,
        postgres("a", "credentials = \"iam\"") + &shared,
        postgres("a", "") + &with_access("connect"),
        data_api("a", "") + &with_access("read"),
        postgres("a", "") + &elsewhere,
    ];
    insta::assert_snapshot!(cases.map(|case| wrong(&case)).join("\n"));
}

#[test]
fn an_instance_shares_anothers_database_in_the_same_network() {
    let shared = api("b", "api-database-postgres", "database = \"${a.database}\"");
    let graph = expanded(&manifest(&(postgres("a", "") + &shared))).graph;
    insta::assert_snapshot!(outline(&graph));
    let parts: Vec<&str> = graph.parts("b").map(Address::part).collect();
    assert!(parts.iter().all(|part| !part.starts_with("data.")), "{parts:?}");
    let environment = &node(&graph, "b/b.function")["environment"];
    let host = serde_json::json!({"$expr": [{"node": "a/database", "output": "endpoint"}]});
    assert_eq!(environment["DATABASE_HOST"], host);
}

#[test]
fn functions_may_what_the_database_asks_for_and_no_more() {
    let secret = expanded(&manifest(&postgres("a", ""))).graph;
    insta::assert_json_snapshot!("by_secret", node(&secret, "a/a.role")["policy"]);
    let iam = expanded(&manifest(&postgres("a", "credentials = \"iam\""))).graph;
    insta::assert_json_snapshot!("by_iam", node(&iam, "a/a.role")["policy"]);
    assert!(node(&iam, "a/a.function")["environment"].get("DATABASE_SECRET_ARN").is_none());
    let parts: Vec<&str> = iam.parts("a").map(Address::part).collect();
    assert!(!parts.contains(&"secrets.endpoint"), "IAM needs no way to Secrets Manager: {parts:?}");
    let data = expanded(&manifest(&data_api("a", ""))).graph;
    insta::assert_json_snapshot!("by_data_api", node(&data, "a/a.role")["policy"]);
    let parts: Vec<&str> = data.parts("a").map(Address::part).collect();
    assert!(parts.iter().all(|part| !part.starts_with("application")), "{parts:?}");
}

const ALL: [&str; 6] = [
    "DATABASE_CLUSTER_ARN",
    "DATABASE_HOST",
    "DATABASE_NAME",
    "DATABASE_PORT",
    "DATABASE_SECRET_ARN",
    "DATABASE_USER",
];

#[test]
fn functions_find_all_that_the_database_has_in_their_environment() {
    let names = |instances: &str| -> Vec<String> {
        let graph = expanded(&manifest(instances)).graph;
        let environment = node(&graph, "a/a.function")["environment"].clone();
        let names = environment.as_object().unwrap().keys().cloned();
        names.filter(|name| name.starts_with("DATABASE_")).collect()
    };
    let without = |gone: &str| ALL.into_iter().filter(|name| *name != gone).collect::<Vec<_>>();
    assert_eq!(names(&postgres("a", "")), ALL);
    assert_eq!(names(&data_api("a", "")), ALL);
    let machine = names(&postgres("a", "engine = \"postgres\""));
    assert_eq!(machine, without("DATABASE_CLUSTER_ARN"));
    let iam = names(&postgres("a", "credentials = \"iam\""));
    assert_eq!(iam, without("DATABASE_SECRET_ARN"));
}

#[test]
fn access_lets_a_function_outside_ask_over_the_data_api() {
    let jobs = format!(
        "[patterns.j]\nuse = \"api-async\"\nroute = \"POST /j\"\n[patterns.j.consumer]\n{USERS}access = [\"a.database:connect\"]\n"
    );
    let graph = expanded(&manifest(&(postgres("a", "data_api = true") + &jobs))).graph;
    let environment = node(&graph, "j/consumer.function")["environment"].clone();
    let names = environment.as_object().unwrap().keys().cloned();
    let given: Vec<String> = names.filter(|name| name.starts_with("A_")).collect();
    assert_eq!(given, ALL.map(|name| format!("A_{name}")));
    assert!(node(&graph, "j/consumer.role")["policy"].get("ADatabaseDatabase").is_some());
}

#[test]
fn protection_follows_the_environment() {
    let of = |environment: &str| {
        let text = manifest(&postgres("a", "")) + environment;
        let database = node(&expanded(&text).graph, "a/database");
        let flag = |name: &str| database[name].as_bool().unwrap();
        (flag("deletion_protection"), flag("final_snapshot"), flag("keep_backups"))
    };
    assert_eq!(of(""), (false, true, true));
    assert_eq!(of("[environments.dev]\nprotect = true\n"), (true, true, true));
    assert_eq!(of("[environments.dev]\nttl = \"1h\"\n"), (false, false, false));
}

#[test]
fn a_database_of_postgres_is_one_machine() {
    let lines = "engine = \"postgres\"\nversion = \"17.5\"\ninstance = \"db.m7g.large\"\nstorage = \"100 GB\"\nmax_storage = \"1 TB\"\nstandby = true";
    let graph = expanded(&manifest(&postgres("a", lines))).graph;
    let mut database = node(&graph, "a/database");
    database["tags"] = "…".into();
    insta::assert_json_snapshot!(database);
}
