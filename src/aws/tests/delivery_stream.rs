//! Firehose streams: states that take time, creates that fail, versions that move on.

use serde_json::{Value, json};

use crate::aws::injected::{Answer, Injected, done, held, json as answer, refuse};
use crate::aws::{DeliveryStream, DeliveryStreamInputs, DeliveryStreamOutputs};
use crate::graph::{Arn, FaultKind, Held, Id, Resource};

const CREATE: &str = "firehose:CreateDeliveryStream";
const DESCRIBE: &str = "firehose:DescribeDeliveryStream";
const DELETE: &str = "firehose:DeleteDeliveryStream";
const UPDATE: &str = "firehose:UpdateDestination";
const TAGS: &str = "firehose:ListTagsForDeliveryStream";

fn wanted() -> DeliveryStreamInputs {
    let tags = [("project", "shop"), ("environment", "dev"), ("address", "images/stream")];
    DeliveryStreamInputs {
        name: "s".into(),
        role: Arn::from("arn:aws:iam::123456789012:role/r").into(),
        bucket: Arn::from("arn:aws:s3:::b").into(),
        tags: tags.map(|(key, value)| (format!("maas:{key}"), value.to_owned())).into(),
        ..DeliveryStreamInputs::default()
    }
}

fn existing(finished: bool) -> Held<DeliveryStream> {
    let arn = Arn::from("arn:aws:firehose:eu-west-1:123456789012:deliverystream/s");
    let outputs = DeliveryStreamOutputs { name: "s".into(), arn };
    Held { finished, ..held("s", wanted(), outputs) }
}

fn stream(status: &str, version: &str) -> Answer {
    let mut description = json!({"DeliveryStreamName": "s", "DeliveryStreamARN": "arn",
        "DeliveryStreamStatus": status, "DeliveryStreamType": "DirectPut", "VersionId": version,
        "HasMoreDestinations": false, "Destinations": [{"DestinationId": "destinationId-1"}]});
    if status == "CREATING_FAILED" {
        description["FailureDescription"] =
            json!({"Type": "CREATE_KMS_GRANT_FAILED", "Details": "the key is disabled"});
    }
    answer(json!({ "DeliveryStreamDescription": description }))
}

fn absent() -> Answer {
    refuse("ResourceNotFoundException", "Firehose s under account 123456789012 not found.")
}

fn made() -> Answer {
    answer(json!({"DeliveryStreamARN": "arn"}))
}

fn tags(environment: &str) -> Answer {
    let mut tags = wanted().tags;
    tags.insert("maas:environment".into(), environment.into());
    let tags: Vec<Value> =
        tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    answer(json!({"Tags": tags, "HasMoreTags": false}))
}

fn taken() -> Answer {
    refuse("ResourceInUseException", "Firehose s under accountId 123456789012 already exists")
}

#[tokio::test(start_paused = true)]
async fn it_is_recorded_and_then_waited_for() {
    let aws = Injected::new().answers(CREATE, [made()]).answers(
        DESCRIBE,
        [stream("CREATING", "1"), stream("CREATING", "1"), stream("ACTIVE", "1")],
    );
    DeliveryStream::create(&aws.cx(), &wanted()).await.unwrap();
    assert_eq!(aws.made(), [Id::from("s")]);
    assert_eq!(aws.waits().len(), 2);
    let sent = aws.sent(CREATE)[0].json();
    let encryption = &sent["DeliveryStreamEncryptionConfigurationInput"];
    assert_eq!(encryption, &json!({"KeyType": "AWS_OWNED_CMK"}));
}

#[tokio::test(start_paused = true)]
async fn a_fresh_role_is_tried_again() {
    let fresh = [
        "Firehose is unable to assume role arn:aws:iam::123456789012:role/r. Please check the role provided.",
        "Role r is not authorized to perform: kms:GenerateDataKey",
        "Access was denied when calling Glue. Please ensure that the role can be used.",
        "Verify that the IAM role has access to the stream",
    ];
    let refused = fresh.map(|message| refuse("InvalidArgumentException", message));
    let aws = Injected::new()
        .answers(CREATE, refused.into_iter().chain([made()]))
        .answers(DESCRIBE, [stream("ACTIVE", "1")]);
    DeliveryStream::create(&aws.cx(), &wanted()).await.unwrap();
    assert_eq!(aws.retries().len(), 4);

    let aws = Injected::new()
        .answers(CREATE, [refuse("InvalidArgumentException", "Prefix is not valid")]);
    let fault = DeliveryStream::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_failed_says_why() {
    let aws = Injected::new()
        .answers(CREATE, [made()])
        .answers(DESCRIBE, [stream("CREATING", "1"), stream("CREATING_FAILED", "1")]);
    let fault = DeliveryStream::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("the key is disabled"), "{fault}");
    assert_eq!(aws.made(), [Id::from("s")]);
}

