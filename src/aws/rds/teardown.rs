//! How databases go, and come again: protection, final snapshots, and waiting until they are gone.

use std::future::Future;

use super::describe::{Change, Described};
use super::identifier;
use super::state::{DEADLINE, LONGEST, NO_SNAPSHOT};
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Obstacle, OrAbsent, Waited};

/// What RDS takes of a snapshot's identifier.
const LONGEST_SNAPSHOT: usize = 255;

/// An identifier for the last snapshot of a database, which no other one has: with the time.
pub fn snapshot_id(name: &str) -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%d%H%M%S%3f").to_string();
    debug_assert!(identifier::LONGEST + now.len() + 8 <= LONGEST_SNAPSHOT);
    format!("{name}-final-{now}")
}

/// Deletes a database with this call, and waits until it is gone: what it stands on cannot be deleted
/// before. Where RDS protects it, the manifest of now has to say that it does not; and that no last
/// `snapshot` is wanted, where its state allows none.
///
/// # Errors
/// RDS's refusals; [`FaultKind::NotReady`] where it takes too long.
pub async fn delete<D: Described>(
    cx: &Cx,
    name: &str,
    protect: bool,
    snapshot: bool,
    call: impl Future<Output = Result<(), Fault>>,
) -> Result<(), Fault> {
    let Some(found) = D::describe(cx, name).await? else { return Ok(()) };
    if !found.is_going() {
        if snapshot && NO_SNAPSHOT.contains(&found.state()) {
            let Obstacle { message, advice } = no_snapshot(D::WHAT, name, found.state());
            return Err(Fault::new(FaultKind::Refused, message).advise(advice));
        }
        if found.is_protected() {
            if protect {
                return Err(protected(D::WHAT, name));
            }
            lift_protection::<D>(cx, name).await?;
        }
        call.await.or_absent()?;
    }
    gone::<D>(cx, name).await
}

/// The refusal to delete a database that the manifest protects.
fn protected(what: &str, name: &str) -> Fault {
    let message = format!("{what} {name} has deletion protection");
    Fault::new(FaultKind::Refused, message).advise(
        "to delete it with its data, set `deletion_protection = false` in the manifest's `database` \
         and run again",
    )
}

/// What keeps a database from going with the last `snapshot` that is asked for: its state.
///
/// # Errors
/// RDS's refusals.
pub async fn obstacle<D: Described>(
    cx: &Cx,
    name: &str,
    snapshot: bool,
) -> Result<Option<Obstacle>, Fault> {
    let found = if snapshot { D::describe(cx, name).await? } else { None };
    let found = found.filter(|found| NO_SNAPSHOT.contains(&found.state()));
    Ok(found.map(|found| no_snapshot(D::WHAT, name, found.state())))
}

fn no_snapshot(what: &str, name: &str, state: &str) -> Obstacle {
    Obstacle {
        message: format!("{what} {name} is {state}, and RDS makes no last snapshot of such a one"),
        advice: "let it go without one by `--skip-final-snapshot`, or by `final_snapshot = false` in the manifest's `database`; its automated backups can be restored before".to_owned(),
    }
}

async fn lift_protection<D: Described>(cx: &Cx, name: &str) -> Result<(), Fault> {
    D::unprotect(cx, name).await?;
    // Whatever state it is in: what is to be deleted need not work.
    let change = Change::sent();
    let what = format!("the protection of {} {name} to go", D::WHAT);
    cx.wait(what, LONGEST, DEADLINE, || async {
        let found = D::describe(cx, name).await?;
        change.stands(false, found.is_none_or(|found| !found.is_protected()))
    })
    .await
}

/// Makes a database with this call. One that is being deleted keeps its name until it is gone.
///
/// # Errors
/// Those of the call; [`FaultKind::NotReady`] where the old one takes too long to go.
pub async fn make<D: Described, T, F>(cx: &Cx, name: &str, call: impl Fn() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    match call().await {
        Err(fault) if fault.kind == FaultKind::Exists => {
            if D::describe(cx, name).await?.is_some_and(|found| !found.is_going()) {
                return Err(fault);
            }
            gone::<D>(cx, name).await?;
            call().await
        }
        made => made,
    }
}

async fn gone<D: Described>(cx: &Cx, name: &str) -> Result<(), Fault> {
    cx.wait(format!("{} {name} to be gone", D::WHAT), LONGEST, DEADLINE, || async {
        Ok(match D::describe(cx, name).await? {
            None => Waited::Ready(()),
            Some(found) => Waited::Still(found.told()),
        })
    })
    .await
}
