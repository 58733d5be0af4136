//! Networks.

use std::collections::{BTreeMap, BTreeSet};

use maas::aws::{
    ElasticIp, ElasticIpInputs, EndpointType, GroupRule, InternetGateway, InternetGatewayInputs,
    NatGateway, NatGatewayInputs, NetworkOfOthers, NetworkOfOthersInputs, Peer, Policy, Principal,
    RouteTable, RouteTableInputs, SecurityGroup, SecurityGroupInputs, SecurityGroupRule,
    SecurityGroupRuleInputs, Statement, Subnet, SubnetInputs, Vpc, VpcEndpoint, VpcEndpointInputs,
    VpcInputs,
};
use maas::graph::{Address, Handle, Held, Input, Resource, Tags};

use super::{Life, Step};
use crate::support::Emulator;

fn handle<R>(part: &str) -> Handle<R> {
    Handle::at(Address::new("it", part))
}

async fn given_vpc(life: &mut Life) -> Handle<Vpc> {
    life.given::<Vpc>("vpc", VpcInputs::default()).await;
    handle("vpc")
}

async fn given_subnet(life: &mut Life, zone: u32) -> Handle<Subnet> {
    let part = format!("subnet-{zone}");
    let vpc: Handle<Vpc> = handle("vpc");
    let inputs = SubnetInputs {
        vpc: vpc.id().into(),
        cidr_block: format!("10.20.{}.0/24", zone),
        zone,
        ..SubnetInputs::default()
    };
    life.given::<Subnet>(&part, inputs).await;
    handle(&part)
}

async fn given_gateway(life: &mut Life, vpc: &Handle<Vpc>) -> Handle<InternetGateway> {
    let inputs = InternetGatewayInputs { vpc: vpc.id().into(), ..InternetGatewayInputs::default() };
    life.given::<InternetGateway>("gateway", inputs).await;
    handle("gateway")
}

async fn given_group(life: &mut Life, vpc: &Handle<Vpc>, part: &str) -> Handle<SecurityGroup> {
    let inputs = SecurityGroupInputs {
        vpc: vpc.id().into(),
        description: format!("the {part}"),
        ..SecurityGroupInputs::default()
    };
    life.given::<SecurityGroup>(part, inputs).await;
    handle(part)
}

crate::life!(vpc, |life| {
    let first = VpcInputs { zones: 2, ..VpcInputs::default() };
    let second = VpcInputs { dns_hostnames: false, ..first.clone() };
    life.whole::<Vpc>("vpc", first, second).await;
});

crate::life!(subnet, |life| {
    // No two have the same addresses, so another one comes only with another network.
    life.lacks(&[Step::Replace]);
    let vpc = given_vpc(&mut life).await;
    let inputs = SubnetInputs {
        vpc: vpc.id().into(),
        cidr_block: "10.20.8.0/21".to_owned(),
        zone: 2,
        ..SubnetInputs::default()
    };
    life.whole::<Subnet>("subnet", inputs.clone(), inputs).await;
    life.end().await;
});

crate::life!(internet_gateway, |life| {
    let vpc = given_vpc(&mut life).await;
    let inputs = InternetGatewayInputs { vpc: vpc.id().into(), ..InternetGatewayInputs::default() };
    life.whole::<InternetGateway>("gateway", inputs.clone(), inputs).await;
    life.end().await;
});

crate::life!(elastic_ip, |life| {
    let inputs = ElasticIpInputs::default();
    life.whole::<ElasticIp>("address", inputs.clone(), inputs).await;
});

crate::life!(nat_gateway, |life| {
    // moto gives the address of a deleted one to no other.
    life.moto_lacks(&[Step::Replace]);
    let vpc = given_vpc(&mut life).await;
    given_gateway(&mut life, &vpc).await;
    let subnet = given_subnet(&mut life, 1).await;
    life.given::<ElasticIp>("address", ElasticIpInputs::default()).await;
    let address: Handle<ElasticIp> = handle("address");
    let inputs = NatGatewayInputs {
        subnet: subnet.id().into(),
        allocation: address.id().into(),
        ..NatGatewayInputs::default()
    };
    life.whole::<NatGateway>("nat", inputs.clone(), inputs).await;
    life.end().await;
});

