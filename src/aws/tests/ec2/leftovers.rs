//! What Lambda and GuardDuty leave in networks.

use super::{held_by_others, interface, interfaces, list, not_found};
use crate::aws::injected::{Answer, Injected, done, held, refuse, xml};
use crate::aws::{
    SecurityGroup, SecurityGroupInputs, SecurityGroupOutputs, Subnet, SubnetInputs, SubnetOutputs,
    Vpc, VpcInputs, VpcOutputs,
};
use crate::graph::{FaultKind, Held, Resource};

const LAMBDA: &str = "AWS Lambda VPC ENI-shop-dev-orders-echo-function-1234";

fn group() -> Held<SecurityGroup> {
    let outputs = SecurityGroupOutputs { id: "sg-1".to_owned() };
    held("sg-1", SecurityGroupInputs::default(), outputs)
}

fn subnet() -> Held<Subnet> {
    let inputs = SubnetInputs { vpc: "vpc-1".into(), ..SubnetInputs::default() };
    let outputs = SubnetOutputs { id: "subnet-1".to_owned(), zone: "eu-west-1a".to_owned() };
    held("subnet-1", inputs, outputs)
}

fn vpc() -> Held<Vpc> {
    held("vpc-1", VpcInputs::default(), VpcOutputs { id: "vpc-1".to_owned() })
}

fn groups(items: &[&str]) -> Answer {
    list("securityGroupInfo", &items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>())
}

fn endpoints(items: &[&str]) -> Answer {
    list("vpcEndpointSet", &items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>())
}

#[tokio::test(start_paused = true)]
async fn interfaces_of_lambda_are_deleted_once_lambda_lets_them_go() {
    let of_lambda = |status| interfaces(&[interface("eni-1", LAMBDA, status)]);
    for code in ["InvalidParameterValue", "InvalidNetworkInterface.InUse", "OperationNotPermitted"]
    {
        let in_use = refuse(code, "Network interface 'eni-1' is currently in use.");
        let aws = Injected::new()
            .answers(
                "ec2:DeleteSecurityGroup",
                std::iter::repeat_n(held_by_others(), 5).chain([done()]),
            )
            .always("ec2:DescribeSecurityGroups", groups(&[]))
            .answers(
                "ec2:DescribeNetworkInterfaces",
                [
                    interfaces(&[]),
                    of_lambda("in-use"),
                    of_lambda("available"),
                    of_lambda("available"),
                    interfaces(&[]),
                ],
            )
            .answers("ec2:DeleteNetworkInterface", [in_use, done()]);
        SecurityGroup::delete(&aws.cx(), &group()).await.unwrap();
        let waits = aws.waits();
        assert_eq!(waits[0].1, "no network interface");
        assert_eq!(waits[1].1, format!("1 network interface: eni-1 ({LAMBDA}; in-use)"));
    }
}

