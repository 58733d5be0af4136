//! What keeps a network from being deleted, and how it goes.
//!
//! Lambda gives the network interfaces of functions back some time after the functions are gone,
//! minutes or nearly an hour (*AWS Lambda Developer Guide*, "Giving Lambda functions access to
//! resources in an Amazon VPC"). GuardDuty's Runtime Monitoring puts an endpoint and a security group
//! of its own into VPCs (*Amazon GuardDuty User Guide*, "Managing automated security agents").

mod guard_duty;
mod holders;
mod references;

use std::fmt;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Id, Waited};
use holders::Holders;

/// Lambda needs up to 35 minutes in 99 of 100 cases.
const DEADLINE: Duration = Duration::from_secs(45 * 60);
/// How long it is tried while nothing of Lambda's is there.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
const LONGEST: Duration = Duration::from_secs(15);
/// A list may be empty for a moment.
const EMPTY_READS: u32 = 2;

/// What is to be deleted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// A VPC, by its id.
    Vpc(&'a str),
    /// A subnet of a VPC, by their ids.
    Subnet { id: &'a str, vpc: &'a str },
    /// A security group, by its id.
    Group(&'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vpc(id) => write!(f, "VPC {id}"),
            Self::Subnet { id, .. } => write!(f, "subnet {id}"),
            Self::Group(id) => write!(f, "security group {id}"),
        }
    }
}

/// Since when nothing of Lambda's was seen, and how often nothing at all.
struct Quiet {
    since: Instant,
    empty: u32,
}

/// Deletes a part of a network. While something in it prevents that, what can be cleared away is,
/// and the rest is waited for.
pub(super) async fn delete<F>(cx: &Cx, place: Place<'_>, send: impl Fn() -> F) -> Result<(), Fault>
where
    F: Future<Output = Result<(), Fault>>,
{
    let quiet = Mutex::new(Quiet { since: Instant::now(), empty: 0 });
    cx.wait(format!("{place} to be free"), LONGEST, DEADLINE, || async {
        let fault = match send().await {
            Ok(()) => return Ok(Waited::Ready(())),
            Err(fault) if fault.kind == FaultKind::Absent => return Ok(Waited::Ready(())),
            Err(fault) if is_held(&fault) => fault,
            Err(fault) => return Err(fault),
        };
        if let Place::Group(id) = place {
            references::revoke(cx, id).await?;
        } else {
            guard_duty::clear(cx, place).await?;
        }
        let holders = Holders::of(cx, place).await?;
        holders.clear(cx).await?;
        if quiet.lock().unwrap_or_else(PoisonError::into_inner).gives_up(&holders) {
            return Err(give_up(cx, place, fault, &holders).await?);
        }
        Ok(Waited::Still(holders.to_string()))
    })
    .await
}

fn is_held(fault: &Fault) -> bool {
    fault.is(&["DependencyViolation", "InvalidGroup.InUse", "ResourceInUse"])
}

impl Quiet {
    fn gives_up(&mut self, holders: &Holders) -> bool {
        if holders.of_lambda() {
            (self.since, self.empty) = (Instant::now(), 0);
            return false;
        }
        self.empty = if holders.is_empty() { self.empty + 1 } else { EMPTY_READS };
        self.empty >= EMPTY_READS && self.since.elapsed() >= PATIENCE
    }
}

async fn give_up(
    cx: &Cx,
    place: Place<'_>,
    fault: Fault,
    holders: &Holders,
) -> Result<Fault, Fault> {
    let mut what = holders.to_string();
    if let Place::Vpc(id) = place {
        let rest = holders::parts(cx, id).await?;
        if !rest.is_empty() {
            what = format!("{what}; {}", rest.join(", "));
        }
    }
    let message = format!("{place} cannot be deleted, since it still holds {what}");
    Ok(Fault { message, ..fault }.advise("delete what is not this environment's, and run again"))
}

/// The fault of a thing that is gone although it was recorded.
pub(super) fn gone(id: &Id) -> Fault {
    Fault::new(FaultKind::Absent, format!("{id} is gone"))
        .advise("run `maas apply --refresh`, which makes another one")
}
