//! Networks: of one's own, shared, and somebody else's.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::graph::Address;
use crate::manifest::Either;
use crate::patterns::expansion::Expansion;
use crate::patterns::parts::{GivenNetwork, Needs, NetworkKeys, network};

const HEAD: &str = "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n";
const POSTGRES: Needs = Needs { application: true, data_port: Some(5432), secrets: true };
const DATA_API: Needs = Needs { application: false, data_port: Some(5432), secrets: false };

/// The graph of these instances. One whose name begins with `api` needs what an API with a database
/// in its network does, one with `data` what an API with a Data API does.
fn try_graph(instances: &str) -> Result<Graph, Problems> {
    let manifest = read(&format!("{HEAD}{instances}"))?;
    let (place, packages) = (place(), Packages::new(manifest.folder.clone()));
    let mut all = Expansion::new(&manifest, &place, None, &packages);
    for instance in &manifest.instances {
        let mut cx = Cx::new(instance, &mut all);
        let keys = instance.parameters::<NetworkKeys>().unwrap();
        let given: GivenNetwork = Either::Long(keys);
        match instance.name.get_ref() {
            name if name.starts_with("api") => drop(network(&mut cx, Some(&given), POSTGRES)),
            name if name.starts_with("data") => drop(network(&mut cx, Some(&given), DATA_API)),
            _ => drop(super::super::parts::bare_network(&mut cx, Some(&given))),
        }
    }
    let expanded = all.finish(BTreeMap::new());
    let (expanded, problems) = expanded;
    manifest.explain(problems).into_result(expanded.graph)
}

fn graph(instances: &str) -> Graph {
    try_graph(instances).map_err(|problems| report(&problems)).unwrap()
}

fn wrong(instances: &str) -> String {
    report(&try_graph(instances).map(|_| "no problem").unwrap_err())
}

fn instance(name: &str, keys: &str) -> String {
    format!("[patterns.{name}]\nuse = \"network\"\n{keys}\n")
}

fn wanted<'g>(graph: &'g Graph, address: &str) -> &'g Value {
    let address: Address = address.parse().unwrap();
    &graph.nodes().get(&address).unwrap_or_else(|| panic!("{address} is not there")).wanted
}

fn addresses(graph: &Graph) -> Vec<&str> {
    graph.nodes().keys().map(Address::as_str).collect()
}

fn output(node: &str, output: &str) -> Value {
    json!({"$expr": [{"node": node, "output": output}]})
}

#[test]
fn functions_and_a_database_in_a_network_of_their_own() {
    insta::assert_snapshot!(outline(&graph(&instance("api", ""))));
}

#[test]
fn a_database_alone_has_a_data_tier_alone() {
    insta::assert_snapshot!(outline(&graph(&instance("data", ""))));
}

#[test]
fn a_nat_gateway_in_each_zone_saves_the_endpoint() {
    let graph = graph(&instance("api", "nat = \"per-zone\"\nzones = 3"));
    for zone in 1..=3 {
        let routes = &wanted(&graph, &format!("api/application-{zone}.route-table"))["routes"];
        let nat = format!("api/public-{zone}.nat-gateway");
        assert_eq!(routes["0.0.0.0/0"], output(&nat, "id"));
    }
    assert!(!addresses(&graph).contains(&"api/secrets.endpoint"));
    let one = self::graph(&instance("api", "nat = \"one\""));
    assert!(!addresses(&one).contains(&"api/public-2.nat-gateway"));
    assert!(addresses(&one).contains(&"api/public-2.subnet"));
}

/// What a group's rules let pass: ports and the other side.
fn passes(rules: &Value) -> Vec<(i64, String)> {
    let rules = rules.as_array().unwrap().iter();
    let mut found: Vec<_> =
        rules.map(|rule| (rule["from_port"].as_i64().unwrap(), rule["peer"].to_string())).collect();
    found.sort();
    found
}

#[test]
fn groups_let_pass_what_is_needed_and_nothing_else() {
    let graph = graph(&instance("api", ""));
    let group = |part: &str| json!({"group": output(part, "id")}).to_string();
    let service = |name: &str| json!({"service": name}).to_string();
    let application = wanted(&graph, "api/application.security-group");
    assert_eq!(passes(&application["ingress"]), []);
    assert_eq!(
        passes(&application["egress"]),
        [
            (443, group("api/secrets.security-group")),
            (443, service("dynamodb")),
            (443, service("s3")),
            (5432, group("api/data.security-group")),
        ]
    );
    for part in ["data", "secrets"] {
        let closed = wanted(&graph, &format!("api/{part}.security-group"));
        assert_eq!((passes(&closed["ingress"]), passes(&closed["egress"])), (vec![], vec![]));
        let rule = wanted(&graph, &format!("api/{part}.ingress"));
        assert_eq!(rule["group"], output(&format!("api/{part}.security-group"), "id"));
        assert_eq!(rule["rule"]["peer"].to_string(), group("api/application.security-group"));
    }
    let wide = self::graph(&instance("api", "nat = \"one\""));
    let egress = passes(&wanted(&wide, "api/application.security-group")["egress"]);
    assert!(egress.contains(&(443, json!({"cidr": "0.0.0.0/0"}).to_string())), "{egress:?}");
}

#[test]
fn a_network_may_let_everything_in_it_reach_secrets_manager() {
    let alone = graph(&instance("net", "secrets = true"));
    let rule = wanted(&alone, "net/secrets.vpc-ingress");
    assert_eq!(rule["group"], output("net/secrets.security-group", "id"));
    assert_eq!(
        (&rule["rule"]["from_port"], &rule["rule"]["peer"]),
        (&json!(443), &json!({"cidr": "10.20.0.0/16"}))
    );
    assert!(addresses(&alone).contains(&"net/secrets.endpoint"));
    // One that has a database alone gets the tier that the endpoint is in.
    let data = graph(&instance("data", "secrets = true\nnat = \"one\""));
    assert!(addresses(&data).contains(&"data/secrets.endpoint"));
    assert!(
        !addresses(&graph(&instance("net", "secrets = false"))).contains(&"net/secrets.endpoint")
    );
}

