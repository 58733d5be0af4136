//! How databases go: protection, final snapshots, backups, and waiting until they are gone.

use super::state::{self, DEADLINE, LONGEST};
use super::{describe, identifier};
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Waited};

/// What RDS takes of a snapshot's identifier.
const LONGEST_SNAPSHOT: usize = 255;

/// An identifier for the last snapshot of a database, which no other one has: with the time.
pub fn snapshot_id(name: &str) -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%d%H%M%S%3f").to_string();
    debug_assert!(identifier::LONGEST + now.len() + 8 <= LONGEST_SNAPSHOT);
    format!("{name}-final-{now}")
}

/// The refusal to delete a database that the manifest protects.
pub fn protected(what: &str, name: &str) -> Fault {
    let message = format!("{what} {name} has deletion protection");
    Fault::new(FaultKind::Refused, message).advise(
        "to delete it with its data, set `deletion_protection = false` in the manifest's `database` \
         and run again",
    )
}

/// Waits until a cluster is gone: what it stands on cannot be deleted before.
///
/// # Errors
/// RDS's refusals; [`FaultKind::NotReady`] where it takes too long.
pub async fn cluster_gone(cx: &Cx, name: &str) -> Result<(), Fault> {
    cx.wait(format!("the cluster {name} to be gone"), LONGEST, DEADLINE, || async {
        let Some(found) = describe::cluster(cx, name).await? else { return Ok(Waited::Ready(())) };
        let status = found.status().unwrap_or_default();
        Ok(Waited::Still(state::shown(status, found.percent_progress())))
    })
    .await
}

/// The same for an instance.
///
/// # Errors
/// RDS's refusals; [`FaultKind::NotReady`] where it takes too long.
pub async fn instance_gone(cx: &Cx, name: &str) -> Result<(), Fault> {
    cx.wait(format!("the database {name} to be gone"), LONGEST, DEADLINE, || async {
        let Some(found) = describe::instance(cx, name).await? else {
            return Ok(Waited::Ready(()));
        };
        let status = found.db_instance_status().unwrap_or_default();
        Ok(Waited::Still(state::shown(status, found.percent_progress())))
    })
    .await
}

/// What is being deleted: not there any more for those who ask.
pub const DELETING: &str = "deleting";
