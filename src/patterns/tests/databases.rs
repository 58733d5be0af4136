//! Databases: what is refused, what is shared, and who may reach what.

use super::*;
use crate::graph::Address;

const USERS: &str = "code = \"functions/echo\"\nhandler = \"index.handler\"\n";

pub(super) fn manifest(instances: &str) -> String {
    format!(
        "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n[functions]\nruntime = \"python3.12\"\n{instances}"
    )
}

pub(super) fn api(name: &str, pattern: &str, lines: &str) -> String {
    format!(
        "[patterns.{name}]\nuse = \"{pattern}\"\n{lines}\n[patterns.{name}.routes.\"GET /{name}\"]\n{USERS}"
    )
}

pub(super) fn postgres(name: &str, database: &str) -> String {
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
        postgres("order", ""),
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

/// The rights of the function's role, by its policies.
fn rights(graph: &Graph) -> [Option<serde_json::Value>; 3] {
    let policies = ["a/a.role", "a/a.role-network-policy", "a/a.role-policy"];
    policies.map(|at| Some(graph.get(&at.parse().unwrap())?.wanted["policy"].clone()))
}

#[test]
fn functions_may_what_the_database_asks_for_and_no_more() {
    let secret = expanded(&manifest(&postgres("a", ""))).graph;
    insta::assert_json_snapshot!("by_secret", rights(&secret));
    let iam = expanded(&manifest(&postgres("a", "credentials = \"iam\""))).graph;
    insta::assert_json_snapshot!("by_iam", rights(&iam));
    assert!(node(&iam, "a/a.function")["environment"].get("DATABASE_SECRET_ARN").is_none());
    let parts: Vec<&str> = iam.parts("a").map(Address::part).collect();
    assert!(!parts.contains(&"secrets.endpoint"), "IAM needs no way to Secrets Manager: {parts:?}");
    let data = expanded(&manifest(&data_api("a", ""))).graph;
    insta::assert_json_snapshot!("by_data_api", rights(&data));
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
    let policy = node(&graph, "j/consumer.role-policy")["policy"].clone();
    assert!(policy.get("ADatabaseDatabase").is_some());
    assert_eq!(node(&graph, "j/consumer.function")["vpc"], serde_json::Value::Null);
}

/// A consumer of jobs that may connect to these databases.
pub(super) fn jobs(databases: &[&str]) -> String {
    let access: Vec<String> = databases.iter().map(|it| format!("{it}.database:connect")).collect();
    format!(
        "[patterns.j]\nuse = \"api-async\"\nroute = \"POST /j\"\n[patterns.j.consumer]\n{USERS}access = {access:?}\n"
    )
}

fn rules(graph: &Graph, group: &str) -> String {
    node(graph, group)["egress"].to_string()
}

#[test]
fn access_puts_a_function_of_another_pattern_into_the_databases_network() {
    let both = postgres("a", "engine = \"postgres\"") + &jobs(&["a"]);
    let graph = expanded(&manifest(&both)).graph;
    insta::assert_snapshot!(outline(&graph));
    let group =
        serde_json::json!({"$expr": [{"node": "j/network.a.security-group", "output": "id"}]});
    let function = node(&graph, "j/consumer.function");
    assert_eq!(function["vpc"]["security_groups"], serde_json::json!([group]));
    let policy = node(&graph, "j/consumer.role-network-policy")["policy"].clone();
    assert!(policy.get("Network").is_some());
    let egress = rules(&graph, "j/network.a.security-group");
    assert!(egress.contains("a/data.security-group"), "{egress}");
    assert!(egress.contains("a/secrets.security-group"), "{egress}");
    let given = function["environment"].as_object().unwrap().keys();
    let given: Vec<&str> =
        given.map(String::as_str).filter(|name| name.starts_with("A_")).collect();
    let own = ALL.iter().filter(|name| **name != "DATABASE_CLUSTER_ARN");
    assert_eq!(given, own.map(|name| format!("A_{name}")).collect::<Vec<_>>());
}

#[test]
fn access_to_several_databases_of_a_network_takes_one_place_in_it() {
    let shared = "network = { from = \"a\" }\n[patterns.b.database]";
    let all = postgres("a", "credentials = \"iam\"")
        + &api("b", "api-database-postgres", shared)
        + &jobs(&["a", "b"]);
    let graph = expanded(&manifest(&all)).graph;
    let groups = &node(&graph, "j/consumer.function")["vpc"]["security_groups"];
    assert_eq!(groups.as_array().map(Vec::len), Some(1));
    let egress = rules(&graph, "j/network.a.security-group");
    for reached in ["a/data.security-group", "b/data.security-group", "a/secrets.security-group"] {
        assert!(egress.contains(reached), "{reached}: {egress}");
    }
    let parts: Vec<&str> = graph.parts("j").map(Address::part).collect();
    for rule in [
        "network.a.database.a-ingress",
        "network.a.database.b-ingress",
        "network.a.secrets-ingress",
    ] {
        assert!(parts.contains(&rule), "{rule}: {parts:?}");
    }
}

#[test]
fn databases_may_be_called_as_the_parts_of_a_network() {
    for name in ["secrets", "data"] {
        let shared =
            api("b", "api-database-postgres", &format!("database = \"${{{name}.database}}\""));
        let graph = expanded(&manifest(&(postgres(name, "") + &shared))).graph;
        for rule in [&*format!("b/database.{name}.ingress"), "b/secrets.ingress"] {
            assert_eq!(node(&graph, rule)["egress"], false, "{rule}");
        }
    }
}

#[test]
fn access_looks_at_a_network_of_others_for_what_the_function_needs() {
    let given = |subnets: &str| {
        let network = format!(
            "network = {{ vpc = \"vpc-0a1b2c\", data_subnets = [\"subnet-3\", \"subnet-4\"]{subnets} }}\n[patterns.a.database]\ndata_api = false"
        );
        api("a", "api-database-postgres", &network) + &jobs(&["a"])
    };
    let subnets = ", application_subnets = [\"subnet-1\", \"subnet-2\"]";
    let graph = expanded(&manifest(&given(subnets))).graph;
    let look = node(&graph, "j/network.a");
    assert_eq!((&look["vpc"], &look["secrets"]), (&"vpc-0a1b2c".into(), &true.into()));
    let vpc = &node(&graph, "j/consumer.function")["vpc"];
    assert_eq!(vpc["subnets"], serde_json::json!(["subnet-1", "subnet-2"]));
    assert!(wrong(&given("")).contains("application_subnets"));
}

#[test]
fn databases_in_two_networks_are_too_many_for_one_function() {
    let other = "network = { cidr = \"10.30.0.0/16\" }\n[patterns.b.database]";
    let two = postgres("a", "") + &api("b", "api-database-postgres", other);
    insta::assert_snapshot!(wrong(&(two + &jobs(&["a", "b"]))));
}

#[test]
fn a_function_without_a_way_out_is_not_given_what_it_would_not_reach() {
    let queue = "[patterns.q]\nuse = \"api-async\"\nroute = \"POST /q\"\n[patterns.q.consumer]\n"
        .to_owned()
        + USERS;
    let sends = |network: &str| {
        let lines = format!("network = {{ {network} }}");
        api("a", "api-database-postgres", &lines) + "access = [\"q.queue:send\"]\n" + &queue
    };
    assert!(try_expand(&manifest(&sends("nat = \"one\""))).is_ok());
    let redrive = "[patterns.m]\nuse = \"dead-letter-queue\"\n[patterns.m.function]\n".to_owned()
        + USERS
        + "[patterns.m.redrive]\nschedule = \"rate(5 minutes)\"\naccess = [\"a.database:connect\"]\n";
    let shared = "[patterns.net]\nuse = \"network\"\n".to_owned()
        + &api("a", "api-database-postgres", "network = { from = \"net\" }");
    let over_data_api = postgres("a", "")
        + &api("b", "api-database-data-api", "network = { cidr = \"10.30.0.0/16\" }")
        + "access = [\"a.database:connect\"]\n";
    let cases = [sends(""), shared + &redrive, over_data_api];
    insta::assert_snapshot!(cases.map(|case| wrong(&case)).join("\n"));
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
