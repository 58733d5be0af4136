//! Looking at databases, and waiting for them.

use std::future::Future;
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

/// A database as RDS describes it: a cluster, or an instance with or without one.
pub trait Described: Sized + Send {
    /// What it is, for people.
    const WHAT: &'static str;

    /// The one of that name as it is; none where it is not there.
    ///
    /// # Errors
    /// RDS's refusals.
    fn describe(cx: &Cx, name: &str) -> impl Future<Output = Result<Option<Self>, Fault>> + Send;

    /// Has its deletion protection turned off.
    ///
    /// # Errors
    /// RDS's refusals.
    fn unprotect(cx: &Cx, name: &str) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Its state.
    fn state(&self) -> &str;

    /// How far it is with what goes on, where RDS tells that.
    fn percent(&self) -> Option<&str>;

    /// Whether RDS refuses to delete it.
    fn is_protected(&self) -> bool;

    /// Whether it is being deleted: not there any more for those who ask.
    fn is_going(&self) -> bool {
        self.state() == state::DELETING
    }

    /// Its state, with how far it is.
    fn told(&self) -> String {
        state::shown(self.state(), self.percent())
    }
}

impl Described for DbCluster {
    const WHAT: &'static str = "the cluster";

    async fn describe(cx: &Cx, name: &str) -> Result<Option<Self>, Fault> {
        let answer = cx
            .call("rds:DescribeDBClusters", || {
                cx.rds().describe_db_clusters().db_cluster_identifier(name).send()
            })
            .await
            .or_absent()?;
        Ok(answer.and_then(|answer| answer.db_clusters().first().cloned()))
    }

    async fn unprotect(cx: &Cx, name: &str) -> Result<(), Fault> {
        cx.call("rds:ModifyDBCluster", || {
            cx.rds()
                .modify_db_cluster()
                .db_cluster_identifier(name)
                .apply_immediately(true)
                .deletion_protection(false)
                .send()
        })
        .await
        .map(drop)
    }

    fn state(&self) -> &str {
        self.status().unwrap_or_default()
    }

    fn percent(&self) -> Option<&str> {
        self.percent_progress()
    }

    fn is_protected(&self) -> bool {
        self.deletion_protection().unwrap_or_default()
    }
}

impl Described for DbInstance {
    const WHAT: &'static str = "the database";

    async fn describe(cx: &Cx, name: &str) -> Result<Option<Self>, Fault> {
        let answer = cx
            .call("rds:DescribeDBInstances", || {
                cx.rds().describe_db_instances().db_instance_identifier(name).send()
            })
            .await
            .or_absent()?;
        Ok(answer.and_then(|answer| answer.db_instances().first().cloned()))
    }

    async fn unprotect(cx: &Cx, name: &str) -> Result<(), Fault> {
        cx.call("rds:ModifyDBInstance", || {
            cx.rds()
                .modify_db_instance()
                .db_instance_identifier(name)
                .apply_immediately(true)
                .deletion_protection(false)
                .send()
        })
        .await
        .map(drop)
    }

    fn state(&self) -> &str {
        self.db_instance_status().unwrap_or_default()
    }

    fn percent(&self) -> Option<&str> {
        self.percent_progress()
    }

    fn is_protected(&self) -> bool {
        self.deletion_protection().unwrap_or_default()
    }
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

/// Waits until the database is available, and `ready` besides. One that was just made may not be seen
/// yet.
///
/// # Errors
/// Where it is in a state that does not end by itself, or gone; those of `ready`.
pub async fn wait<D: Described>(
    cx: &Cx,
    name: &str,
    fresh: bool,
    ready: impl Fn(&D) -> Result<Waited<()>, Fault>,
) -> Result<D, Fault> {
    let what = format!("{} {name}", D::WHAT);
    let since = Instant::now();
    cx.wait(&what, LONGEST, DEADLINE, || async {
        let Some(found) = D::describe(cx, name).await? else { return unseen(&what, fresh, since) };
        let stands = match state::settled(&what, found.state())? {
            Waited::Ready(()) => ready(&found)?,
            Waited::Still(_) => Waited::Still(found.told()),
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
