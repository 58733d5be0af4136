//! `aws:cloudwatch/alarm`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Input, Naming, Objection, Place,
    Resource, Seen, Tags,
};
use crate::outputs;

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
    type Cloud = super::Aws;
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

    fn check(_want: &AlarmInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &AlarmInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
