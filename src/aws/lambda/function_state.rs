//! The state of a function, and what to do where it failed.

use std::time::Duration;

use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::types::{FunctionConfiguration, LastUpdateStatus, State};
use tokio::time::Instant;

use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Waited};

/// Functions in a new network take minutes.
const DEADLINE: Duration = Duration::from_secs(600);
const LONGEST: Duration = Duration::from_secs(2);
/// How long a function that was just made may take to be seen.
const SEEN: Duration = Duration::from_secs(60);
/// Reasons that pass. Lambda does not try again, whoever asked has to.
const PASSING: [&str; 3] = ["EC2RequestLimitExceeded", "InternalError", "InsufficientCapacity"];

/// A function's state in the answers that hold it.
pub(super) struct Standing<'a> {
    pub state: Option<&'a State>,
    pub state_code: Option<&'a str>,
    pub state_reason: Option<&'a str>,
    pub update: Option<&'a LastUpdateStatus>,
    pub update_code: Option<&'a str>,
    pub update_reason: Option<&'a str>,
}

/// A function's state in one of the SDK's answers.
macro_rules! standing {
    ($answer:expr) => {{
        let answer = $answer;
        $crate::aws::lambda::function_state::Standing {
            state: answer.state(),
            state_code: answer.state_reason_code().map(|code| code.as_str()),
            state_reason: answer.state_reason(),
            update: answer.last_update_status(),
            update_code: answer.last_update_status_reason_code().map(|code| code.as_str()),
            update_reason: answer.last_update_status_reason(),
        }
    }};
}
pub(super) use standing;

impl Standing<'_> {
    /// Whether Lambda has carried out what was asked of the function (*Lambda Developer Guide*,
    /// "Lambda function states"). A last update without a status is one in progress.
    ///
    /// # Errors
    /// Where it failed.
    pub fn settled(&self, name: &str) -> Result<Waited<()>, Fault> {
        match self.state {
            Some(State::Failed) => return Err(failed(name, self.state_code, self.state_reason)),
            Some(state @ (State::Pending | State::Deleting)) => {
                return Ok(Waited::Still(state.as_str().to_owned()));
            }
            _ => {}
        }
        match self.update {
            Some(LastUpdateStatus::Successful) => Ok(Waited::Ready(())),
            Some(LastUpdateStatus::Failed) => {
                Err(failed(name, self.update_code, self.update_reason))
            }
            status => {
                let status = status.map_or("InProgress", LastUpdateStatus::as_str);
                Ok(Waited::Still(status.to_owned()))
            }
        }
    }

    /// Whether Lambda is at work on nothing, so that the function can be changed or deleted, and then
    /// whether it failed to make it. How the last update ended does not matter to the next one.
    fn idle(&self) -> Waited<bool> {
        match (self.state, self.update) {
            (Some(State::Failed), _) => Waited::Ready(true),
            (Some(state @ (State::Pending | State::Deleting)), _) => {
                Waited::Still(state.as_str().to_owned())
            }
            (_, None | Some(LastUpdateStatus::InProgress)) => {
                Waited::Still(LastUpdateStatus::InProgress.as_str().to_owned())
            }
            _ => Waited::Ready(false),
        }
    }
}

/// Waits until Lambda has carried out what was asked of the function. A `fresh` one may not be seen
/// everywhere yet.
///
/// # Errors
/// Where it failed; [`FaultKind::Absent`] where it is gone; [`FaultKind::NotReady`] after ten minutes.
pub(super) async fn wait_settled(cx: &Cx, name: &str, fresh: bool) -> Result<(), Fault> {
    watch(cx, name, fresh, |standing| standing.settled(name)).await
}

/// Waits until Lambda is at work on nothing of the function; tells whether it failed to make it.
///
/// # Errors
/// [`FaultKind::Absent`] where it is gone; [`FaultKind::NotReady`] after ten minutes.
pub(super) async fn wait_idle(cx: &Cx, name: &str, fresh: bool) -> Result<bool, Fault> {
    watch(cx, name, fresh, |standing| Ok(standing.idle())).await
}