/// EC2 has several codes for it, by what holds it.
#[tokio::test(start_paused = true)]
async fn what_is_held_is_tried_again_whatever_ec2_calls_it() {
    for code in ["DependencyViolation", "InvalidGroup.InUse", "ResourceInUse"] {
        let in_use = refuse(code, "it is in use");
        let aws = Injected::new()
            .answers("ec2:DeleteSecurityGroup", [in_use, done()])
            .always("ec2:DescribeSecurityGroups", groups(&[]))
            .answers("ec2:DescribeNetworkInterfaces", [interfaces(&[])]);
        SecurityGroup::delete(&aws.cx(), &group()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn interfaces_on_later_pages_hold_too() {
    let page = |token: &str, items: &[String]| {
        let items: String = items.iter().map(|item| format!("<item>{item}</item>")).collect();
        xml(&format!(
            "<networkInterfaceSet>{items}</networkInterfaceSet><nextToken>{token}</nextToken>"
        ))
    };
    let aws = Injected::new()
        .answers("ec2:DeleteSecurityGroup", [held_by_others(), done()])
        .always("ec2:DescribeSecurityGroups", groups(&[]))
        .answers(
            "ec2:DescribeNetworkInterfaces",
            [page("second", &[]), interfaces(&[interface("eni-2", LAMBDA, "available")])],
        )
        .answers("ec2:DeleteNetworkInterface", [done()]);
    SecurityGroup::delete(&aws.cx(), &group()).await.unwrap();
    let asked = aws.sent("ec2:DescribeNetworkInterfaces");
    assert_eq!(asked.len(), 2);
    assert!(asked[1].body.contains("NextToken=second"), "{}", asked[1].body);
    assert!(aws.sent("ec2:DeleteNetworkInterface")[0].body.contains("eni-2"));
}

#[tokio::test(start_paused = true)]
async fn lambda_is_waited_for_longer_than_others() {
    let started = tokio::time::Instant::now();
    let aws = Injected::new()
        .always("ec2:DeleteSecurityGroup", held_by_others())
        .always("ec2:DescribeSecurityGroups", groups(&[]))
        .always(
            "ec2:DescribeNetworkInterfaces",
            interfaces(&[interface("eni-1", LAMBDA, "in-use")]),
        );
    let fault = SecurityGroup::delete(&aws.cx(), &group()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
    assert!(started.elapsed().as_secs() >= 45 * 60, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn rules_of_other_groups_that_name_one_go_first() {
    let naming = "<groupId>sg-9</groupId><ipPermissions><item><ipProtocol>tcp</ipProtocol><groups>\
        <item><groupId>sg-1</groupId></item><item><groupId>sg-7</groupId></item></groups></item></ipPermissions>";
    let aws = Injected::new()
        .answers("ec2:DeleteSecurityGroup", [held_by_others(), done()])
        .answers("ec2:DescribeSecurityGroups", [groups(&[naming]), groups(&[])])
        .answers("ec2:RevokeSecurityGroupIngress", [done()])
        .answers("ec2:DescribeNetworkInterfaces", [interfaces(&[])]);
    SecurityGroup::delete(&aws.cx(), &group()).await.unwrap();
    let sent = &aws.sent("ec2:RevokeSecurityGroupIngress")[0].body;
    assert!(sent.contains("GroupId=sg-9") && sent.contains("sg-1"), "{sent}");
    assert!(!sent.contains("sg-7"), "{sent}");
}

#[tokio::test(start_paused = true)]
async fn a_subnet_with_somebody_elses_things_is_given_up_and_they_are_told() {
    let aws = Injected::new()
        .always("ec2:DeleteSubnet", held_by_others())
        .always("ec2:DescribeVpcEndpoints", endpoints(&[]))
        .always(
            "ec2:DescribeNetworkInterfaces",
            interfaces(&[interface("eni-1", "Primary network interface", "in-use")]),
        );
    let fault = Subnet::delete(&aws.cx(), &subnet()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("eni-1 (Primary network interface; in-use)"), "{fault}");
}

const GUARD_DUTY: &str = "<vpcEndpointId>vpce-9</vpcEndpointId><serviceName>com.amazonaws.eu-west-1.guardduty-data</serviceName>";

#[tokio::test(start_paused = true)]
async fn what_guard_duty_left_goes_with_the_vpc() {
    let going = format!("{GUARD_DUTY}<state>deleting</state>");
    let of_guard_duty =
        "<groupId>sg-9</groupId><groupName>GuardDutyManagedSecurityGroup-vpc-1</groupName>";
    let aws = Injected::new()
        .answers("ec2:DeleteVpc", [held_by_others(), held_by_others(), held_by_others(), done()])
        .answers(
            "ec2:DescribeVpcEndpoints",
            [endpoints(&[GUARD_DUTY]), endpoints(&[&going]), endpoints(&[])],
        )
        .answers("ec2:DeleteVpcEndpoints", [done()])
        .answers("ec2:DescribeSecurityGroups", [groups(&[of_guard_duty])])
        .answers("ec2:DeleteSecurityGroup", [done()])
        .always("ec2:DescribeNetworkInterfaces", interfaces(&[]));
    Vpc::delete(&aws.cx(), &vpc()).await.unwrap();
    assert!(aws.sent("ec2:DeleteSecurityGroup")[0].body.contains("sg-9"));
}

#[tokio::test(start_paused = true)]
async fn guard_duty_keeps_its_endpoint_in_other_subnets() {
    let both = "<subnetIdSet><item>subnet-1</item><item>subnet-2</item></subnetIdSet>";
    let both = format!("{GUARD_DUTY}{both}");
    let aws = Injected::new()
        .answers("ec2:DeleteSubnet", [held_by_others(), not_found("SubnetID")])
        .answers("ec2:DescribeVpcEndpoints", [endpoints(&[&both])])
        .answers("ec2:ModifyVpcEndpoint", [done()])
        .answers("ec2:DescribeNetworkInterfaces", [interfaces(&[])]);
    Subnet::delete(&aws.cx(), &subnet()).await.unwrap();
    assert!(aws.sent("ec2:ModifyVpcEndpoint")[0].body.contains("RemoveSubnetId.1=subnet-1"));
}

#[tokio::test(start_paused = true)]
async fn a_vpc_that_cannot_go_lists_what_lives_in_it() {
    let aws = Injected::new()
        .always("ec2:DeleteVpc", held_by_others())
        .always("ec2:DescribeVpcEndpoints", endpoints(&[]))
        .always("ec2:DescribeNetworkInterfaces", interfaces(&[]))
        .always(
            "ec2:DescribeSecurityGroups",
            groups(&["<groupId>sg-5</groupId><groupName>theirs</groupName>"]),
        )
        .always(
            "ec2:DescribeSubnets",
            list("subnetSet", &["<subnetId>subnet-5</subnetId>".to_owned()]),
        );
    let fault = Vpc::delete(&aws.cx(), &vpc()).await.unwrap_err();
    assert!(fault.message.contains("subnet subnet-5, security group sg-5 (theirs)"), "{fault}");
}
