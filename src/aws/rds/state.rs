//! The states of databases, and what each means to somebody who waits.

use std::time::Duration;

use crate::graph::{Fault, FaultKind, Waited};

/// The longest pause between two looks: what is waited for takes minutes.
pub const LONGEST: Duration = Duration::from_secs(10);
/// How long a database may take to be made, changed or deleted; with a snapshot of much data.
pub const DEADLINE: Duration = Duration::from_secs(90 * 60);

/// The state of what is being deleted.
pub const DELETING: &str = "deleting";

/// States that are no end: something goes on, and another state follows. What is not in any table is
/// taken for one of these.
#[cfg(test)]
pub const PENDING: [&str; 33] = [
    "backing-up",
    "backtracking",
    "configuring-associated-roles",
    "configuring-enhanced-monitoring",
    "configuring-iam-database-auth",
    "configuring-log-exports",
    "converting-to-vpc",
    "creating",
    "delete-precheck",
    "deleting",
    "failing-over",
    "maintenance",
    "migrating",
    "modifying",
    "moving-to-vpc",
    "preparing-data-migration",
    "promoting",
    "rebooting",
    "rebooting-for-upgrade",
    "renaming",
    "resetting-master-credentials",
    "scaling-compute",
    "scaling-storage",
    "starting",
    "stopping",
    "storage-config-upgrade",
    "storage-initialization",
    "update-iam-db-auth",
    "updating",
    "upgrading",
    "rotating-master-credentials",
    "synchronizing",
    "a-state-of-tomorrow",
];

/// States in which a database works and can be changed. Optimising goes on behind its back.
const GOOD: [&str; 2] = ["available", "storage-optimization"];

/// States that do not end by themselves, by their beginnings, each with what to do (*Amazon RDS User
/// Guide*, "Viewing DB instance status"; *Amazon Aurora User Guide*, "Viewing DB cluster status").
pub const BAD: [(&str, &str); 18] = [
    ("failed", "RDS cannot bring it back; restore a snapshot, or replace it"),
    ("cloning-failed", "RDS could not clone it; delete it and run again"),
    ("migration-failed", "RDS could not migrate it; delete it and run again"),
    ("restore-error", "RDS could not restore it; look at its events and restore again"),
    (
        "incompatible-create",
        "RDS cannot make it so; look at its events, change what they name, and replace it",
    ),
    (
        "incompatible-network",
        "its subnets lack free addresses, or the VPC lacks DNS support; put that right and run again",
    ),
    (
        "incompatible-option-group",
        "it does not fit its option group; choose another one and run again",
    ),
    (
        "incompatible-parameters",
        "its parameters do not fit its class; take the last change of them back and run again",
    ),
    ("incompatible-credentials", "its credentials cannot be used; set them anew"),
    ("incompatible-restore", "RDS cannot restore to that time; choose another one"),
    ("incompatible-", "look at its events, and put right what they name"),
    (
        "inaccessible-encryption-credentials-recoverable",
        "its KMS key is disabled or closed to RDS; open the key, then start the database",
    ),
    (
        "inaccessible-encryption-credentials",
        "its KMS key is gone or closed to RDS; open the key, and restore a backup",
    ),
    (
        "insufficient-capacity",
        "AWS has no capacity for it in these zones; delete it, and run again with another class or other subnets",
    ),
    (
        "insufficient-resource-limits",
        "a quota of the account is used up; raise it under Service Quotas",
    ),
    ("storage-full", "its storage is full; raise `storage` and run again"),
    (
        "stopped",
        "it was stopped; start it (`aws rds start-db-cluster`, `start-db-instance`) and run again",
    ),
    ("deleted", "somebody deleted it; run again to make it anew"),
];

/// States in which RDS deletes a database only without a last snapshot (*Amazon RDS API Reference*,
/// "DeleteDBInstance", `SkipFinalSnapshot`).
pub const NO_SNAPSHOT: [&str; 3] = ["failed", "incompatible-network", "incompatible-restore"];

/// Whether the database can be used and changed now.
///
/// # Errors
/// Where it is in a state that does not end by itself.
pub fn settled(what: &str, status: &str) -> Result<Waited<()>, Fault> {
    if GOOD.contains(&status) {
        return Ok(Waited::Ready(()));
    }
    match BAD.iter().find(|(start, _)| status.starts_with(start)) {
        Some((_, advice)) => {
            let message = format!("{what} is {status}");
            Err(Fault::new(FaultKind::Refused, message).advise(*advice))
        }
        None => Ok(Waited::Still(if status.is_empty() { "unknown" } else { status }.to_owned())),
    }
}

/// The state with how far it is, where RDS tells that.
pub fn shown(status: &str, percent: Option<&str>) -> String {
    match percent.filter(|percent| !percent.is_empty() && *percent != "100") {
        Some(percent) => format!("{status}, {percent} %"),
        None => status.to_owned(),
    }
}