crate::life!(route_table, |life| {
    // moto takes a subnet of another table for associated.
    life.moto_lacks(&[Step::Replace]);
    let vpc = given_vpc(&mut life).await;
    let gateway = given_gateway(&mut life, &vpc).await;
    let one = given_subnet(&mut life, 1).await;
    let other = given_subnet(&mut life, 2).await;
    let to = |block: &str| BTreeMap::from([(block.to_owned(), gateway.id().into())]);
    let subnets = |subnet: &Handle<Subnet>| BTreeSet::from([Input::from(subnet.id())]);
    let first = RouteTableInputs {
        vpc: vpc.id().into(),
        routes: to("0.0.0.0/0"),
        subnets: subnets(&one),
        ..RouteTableInputs::default()
    };
    let second =
        RouteTableInputs { routes: to("192.0.2.0/24"), subnets: subnets(&other), ..first.clone() };
    life.whole::<RouteTable>("table", first, second).await;
    life.end().await;
});

/// moto keeps descriptions of rules for blocks of addresses only.
fn said(life: &Life, text: &'static str) -> &'static str {
    if life.cloud.emulator == Emulator::Moto { "" } else { text }
}

crate::life!(security_group, |life| {
    let vpc = given_vpc(&mut life).await;
    let other = given_group(&mut life, &vpc, "other").await;
    let functions = said(&life, "functions");
    let database = GroupRule::tcp(5432, Peer::Group(other.id().into()), functions);
    let store = GroupRule::tcp(443, Peer::Service("s3".to_owned()), said(&life, "S3"));
    let web = GroupRule::tcp(443, Peer::Cidr("0.0.0.0/0".into()), "the internet");
    let first = SecurityGroupInputs {
        vpc: vpc.id().into(),
        description: "the database".to_owned(),
        ingress: BTreeSet::from([database]),
        egress: BTreeSet::from([store.clone()]),
        ..SecurityGroupInputs::default()
    };
    let reworded = said(&life, "the object store").to_owned();
    let second = SecurityGroupInputs {
        ingress: BTreeSet::new(),
        egress: BTreeSet::from([web, GroupRule { description: reworded, ..store }]),
        ..first.clone()
    };
    life.whole::<SecurityGroup>("group", first, second).await;
    life.end().await;
});

crate::life!(security_group_rule, |life| {
    let vpc = given_vpc(&mut life).await;
    let one = given_group(&mut life, &vpc, "one").await;
    let other = given_group(&mut life, &vpc, "other").await;
    let functions = said(&life, "functions");
    let inputs = SecurityGroupRuleInputs {
        name: Input::default(),
        group: one.id().into(),
        egress: false,
        rule: GroupRule::tcp(5432, Peer::Group(other.id().into()), functions),
        tags: Tags::new(),
    };
    life.whole::<SecurityGroupRule>("rule", inputs.clone(), inputs).await;
    life.end().await;
});

// The network of somebody else: of two zones, with a way out that nothing in the data tier has.
crate::life!(network_of_others, |life| {
    let vpc = given_vpc(&mut life).await;
    given_subnet(&mut life, 1).await;
    given_subnet(&mut life, 2).await;
    let id = |part: &str| life.id_of(part);
    let inputs = NetworkOfOthersInputs {
        vpc: id("vpc"),
        data_subnets: BTreeSet::from([id("subnet-1"), id("subnet-2")]),
        ..NetworkOfOthersInputs::default()
    };
    let cx = life.aws_cx();
    NetworkOfOthers::create(&cx, &inputs).await.unwrap();
    let open = RouteTableInputs {
        vpc: vpc.id().into(),
        routes: BTreeMap::from([(
            "0.0.0.0/0".to_owned(),
            given_gateway(&mut life, &vpc).await.id().into(),
        )]),
        subnets: BTreeSet::from([handle::<Subnet>("subnet-2").id().into()]),
        ..RouteTableInputs::default()
    };
    life.given::<RouteTable>("table", open).await;
    let fault = NetworkOfOthers::create(&cx, &inputs).await.unwrap_err();
    assert!(fault.message.contains("open to the internet"), "{}", fault.message);
    let one_zone = BTreeSet::from([inputs.data_subnets.first().unwrap().clone()]);
    let narrow = NetworkOfOthersInputs {
        application_subnets: BTreeSet::from(["subnet-0123456789abcdef0".to_owned()]),
        data_subnets: one_zone,
        ..inputs
    };
    let held = Held { id: "vpc".into(), inputs: narrow, outputs: None, finished: true };
    let seen = NetworkOfOthers::read(&cx, &held).await.unwrap().unwrap();
    let problems = &seen.inputs.problems;
    assert!(problems[0].contains("is no subnet of"), "{problems:?}");
    assert!(problems[1].contains("is in one zone"), "{problems:?}");
    life.end().await;
});

crate::life!(gateway_endpoint, |life| {
    // moto changes an endpoint's route tables without its routes, and cannot delete it any more.
    let moves = life.cloud.emulator == Emulator::MiniStack;
    let vpc = given_vpc(&mut life).await;
    for part in ["one", "other"] {
        let inputs = RouteTableInputs { vpc: vpc.id().into(), ..RouteTableInputs::default() };
        life.given::<RouteTable>(part, inputs).await;
    }
    let table = |part: &str| {
        let table: Handle<RouteTable> = handle(part);
        BTreeSet::from([Input::from(table.id())])
    };
    let first = VpcEndpointInputs {
        vpc: vpc.id().into(),
        service: "s3".to_owned(),
        route_tables: table("one"),
        policy: policy(&life, "s3:GetObject"),
        ..VpcEndpointInputs::default()
    };
    let second = VpcEndpointInputs {
        route_tables: table(if moves { "other" } else { "one" }),
        policy: policy(&life, "s3:*"),
        ..first.clone()
    };
    life.whole::<VpcEndpoint>("endpoint", first, second).await;
    life.end().await;
});

/// What an endpoint lets pass. moto forgets what it was made with.
fn policy(life: &Life, action: &str) -> Option<Policy> {
    let may = Statement::allow([action]).by(Principal::everybody()).on("*");
    let may = may.when("StringEquals", "aws:PrincipalAccount", life.cloud.account.as_str());
    (life.cloud.emulator != Emulator::Moto).then(|| Policy::new().with("Own", may))
}

crate::life!(interface_endpoint, |life| {
    let vpc = given_vpc(&mut life).await;
    let one = given_subnet(&mut life, 1).await;
    let other = given_subnet(&mut life, 2).await;
    let group = given_group(&mut life, &vpc, "group").await;
    let another = given_group(&mut life, &vpc, "another").await;
    // moto does not move one to other groups.
    let moved = if life.cloud.emulator == Emulator::Moto { &group } else { &another };
    let first = VpcEndpointInputs {
        vpc: vpc.id().into(),
        service: "secretsmanager".to_owned(),
        endpoint_type: EndpointType::Interface,
        subnets: BTreeSet::from([Input::from(one.id())]),
        security_groups: BTreeSet::from([Input::from(group.id())]),
        private_dns: true,
        policy: policy(&life, "secretsmanager:GetSecretValue"),
        ..VpcEndpointInputs::default()
    };
    let subnets = BTreeSet::from([Input::from(one.id()), Input::from(other.id())]);
    let second = VpcEndpointInputs {
        subnets,
        security_groups: BTreeSet::from([Input::from(moved.id())]),
        policy: None,
        ..first.clone()
    };
    let third = VpcEndpointInputs {
        policy: policy(&life, "secretsmanager:*"),
        private_dns: life.cloud.emulator == Emulator::Moto,
        ..second.clone()
    };
    life.whole::<VpcEndpoint>("endpoint", first, second.clone()).await;
    life.whole::<VpcEndpoint>("endpoint", second, third).await;
    life.end().await;
});
