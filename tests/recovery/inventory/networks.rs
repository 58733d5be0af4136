use aws_config::SdkConfig;
use aws_sdk_ec2::types::{IpPermission, NatGatewayState, Tag};

use super::{Inventory, unordered};

/// The tags of a thing that is ours; each account has a network of its own from the start.
fn ours(tags: &[Tag]) -> Option<Vec<String>> {
    tags.iter().any(|tag| tag.key() == Some("maas:project")).then(|| unordered(tags))
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
            // The group that is named is random, and by it they are in order.
            let told = |rule: &IpPermission| self.told(&format!("{rule:?}"));
            let rules: [Vec<_>; 2] = [group.ip_permissions(), group.ip_permissions_egress()]
                .map(|rules| unordered(&rules.iter().map(told).collect::<Vec<_>>()));
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
        for gateway in ec2.describe_internet_gateways().send().await.unwrap().internet_gateways() {
            let Some(tags) = ours(gateway.tags()) else { continue };
            self.thing("internet gateway", None, &[&gateway.attachments(), &tags]);
        }
        for gateway in ec2.describe_nat_gateways().send().await.unwrap().nat_gateways() {
            // One that is gone is listed for about an hour (*Amazon VPC User Guide*, "Delete a NAT
            // gateway").
            let is_gone = gateway.state() == Some(&NatGatewayState::Deleted);
            let Some(tags) = ours(gateway.tags()).filter(|_| !is_gone) else { continue };
            let addresses = gateway.nat_gateway_addresses().iter();
            let allocations: Vec<_> = addresses.map(|it| it.allocation_id()).collect();
            let parts: [&dyn std::fmt::Debug; 3] = [&gateway.state(), &allocations, &tags];
            self.thing("NAT gateway", gateway.subnet_id(), &parts);
        }
        for address in ec2.describe_addresses().send().await.unwrap().addresses() {
            let Some(tags) = ours(address.tags()) else { continue };
            self.thing("address", None, &[&address.association_id().is_some(), &tags]);
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
            let size = (instance.allocated_storage(), instance.max_allocated_storage());
            let standing = (instance.multi_az(), instance.backup_retention_period());
            let groups: Vec<_> = instance
                .db_parameter_groups()
                .iter()
                .map(|group| group.db_parameter_group_name())
                .collect();
            let tags = unordered(instance.tag_list());
            let parts: [&dyn std::fmt::Debug; 6] =
                [&settings, &cluster, &size, &standing, &groups, &tags];
            self.thing("database instance", instance.db_instance_identifier(), &parts);
        }
        for group in rds.describe_db_subnet_groups().send().await.unwrap().db_subnet_groups() {
            let id = group.db_subnet_group_name();
            self.thing("subnet group", id, &[&group.vpc_id(), &group.subnets().len()]);
        }
        let groups = rds.describe_db_cluster_parameter_groups().send().await.unwrap();
        for group in groups.db_cluster_parameter_groups() {
            let (id, family) =
                (group.db_cluster_parameter_group_name(), group.db_parameter_group_family());
            self.thing("cluster parameter group", id, &[&family]);
        }
        let groups = rds.describe_db_parameter_groups().send().await.unwrap();
        for group in groups.db_parameter_groups() {
            let (id, family) = (group.db_parameter_group_name(), group.db_parameter_group_family());
            self.thing("parameter group", id, &[&family]);
        }
        let snapshots = rds.describe_db_snapshots().send().await.unwrap();
        for snapshot in snapshots.db_snapshots() {
            self.thing("snapshot", snapshot.db_snapshot_identifier(), &[]);
        }
        let snapshots = rds.describe_db_cluster_snapshots().send().await.unwrap();
        for snapshot in snapshots.db_cluster_snapshots() {
            self.thing("cluster snapshot", snapshot.db_cluster_snapshot_identifier(), &[]);
        }
    }
}
