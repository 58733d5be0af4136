//! The words of EC2.

use super::{Sample, absent, exists, not_ready, terminal};

pub(super) const SAMPLES: &[Sample] = &[
    not_ready("ec2:CreateSubnet", "InvalidVpcID.NotFound", "The ID 'vpc-1' does not exist"),
    not_ready("ec2:ModifyVpcAttribute", "InvalidVpcID.NotFound", "The ID 'vpc-1' does not exist"),
    not_ready("ec2:AttachInternetGateway", "Gateway.NotAttached", "The ID 'igw-1' does not exist"),
    not_ready("ec2:AssociateRouteTable", "Gateway.NotAttached", "The ID 'rtb-1' does not exist"),
    not_ready(
        "ec2:AuthorizeSecurityGroupIngress",
        "Gateway.NotAttached",
        "The security group 'sg-1' does not exist",
    ),
    not_ready("ec2:ReplaceRoute", "Gateway.NotAttached", "The ID 'rtb-1' does not exist"),
    absent("ec2:DeleteVpc", "Gateway.NotAttached", "The ID 'vpc-1' does not exist"),
    exists(
        "ec2:CreateSecurityGroup",
        "InvalidGroup.Duplicate",
        "The security group 'orders' already exists for VPC 'vpc-1'",
    ),
    exists(
        "ec2:CreateSubnet",
        "InvalidSubnet.Conflict",
        "The CIDR '10.0.0.0/24' conflicts with another subnet",
    ),
    exists(
        "ec2:CreateRoute",
        "RouteAlreadyExists",
        "The route identified by 0.0.0.0/0 already exists.",
    ),
    exists(
        "ec2:AssociateRouteTable",
        "Resource.AlreadyAssociated",
        "the specified association for route table rtb-1 conflicts with an existing association",
    ),
    exists(
        "ec2:AttachInternetGateway",
        "Resource.AlreadyAssociated",
        "resource igw-1 is already attached to network vpc-1",
    ),
    exists(
        "ec2:AuthorizeSecurityGroupIngress",
        "InvalidPermission.Duplicate",
        "the specified rule already exists",
    ),
    not_ready(
        "ec2:DetachInternetGateway",
        "DependencyViolation",
        "Network vpc-1 has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
    ),
    not_ready(
        "ec2:DeleteInternetGateway",
        "DependencyViolation",
        "The internetGateway 'igw-1' has dependencies and cannot be deleted.",
    ),
    not_ready(
        "ec2:DeleteRouteTable",
        "DependencyViolation",
        "The routeTable 'rtb-1' has dependencies and cannot be deleted.",
    ),
    not_ready("ec2:ReleaseAddress", "InvalidIPAddress.InUse", "Address 192.0.2.1 is in use."),
    not_ready(
        "ec2:ReleaseAddress",
        "AuthFailure",
        "You do not have permission to access the specified resource.",
    ),
    not_ready(
        "ec2:DeleteVpc",
        "IncorrectState",
        "The resource is in a state that does not allow this",
    ),
    not_ready(
        "ec2:CreateRoute",
        "ConcurrentMutationLimitExceeded",
        "Another change of this resource is in progress",
    ),
    terminal(
        "ec2:CreateVpcEndpoint",
        "InvalidParameter",
        "private-dns-enabled cannot be set because there is already a conflicting DNS domain for sqs.eu-west-1.amazonaws.com in the VPC vpc-1",
    ),
    terminal("ec2:CreateVpc", "VpcLimitExceeded", "The maximum number of VPCs has been reached."),
    terminal(
        "ec2:AllocateAddress",
        "AddressLimitExceeded",
        "The maximum number of addresses has been reached.",
    ),
    terminal("ec2:CreateSubnet", "SubnetLimitExceeded", "The maximum number has been reached."),
    terminal("ec2:CreateSubnet", "InvalidSubnet.Range", "The CIDR '10.9.0.0/24' is invalid."),
];
