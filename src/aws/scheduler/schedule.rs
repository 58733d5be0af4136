//! `aws:scheduler/schedule`

use aws_sdk_scheduler::types::{
    FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState, Target,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::incomplete;
use super::{ScheduleGroup, expression};
use crate::aws::Cx;
use crate::aws::check::Check;
use crate::aws::list::{is_named, pages};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Naming, Objection,
    OrAbsent, Place, Resource, Scope, Seen,
};
use crate::outputs;

/// What AWS allows at most, and what it takes where nothing is said (*EventBridge Scheduler API
/// Reference*, "RetryPolicy").
const MOST_RETRIES: i32 = 185;
const LONGEST_AGE: i32 = 86_400;

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
            max_retries: MOST_RETRIES,
            max_age: LONGEST_AGE,
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
    type Cloud = crate::aws::Aws;
    type Inputs = ScheduleInputs;
    type Outputs = ScheduleOutputs;

    const KIND: &'static str = "aws:scheduler/schedule";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });
    const REPLACE_ON: &'static [&'static str] = &["name", "group"];
    const DIES_WITH: Option<&'static str> = Some("group");
    const PART_OF: Option<&'static str> = Some(ScheduleGroup::KIND);

    fn foretell(want: &ScheduleInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let foretold = Foretold::default().output("name", name);
        let Some(group) = want.group.known() else { return foretold };
        let arn: Input<Arn> = place.arn("scheduler", format!("schedule/{group}/{name}"));
        foretold.id(format!("{group}/{name}")).output("arn", arn)
    }

    fn check(want: &ScheduleInputs) -> Vec<Objection> {
        let expression = expression::wrong(&want.expression);
        let timezone = expression::wrong_timezone(&want.timezone);
        Check::default()
            .that(expression.is_none(), "expression", expression.unwrap_or_default())
            .that(timezone.is_none(), "timezone", timezone.unwrap_or_default())
            .range("max_retries", want.max_retries, 0..=MOST_RETRIES, "retries")
            .range("max_age", want.max_age, 60..=LONGEST_AGE, "seconds")
            .range(
                "flexible_window_minutes",
                want.flexible_window_minutes.unwrap_or(1),
                1..=1_440,
                "minutes",
            )
            .done()
    }

    async fn create(cx: &Cx, want: &ScheduleInputs) -> Result<Created<Self>, Fault> {
        let (group, name) = (want.group.get()?, want.name.get()?);
        let request = cx
            .scheduler()
            .create_schedule()
            .name(name)
            .group_name(group)
            .schedule_expression(&want.expression)
            .schedule_expression_timezone(&want.timezone)
            .target(want.target()?)
            .state(want.state())
            .flexible_time_window(want.window()?)
            .client_token(cx.token());
        cx.call("scheduler:CreateSchedule", || request.clone().send()).await.map_err(explained)?;
        let outputs = outputs_of(group, name, cx.place())?;
        Ok(Created { id: Id(format!("{group}/{name}")), outputs })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let (group, name) = held.id.halves()?;
        let found = cx
            .call("scheduler:GetSchedule", || {
                cx.scheduler().get_schedule().group_name(group).name(name).send()
            })
            .await
            .or_absent()?;
        let Some(found) = found else { return Ok(None) };
        let target = found.target();
        let retries = target.and_then(|target| target.retry_policy());
        let inputs = ScheduleInputs {
            name: Input::from(name),
            group: Input::from(group),
            target: Arn::from(target.map_or("", |target| target.arn())).into(),
            role: Arn::from(target.map_or("", |target| target.role_arn())).into(),
            input: target.and_then(|target| target.input.clone()),
            max_retries: retries
                .and_then(|retries| retries.maximum_retry_attempts)
                .unwrap_or(MOST_RETRIES),
            max_age: retries
                .and_then(|retries| retries.maximum_event_age_in_seconds)
                .unwrap_or(LONGEST_AGE),
            enabled: found.state == Some(ScheduleState::Enabled),
            flexible_window_minutes: found
                .flexible_time_window
                .filter(|window| window.mode == FlexibleTimeWindowMode::Flexible)
                .and_then(|window| window.maximum_window_in_minutes),
            expression: found.schedule_expression.unwrap_or_default(),
            timezone: found.schedule_expression_timezone.unwrap_or_else(|| "UTC".to_owned()),
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(group, name, cx.place())? }))
    }

    /// An update replaces everything; what it does not name is set back.
    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &ScheduleInputs,
    ) -> Result<ScheduleOutputs, Fault> {
        let (group, name) = held.id.halves()?;
        let request = cx
            .scheduler()
            .update_schedule()
            .name(name)
            .group_name(group)
            .schedule_expression(&want.expression)
            .schedule_expression_timezone(&want.timezone)
            .target(want.target()?)
            .state(want.state())
            .flexible_time_window(want.window()?)
            .client_token(cx.token());
        cx.call("scheduler:UpdateSchedule", || request.clone().send()).await.map_err(explained)?;
        outputs_of(group, name, cx.place())
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (group, name) = held.id.halves()?;
        let request =
            cx.scheduler().delete_schedule().group_name(group).name(name).client_token(cx.token());
        cx.call("scheduler:DeleteSchedule", || request.clone().send()).await.or_absent()?;
        Ok(())
    }

    async fn parts(cx: &Cx, scope: &Scope, group: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let group = group.as_str();
        let all = pages(|token| async move {
            let request = cx.scheduler().list_schedules().group_name(group).set_next_token(token);
            let page = cx.call("scheduler:ListSchedules", || request.clone().send()).await?;
            Ok((page.schedules, page.next_token))
        })
        .await?;
        let names = all.iter().filter_map(|found| found.name());
        let listed = names.filter(|name| is_named(scope, name)).map(|name| Listed {
            id: Id(format!("{group}/{name}")),
            inputs: ScheduleInputs::default(),
        });
        Ok(listed.collect())
    }
}

