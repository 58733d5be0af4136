//! Endpoints.

use std::collections::BTreeSet;

use super::{list, not_found};
use crate::aws::injected::{Answer, Injected, done, held, refuse, xml};
use crate::aws::{EndpointType, VpcEndpoint, VpcEndpointInputs, VpcEndpointOutputs};
use crate::graph::{FaultKind, Id, Resource};

fn inputs() -> VpcEndpointInputs {
    VpcEndpointInputs {
        vpc: "vpc-1".into(),
        service: "secretsmanager".to_owned(),
        endpoint_type: EndpointType::Interface,
        subnets: BTreeSet::from(["subnet-1".into()]),
        security_groups: BTreeSet::from(["sg-1".into()]),
        private_dns: true,
        ..VpcEndpointInputs::default()
    }
}

fn made() -> Answer {
    xml("<vpcEndpoint><vpcEndpointId>vpce-1</vpcEndpointId></vpcEndpoint>")
}

fn endpoint(state: &str) -> Answer {
    let error = "<lastError><message>no room</message></lastError>";
    let item = format!("<vpcEndpointId>vpce-1</vpcEndpointId><state>{state}</state>{error}");
    list("vpcEndpointSet", &[item])
}

fn states(aws: &Injected) -> Vec<String> {
    aws.waits().into_iter().map(|(_, state)| state).collect()
}

#[tokio::test(start_paused = true)]
async fn an_interface_endpoint_is_recorded_before_it_is_waited_for() {
    let aws = Injected::new()
        .answers("ec2:CreateVpcEndpoint", [not_found("Group"), not_found("SubnetID"), made()])
        .answers(
            "ec2:DescribeVpcEndpoints",
            [not_found("VpcEndpointId"), endpoint("pending"), endpoint("available")],
        );
    VpcEndpoint::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(aws.made(), [Id::from("vpce-1")]);
    assert_eq!(states(&aws), ["not seen yet", "pending"]);
    assert!(aws.sent("ec2:CreateVpcEndpoint")[1].body.contains("ClientToken=injected-1"));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_failed_says_why() {
    for state in ["Failed", "rejected", "expired"] {
        let aws = Injected::new()
            .answers("ec2:CreateVpcEndpoint", [made()])
            .answers("ec2:DescribeVpcEndpoints", [endpoint(state)]);
        let fault = VpcEndpoint::create(&aws.cx(), &inputs()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused);
        assert!(fault.message.ends_with("no room"), "{}", fault.message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_endpoint_with_private_names_is_told_so() {
    let taken = refuse(
        "InvalidParameter",
        "private-dns-enabled cannot be set because there is already a conflicting DNS domain for secretsmanager.eu-west-1.amazonaws.com in the VPC vpc-1",
    );
    let aws = Injected::new().answers("ec2:CreateVpcEndpoint", [taken]);
    let fault = VpcEndpoint::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("a VPC takes one"));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_an_endpoint_is_waited_for() {
    let existing = held("vpce-1", inputs(), VpcEndpointOutputs { id: "vpce-1".to_owned() });
    let aws = Injected::new().answers("ec2:DeleteVpcEndpoints", [done()]).answers(
        "ec2:DescribeVpcEndpoints",
        [endpoint("deleting"), endpoint("deleting"), not_found("VpcEndpointId")],
    );
    VpcEndpoint::delete(&aws.cx(), &existing).await.unwrap();
    assert_eq!(states(&aws), ["deleting", "deleting"]);

    let refused = |code: &str| {
        let error = format!("<error><code>{code}</code><message>no</message></error>");
        xml(&format!("<unsuccessful><item>{error}</item></unsuccessful>"))
    };
    let aws = Injected::new().answers("ec2:DeleteVpcEndpoints", [refused("OperationNotPermitted")]);
    let fault = VpcEndpoint::delete(&aws.cx(), &existing).await.unwrap_err();
    assert_eq!(fault.code.as_deref(), Some("OperationNotPermitted"));

    let aws = Injected::new()
        .answers("ec2:DeleteVpcEndpoints", [refused("InvalidVpcEndpoint.NotFound")])
        .answers("ec2:DescribeVpcEndpoints", [list("vpcEndpointSet", &[])]);
    VpcEndpoint::delete(&aws.cx(), &existing).await.unwrap();
}
