//! `aws:scheduler/schedule-group`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cx, Policy, Principal, Statement};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Input, Naming, Place, Resource, Seen,
    Tags,
};
use crate::{outputs, text};

/// A group of EventBridge Scheduler's schedules: what can be tagged, and what a role trusts.
#[derive(Debug)]
pub struct ScheduleGroup;

/// What a schedule group is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleGroupInputs {
    /// Its name; up to 64 letters, digits, `-`, `_` and `.`.
    pub name: Input<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What a schedule group gives back.
    ScheduleGroup => ScheduleGroupOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
    }
}

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

impl Resource for ScheduleGroup {
    type Cloud = super::Aws;
    type Inputs = ScheduleGroupInputs;
    type Outputs = ScheduleGroupOutputs;

    const KIND: &'static str = "aws:scheduler/schedule-group";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];

    fn foretell(want: &ScheduleGroupInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("scheduler", format!("schedule-group/{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    async fn create(_cx: &Cx, _want: &ScheduleGroupInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
