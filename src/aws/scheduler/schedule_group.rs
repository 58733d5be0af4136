//! `aws:scheduler/schedule-group`

use std::time::Duration;

use aws_sdk_scheduler::types::{ScheduleGroupState, Tag};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::incomplete;
use crate::aws::{Cx, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Naming, OrAbsent,
    Place, Resource, Scope, Seen, Tags, Waited,
};
use crate::outputs;

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

impl Resource for ScheduleGroup {
    type Cloud = crate::aws::Aws;
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

    async fn create(cx: &Cx, want: &ScheduleGroupInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let request =
            cx.scheduler().create_schedule_group().name(name).set_tags(Some(to_aws(&want.tags)?));
        let create = async |token: String| {
            let request = request.clone().client_token(token);
            cx.call("scheduler:CreateScheduleGroup", || request.clone().send()).await
        };
        match create(cx.token()).await {
            Err(fault) if fault.kind == FaultKind::Exists && is_going(cx, name).await? => {
                until_gone(cx, name).await?;
                // With the token of before, what is gone would be taken for made.
                create(format!("{}-again", cx.token())).await?;
            }
            made => drop(made?),
        }
        Ok(Created { id: Id::from(name.as_str()), outputs: outputs_of(name, cx.place())? })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        // Its deletion cannot be called off.
        if !matches!(state(cx, name).await?, Some(ScheduleGroupState::Active)) {
            return Ok(None);
        }
        let outputs = outputs_of(name, cx.place())?;
        let found = cx
            .call("scheduler:ListTagsForResource", || {
                cx.scheduler().list_tags_for_resource().resource_arn(outputs.arn.as_str()).send()
            })
            .await?;
        let found = found.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value));
        let inputs = ScheduleGroupInputs { name: Input::from(name), tags: tags::ours(found) };
        Ok(Some(Seen { inputs, outputs }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &ScheduleGroupInputs,
    ) -> Result<ScheduleGroupOutputs, Fault> {
        let outputs = outputs_of(held.id.as_str(), cx.place())?;
        let arn = outputs.arn.as_str();
        let (gone, put) = tags::due(held.finished, &held.inputs.tags, &want.tags);
        if !put.is_empty() {
            let request =
                cx.scheduler().tag_resource().resource_arn(arn).set_tags(Some(to_aws(&put)?));
            cx.call("scheduler:TagResource", || request.clone().send()).await?;
        }
        if !gone.is_empty() {
            let request =
                cx.scheduler().untag_resource().resource_arn(arn).set_tag_keys(Some(gone));
            cx.call("scheduler:UntagResource", || request.clone().send()).await?;
        }
        Ok(outputs)
    }

    /// Its schedules go with it, one after the other; its name is free only when it is gone.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        let request = cx.scheduler().delete_schedule_group().name(name).client_token(cx.token());
        let deleted = cx
            .call("scheduler:DeleteScheduleGroup", || request.clone().send())
            .await
            .or_absent()?;
        if deleted.is_some() { until_gone(cx, name).await } else { Ok(()) }
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::schedule_groups(cx, scope).await.map(Some)
    }
}

fn outputs_of(name: &str, place: &Place) -> Result<ScheduleGroupOutputs, Fault> {
    let arn: Input<Arn> = place.arn("scheduler", format!("schedule-group/{name}"));
    Ok(ScheduleGroupOutputs { name: name.to_owned(), arn: arn.get()?.clone() })
}

fn to_aws(tags: &Tags) -> Result<Vec<Tag>, Fault> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    tags.iter().map(tag).collect::<Result<_, _>>().map_err(incomplete)
}

async fn state(cx: &Cx, name: &str) -> Result<Option<ScheduleGroupState>, Fault> {
    let group = cx
        .call("scheduler:GetScheduleGroup", || {
            cx.scheduler().get_schedule_group().name(name).send()
        })
        .await
        .or_absent()?;
    Ok(group.map(|group| group.state.unwrap_or(ScheduleGroupState::Active)))
}

async fn is_going(cx: &Cx, name: &str) -> Result<bool, Fault> {
    Ok(!matches!(state(cx, name).await?, Some(ScheduleGroupState::Active)))
}

async fn until_gone(cx: &Cx, name: &str) -> Result<(), Fault> {
    let probe = || async {
        Ok(match state(cx, name).await? {
            None => Waited::Ready(()),
            Some(state) => Waited::Still(state.as_str().to_owned()),
        })
    };
    let what = format!("the end of schedule group {name}");
    cx.wait(what, Duration::from_secs(2), Duration::from_secs(300), probe).await
}
