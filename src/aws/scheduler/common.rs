//! What the types of EventBridge Scheduler share.

use crate::aws::{Policy, Principal, Statement};
use crate::graph::{Fault, FaultKind, Input, Place};
use crate::text;

/// The trust policy of a role that the schedules of a group are carried out with.
///
/// The source has to be the group: EventBridge Scheduler refuses a role that names a schedule
/// (*EventBridge Scheduler User Guide*, "Confused deputy prevention").
pub fn schedule_trust(place: &Place, group_arn: impl Into<Input<String>>) -> Policy {
    let account: Input<String> = text!(place.account_part());
    let trust = Statement::allow(["sts:AssumeRole"])
        .by(Principal::service("scheduler.amazonaws.com"))
        .when("StringEquals", "aws:SourceArn", group_arn)
        .when("StringEquals", "aws:SourceAccount", account);
    Policy::new().with("Trust", trust)
}

/// A request of which a part is missing.
pub(super) fn incomplete(error: impl std::error::Error) -> Fault {
    Fault::new(FaultKind::Defect, error.to_string())
}
