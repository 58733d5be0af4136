use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::Client as Ec2;
use maas::aws::{
    Capacity, DbCluster, DbClusterInputs, DbClusterInstance, DbClusterInstanceInputs,
    DbClusterParameterGroup, DbClusterParameterGroupInputs, DbInstance, DbInstanceInputs,
    DbParameterGroup, DbParameterGroupInputs, DbSubnetGroup, DbSubnetGroupInputs,
};
use maas::graph::{Address, Handle, Input};

use super::{Life, Step};
use crate::support::Emulator;

/// A network: the ids of subnets in three zones, and of a security group.
async fn network(life: &Life) -> (Vec<String>, String) {
    let ec2 = Ec2::new(&life.cloud.config);
    let vpc = ec2.create_vpc().cidr_block("10.9.0.0/16").send().await.unwrap();
    let vpc = vpc.vpc.unwrap().vpc_id.unwrap();
    let mut subnets = Vec::new();
    for (at, zone) in ["a", "b", "c"].iter().enumerate() {
        let subnet = ec2
            .create_subnet()
            .vpc_id(&vpc)
            .cidr_block(format!("10.9.{at}.0/24"))
            .availability_zone(format!("{}{zone}", crate::support::REGION))
            .send()
            .await
            .unwrap();
        subnets.push(subnet.subnet.unwrap().subnet_id.unwrap());
    }
    let group = ec2.create_security_group().vpc_id(&vpc).group_name("data").description("data");
    (subnets, group.send().await.unwrap().group_id.unwrap())
}

fn ids(ids: &[String]) -> BTreeSet<Input<String>> {
    ids.iter().map(|id| Input::from(id.as_str())).collect()
}

fn at<R>(part: &str) -> Handle<R> {
    Handle::at(Address::new("it", part))
}

fn parameters(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

crate::life!(subnet_group, |life| {
    // moto forgets a subnet group that is changed.
    life.moto_lacks(&[Step::Update]);
    let (subnets, _) = network(&life).await;
    let first = DbSubnetGroupInputs { subnets: ids(&subnets[..2]), ..Default::default() };
    let second = DbSubnetGroupInputs { subnets: ids(&subnets), ..first.clone() };
    life.whole::<DbSubnetGroup>("subnet-group", first, second).await;
});

crate::life!(cluster_parameter_group, |life| {
    let first = DbClusterParameterGroupInputs {
        family: "aurora-postgresql16".into(),
        parameters: parameters(&[("rds.force_ssl", "1")]),
        ..Default::default()
    };
    let second = DbClusterParameterGroupInputs {
        parameters: parameters(&[("rds.force_ssl", "0"), ("log_statement", "ddl")]),
        ..first.clone()
    };
    life.whole::<DbClusterParameterGroup>("parameters", first, second).await;
});

crate::life!(parameter_group, |life| {
    let first = DbParameterGroupInputs {
        family: "postgres16".into(),
        parameters: parameters(&[("rds.force_ssl", "1")]),
        ..Default::default()
    };
    let second = DbParameterGroupInputs {
        parameters: parameters(&[("rds.force_ssl", "0"), ("log_statement", "ddl")]),
        ..first.clone()
    };
    life.whole::<DbParameterGroup>("parameters", first, second).await;
});

/// What a database stands on.
async fn ground(life: &mut Life) -> BTreeSet<Input<String>> {
    let (subnets, group) = network(life).await;
    let inputs = DbSubnetGroupInputs { subnets: ids(&subnets[..2]), ..Default::default() };
    life.given::<DbSubnetGroup>("subnet-group", inputs).await;
    ids(&[group])
}

async fn cluster(life: &mut Life) -> DbClusterInputs {
    let security_groups = ground(life).await;
    let inputs = DbClusterParameterGroupInputs {
        family: "aurora-postgresql16".into(),
        ..Default::default()
    };
    life.given::<DbClusterParameterGroup>("parameters", inputs).await;
    DbClusterInputs {
        engine_version: "16.8".into(),
        database_name: "accounts".into(),
        subnet_group: at::<DbSubnetGroup>("subnet-group").name().into(),
        security_groups,
        parameter_group: at::<DbClusterParameterGroup>("parameters").name().into(),
        ..DbClusterInputs::default()
    }
}

crate::life!(db_cluster, |life| {
    let is_moto = life.cloud.emulator == Emulator::Moto;
    let first = DbClusterInputs {
        capacity: Capacity { min: 0.5, max: 4.0, pause_after: None },
        deletion_protection: true,
        // moto knows the HTTP endpoint of Serverless v1 only, and has no call that changes it.
        http_endpoint: !is_moto,
        ..cluster(&mut life).await
    };
    let second = DbClusterInputs {
        capacity: Capacity { min: 1.0, max: 2.0, pause_after: None },
        backup_retention: 7,
        deletion_protection: false,
        http_endpoint: false,
        copy_tags_to_snapshot: false,
        // moto changes none of it.
        iam_authentication: !is_moto,
        ..first.clone()
    };
    life.whole::<DbCluster>("cluster", first, second).await;
});

crate::life!(db_cluster_instance, |life| {
    let cluster = cluster(&mut life).await;
    life.given::<DbCluster>("cluster", cluster).await;
    let first = DbClusterInstanceInputs {
        cluster: at::<DbCluster>("cluster").name().into(),
        ..DbClusterInstanceInputs::default()
    };
    let second = DbClusterInstanceInputs { class: "db.r7g.large".into(), ..first.clone() };
    life.whole::<DbClusterInstance>("instance", first, second).await;
});

crate::life!(db_instance, |life| {
    let security_groups = ground(&mut life).await;
    let inputs = DbParameterGroupInputs { family: "postgres16".into(), ..Default::default() };
    life.given::<DbParameterGroup>("parameters", inputs).await;
    let first = DbInstanceInputs {
        engine_version: "16.4".into(),
        max_storage: 100,
        database_name: "accounts".into(),
        subnet_group: at::<DbSubnetGroup>("subnet-group").name().into(),
        security_groups,
        parameter_group: at::<DbParameterGroup>("parameters").name().into(),
        deletion_protection: true,
        ..DbInstanceInputs::default()
    };
    let second = DbInstanceInputs {
        class: "db.t4g.small".into(),
        storage: 40,
        multi_az: true,
        backup_retention: 7,
        iam_authentication: true,
        deletion_protection: false,
        ..first.clone()
    };
    life.whole::<DbInstance>("instance", first, second).await;
});
