//! What goes while it is read: the first call of a read still finds it, a later one does not.

use serde_json::json;

use crate::aws::injected::{Answer, Injected, json as answer, refuse, xml};
use crate::aws::{
    Alarm, AlarmInputs, DeliveryStream, DeliveryStreamInputs, LogGroup, LogGroupInputs, Queue,
    QueueInputs, ScheduleGroup, ScheduleGroupInputs, Table, TableInputs, Topic, TopicInputs,
    catalogue,
};
use crate::graph::{Fault, HeldDocument, Id, Resource, SeenDocument};

/// Reads it as a run does, which knows the types by their names.
async fn read<R: Resource>(
    aws: &Injected,
    id: &str,
    inputs: R::Inputs,
) -> Result<Option<SeenDocument>, Fault> {
    let inputs = serde_json::to_value(inputs).unwrap();
    let held = HeldDocument { id: Id::from(id), inputs, outputs: None, finished: true };
    catalogue().get(R::KIND).unwrap().read(aws.any_cx(), held).await
}

fn found(operation: &str, first: Answer) -> Injected {
    Injected::new().answers(operation, [first])
}

#[tokio::test(start_paused = true)]
async fn what_goes_while_it_is_read_is_gone() {
    let gone = || refuse("ResourceNotFoundException", "it is not there");

    let attributes = answer(json!({"Attributes": {"VisibilityTimeout": "30"}}));
    let aws = found("sqs:GetQueueAttributes", attributes)
        .answers("sqs:ListQueueTags", [refuse("QueueDoesNotExist", "no such queue")]);
    assert!(read::<Queue>(&aws, "u/q", QueueInputs::default()).await.unwrap().is_none());

    let aws = found("sns:GetTopicAttributes", xml("<Attributes></Attributes>"))
        .answers("sns:ListTagsForResource", [refuse("ResourceNotFound", "Topic does not exist")]);
    let arn = "arn:aws:sns:eu-west-1:123456789012:t";
    assert!(read::<Topic>(&aws, arn, TopicInputs::default()).await.unwrap().is_none());

    let aws =
        found("logs:DescribeLogGroups", answer(json!({"logGroups": [{"logGroupName": "g"}]})))
            .answers("logs:ListTagsForResource", [gone()]);
    assert!(read::<LogGroup>(&aws, "g", LogGroupInputs::default()).await.unwrap().is_none());

    let alarms = answer(json!({"MetricAlarms": [{"AlarmName": "a"}]}));
    let aws = found("cloudwatch:DescribeAlarms", alarms)
        .answers("cloudwatch:ListTagsForResource", [gone()]);
    assert!(read::<Alarm>(&aws, "a", AlarmInputs::default()).await.unwrap().is_none());

    let active = answer(json!({"Name": "g", "State": "ACTIVE"}));
    let aws = found("scheduler:GetScheduleGroup", active)
        .answers("scheduler:ListTagsForResource", [gone()]);
    let inputs = ScheduleGroupInputs::default();
    assert!(read::<ScheduleGroup>(&aws, "g", inputs).await.unwrap().is_none());

    let stream = json!({"DeliveryStreamName": "s", "DeliveryStreamARN": "arn",
        "DeliveryStreamStatus": "ACTIVE", "DeliveryStreamType": "DirectPut", "VersionId": "1",
        "HasMoreDestinations": false, "Destinations": []});
    let stream = answer(json!({ "DeliveryStreamDescription": stream }));
    let aws = found("firehose:DescribeDeliveryStream", stream)
        .answers("firehose:ListTagsForDeliveryStream", [gone()]);
    let inputs = DeliveryStreamInputs::default();
    assert!(read::<DeliveryStream>(&aws, "s", inputs).await.unwrap().is_none());

    let table =
        answer(json!({"Table": {"TableName": "t", "TableArn": "arn", "TableStatus": "ACTIVE"}}));
    let aws = found("dynamodb:DescribeTable", table)
        .always("dynamodb:DescribeTimeToLive", gone())
        .always("dynamodb:DescribeContinuousBackups", gone())
        .always("dynamodb:ListTagsOfResource", gone());
    assert!(read::<Table>(&aws, "t", TableInputs::default()).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_not_gone() {
    let aws = found("scheduler:GetScheduleGroup", answer(json!({"Name": "g", "State": "ACTIVE"})))
        .answers("scheduler:ListTagsForResource", [refuse("AccessDeniedException", "no")]);
    let read = read::<ScheduleGroup>(&aws, "g", ScheduleGroupInputs::default()).await;
    read.unwrap_err();
}
