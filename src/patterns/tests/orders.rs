//! In which order databases and what uses them come and go, and what a move of theirs takes along.

use std::collections::BTreeSet;

use super::applied::{applied, plan, plan_of, steps_before, try_plan};
use super::databases::{api, jobs, manifest, postgres};
use super::*;
use crate::graph::{Address, Objection};
// Only a test of this room looks into the next ones.
#[cfg(test)]
use crate::plan::{Observations, Observed, Operation, Plan, PlanError};
#[cfg(test)]
use crate::state::{Key, Record, Snapshot};

fn graph(instances: &str) -> Graph {
    expanded(&manifest(instances)).graph
}

/// The types and addresses of all that has to be done before the only step at an address.
fn before(plan: &Plan, address: &str) -> BTreeSet<String> {
    let at = plan.numbered().find(|(_, step)| step.key.address.as_str() == address);
    let (at, _) = at.unwrap_or_else(|| panic!("nothing is done with {address}"));
    let steps = steps_before(plan, at).into_iter().map(|id| plan.step(id));
    steps.map(|step| format!("{} {}", step.kind, step.key.address)).collect()
}

fn waits(plan: &Plan, address: &str, other: &str) -> bool {
    before(plan, address).iter().any(|it| it.ends_with(&format!(" {other}")))
}

/// The addresses of what is deleted.
fn replaced(plan: &Plan) -> BTreeSet<&str> {
    let old = plan.steps.iter().filter(|step| step.operation == Operation::Delete);
    old.map(|step| step.key.address.as_str()).collect()
}

#[test]
fn a_network_does_not_wait_for_a_database_nor_a_database_for_network_interfaces() {
    for engine in ["aurora-postgresql", "postgres"] {
        let graph = graph(&postgres("a", &format!("engine = \"{engine}\"")));
        let made = plan(&graph, &Snapshot::new("shop", "dev"));
        let early = ["a.role", "application.security-group", "data.ingress", "secrets.ingress"];
        for part in early {
            assert!(!waits(&made, &format!("a/{part}"), "a/database"), "{engine}: {part}");
        }
        for part in ["a.role", "a.role-policy", "database", "application.security-group"] {
            assert!(waits(&made, "a/a.function", &format!("a/{part}")), "{engine}: {part}");
        }

        let state = applied(&graph);
        assert!(plan(&graph, &state).is_empty(), "{engine}");
        let gone = plan(&Graph::new(graph.scope().clone()), &state);
        let first = before(&gone, "a/database");
        assert!(first.contains("aws:lambda/function a/a.function"), "{engine}: {first:?}");
        let slow = |it: &&String| it.starts_with("aws:ec2/") || it.starts_with("aws:iam/");
        assert_eq!(first.iter().find(slow), None, "{engine}");
        // Lambda deletes the network interfaces with the role, and they hold the group.
        assert!(waits(&gone, "a/a.role", "a/application.security-group"), "{engine}");
        assert!(waits(&gone, "a/application.security-group", "a/a.function"), "{engine}");
        let policy = gone.steps.iter().find(|it| it.key.address.part() == "a.role-policy");
        assert_eq!(policy.map(|it| &it.operation), Some(&Operation::DeleteWithOwner), "{engine}");
    }
}

/// Lambda deletes the network interfaces of a function that left with the rights of its role, and long
/// after the change.
#[test]
fn a_function_that_leaves_a_network_keeps_its_rights_until_its_group_is_gone() {
    let (database, with) = (postgres("a", "credentials = \"iam\""), jobs(&["a"]));
    let state = applied(&graph(&(database.clone() + &with)));
    let left = plan(&graph(&(database + &jobs(&[]))), &state);
    let at = |part: &str| format!("j/{part}");
    let (function, group) = (at("consumer.function"), at("network.a.security-group"));
    let policy = at("consumer.role-network-policy");
    assert!(waits(&left, &group, &function));
    assert!(waits(&left, &policy, &group));
    let step = left.steps.iter().find(|step| step.key.address.as_str() == policy);
    assert_eq!(step.map(|it| &it.operation), Some(&Operation::Delete));
}

