//! A network of one project that environments of another are put into.

use aws_sdk_ec2::Client;
use serde_json::{Value, json};

use crate::support::Deployment;

const OWN: &str = "cidr = \"10.20.0.0/16\"
zones = 2             # each tier has a subnet in each
nat = \"none\"          # functions reach the database and Secrets Manager, and not the internet";

fn list(network: &Deployment, name: &str) -> Vec<String> {
    let ids = network.outputs["shared"][name].as_array().unwrap();
    ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn given(vpc: &str, application: &[String], data: &[String]) -> String {
    format!("vpc = \"{vpc}\"\napplication_subnets = {application:?}\ndata_subnets = {data:?}")
}

/// What `plan --refresh` says to a network that is not fit; nothing is touched.
async fn refused(it: &Deployment) -> String {
    let ran = it.maas("plan", &["--refresh"]).await;
    assert_eq!(ran.status.code(), Some(3), "{ran:?}");
    String::from_utf8(ran.stderr)
        .unwrap()
        .split_whitespace()
        .filter(|word| *word != "│")
        .collect::<Vec<_>>()
        .join(" ")
}

/// Adds a user in an environment, and tells how many there are.
async fn users(it: &mut Deployment, environment: &str) -> usize {
    let told = it.ends_with(0, "outputs", &["--format", "json", "--env", environment]).await;
    it.outputs = serde_json::from_str(&told).unwrap();
    let body = json!({"name": environment}).to_string();
    assert_eq!(it.call("accounts", "POST /users", &[], &body).await.status, 201);
    let all: Value = it.call("accounts", "GET /users", &[], "").await.json();
    all.as_array().unwrap().len()
}

/// Opens a data subnet to the internet, by hand; the route table and the gateway.
async fn opened(ec2: &Client, vpc: &str, subnet: &str) -> (String, String) {
    let gateway = ec2.create_internet_gateway().send().await.unwrap().internet_gateway.unwrap();
    let gateway = gateway.internet_gateway_id.unwrap();
    ec2.attach_internet_gateway().internet_gateway_id(&gateway).vpc_id(vpc).send().await.unwrap();
    let tables = ec2.describe_route_tables().send().await.unwrap();
    let of_subnet = |table: &&aws_sdk_ec2::types::RouteTable| {
        table.associations().iter().any(|it| it.subnet_id() == Some(subnet))
    };
    let table = tables.route_tables().iter().find(of_subnet).unwrap().route_table_id().unwrap();
    let route = ec2.create_route().route_table_id(table).gateway_id(&gateway);
    route.destination_cidr_block("0.0.0.0/0").send().await.unwrap();
    (table.to_owned(), gateway)
}

/// Another subnet in the same zone.
async fn twin(ec2: &Client, vpc: &str, subnet: &str) -> String {
    let found = ec2.describe_subnets().subnet_ids(subnet).send().await.unwrap();
    let zone = found.subnets()[0].availability_zone().unwrap();
    let made = ec2.create_subnet().vpc_id(vpc).availability_zone(zone).cidr_block("10.20.240.0/24");
    made.send().await.unwrap().subnet.unwrap().subnet_id.unwrap()
}

#[tokio::test]
async fn a_network_that_is_not_fit_is_refused_before_anything_is_made() {
    let network = Deployment::applied("network").await;
    let vpc = network.output("shared", "vpc_id");
    let [application, data] =
        ["application_subnets", "data_subnets"].map(|name| list(&network, name));
    let ec2 = Client::new(&network.cloud.config);

    let it = network.beside("api-database-postgres");
    it.edit("", "final_snapshot = false  ", "credentials = \"iam\"\nfinal_snapshot = false  ");
    let twin = [data[0].clone(), twin(&ec2, &vpc, &data[0]).await];
    it.edit("", OWN, &given(&vpc, &application, &twin));
    let one_zone = refused(&it).await;
    assert!(one_zone.contains("the data tier is in one zone"), "{one_zone}");
    ec2.delete_subnet().subnet_id(&twin[1]).send().await.unwrap();
    let elsewhere = [application[0].clone(), "subnet-0123456789abcdef0".to_owned()];
    it.edit("", &given(&vpc, &application, &twin), &given(&vpc, &elsewhere, &data));
    let another = refused(&it).await;
    assert!(another.contains("subnet-0123456789abcdef0 is no subnet of"), "{another}");
    assert!(another.contains("others in the manifest"), "{another}");
    network.ends_clean().await;
}

#[tokio::test]
async fn zones_that_the_region_lacks_are_told_at_their_key() {
    let it = Deployment::of("network").await;
    let ec2 = Client::new(&it.cloud.config);
    let zones = ec2.describe_availability_zones().send().await.unwrap();
    assert!(zones.availability_zones().len() < 6, "the emulator has as many as can be asked for");
    it.edit("", "zones = 2", "zones = 6");
    let told = refused(&it).await;
    assert!(told.contains("6 availability zones are asked for"), "{told}");
    assert!(told.contains("zones = 6 · ┬"), "{told}");
    it.cloud.is_empty().await;
}

#[tokio::test]
async fn environments_are_put_into_a_network_that_is_there() {
    let network = Deployment::applied("network").await;
    let vpc = network.output("shared", "vpc_id");
    let [application, data] =
        ["application_subnets", "data_subnets"].map(|name| list(&network, name));
    let ec2 = Client::new(&network.cloud.config);

    let mut it = network.beside("api-database-postgres");
    it.edit("", "final_snapshot = false  ", "credentials = \"iam\"\nfinal_snapshot = false  ");
    it.edit("", OWN, &given(&vpc, &application, &data));
    for environment in ["dev", "pr-1"] {
        it.ends_with(0, "apply", &["--yes", "--env", environment]).await;
    }
    for environment in ["dev", "pr-1"] {
        assert_eq!(users(&mut it, environment).await, 1, "each has a database of its own");
    }
    it.is_settled().await;
    let (table, gateway) = opened(&ec2, &vpc, &data[0]).await;
    let drift = it.ends_with(2, "plan", &["--refresh", "--detailed-exitcode"]).await;
    assert!(drift.contains("open to the internet"), "{drift}");
    let route = ec2.delete_route().route_table_id(table).destination_cidr_block("0.0.0.0/0");
    route.send().await.unwrap();
    let detached = ec2.detach_internet_gateway().internet_gateway_id(&gateway).vpc_id(&vpc);
    detached.send().await.unwrap();
    ec2.delete_internet_gateway().internet_gateway_id(gateway).send().await.unwrap();

    // One environment goes and leaves the other, and both leave the network.
    it.ends_with(0, "destroy", &["--yes", "--env", "pr-1"]).await;
    assert_eq!(users(&mut it, "dev").await, 2);
    it.ends_with(0, "destroy", &["--yes"]).await;
    network.ends_clean().await;
}
