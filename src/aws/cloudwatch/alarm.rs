//! `aws:cloudwatch/alarm`

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{Dimension, MetricAlarm, Tag};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::check::Check;
use crate::aws::{Cx, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Naming,
    NotYetKnown, Objection, OrAbsent, Place, Resource, Scope, Seen, Tags,
};
use crate::outputs;

const STATISTICS: [&str; 5] = ["Average", "Maximum", "Minimum", "SampleCount", "Sum"];
/// Those of alarms without anomaly detection.
const COMPARISONS: [&str; 4] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanThreshold",
];
const MISSING_DATA: [&str; 4] = ["breaching", "ignore", "missing", "notBreaching"];

/// A CloudWatch alarm on one metric.
#[derive(Debug)]
pub struct Alarm;

/// What an alarm is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmInputs {
    /// Its name; up to 255 characters.
    pub name: Input<String>,
    /// What it is for; up to 1,024 characters.
    #[serde(default)]
    pub description: String,
    /// The metric's namespace, as in `AWS/SQS`.
    pub namespace: String,
    /// The metric's name, as in `ApproximateNumberOfMessagesVisible`.
    pub metric: String,
    /// The metric's dimensions, as in `QueueName`.
    #[serde(default)]
    pub dimensions: BTreeMap<String, Input<String>>,
    /// `SampleCount`, `Average`, `Sum`, `Minimum` or `Maximum`.
    pub statistic: String,
    /// Seconds of one period; 10, 20, 30 or a multiple of 60.
    pub period: i32,
    /// How many of the last periods are looked at.
    pub evaluation_periods: i32,
    /// How many of those have to be over the threshold.
    pub datapoints: i32,
    /// What the metric is compared with.
    pub threshold: f64,
    /// How, as in `GreaterThanOrEqualToThreshold`.
    pub comparison: String,
    /// What a period without data counts as: `breaching`, `notBreaching`, `ignore` or `missing`.
    pub treat_missing_data: String,
    /// What hears of the alarm; up to 5.
    #[serde(default)]
    pub actions: BTreeSet<Input<Arn>>,
    /// What hears of its end; up to 5.
    #[serde(default)]
    pub ok_actions: BTreeSet<Input<Arn>>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