impl ScheduleInputs {
    fn target(&self) -> Result<Target, Fault> {
        let retries = RetryPolicy::builder()
            .maximum_retry_attempts(self.max_retries)
            .maximum_event_age_in_seconds(self.max_age);
        Target::builder()
            .arn(self.target.get()?.as_str())
            .role_arn(self.role.get()?.as_str())
            .set_input(self.input.clone())
            .retry_policy(retries.build())
            .build()
            .map_err(incomplete)
    }

    fn state(&self) -> ScheduleState {
        if self.enabled { ScheduleState::Enabled } else { ScheduleState::Disabled }
    }

    fn window(&self) -> Result<FlexibleTimeWindow, Fault> {
        let mode = match self.flexible_window_minutes {
            Some(_) => FlexibleTimeWindowMode::Flexible,
            None => FlexibleTimeWindowMode::Off,
        };
        FlexibleTimeWindow::builder()
            .mode(mode)
            .set_maximum_window_in_minutes(self.flexible_window_minutes)
            .build()
            .map_err(incomplete)
    }
}

/// A role that is not new any more and still cannot be assumed has the wrong trust.
fn explained(fault: Fault) -> Fault {
    if fault.kind != FaultKind::NotReady || !fault.is(&["ValidationException"]) {
        return fault;
    }
    fault.advise(
        "the role's trust policy has to allow scheduler.amazonaws.com; a condition on aws:SourceArn has to name the schedule's group, not the schedule",
    )
}

fn outputs_of(group: &str, name: &str, place: &Place) -> Result<ScheduleOutputs, Fault> {
    let arn: Input<Arn> = place.arn("scheduler", format!("schedule/{group}/{name}"));
    Ok(ScheduleOutputs { name: name.to_owned(), arn: arn.get()?.clone() })
}
