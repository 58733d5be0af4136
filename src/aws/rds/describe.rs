//! Looking at databases, and waiting for them.

use std::time::Duration;

use aws_sdk_rds::types::{DbCluster, DbInstance};
use tokio::time::Instant;

use super::state::{self, DEADLINE, LONGEST};
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, OrAbsent, Waited};

/// How long a change may take to show in a database's state, while nothing is pending.
const SHOWS: Duration = Duration::from_secs(5 * 60);
/// How long a database that was just made may take to be seen.
const SEEN: Duration = Duration::from_secs(60);

/// The cluster as it is; none where it is not there.
pub async fn cluster(cx: &Cx, name: &str) -> Result<Option<DbCluster>, Fault> {
    let answer = cx
        .call("rds:DescribeDBClusters", || {
            cx.rds().describe_db_clusters().db_cluster_identifier(name).send()
        })
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.db_clusters().first().cloned()))
}

/// The instance as it is; none where it is not there.
pub async fn instance(cx: &Cx, name: &str) -> Result<Option<DbInstance>, Fault> {
    let answer = cx
        .call("rds:DescribeDBInstances", || {
            cx.rds().describe_db_instances().db_instance_identifier(name).send()
        })
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.db_instances().first().cloned()))
}

/// A change that was sent: what is waited for until it is carried out.
///
/// After a change RDS tells for some seconds that the database is available as before. So one that is
/// available counts only when nothing is pending and it has become what is wanted.
#[derive(Debug)]
pub struct Change(Instant);

impl Change {
    /// A change that was sent now.
    pub fn sent() -> Self {
        Self(Instant::now())
    }

    /// Whether it is carried out.
    ///
    /// # Errors
    /// Where RDS took it, and neither carries it out nor tells that it will.
    pub fn stands(&self, is_pending: bool, is_wanted: bool) -> Result<Waited<()>, Fault> {
        match (is_pending, is_wanted) {
            (false, true) => Ok(Waited::Ready(())),
            (false, false) if self.0.elapsed() >= SHOWS => {
                let message = "RDS took the change and does not carry it out";
                Err(Fault::new(FaultKind::NotReady, message)
                    .advise("see the database's events in RDS, and run the same command again"))
            }
            _ => Ok(Waited::Still("changing".to_owned())),
        }
    }
}

/// Waits until the cluster is available, and `ready` besides. One that was just made may not be seen
/// yet.
///
/// # Errors
/// Where it is in a state that does not end by itself, or gone; those of `ready`.
pub async fn wait_cluster(
    cx: &Cx,
    name: &str,
    fresh: bool,
    ready: impl Fn(&DbCluster) -> Result<Waited<()>, Fault>,
) -> Result<DbCluster, Fault> {
    let what = format!("the cluster {name}");
    let since = Instant::now();
    cx.wait(&what, LONGEST, DEADLINE, || async {
        let Some(found) = cluster(cx, name).await? else { return unseen(&what, fresh, since) };
        let status = found.status().unwrap_or_default();
        let stands = match state::settled(&what, status)? {
            Waited::Ready(()) => ready(&found)?,
            Waited::Still(status) => Waited::Still(state::shown(&status, found.percent_progress())),
        };
        Ok(match stands {
            Waited::Ready(()) => Waited::Ready(found),
            Waited::Still(state) => Waited::Still(state),
        })
    })
    .await
}

/// The same for an instance.
///
/// # Errors
/// Where it is in a state that does not end by itself, or gone; those of `ready`.
pub async fn wait_instance(
    cx: &Cx,
    name: &str,
    fresh: bool,
    ready: impl Fn(&DbInstance) -> Result<Waited<()>, Fault>,
) -> Result<DbInstance, Fault> {
    let what = format!("the database {name}");
    let since = Instant::now();
    cx.wait(&what, LONGEST, DEADLINE, || async {
        let Some(found) = instance(cx, name).await? else { return unseen(&what, fresh, since) };
        let status = found.db_instance_status().unwrap_or_default();
        let stands = match state::settled(&what, status)? {
            Waited::Ready(()) => ready(&found)?,
            Waited::Still(status) => Waited::Still(state::shown(&status, found.percent_progress())),
        };
        Ok(match stands {
            Waited::Ready(()) => Waited::Ready(found),
            Waited::Still(state) => Waited::Still(state),
        })
    })
    .await
}

/// A database that is not there: not yet, if it was just made.
fn unseen<T>(what: &str, fresh: bool, since: Instant) -> Result<Waited<T>, Fault> {
    if fresh && since.elapsed() < SEEN {
        return Ok(Waited::Still("not seen yet".to_owned()));
    }
    Err(Fault::new(FaultKind::Absent, format!("{what} is gone")))
}
