//! The first call: which account the credentials belong to.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use futures::future::{BoxFuture, FutureExt};

use super::{Aws, Cx};
use crate::graph::{Fault, FaultKind, Hooks, Id, Place, Stop};

/// The SDK's own way to the credentials of `aws login` takes two dozen packages more
/// (`credentials-login`), and the CLI hands them on.
const SET: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run `aws sso login`; a profile of `aws login` is used through another one with `credential_process = aws configure export-credentials --profile NAME --format process`";

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
    let provider = cx.config().credentials_provider();
    let provider = provider.ok_or_else(|| none("no source of them is configured"))?;
    let credentials = provider.provide_credentials().await.map_err(|error| {
        let whole = aws_smithy_types::error::display::DisplayErrorContext(&error).to_string();
        tracing::debug!(cause = whole, "no credentials");
        none(&last_cause(&error))
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

fn none(cause: &str) -> Fault {
    Fault::new(FaultKind::Credentials, format!("there are no AWS credentials: {cause}")).advise(SET)
}

/// What the error began with; those that it went through say less.
fn last_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(earlier) = cause.source() {
        cause = earlier;
    }
    cause.to_string()
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

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::error::CredentialsError;

    use super::*;

    #[test]
    fn why_there_are_no_credentials_is_told() {
        let expired = std::io::Error::other("the SSO session has expired");
        let error = CredentialsError::provider_error(std::io::Error::other(expired));
        let fault = none(&last_cause(&error));
        let message = "there are no AWS credentials: the SSO session has expired";
        assert_eq!(fault.message, message);
        assert_eq!(fault.advice.as_deref(), Some(SET));
    }
}
