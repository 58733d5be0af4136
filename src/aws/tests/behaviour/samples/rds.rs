//! The words of RDS.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at(
        "rds:CreateDBCluster",
        "DBSubnetGroupNotFoundFault",
        "DB subnet group 'orders' does not exist.",
    ),
    at(
        "rds:CreateDBCluster",
        "DBClusterParameterGroupNotFound",
        "DBClusterParameterGroup not found: orders",
    ),
    at(
        "rds:CreateDBInstance",
        "DBSubnetGroupNotFoundFault",
        "DB subnet group 'orders' does not exist.",
    ),
    at("rds:CreateDBInstance", "DBParameterGroupNotFound", "DBParameterGroup not found: orders"),
    at("rds:CreateDBInstance", "DBClusterNotFoundFault", "Could not find DB Cluster: orders"),
    at(
        "rds:CreateDBSubnetGroup",
        "InvalidSubnet",
        "Some input subnets in :[subnet-1] are invalid.",
    ),
    at(
        "rds:ModifyDBSubnetGroup",
        "InvalidSubnet",
        "Some input subnets in :[subnet-1] are invalid.",
    ),
    at(
        "rds:ModifyDBInstance",
        "DBClusterParameterGroupNotFound",
        "DBParameterGroup not found: orders",
    ),
    at(
        "rds:CreateDBInstance",
        "InvalidParameterValue",
        "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
    ),
    at(
        "rds:CreateDBInstance",
        "InvalidParameterValue",
        "The role for ENHANCED_MONITORING cannot be used yet",
    ),
    at(
        "rds:DeleteDBCluster",
        "InvalidDBClusterStateFault",
        "DB cluster orders is already being deleted.",
    ),
    at(
        "rds:DeleteDBInstance",
        "InvalidDBInstanceState",
        "Instance orders is already being deleted.",
    ),
    at(
        "rds:ModifyDBCluster",
        "InvalidDBClusterStateFault",
        "The DB cluster is in the stopped state",
    ),
    at(
        "rds:ModifyDBCluster",
        "InvalidDBClusterStateFault",
        "DB cluster is not in the available state; try your request later.",
    ),
    at(
        "rds:EnableHttpEndpoint",
        "InvalidResourceStateFault",
        "The resource is not in the available state",
    ),
    at(
        "rds:DeleteDBSubnetGroup",
        "InvalidDBSubnetGroupStateFault",
        "Cannot delete the subnet group 'orders' because at least one database instance is still using it.",
    ),
    at(
        "rds:DeleteDBParameterGroup",
        "InvalidDBParameterGroupState",
        "One or more database instances are still members of this parameter group orders",
    ),
    at(
        "rds:CreateDBInstance",
        "InsufficientDBInstanceCapacity",
        "There is no capacity of this class in the zones asked for.",
    ),
    at(
        "rds:CreateDBCluster",
        "InsufficientStorageClusterCapacity",
        "Insufficient storage capacity in the zones of the subnet group.",
    ),
    at(
        "rds:DeleteDBCluster",
        "DBClusterSnapshotAlreadyExistsFault",
        "Cannot create the cluster snapshot because one with the identifier orders-1 already exists.",
    ),
    at("rds:CreateDBCluster", "DBClusterAlreadyExistsFault", "DB Cluster already exists"),
    at("rds:DescribeDBClusters", "DBClusterNotFoundFault", "What was asked for is not found"),
    at(
        "rds:CreateDBCluster",
        "InvalidParameterCombination",
        "Cannot find version 11.1 for aurora-postgresql",
    ),
    at(
        "rds:ModifyDBCluster",
        "InvalidParameterCombination",
        "Cannot upgrade aurora-postgresql from 16.4 to 15.2",
    ),
    at(
        "rds:CreateDBSubnetGroup",
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement.",
    ),
    at("rds:CreateDBInstance", "StorageTypeNotSupported", "Invalid storage type: io9"),
    at(
        "rds:CreateDBCluster",
        "KMSKeyNotAccessibleFault",
        "The specified KMS key does not exist, is not enabled or you do not have permissions to access it.",
    ),
    at(
        "rds:CreateDBCluster",
        "DBClusterQuotaExceededFault",
        "Cannot create more than 40 of these in this region.",
    ),
    at(
        "rds:CreateDBCluster",
        "InvalidParameterValue",
        "Invalid security group , groupId= sg-1, groupName=.",
    ),
];
