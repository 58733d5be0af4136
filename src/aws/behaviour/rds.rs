//! How RDS answers. Its codes end with `Fault` or do not, as its API Reference has them.

use std::time::Duration;

use super::{Class, FRESH, MINUTE, NEW, Row, Schedule};

/// For databases that are busy: what they are at takes minutes.
const DATABASE: Schedule = Schedule {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(10),
    deadline: Duration::from_secs(40 * 60),
    attempts: u32::MAX,
    jitter: true,
};

const WORKING: Class = Class::Waits(DATABASE, "the database is at work on something else");
const USED: Class = Class::Waits(
    DATABASE,
    "a database uses it; one that is being deleted does so until it is gone",
);
const STOPPED: Class = Class::Terminal(
    "the database was stopped; start it (`aws rds start-db-cluster`, `start-db-instance`) and run again",
);
const QUOTA: Class = Class::Terminal(
    "a quota of RDS is used up in this region; delete what nothing uses, or raise it under Service Quotas",
);
const CAPACITY: Class =
    Class::Waits(Schedule::DEPENDENCY, "AWS has no capacity for it in these zones at the moment");

pub(super) const ROWS: &[Row] = &[
    // What a database stands on, just made.
    Row("rds:CreateDBCluster", &["DBSubnetGroupNotFoundFault"], "", FRESH),
    Row("rds:CreateDBCluster", &["DBClusterParameterGroupNotFound"], "", FRESH),
    Row("rds:CreateDBInstance", &["DBSubnetGroupNotFoundFault"], "", FRESH),
    Row("rds:CreateDBInstance", &["DBParameterGroupNotFound"], "", FRESH),
    Row("rds:CreateDBInstance", &["DBClusterNotFoundFault"], "", FRESH),
    Row("rds:CreateDB", &["InvalidParameterValue"], "Invalid security group", MINUTE),
    Row("rds:CreateDBSubnetGroup", &["InvalidSubnet"], "", MINUTE),
    Row("rds:ModifyDBSubnetGroup", &["InvalidSubnet"], "", MINUTE),
    Row("rds:Modify", &["DBClusterParameterGroupNotFound", "DBParameterGroupNotFound"], "", FRESH),
    Row(
        "rds:",
        &["InvalidParameterValue"],
        "IAM role ARN value is invalid or does not include the required permissions",
        NEW,
    ),
    Row("rds:", &["InvalidParameterValue"], "ENHANCED_MONITORING", NEW),
    // Deletions that go on already.
    Row(
        "rds:DeleteDBCluster",
        &["InvalidDBClusterStateFault"],
        "already being deleted",
        Class::Absent,
    ),
    Row(
        "rds:DeleteDBInstance",
        &["InvalidDBInstanceState"],
        "already being deleted",
        Class::Absent,
    ),
    // Databases at work.
    Row("rds:", &["InvalidDBClusterStateFault", "InvalidDBInstanceState"], "stopped", STOPPED),
    Row("rds:", &["InvalidDBClusterStateFault", "InvalidDBInstanceState"], "", WORKING),
    Row("rds:", &["InvalidResourceStateFault"], "", WORKING),
    // Groups are held by databases until these are gone.
    Row("rds:", &["InvalidDBSubnetGroupStateFault", "InvalidDBParameterGroupState"], "", USED),
    Row(
        "rds:",
        &["InsufficientDBInstanceCapacity", "InsufficientDBClusterCapacityFault"],
        "",
        CAPACITY,
    ),
    Row("rds:", &["InsufficientStorageClusterCapacity"], "", CAPACITY),
    // The last snapshot's name has the time in it, so that another attempt has another one.
    Row(
        "rds:Delete",
        &["DBClusterSnapshotAlreadyExistsFault", "DBSnapshotAlreadyExists"],
        "",
        MINUTE,
    ),
    Row(
        "rds:Create",
        &[
            "DBClusterAlreadyExistsFault",
            "DBInstanceAlreadyExists",
            "DBSubnetGroupAlreadyExists",
            "DBParameterGroupAlreadyExists",
        ],
        "",
        Class::Exists,
    ),
    Row(
        "rds:",
        &[
            "DBClusterNotFoundFault",
            "DBInstanceNotFound",
            "DBSubnetGroupNotFoundFault",
            "DBParameterGroupNotFound",
            "DBClusterParameterGroupNotFound",
            "ResourceNotFoundFault",
        ],
        "",
        Class::Absent,
    ),
    Row(
        "rds:Delete",
        &["InvalidParameterCombination"],
        "disable deletion protection",
        Class::Terminal(
            "somebody turned the database's deletion protection on meanwhile; run the same command again",
        ),
    ),
    Row(
        "rds:",
        &["InvalidParameterCombination", "InvalidParameterValue"],
        "Cannot find version",
        Class::Terminal(
            "RDS does not have this version in this region; `aws rds describe-db-engine-versions` lists those that it has",
        ),
    ),
    Row(
        "rds:",
        &["InvalidParameterCombination", "InvalidParameterValue"],
        "Cannot upgrade",
        Class::Terminal(
            "RDS upgrades to certain versions only, and never to an older one; `aws rds describe-db-engine-versions` tells the ValidUpgradeTarget of each",
        ),
    ),
    Row(
        "rds:",
        &["DBSubnetGroupDoesNotCoverEnoughAZs"],
        "",
        Class::Terminal("give the data tier subnets in two zones or more"),
    ),
    Row(
        "rds:",
        &["StorageTypeNotSupported", "StorageTypeNotSupportedFault"],
        "",
        Class::Terminal("this class does not take this kind of storage; choose another one"),
    ),
    Row(
        "rds:",
        &["KMSKeyNotAccessibleFault"],
        "",
        Class::Terminal("the KMS key has to exist, be enabled, and be open to RDS"),
    ),
    Row(
        "rds:",
        &[
            "DBClusterQuotaExceededFault",
            "InstanceQuotaExceeded",
            "StorageQuotaExceeded",
            "DBSubnetGroupQuotaExceeded",
            "DBSubnetQuotaExceededFault",
            "DBParameterGroupQuotaExceeded",
            "SnapshotQuotaExceeded",
        ],
        "",
        QUOTA,
    ),
];
