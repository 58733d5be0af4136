//! The way to AWS: configuration, account, and what the state says of both.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Failure;
use super::args::Global;
use crate::aws::{self, Archives, Aws};
use crate::execute::{Bench, Events};
use crate::graph::{Place, Stop};
use crate::report::Complaint;
use crate::state::{Keeper, Snapshot, Store};

/// AWS, and where in it the deployment is.
pub(super) struct Cloud {
    pub aws: Arc<Aws>,
    pub place: Place,
}

impl Cloud {
    /// What an execution works with there: the state in that store, and so many calls at once.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn bench(
        self,
        store: Arc<dyn Store>,
        stop: Stop,
        events: Events,
        parallelism: usize,
    ) -> Result<Bench, Failure> {
        Ok(Bench {
            catalogue: aws::catalogue(),
            settle_time: self.aws.settle_time(),
            cloud: self.aws,
            place: self.place,
            keeper: Keeper::start(store)?,
            stop,
            events,
            parallelism,
            adopt: BTreeSet::new(),
            unsettled: Default::default(),
        })
    }
}

/// For calls that send no code.
pub(super) fn no_code() -> Archives {
    Arc::new(|digest| Err(format!("there is no archive {digest}")))
}

/// Reaches AWS, and finds out which account it is.
///
/// # Errors
/// Without credentials, without an answer, and where what is recorded is in another account or
/// region.
pub(super) async fn reach(
    region: String,
    snapshot: &Snapshot,
    archives: Archives,
    global: &Global,
    stop: &Stop,
) -> Result<Cloud, Failure> {
    let config = aws::configuration(Some(&region), global.endpoint.as_deref()).await;
    let aws = Arc::new(Aws::new(config, archives));
    let account = aws::account(&aws, stop).await?;
    same(snapshot, &account, &region)?;
    let place = Place { account: Some(account), region };
    Ok(Cloud { aws, place })
}

/// What is recorded must be where the calls go: elsewhere it would all seem to be gone.
fn same(snapshot: &Snapshot, account: &str, region: &str) -> Result<(), Failure> {
    if snapshot.records.is_empty() && snapshot.intents.is_empty() {
        return Ok(());
    }
    let (meta, name) = (&snapshot.meta, snapshot.meta.deployment());
    if let Some(recorded) = meta.account.as_deref().filter(|recorded| *recorded != account) {
        let message =
            format!("{name} is in the account {recorded}; these credentials are for {account}.");
        let complaint = Complaint::new("maas::state::other_account", message);
        return Err(Failure::wrong(complaint.help(
            "Use credentials of the account that it is in, or another environment with `--env`.",
        )));
    }
    if let Some(recorded) = meta.region.as_deref().filter(|recorded| *recorded != region) {
        let message = format!("{name} is in the region {recorded}, not in {region}.");
        let complaint = Complaint::new("maas::state::other_region", message);
        return Err(Failure::wrong(complaint.help(format!(
            "Set `region = \"{recorded}\"` again, or destroy it there first, or use another \
             environment with `--env`."
        ))));
    }
    Ok(())
}

/// The same check for what is planned without a call.
pub(super) fn same_region(snapshot: &Snapshot, region: &str) -> Result<(), Failure> {
    let account = snapshot.meta.account.clone().unwrap_or_default();
    same(snapshot, &account, region)
}