/// The function as it is, by the call that has the largest quota of all that tell the state.
///
/// # Errors
/// Lambda's refusals; [`FaultKind::Absent`] where it is gone.
pub(super) async fn get(cx: &Cx, name: &str) -> Result<GetFunctionOutput, Fault> {
    cx.call("lambda:GetFunction", || cx.lambda().get_function().function_name(name).send()).await
}

/// Whether the function is being deleted.
pub(super) fn is_going(function: &GetFunctionOutput) -> bool {
    let state = function.configuration().and_then(FunctionConfiguration::state);
    state == Some(&State::Deleting)
}

/// Waits until a function that was deleted is gone.
///
/// # Errors
/// [`FaultKind::NotReady`] after ten minutes.
pub(super) async fn wait_gone(cx: &Cx, name: &str) -> Result<(), Fault> {
    match watch(cx, name, false, |_| Ok(Waited::<()>::Still("Deleting".to_owned()))).await {
        Err(fault) if fault.kind == FaultKind::Absent => Ok(()),
        ended => ended,
    }
}

async fn watch<T>(
    cx: &Cx,
    name: &str,
    fresh: bool,
    judge: impl Fn(&Standing<'_>) -> Result<Waited<T>, Fault>,
) -> Result<T, Fault> {
    let since = Instant::now();
    cx.wait(format!("function {name}"), LONGEST, DEADLINE, || async {
        let answer = match get(cx, name).await {
            Err(fault) if fault.kind == FaultKind::Absent && fresh && since.elapsed() < SEEN => {
                return Ok(Waited::Still("not seen yet".to_owned()));
            }
            answer => answer?,
        };
        match answer.configuration() {
            Some(configuration) => judge(&standing!(configuration)),
            None => Ok(Waited::Still("unknown".to_owned())),
        }
    })
    .await
}

/// Whether a function failed for a reason that passes.
pub(super) fn passes(fault: &Fault) -> bool {
    fault.kind == FaultKind::NotReady && fault.is(&PASSING)
}

fn failed(name: &str, code: Option<&str>, reason: Option<&str>) -> Fault {
    let code = code.unwrap_or_default();
    let kind = if PASSING.contains(&code) { FaultKind::NotReady } else { FaultKind::Refused };
    let reason = reason.unwrap_or("Lambda gave no reason");
    let mut fault = Fault::new(kind, format!("function {name} failed: {reason}"));
    fault.code = (!code.is_empty()).then(|| code.to_owned());
    match advice(code) {
        Some(advice) => fault.advise(advice),
        None => fault,
    }
}

/// What to do about a reason code (*Lambda API Reference*, "FunctionConfiguration").
fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        code if PASSING.contains(&code) => "run the same command again",
        "EniLimitExceeded" => {
            "the VPC's quota of network interfaces is used up; delete functions that nothing uses or raise it under Service Quotas"
        }
        "SubnetOutOfIPAddresses" => {
            "the subnet has no free address left; give the function further or larger subnets"
        }
        "InvalidSubnet" => "the subnet is gone or of another account; give one that exists",
        "InvalidSecurityGroup" => {
            "the security group is gone or of another VPC than the subnets; give one of theirs"
        }
        "DisallowedByVpcEncryptionControl" => {
            "the VPC enforces encryption, which Lambda cannot keep; exclude Lambda from it or use another VPC"
        }
        "InsufficientRolePermissions" => {
            "the function's role lacks ec2:CreateNetworkInterface, ec2:DescribeNetworkInterfaces or ec2:DeleteNetworkInterface"
        }
        "DisabledKMSKey" | "InvalidStateKMSKey" | "KMSKeyAccessDenied" | "KMSKeyNotFound" => {
            "the KMS key of the function's environment has to exist, be enabled, and be open to its role"
        }
        "InvalidRuntime" => "Lambda does not run this runtime any more; choose a newer one",
        "InvalidZipFileException" => "the archive is broken; build it anew",
        _ => return None,
    })
}
