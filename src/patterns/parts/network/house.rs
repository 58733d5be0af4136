//! Functions in a network.

use std::collections::BTreeSet;

use super::Network;
use crate::aws::{FunctionVpc, Role, Statement};
use crate::graph::{Handle, Input};
use crate::patterns::Cx;
use crate::patterns::parts::Lambda;

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
    /// Puts a function into the application tier.
    ///
    /// Lambda makes and deletes its network interfaces with the function's role, which therefore
    /// outlives the security group; the function's own code may do nothing of that.
    pub fn house(&self, cx: &mut Cx<'_, '_>, lambda: &Lambda) {
        let Some(group) = &self.application_group else { return };
        let role: Handle<Role> = Handle::at(cx.address(&lambda.part("role")));
        let function: Input<String> = lambda.foretold().into();
        let may = Statement::allow(ACTIONS).on("*");
        let itself = Statement::deny(ACTIONS).on("*").when(
            "ArnEquals",
            "lambda:SourceFunctionArn",
            function,
        );
        cx.graph().amend(&role, |inputs| {
            inputs.policy.insert("Network", may);
            inputs.policy.insert("NetworkNotItself", itself);
        });
        let vpc = FunctionVpc {
            subnets: self.application_subnets.iter().cloned().collect(),
            security_groups: BTreeSet::from([group.id().into()]),
        };
        cx.graph().amend(&lambda.function, |inputs| inputs.vpc = Some(vpc));
        cx.graph().order(group, &role);
    }
}
