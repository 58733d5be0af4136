use std::collections::BTreeMap;

use maas::aws::{Alarm, AlarmInputs};
use maas::graph::{Arn, Input};

use super::Life;
use crate::support::Emulator;

/// The SDK talks to CloudWatch in CBOR, which moto does not speak and in which LocalStack cannot write
/// an alarm.
#[tokio::test]
async fn alarm_on_ministack() {
    let mut life = Life::new(Emulator::MiniStack).await;
    let topic =
        |name: &str| Input::Known(Arn(format!("arn:aws:sns:eu-west-1:123456789012:{name}")));
    let dimensions = |queue: &str| BTreeMap::from([("QueueName".to_owned(), Input::from(queue))]);
    let first = AlarmInputs {
        description: "Messages that failed".into(),
        namespace: "AWS/SQS".into(),
        metric: "ApproximateNumberOfMessagesVisible".into(),
        dimensions: dimensions("one"),
        threshold: 1.0,
        treat_missing_data: "notBreaching".into(),
        actions: [topic("one"), topic("other")].into(),
        ..AlarmInputs::default()
    };
    let second = AlarmInputs {
        description: "Old messages".into(),
        metric: "ApproximateAgeOfOldestMessage".into(),
        dimensions: dimensions("other"),
        statistic: "Average".into(),
        period: 300,
        evaluation_periods: 3,
        datapoints: 2,
        threshold: 0.5,
        comparison: "GreaterThanThreshold".into(),
        treat_missing_data: "ignore".into(),
        actions: [topic("other")].into(),
        ok_actions: [topic("one")].into(),
        ..first.clone()
    };
    life.whole::<Alarm>("alarm", first, second).await;
}
