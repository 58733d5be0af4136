//! Amazon EC2's networks: VPCs and what is in them.

mod elastic_ip;
mod internet_gateway;
mod labels;
mod leftovers;
mod nat_gateway;
mod network_of_others;
mod network_of_others_check;
mod prefix_lists;
mod route_table;
mod route_table_calls;
mod rules;
mod security_group;
mod security_group_calls;
mod security_group_rule;
mod subnet;
mod vpc;
mod vpc_calls;
mod vpc_endpoint;
mod vpc_endpoint_calls;
mod way_to_secrets;
mod zones;

pub use elastic_ip::{ElasticIp, ElasticIpInputs, ElasticIpOutputs};
pub use internet_gateway::{InternetGateway, InternetGatewayInputs, InternetGatewayOutputs};
pub(super) use labels::{filter, from_aws};
pub use nat_gateway::{NatGateway, NatGatewayInputs, NatGatewayOutputs};
pub use network_of_others::{NetworkOfOthers, NetworkOfOthersInputs, NetworkOfOthersOutputs};
pub(super) use prefix_lists::Lists;
pub use route_table::{RouteTable, RouteTableInputs, RouteTableOutputs};
pub use rules::{GroupRule, Peer};
pub use security_group::{SecurityGroup, SecurityGroupInputs, SecurityGroupOutputs};
pub use security_group_rule::{
    SecurityGroupRule, SecurityGroupRuleInputs, SecurityGroupRuleOutputs,
};
pub use subnet::{Subnet, SubnetInputs, SubnetOutputs};
pub use vpc::{Vpc, VpcInputs, VpcOutputs};
pub use vpc_endpoint::{EndpointType, VpcEndpoint, VpcEndpointInputs, VpcEndpointOutputs};
pub(super) use zones::Zones;