impl Default for AlarmInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            description: String::new(),
            namespace: String::new(),
            metric: String::new(),
            dimensions: BTreeMap::new(),
            statistic: "Maximum".to_owned(),
            period: 60,
            evaluation_periods: 1,
            datapoints: 1,
            threshold: 0.0,
            comparison: "GreaterThanOrEqualToThreshold".to_owned(),
            treat_missing_data: "missing".to_owned(),
            actions: BTreeSet::new(),
            ok_actions: BTreeSet::new(),
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What an alarm gives back.
    Alarm => AlarmOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for Alarm {
    type Cloud = crate::aws::Aws;
    type Inputs = AlarmInputs;
    type Outputs = AlarmOutputs;

    const KIND: &'static str = "aws:cloudwatch/alarm";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 255, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];

    fn foretell(want: &AlarmInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("cloudwatch", format!("alarm:{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    /// *CloudWatch API Reference*, "PutMetricAlarm".
    fn check(want: &AlarmInputs) -> Vec<Objection> {
        let longest = if want.period < 3_600 { 86_400 } else { 604_800 };
        Check::default()
            .one_of("statistic", &want.statistic, &STATISTICS)
            .one_of("comparison", &want.comparison, &COMPARISONS)
            .one_of("treat_missing_data", &want.treat_missing_data, &MISSING_DATA)
            .that(
                [10, 20, 30].contains(&want.period) || want.period >= 60 && want.period % 60 == 0,
                "period",
                format!("{} is not 10, 20, 30 or a multiple of 60 seconds", want.period),
            )
            .that(
                want.evaluation_periods >= 1
                    && want.period.saturating_mul(want.evaluation_periods) <= longest,
                "evaluation_periods",
                "an alarm looks at one period at least, and at one day at most (seven where a period is an hour or more)",
            )
            .range("datapoints", want.datapoints, 1..=want.evaluation_periods.max(1), "periods")
            .that(want.actions.len() <= 5, "actions", "an alarm has up to 5 actions")
            .that(want.ok_actions.len() <= 5, "ok_actions", "an alarm has up to 5 actions")
            .done()
    }

    async fn create(cx: &Cx, want: &AlarmInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        // PutMetricAlarm overwrites another's alarm.
        if get(cx, name).await?.is_some() {
            let message = format!("an alarm named {name} exists already");
            return Err(Fault::new(FaultKind::Exists, message));
        }
        put(cx, want, Some(to_aws(&want.tags))).await?;
        Ok(Created { id: Id::from(name.as_str()), outputs: outputs_of(name, cx.place())? })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        let Some(alarm) = get(cx, name).await? else { return Ok(None) };
        let outputs = outputs_of(name, cx.place())?;
        let found = cx
            .call("cloudwatch:ListTagsForResource", || {
                cx.cloudwatch().list_tags_for_resource().resource_arn(outputs.arn.as_str()).send()
            })
            .await?;
        let found = found.tags.unwrap_or_default().into_iter();
        let found = found.map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()));
        Ok(Some(Seen { inputs: seen(name, alarm, tags::ours(found)), outputs }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &AlarmInputs) -> Result<AlarmOutputs, Fault> {
        let outputs = outputs_of(held.id.as_str(), cx.place())?;
        let untagged = |inputs: &AlarmInputs| AlarmInputs { tags: Tags::new(), ..inputs.clone() };
        if held.differs(want, untagged) {
            put(cx, want, None).await?;
        }
        let (gone, put) = tags::due(held.finished, &held.inputs.tags, &want.tags);
        let arn = outputs.arn.as_str();
        if !put.is_empty() {
            let request =
                cx.cloudwatch().tag_resource().resource_arn(arn).set_tags(Some(to_aws(&put)));
            cx.call("cloudwatch:TagResource", || request.clone().send()).await?;
        }
        if !gone.is_empty() {
            let request =
                cx.cloudwatch().untag_resource().resource_arn(arn).set_tag_keys(Some(gone));
            cx.call("cloudwatch:UntagResource", || request.clone().send()).await?;
        }
        Ok(outputs)
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        cx.call("cloudwatch:DeleteAlarms", || {
            cx.cloudwatch().delete_alarms().alarm_names(name).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::alarms(cx, scope).await.map(Some)
    }
}

fn outputs_of(name: &str, place: &Place) -> Result<AlarmOutputs, Fault> {
    let arn: Input<Arn> = place.arn("cloudwatch", format!("alarm:{name}"));
    Ok(AlarmOutputs { name: name.to_owned(), arn: arn.get()?.clone() })
}

async fn get(cx: &Cx, name: &str) -> Result<Option<MetricAlarm>, Fault> {
    let page = cx
        .call("cloudwatch:DescribeAlarms", || {
            cx.cloudwatch().describe_alarms().alarm_names(name).send()
        })
        .await?;
    let mut alarms = page.metric_alarms.unwrap_or_default().into_iter();
    Ok(alarms.find(|alarm| alarm.alarm_name() == Some(name)))
}

/// Makes or overwrites it. Tags count only where it makes it (*CloudWatch API Reference*,
/// "PutMetricAlarm").
async fn put(cx: &Cx, want: &AlarmInputs, tags: Option<Vec<Tag>>) -> Result<(), Fault> {
    let dimension = |(name, value): (&String, &Input<String>)| {
        Ok(Dimension::builder().name(name).value(value.get()?).build())
    };
    let dimensions: Result<Vec<_>, NotYetKnown> = want.dimensions.iter().map(dimension).collect();
    let request = cx
        .cloudwatch()
        .put_metric_alarm()
        .alarm_name(want.name.get()?)
        .alarm_description(&want.description)
        .namespace(&want.namespace)
        .metric_name(&want.metric)
        .set_dimensions(Some(dimensions?))
        .statistic(want.statistic.as_str().into())
        .period(want.period)
        .evaluation_periods(want.evaluation_periods)
        .datapoints_to_alarm(want.datapoints)
        .threshold(want.threshold)
        .comparison_operator(want.comparison.as_str().into())
        .treat_missing_data(&want.treat_missing_data)
        .set_alarm_actions(Some(known(&want.actions)?))
        .set_ok_actions(Some(known(&want.ok_actions)?))
        .set_tags(tags);
    cx.call("cloudwatch:PutMetricAlarm", || request.clone().send()).await?;
    Ok(())
}

fn seen(name: &str, alarm: MetricAlarm, tags: Tags) -> AlarmInputs {
    let arns = |arns: Option<Vec<String>>| {
        arns.unwrap_or_default().into_iter().map(|arn| Arn(arn).into()).collect()
    };
    let dimensions = alarm.dimensions.unwrap_or_default().into_iter();
    let evaluation_periods = alarm.evaluation_periods.unwrap_or_default();
    AlarmInputs {
        name: Input::from(name),
        description: alarm.alarm_description.unwrap_or_default(),
        namespace: alarm.namespace.unwrap_or_default(),
        metric: alarm.metric_name.unwrap_or_default(),
        dimensions: dimensions
            .map(|d| (d.name.unwrap_or_default(), d.value.unwrap_or_default().into()))
            .collect(),
        statistic: alarm.statistic.map(|word| word.as_str().to_owned()).unwrap_or_default(),
        period: alarm.period.unwrap_or_default(),
        evaluation_periods,
        datapoints: alarm.datapoints_to_alarm.unwrap_or(evaluation_periods),
        threshold: alarm.threshold.unwrap_or_default(),
        comparison: alarm
            .comparison_operator
            .map(|word| word.as_str().to_owned())
            .unwrap_or_default(),
        treat_missing_data: alarm.treat_missing_data.unwrap_or_else(|| "missing".to_owned()),
        actions: arns(alarm.alarm_actions),
        ok_actions: arns(alarm.ok_actions),
        tags,
    }
}

fn known(arns: &BTreeSet<Input<Arn>>) -> Result<Vec<String>, NotYetKnown> {
    arns.iter().map(|arn| arn.get().map(|arn| arn.0.clone())).collect()
}

fn to_aws(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
