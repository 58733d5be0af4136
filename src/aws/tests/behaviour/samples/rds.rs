//! The words of RDS.

use super::{Sample, absent, exists, not_ready, terminal, waits};

pub(super) const SAMPLES: &[Sample] = &[
    not_ready(
        "rds:CreateDBCluster",
        "DBSubnetGroupNotFoundFault",
        "DB subnet group 'orders' does not exist.",
    ),
    not_ready(
        "rds:CreateDBCluster",
        "DBClusterParameterGroupNotFound",
        "DBClusterParameterGroup not found: orders",
    ),
    not_ready(
        "rds:CreateDBInstance",
        "DBSubnetGroupNotFoundFault",
        "DB subnet group 'orders' does not exist.",
    ),
    not_ready(
        "rds:CreateDBInstance",
        "DBParameterGroupNotFound",
        "DBParameterGroup not found: orders",
    ),
    not_ready(
        "rds:CreateDBInstance",
        "DBClusterNotFoundFault",
        "Could not find DB Cluster: orders",
    ),
    not_ready(
        "rds:CreateDBSubnetGroup",
        "InvalidSubnet",
        "Some input subnets in :[subnet-1] are invalid.",
    ),
    not_ready(
        "rds:ModifyDBSubnetGroup",
        "InvalidSubnet",
        "Some input subnets in :[subnet-1] are invalid.",
    ),
    not_ready(
        "rds:ModifyDBInstance",
        "DBClusterParameterGroupNotFound",
        "DBParameterGroup not found: orders",
    ),
    not_ready(
        "rds:CreateDBInstance",
        "InvalidParameterValue",
        "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
    ),
    not_ready(
        "rds:CreateDBInstance",
        "InvalidParameterValue",
        "The role for ENHANCED_MONITORING cannot be used yet",
    ),
    absent(
        "rds:DeleteDBCluster",
        "InvalidDBClusterStateFault",
        "DB cluster orders is already being deleted.",
    ),
    absent(
        "rds:DeleteDBInstance",
        "InvalidDBInstanceState",
        "Instance orders is already being deleted.",
    ),
    terminal(
        "rds:ModifyDBCluster",
        "InvalidDBClusterStateFault",
        "The DB cluster is in the stopped state",
    ),
    waits(
        "rds:ModifyDBCluster",
        "InvalidDBClusterStateFault",
        "DB cluster is not in the available state; try your request later.",
    ),
    waits(
        "rds:EnableHttpEndpoint",
        "InvalidResourceStateFault",
        "The resource is not in the available state",
    ),
    waits(
        "rds:DeleteDBSubnetGroup",
        "InvalidDBSubnetGroupStateFault",
        "Cannot delete the subnet group 'orders' because at least one database instance is still using it.",
    ),
    waits(
        "rds:DeleteDBParameterGroup",
        "InvalidDBParameterGroupState",
        "One or more database instances are still members of this parameter group orders",
    ),
    waits(
        "rds:CreateDBInstance",
        "InsufficientDBInstanceCapacity",
        "There is no capacity of this class in the zones asked for.",
    ),
    waits(
        "rds:CreateDBCluster",
        "InsufficientStorageClusterCapacity",
        "Insufficient storage capacity in the zones of the subnet group.",
    ),
    not_ready(
        "rds:DeleteDBCluster",
        "DBClusterSnapshotAlreadyExistsFault",
        "Cannot create the cluster snapshot because one with the identifier orders-1 already exists.",
    ),
    exists("rds:CreateDBCluster", "DBClusterAlreadyExistsFault", "DB Cluster already exists"),
    absent("rds:DescribeDBClusters", "DBClusterNotFoundFault", "What was asked for is not found"),
    terminal(
        "rds:CreateDBCluster",
        "InvalidParameterCombination",
        "Cannot find version 11.1 for aurora-postgresql",
    ),
    terminal(
        "rds:ModifyDBCluster",
        "InvalidParameterCombination",
        "Cannot upgrade aurora-postgresql from 16.4 to 15.2",
    ),
    terminal(
        "rds:CreateDBSubnetGroup",
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement.",
    ),
    terminal("rds:CreateDBInstance", "StorageTypeNotSupported", "Invalid storage type: io9"),
    terminal(
        "rds:CreateDBCluster",
        "KMSKeyNotAccessibleFault",
        "The specified KMS key does not exist, is not enabled or you do not have permissions to access it.",
    ),
    terminal(
        "rds:CreateDBCluster",
        "DBClusterQuotaExceededFault",
        "Cannot create more than 40 of these in this region.",
    ),
    terminal(
        "rds:DeleteDBCluster",
        "InvalidParameterCombination",
        "Cannot delete protected Cluster, please disable deletion protection and try again.",
    ),
    not_ready(
        "rds:CreateDBCluster",
        "InvalidParameterValue",
        "Invalid security group , groupId= sg-1, groupName=.",
    ),
];