#[test]
fn another_zone_and_another_tier_move_nothing() {
    let before = graph(&instance("api", ""));
    let after = graph(&instance("api", "zones = 4\nnat = \"one\""));
    for (address, node) in before.nodes() {
        if node.traits.kind == "aws:ec2/subnet" {
            assert_eq!(node.wanted, after.nodes()[address].wanted, "{address}");
        }
    }
}

#[test]
fn instances_share_a_network_and_keep_their_groups_apart() {
    let owner = instance("shared", "cidr = \"10.30.0.0/16\"");
    let alone = graph(&owner);
    let both = graph(&format!(
        "{owner}{}{}",
        instance("api-one", "from = \"shared\""),
        instance("data-two", "from = \"api-one\"")
    ));
    for (address, node) in alone.nodes() {
        assert_eq!(node.wanted, both.nodes()[address].wanted, "{address}");
    }
    let vpcs = both.nodes().values().filter(|node| node.traits.kind == "aws:ec2/vpc");
    assert_eq!(vpcs.count(), 1);
    assert_eq!(wanted(&both, "data-two/data.security-group")["vpc"], output("shared/vpc", "id"));
    assert_eq!(
        wanted(&both, "api-one/secrets.ingress")["group"],
        output("shared/secrets.security-group", "id")
    );
    assert!(both.get(&Address::new("data-two", "vpc")).is_some());
    assert!(both.get(&Address::new("api-one", "application-2.subnet")).is_some());
}

#[test]
fn whoever_comes_first_makes_the_same() {
    let shared = |owner: &str, user: &str| {
        instance(owner, "") + &instance(user, &format!("from = \"{owner}\""))
    };
    let of = |graph: &Graph, owner: &str| -> Vec<String> {
        let parts = graph.nodes().keys().filter(|address| address.instance() == owner);
        parts.map(|address| address.part().to_owned()).collect()
    };
    let (first, last) = (graph(&shared("a", "api")), graph(&shared("z", "api")));
    assert_eq!(of(&first, "a"), of(&last, "z"));
}

const VPC: &str = "vpc = \"vpc-0a1b2c\"\n";
const SUBNETS: &str = "application_subnets = [\"subnet-1\", \"subnet-2\"]\ndata_subnets = [\"subnet-3\", \"subnet-4\"]";

#[test]
fn a_vpc_that_is_there_is_looked_at_for_what_is_needed_of_it() {
    let graph = graph(&format!(
        "{}{}",
        instance("api", &format!("{VPC}{SUBNETS}")),
        instance("data", "from = \"api\"")
    ));
    let look = wanted(&graph, "api/network");
    assert_eq!((&look["secrets"], &look["problems"]), (&json!(true), &json!([])));
    assert_eq!(look["application_subnets"], json!(["subnet-1", "subnet-2"]));
    let look = wanted(&graph, "data/network");
    assert_eq!((&look["secrets"], &look["application_subnets"]), (&json!(false), &json!([])));
    assert_eq!(wanted(&graph, "data/data.security-group")["vpc"], output("data/network", "vpc_id"));
    assert!(graph.nodes().values().all(|node| node.traits.kind != "aws:ec2/subnet"));
}

#[test]
fn blocks_that_are_none_or_have_no_room() {
    insta::assert_snapshot!(wrong(
        &(instance("one", "cidr = \"10.20.30.0/16\"") + &instance("two", "cidr = \"10.20.0.0\""))
    ));
    insta::assert_snapshot!(wrong(
        &(instance("one", "cidr = \"10.0.0.0/8\"")
            + &instance("two", "cidr = \"10.20.0.0/27\"")
            + &instance("three", "cidr = \"10.20.0.0/25\"\nzones = 3\nnat = \"one\"")
            + &instance("data", "cidr = \"10.20.0.0/28\""))
    ));
}

#[test]
fn a_shared_block_needs_room_for_what_all_put_into_it() {
    let owner = instance("data", "cidr = \"10.20.0.0/27\"");
    assert!(try_graph(&owner).is_ok(), "two subnets of a data tier");
    insta::assert_snapshot!(wrong(&(owner + &instance("api", "from = \"data\""))));
}

#[test]
fn one_zone() {
    insta::assert_snapshot!(wrong(&instance("one", "zones = 1")));
}

#[test]
fn networks_that_are_described_in_two_ways() {
    insta::assert_snapshot!(wrong(
        &(instance("one", &format!("cidr = \"10.20.0.0/16\"\n{VPC}{SUBNETS}"))
            + &instance("two", "from = \"one\"\nnat = \"one\""))
    ));
}

#[test]
fn subnets_without_a_vpc_and_a_vpc_without_subnets() {
    insta::assert_snapshot!(wrong(
        &(instance("api", SUBNETS)
            + &instance("api-two", VPC)
            + &instance("three", &format!("{VPC}{}", SUBNETS.replace("subnet-3", "subnet-1")))
            + &instance("four", &format!("{VPC}data_subnets = [\"subnet-3\"]")))
    ));
}

#[test]
fn networks_from_nowhere_and_in_a_circle() {
    insta::assert_snapshot!(wrong(
        &(instance("api", "from = \"shaerd\"")
            + &instance("one", "from = \"two\"")
            + &instance("two", "from = \"one\"")
            + &instance("shared", ""))
    ));
}
