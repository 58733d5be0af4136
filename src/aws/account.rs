//! The first call: which account the credentials belong to.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use futures::future::{BoxFuture, FutureExt};

use super::{Aws, Cx};
use crate::graph::{Fault, FaultKind, Hooks, Id, Place, Stop};

const SET: &str =
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run `aws sso login`";

/// The account that the configuration's credentials belong to.
///
/// # Errors
/// [`FaultKind::Credentials`] where there are none or AWS refuses them, with what to set;
/// [`FaultKind::Unanswered`] where nothing answers; [`FaultKind::Stopped`].
pub async fn account(aws: &Arc<Aws>, stop: &Stop) -> Result<String, Fault> {
    let region = aws.config().region().map(ToString::to_string).unwrap_or_default();
    let place = Place { account: None, region };
    let cx = Cx::new(Arc::clone(aws), place, Arc::new(Unheard), stop.clone());
    tokio::select! {
        account = of(&cx) => account,
        () = stop.asked() => {
            Err(Fault::new(FaultKind::Stopped, "stopped before anything was done"))
        }
    }
}

/// The same for calls in that context.
pub(super) async fn of(cx: &Cx) -> Result<String, Fault> {
    let none = || Fault::new(FaultKind::Credentials, "there are no AWS credentials").advise(SET);
    let provider = cx.config().credentials_provider().ok_or_else(none)?;
    let credentials = provider.provide_credentials().await.map_err(|error| {
        let cause = aws_smithy_types::error::display::DisplayErrorContext(&error).to_string();
        tracing::debug!(cause, "no credentials");
        none()
    })?;
    let call = || cx.sts().get_caller_identity().send();
    let identity = cx.call("sts:GetCallerIdentity", call).await.map_err(|mut fault| {
        if fault.kind == FaultKind::Refused {
            fault.kind = FaultKind::Credentials;
        }
        let endpoint = cx.config().endpoint_url().unwrap_or("AWS");
        match fault.kind {
            FaultKind::Credentials => fault.advise(SET),
            FaultKind::Unanswered => {
                fault.advise(format!("check that {endpoint} can be reached from here"))
            }
            _ => fault,
        }
    })?;
    let account = identity
        .account
        .ok_or_else(|| Fault::new(FaultKind::Defect, "sts:GetCallerIdentity gave no account"))?;
    let region = cx.place().region.as_str();
    tracing::info!(account, region, credentials = source(&credentials), "AWS is reached");
    Ok(account)
}

/// From where the credentials come, in the SDK's words, which it only has for debugging.
fn source(credentials: &Credentials) -> String {
    let all = format!("{credentials:?}");
    let named = all.split_once("provider_name: \"").and_then(|(_, rest)| rest.split('"').next());
    named.unwrap_or("unknown").to_owned()
}

/// Nobody listens before there is a run.
struct Unheard;

impl Hooks for Unheard {
    fn made<'a>(&'a self, _: &'a Id) -> BoxFuture<'a, Result<(), Fault>> {
        async { Ok(()) }.boxed()
    }

    fn waiting(&self, _: &str, _: &str, _: Duration) {}

    fn retrying(&self, _: &Fault, _: u32, _: Duration) {}

    fn calling(&self, _: &str) {}

    fn token(&self) -> String {
        String::new()
    }
}