#[tokio::test(start_paused = true)]
async fn one_that_failed_is_deleted_and_made_anew_by_the_next_run() {
    let gone_and_back = || {
        Injected::new().answers(DELETE, [done()]).answers(
            DESCRIBE,
            [
                stream("CREATING_FAILED", "1"),
                stream("DELETING", "1"),
                absent(),
                stream("CREATING", "1"),
                stream("ACTIVE", "1"),
            ],
        )
    };
    let aws = gone_and_back().answers(CREATE, [made()]);
    DeliveryStream::update(&aws.cx(), &existing(false), &wanted()).await.unwrap();
    assert_eq!(aws.calls(), [DESCRIBE, DELETE, DESCRIBE, DESCRIBE, CREATE, DESCRIBE, DESCRIBE]);

    let aws = gone_and_back().answers(CREATE, [taken(), made()]).answers(TAGS, [tags("dev")]);
    DeliveryStream::create(&aws.cx(), &wanted()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_namesake_that_is_anothers_or_works_is_left_alone() {
    let aws = Injected::new()
        .answers(CREATE, [taken()])
        .answers(DESCRIBE, [stream("CREATING_FAILED", "1")])
        .answers(TAGS, [tags("prod")]);
    let fault = DeliveryStream::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);

    let aws = Injected::new().answers(CREATE, [taken()]).answers(DESCRIBE, [stream("ACTIVE", "1")]);
    let fault = DeliveryStream::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
    assert!(aws.made().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_namesake_that_is_going_is_waited_for() {
    let aws = Injected::new()
        .answers(CREATE, [taken(), made()])
        .answers(DESCRIBE, [stream("DELETING", "1"), absent(), stream("ACTIVE", "1")]);
    DeliveryStream::create(&aws.cx(), &wanted()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_change_in_between_is_met_with_the_new_version() {
    let aws = Injected::new()
        .answers(DESCRIBE, [stream("ACTIVE", "1"), stream("ACTIVE", "1"), stream("ACTIVE", "2")])
        .answers(UPDATE, [refuse("ConcurrentModificationException", "another version"), done()]);
    let want = DeliveryStreamInputs { prefix: "new/".into(), ..wanted() };
    DeliveryStream::update(&aws.cx(), &existing(true), &want).await.unwrap();
    let versions: Vec<Value> = aws
        .sent(UPDATE)
        .iter()
        .map(|sent| sent.json()["CurrentDeliveryStreamVersionId"].clone())
        .collect();
    assert_eq!(versions, ["1", "2"]);
    assert_eq!(aws.sent(UPDATE)[1].json()["DestinationId"], "destinationId-1");
}

#[tokio::test(start_paused = true)]
async fn tags_alone_touch_nothing_else() {
    let mut want = wanted();
    want.tags.insert("team".into(), "payments".into());
    let aws = Injected::new().answers("firehose:TagDeliveryStream", [done()]);
    DeliveryStream::update(&aws.cx(), &existing(true), &want).await.unwrap();
    assert_eq!(aws.calls(), ["firehose:TagDeliveryStream"]);
}

#[tokio::test(start_paused = true)]
async fn it_is_deleted_when_it_is_gone() {
    let busy = "Firehose s under accountId 123456789012 is not ready for deletion";
    let aws = Injected::new()
        .answers(DELETE, [refuse("ResourceInUseException", busy), done()])
        .answers(DESCRIBE, [stream("DELETING", "1"), stream("DELETING", "1"), absent()]);
    DeliveryStream::delete(&aws.cx(), &existing(true)).await.unwrap();
    assert_eq!(aws.waits().len(), 2);

    let aws = Injected::new()
        .answers(DELETE, [done()])
        .answers(DESCRIBE, [stream("DELETING_FAILED", "1")]);
    let fault = DeliveryStream::delete(&aws.cx(), &existing(true)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
}
