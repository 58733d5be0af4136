use aws_config::SdkConfig;
use aws_sdk_ec2::types::Tag;

use super::Inventory;

/// The tags of a thing that is ours; each account has a network of its own from the start.
fn ours(tags: &[Tag]) -> Option<Vec<String>> {
    let mut told: Vec<String> = tags.iter().map(|tag| format!("{tag:?}")).collect();
    told.sort();
    tags.iter().any(|tag| tag.key() == Some("maas:project")).then_some(told)
}

impl Inventory {
    pub(super) async fn networks(&mut self, config: &SdkConfig) {
        let ec2 = aws_sdk_ec2::Client::new(config);
        for vpc in ec2.describe_vpcs().send().await.unwrap().vpcs() {
            let Some(tags) = ours(vpc.tags()) else { continue };
            self.thing("vpc", vpc.vpc_id(), &[&vpc.cidr_block(), &tags]);
        }
        for subnet in ec2.describe_subnets().send().await.unwrap().subnets() {
            let Some(tags) = ours(subnet.tags()) else { continue };
            let place = (subnet.vpc_id(), subnet.cidr_block(), subnet.availability_zone());
            self.thing("subnet", subnet.subnet_id(), &[&place, &tags]);
        }
        for group in ec2.describe_security_groups().send().await.unwrap().security_groups() {
            let Some(tags) = ours(group.tags()) else { continue };
            let rules = (group.ip_permissions(), group.ip_permissions_egress());
            self.thing("security group", group.group_name(), &[&group.vpc_id(), &rules, &tags]);
        }
        for table in ec2.describe_route_tables().send().await.unwrap().route_tables() {
            let Some(tags) = ours(table.tags()) else { continue };
            let mut subnets: Vec<_> = table.associations().iter().map(|it| it.main()).collect();
            subnets.sort();
            let parts: [&dyn std::fmt::Debug; 3] = [&table.routes(), &subnets, &tags];
            self.thing("route table", table.vpc_id(), &parts);
        }
        for endpoint in ec2.describe_vpc_endpoints().send().await.unwrap().vpc_endpoints() {
            let Some(tags) = ours(endpoint.tags()) else { continue };
            let settings = (endpoint.vpc_id(), endpoint.vpc_endpoint_type());
            self.thing("vpc endpoint", endpoint.service_name(), &[&settings, &tags]);
        }
    }

    pub(super) async fn databases(&mut self, config: &SdkConfig) {
        let rds = aws_sdk_rds::Client::new(config);
        for cluster in rds.describe_db_clusters().send().await.unwrap().db_clusters() {
            let settings = (cluster.engine(), cluster.engine_version(), cluster.status());
            let scale = cluster.serverless_v2_scaling_configuration();
            let access = (cluster.db_subnet_group(), cluster.http_endpoint_enabled());
            let id = cluster.db_cluster_identifier();
            self.thing("cluster", id, &[&settings, &scale, &access]);
        }
        for instance in rds.describe_db_instances().send().await.unwrap().db_instances() {
            let settings = (instance.engine(), instance.db_instance_class());
            let cluster = instance.db_cluster_identifier();
            let id = instance.db_instance_identifier();
            self.thing("database instance", id, &[&settings, &cluster]);
        }
        for group in rds.describe_db_subnet_groups().send().await.unwrap().db_subnet_groups() {
            let id = group.db_subnet_group_name();
            self.thing("subnet group", id, &[&group.vpc_id(), &group.subnets().len()]);
        }
    }
}
