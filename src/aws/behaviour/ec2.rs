//! How EC2 answers. It models no errors, so that these are the words of its documentation (*Amazon
//! EC2 Developer Guide*, "Error codes for the Amazon EC2 API").

use super::{BUSY, Class, HELD, MINUTE, Row};

/// What is not there, or was just made and is not seen everywhere yet.
const NOT_FOUND: &[&str] = &[
    "Gateway.NotAttached",
    "InvalidAllocationID.NotFound",
    "InvalidAssociationID.NotFound",
    "InvalidGatewayID.NotFound",
    "InvalidGroup.NotFound",
    "InvalidID",
    "InvalidInternetGatewayID.NotFound",
    "InvalidNatGatewayID.NotFound",
    "InvalidNetworkInterfaceID.NotFound",
    "InvalidPermission.NotFound",
    "InvalidPrefixListID.NotFound",
    "InvalidRoute.NotFound",
    "InvalidRouteTableID.NotFound",
    "InvalidRouteTableId.NotFound",
    "InvalidSecurityGroupID.NotFound",
    "InvalidSecurityGroupId.NotFound",
    "InvalidSecurityGroupRuleId.NotFound",
    "InvalidSubnetID.NotFound",
    "InvalidVpcEndpointId.NotFound",
    "InvalidVpcID.NotFound",
    "NatGatewayNotFound",
];

pub(super) const ROWS: &[Row] = &[
    // Read after write: what these calls name was made a moment ago.
    Row("ec2:Create", NOT_FOUND, "", MINUTE),
    Row("ec2:Modify", NOT_FOUND, "", MINUTE),
    Row("ec2:Attach", NOT_FOUND, "", MINUTE),
    Row("ec2:AssociateRouteTable", NOT_FOUND, "", MINUTE),
    Row("ec2:Authorize", NOT_FOUND, "", MINUTE),
    Row("ec2:Replace", NOT_FOUND, "", MINUTE),
    Row("ec2:", NOT_FOUND, "", Class::Absent),
    Row("ec2:CreateSecurityGroup", &["InvalidGroup.Duplicate"], "", Class::Exists),
    Row("ec2:CreateSubnet", &["InvalidSubnet.Conflict"], "", Class::Exists),
    Row("ec2:CreateRoute", &["RouteAlreadyExists"], "", Class::Exists),
    Row("ec2:AssociateRouteTable", &["Resource.AlreadyAssociated"], "", Class::Exists),
    Row("ec2:AttachInternetGateway", &["Resource.AlreadyAssociated"], "", Class::Exists),
    Row("ec2:Authorize", &["InvalidPermission.Duplicate"], "", Class::Exists),
    // Public addresses go with their NAT gateways, associations with their subnets. What holds a
    // VPC, a subnet or a security group, their types find out.
    Row("ec2:DetachInternetGateway", &["DependencyViolation"], "", HELD),
    Row("ec2:DeleteInternetGateway", &["DependencyViolation"], "", HELD),
    Row("ec2:DeleteRouteTable", &["DependencyViolation"], "", HELD),
    // The address of a NAT gateway that was just deleted is refused as if it were somebody else's.
    Row("ec2:ReleaseAddress", &["InvalidIPAddress.InUse", "AuthFailure"], "", HELD),
    Row("ec2:", &["IncorrectState", "InvalidState", "OperationInProgress"], "", HELD),
    Row("ec2:", &["ConcurrentMutationLimitExceeded", "ConcurrentTagAccess"], "", BUSY),
    Row(
        "ec2:CreateVpcEndpoint",
        &["InvalidParameter"],
        "conflicting DNS domain",
        Class::Terminal(
            "the VPC has an endpoint of that service with private names already; a VPC takes one",
        ),
    ),
    Row(
        "ec2:",
        &["VpcLimitExceeded"],
        "",
        Class::Terminal(
            "the account has as many VPCs in this region as it may, 5 unless raised: share one with `from` or `vpc`, delete one, or raise the quota under Service Quotas",
        ),
    ),
    Row(
        "ec2:",
        &["AddressLimitExceeded"],
        "",
        Class::Terminal(
            "the account has as many Elastic IP addresses in this region as it may, 5 unless raised: use `nat = \"one\"` or \"none\", share a network, or raise the quota under Service Quotas",
        ),
    ),
    Row(
        "ec2:",
        &[
            "InternetGatewayLimitExceeded",
            "NatGatewayLimitExceeded",
            "ResourceLimitExceeded",
            "RouteLimitExceeded",
            "RouteTableLimitExceeded",
            "RulesPerSecurityGroupLimitExceeded",
            "SecurityGroupLimitExceeded",
            "SecurityGroupsPerInterfaceLimitExceeded",
            "SubnetLimitExceeded",
            "VpcEndpointLimitExceeded",
        ],
        "",
        Class::Terminal(
            "a quota of the account's networks in this region is used up; delete what nothing uses or raise it under Service Quotas",
        ),
    ),
    Row(
        "ec2:CreateSubnet",
        &["InvalidSubnet.Range"],
        "",
        Class::Terminal("the subnet's addresses have to be within the VPC's"),
    ),
];