/// As where a deployment was made by an older version: what is needed changed, and no input.
#[test]
fn what_stays_as_it_is_learns_what_it_needs_now() {
    let graph = graph(&postgres("a", ""));
    let mut state = applied(&graph);
    let group = "a/application.security-group".parse::<Address>().unwrap();
    let policy = "a/a.role-network-policy".parse::<Address>().unwrap();
    let record = state.records.get_mut(&Key::from(group.clone())).unwrap();
    let needs = record.needs.clone();
    assert!(record.needs.remove(&policy));
    let again = plan(&graph, &state);
    assert!(again.is_empty());
    let told: Vec<_> = again.refreshed.iter().map(|it| (&it.address, &it.needs)).collect();
    assert_eq!(told, [(&group, &needs)]);
}

/// A NAT gateway holds its address, and needs the way to the internet until it is gone.
#[test]
fn a_nat_gateway_goes_before_what_it_stands_on() {
    let net = graph("[patterns.n]\nuse = \"network\"\nnat = \"one\"\n");
    let gone = plan(&Graph::new(net.scope().clone()), &applied(&net));
    let gateway = "n/public-1.nat-gateway";
    for under in
        ["public-1.elastic-ip", "public.route-table", "vpc.internet-gateway", "public-1.subnet"]
    {
        assert!(waits(&gone, &format!("n/{under}"), gateway), "{under}");
    }
    assert!(waits(&gone, "n/vpc.internet-gateway", "n/public.route-table"));
    assert!(waits(&gone, gateway, "n/application-1.route-table"));
}

#[test]
fn what_the_region_lacks_is_refused_at_the_key_that_asks_for_it() {
    let net = "[patterns.net]\nuse = \"network\"\nzones = 3\n";
    let Expanded { graph, origins, .. } = expanded(&manifest(net));
    let at: Address = "net/vpc".parse().unwrap();
    let objection = Objection { path: "zones".to_owned(), message: "there are two".to_owned() };
    let seen = Observations::from([(at.clone(), Observed::Unfit(vec![objection]))]);
    let errors = plan_of(&graph, &Snapshot::new("shop", "dev"), &seen).unwrap_err();
    let refused = matches!(&errors[..], [PlanError::Refused { address, path, .. }] if *address == at && path == "zones");
    assert!(refused, "{errors:?}");
    let place = origins.place(&at, "zones").unwrap();
    assert_eq!(&manifest(net)[place.start..place.end], "3");
}

fn in_network(network: &str, database: &str) -> Graph {
    let net = "[patterns.net]\nuse = \"network\"\ncidr = \"10.40.0.0/16\"\n".to_owned();
    let lines = format!("network = {{ {network} }}\n[patterns.a.database]\n{database}");
    graph(&(net + &api("a", "api-database-postgres", &lines)))
}

#[test]
fn a_database_that_moves_to_another_vpc_is_made_anew() {
    for engine in ["aurora-postgresql", "postgres"] {
        let open = format!("engine = \"{engine}\"\ndeletion_protection = false");
        let closed = format!("engine = \"{engine}\"\ndeletion_protection = true");
        for moved in ["cidr = \"10.30.0.0/16\"", "from = \"net\""] {
            let plan = plan(&in_network(moved, &open), &applied(&in_network("", &open)));
            let replaced = replaced(&plan);
            for address in ["a/database.subnet-group", "a/database"] {
                assert!(replaced.contains(address), "{engine}, {moved}: {replaced:?}");
            }
            let state = applied(&in_network("", &closed));
            let errors = try_plan(&in_network(moved, &closed), &state).unwrap_err();
            let protected = |it: &PlanError| matches!(it, PlanError::Protected { address, .. } if address.as_str() == "a/database");
            assert!(errors.iter().any(protected), "{engine}, {moved}: {errors:?}");
        }
    }
}

#[test]
fn a_subnet_group_of_a_version_that_recorded_no_vpc_stays() {
    let graph = graph(&postgres("a", ""));
    let mut state = applied(&graph);
    let group = |record: &&mut Record| record.address.part() == "database.subnet-group";
    let record = state.records.values_mut().find(group).unwrap();
    let mut inputs = record.inputs.to_document();
    inputs.as_object_mut().unwrap().remove("vpc").unwrap();
    record.inputs = inputs.into();
    let plan = plan(&graph, &state);
    let steps: Vec<String> =
        plan.steps.iter().map(|it| format!("{:?} {}", it.operation, it.key)).collect();
    assert_eq!(steps, ["Update a/database.subnet-group"]);
}
