//! Networks that somebody else made.

use std::collections::BTreeSet;

use super::list;
use crate::aws::injected::{Injected, held};
use crate::aws::{NetworkOfOthers, NetworkOfOthersInputs, NetworkOfOthersOutputs};
use crate::graph::Resource;

/// What makes a network unfit whose endpoint of Secrets Manager has a group with this rule.
async fn problems(rule: &str) -> Vec<String> {
    let subnet = |number: u8| {
        format!(
            "<subnetId>subnet-{number}</subnetId><availabilityZone>zone-{number}</availabilityZone>\
             <cidrBlock>10.20.{number}.0/24</cidrBlock>"
        )
    };
    let endpoint = "<vpcEndpointId>vpce-1</vpcEndpointId><vpcId>vpc-1</vpcId>\
        <serviceName>com.amazonaws.eu-west-1.secretsmanager</serviceName>\
        <privateDnsEnabled>true</privateDnsEnabled><state>available</state>\
        <groupSet><item><groupId>sg-1</groupId></item></groupSet>";
    let group = format!(
        "<groupId>sg-1</groupId><ipPermissions><item><ipProtocol>tcp</ipProtocol>\
         <fromPort>443</fromPort><toPort>443</toPort>{rule}</item></ipPermissions>"
    );
    let aws = Injected::new()
        .answers("ec2:DescribeSubnets", [list("subnetSet", &[subnet(1), subnet(2)])])
        .answers("ec2:DescribeRouteTables", [list("routeTableSet", &[])])
        .answers("ec2:DescribeVpcEndpoints", [list("vpcEndpointSet", &[endpoint.to_owned()])])
        .answers("ec2:DescribeSecurityGroups", [list("securityGroupInfo", &[group])]);
    let inputs = NetworkOfOthersInputs {
        vpc: "vpc-1".to_owned(),
        application_subnets: BTreeSet::from(["subnet-1".to_owned(), "subnet-2".to_owned()]),
        secrets: true,
        ..NetworkOfOthersInputs::default()
    };
    let outputs = NetworkOfOthersOutputs { vpc_id: "vpc-1".to_owned() };
    let held = held("vpc-1", inputs, outputs);
    NetworkOfOthers::read(&aws.cx(), &held).await.unwrap().unwrap().inputs.problems
}

fn from(block: &str) -> String {
    format!("<ipRanges><item><cidrIp>{block}</cidrIp></item></ipRanges>")
}

fn from_group(id: &str) -> String {
    format!("<groups><item><groupId>{id}</groupId></item></groups>")
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_of_others_has_to_admit_functions() {
    for rule in [from("10.20.0.0/16"), from("0.0.0.0/0"), from_group("sg-2")] {
        assert_eq!(problems(&rule).await, [""; 0], "{rule}");
    }
    let half = problems(&from("10.20.1.0/24")).await;
    assert_eq!(half.len(), 1, "{half:?}");
    assert!(half[0].contains("subnet-2") && half[0].contains("sg-1"), "{half:?}");
    for rule in [from("10.30.0.0/16"), from("10.20.1.0/25"), from_group("sg-1"), String::new()] {
        assert_eq!(problems(&rule).await.len(), 2, "{rule}");
    }
}
