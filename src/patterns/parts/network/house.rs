//! Functions in a network.

use std::collections::BTreeSet;

use super::Network;
use crate::aws::{Function, FunctionVpc, Role, SecurityGroup, Statement};
use crate::graph::{Handle, Input};
use crate::patterns::expansion::{Expansion, Placed};
use crate::patterns::parts::{Purpose, role_policy};

/// What Lambda does in a function's name (*AWS Lambda Developer Guide*, "Giving Lambda functions access
/// to resources in an Amazon VPC").
const ACTIONS: [&str; 6] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
];

impl Network {
    /// Where what is put into it is, with a group of its own where it is a function.
    pub fn place(&self, group: Option<Handle<SecurityGroup>>) -> Placed {
        let Self { owner, vpc_id, way_out, .. } = self;
        Placed { owner: owner.clone(), vpc: vpc_id.clone(), group, way_out: *way_out }
    }

    /// Puts a function into the application tier.
    ///
    /// Lambda makes and deletes its network interfaces with the rights of the function's role. A function
    /// that is deleted, or leaves the network, is rid of its interfaces only later: so the role keeps these
    /// rights until the security group is gone. The function's own code may do nothing of that.
    pub fn house(&self, all: &mut Expansion<'_>, function: &Handle<Function>, role: &Handle<Role>) {
        let Some(group) = &self.application_group else { return };
        let may = Statement::allow(ACTIONS).on("*");
        let arn: Input<String> = function.arn().foretold().into();
        let itself =
            Statement::deny(ACTIONS).on("*").when("ArnEquals", "lambda:SourceFunctionArn", arn);
        let policy = role_policy(all, role, Purpose::Network);
        all.graph.amend(&policy, |inputs| {
            inputs.policy.insert("Network", may);
            inputs.policy.insert("NetworkNotItself", itself);
        });
        let vpc = FunctionVpc {
            subnets: self.application_subnets.iter().cloned().collect(),
            security_groups: BTreeSet::from([group.id().into()]),
        };
        all.graph.amend(function, |inputs| inputs.vpc = Some(vpc));
        all.graph.order(function, &policy);
        all.graph.order(group, &policy);
        all.placed.insert(function.address().clone(), self.place(Some(group.clone())));
    }
}
