//! Security groups.

use std::collections::BTreeSet;

use super::{list, not_found};
use crate::aws::injected::{Answer, Injected, done, held, refuse, xml};
use crate::aws::{GroupRule, Peer, SecurityGroup, SecurityGroupInputs, SecurityGroupOutputs};
use crate::graph::{Held, Id, Resource};

fn rule(text: &str) -> GroupRule {
    GroupRule::tcp(5432, Peer::Group("sg-2".into()), text)
}

fn inputs(egress: &[GroupRule]) -> SecurityGroupInputs {
    SecurityGroupInputs {
        name: "g".into(),
        description: "The functions".to_owned(),
        vpc: "vpc-1".into(),
        egress: egress.iter().cloned().collect::<BTreeSet<_>>(),
        ..SecurityGroupInputs::default()
    }
}

fn existing(inputs: SecurityGroupInputs) -> Held<SecurityGroup> {
    held("sg-1", inputs, SecurityGroupOutputs { id: "sg-1".to_owned() })
}

fn made() -> Answer {
    xml("<groupId>sg-1</groupId>")
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_not_seen_yet_is_closed_all_the_same() {
    let aws = Injected::new()
        .answers("ec2:CreateSecurityGroup", [made()])
        .answers("ec2:AuthorizeSecurityGroupEgress", [not_found("Group"), done()])
        .answers("ec2:RevokeSecurityGroupEgress", [not_found("Group"), not_found("Group"), done()]);
    SecurityGroup::create(&aws.cx(), &inputs(&[rule("The database")])).await.unwrap();
    assert_eq!(aws.made(), [Id::from("sg-1")]);
    assert_eq!(aws.waits().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn rules_whose_answer_was_lost_are_there() {
    let twice = refuse("InvalidPermission.Duplicate", "the specified rule already exists");
    let gone = refuse("InvalidPermission.NotFound", "the specified rule does not exist");
    let aws = Injected::new()
        .answers("ec2:CreateSecurityGroup", [made()])
        .answers("ec2:AuthorizeSecurityGroupEgress", [Answer::Lost, twice])
        .answers("ec2:RevokeSecurityGroupEgress", [Answer::Lost, gone]);
    SecurityGroup::create(&aws.cx(), &inputs(&[rule("The database")])).await.unwrap();
}

fn standing(id: &str, port: u16, more: &str) -> String {
    format!(
        "<securityGroupRuleId>{id}</securityGroupRuleId><isEgress>true</isEgress><ipProtocol>tcp</ipProtocol>\
         <fromPort>{port}</fromPort><toPort>{port}</toPort><description>The database</description>\
         <referencedGroupInfo><groupId>sg-2</groupId></referencedGroupInfo>{more}"
    )
}

#[tokio::test(start_paused = true)]
async fn new_rules_come_before_old_ones_go_and_reworded_ones_behind() {
    let aws = Injected::new()
        .answers(
            "ec2:DescribeSecurityGroupRules",
            [list(
                "securityGroupRuleSet",
                &[standing("sgr-1", 5432, ""), standing("sgr-2", 22, "")],
            )],
        )
        .answers("ec2:AuthorizeSecurityGroupEgress", [done(), done()])
        .answers("ec2:RevokeSecurityGroupEgress", [done()]);
    let new = GroupRule::tcp(443, Peer::Cidr("0.0.0.0/0".into()), "The internet");
    let want = inputs(&[rule("PostgreSQL"), new]);
    SecurityGroup::update(&aws.cx(), &existing(inputs(&[])), &want).await.unwrap();
    assert_eq!(
        aws.calls()[1..],
        [
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:AuthorizeSecurityGroupEgress"
        ]
    );
    let sent = aws.sent("ec2:AuthorizeSecurityGroupEgress");
    assert!(sent[0].body.contains("FromPort=443") && sent[1].body.contains("PostgreSQL"));
    let revoked = &aws.sent("ec2:RevokeSecurityGroupEgress")[0].body;
    assert!(revoked.contains("sgr-1") && revoked.contains("sgr-2"), "{revoked}");
}

#[tokio::test(start_paused = true)]
async fn rules_that_are_resources_of_their_own_are_no_drift() {
    let group = "<groupId>sg-1</groupId><groupName>g</groupName><groupDescription>The functions</groupDescription><vpcId>vpc-1</vpcId>";
    let tagged = "<tagSet><item><key>maas:address</key><value>a/b</value></item></tagSet>";
    let aws = Injected::new()
        .answers("ec2:DescribeSecurityGroups", [list("securityGroupInfo", &[group.to_owned()])])
        .answers(
            "ec2:DescribeSecurityGroupRules",
            [list(
                "securityGroupRuleSet",
                &[standing("sgr-1", 22, ""), standing("sgr-2", 23, tagged)],
            )],
        );
    let seen = SecurityGroup::read(&aws.cx(), &existing(inputs(&[]))).await.unwrap().unwrap();
    let ports: Vec<i32> = seen.inputs.egress.iter().map(|rule| rule.from_port).collect();
    assert_eq!(ports, [22]);
}
