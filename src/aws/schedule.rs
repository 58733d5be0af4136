//! `aws:scheduler/schedule`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Input, Naming, Objection, Place,
    Resource, Seen,
};
use crate::outputs;

/// A schedule of EventBridge Scheduler.
#[derive(Debug)]
pub struct Schedule;

/// What a schedule is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleInputs {
    /// Its name; up to 64 letters, digits, `-`, `_` and `.`.
    pub name: Input<String>,
    /// Its group's name.
    pub group: Input<String>,
    /// When it runs: `rate(5 minutes)`, `cron(0 8 * * ? *)` or `at(2030-01-01T00:00:00)`.
    pub expression: String,
    /// The time zone that a cron or at expression is read in, as in `Europe/Helsinki`.
    pub timezone: String,
    /// What it invokes.
    pub target: Input<Arn>,
    /// The role that it invokes with; see [`schedule_trust`](super::schedule_trust).
    pub role: Input<Arn>,
    /// What it sends, usually JSON; none: an event that EventBridge Scheduler makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// How often an invocation that failed is tried again; 0 to 185.
    pub max_retries: i32,
    /// Seconds after which an invocation is given up; 60 to 86,400.
    pub max_age: i32,
    /// Whether it runs.
    pub enabled: bool,
    /// Minutes within which each run may begin; 1 to 1,440, none: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flexible_window_minutes: Option<i32>,
}

impl Default for ScheduleInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            group: Input::default(),
            expression: String::new(),
            timezone: "UTC".to_owned(),
            target: Input::default(),
            role: Input::default(),
            input: None,
            max_retries: 185,
            max_age: 86_400,
            enabled: true,
            flexible_window_minutes: None,
        }
    }
}

outputs! {
    /// What a schedule gives back.
    Schedule => ScheduleOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for Schedule {
    type Cloud = super::Aws;
    type Inputs = ScheduleInputs;
    type Outputs = ScheduleOutputs;

    const KIND: &'static str = "aws:scheduler/schedule";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });
    const REPLACE_ON: &'static [&'static str] = &["name", "group"];
    const DIES_WITH: Option<&'static str> = Some("group");

    fn foretell(want: &ScheduleInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let foretold = Foretold::default().output("name", name);
        let Some(group) = want.group.known() else { return foretold };
        let arn: Input<Arn> = place.arn("scheduler", format!("schedule/{group}/{name}"));
        foretold.id(format!("{group}/{name}")).output("arn", arn)
    }

    fn check(_want: &ScheduleInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &ScheduleInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
