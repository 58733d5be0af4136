//! A bucket's notification: destinations that do not admit S3 yet, or never will.

use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::aws::injected::{Answer, Injected, done, held, refuse, xml};
use crate::aws::{
    BucketNotification, BucketNotificationInputs, BucketNotificationOutputs, NotificationRule,
};
use crate::graph::{Arn, FaultKind, Held, Resource, Scope};

const PUT: &str = "s3:PutBucketNotificationConfiguration";
const GET: &str = "s3:GetBucketNotificationConfiguration";
const INVALID: &str = "Unable to validate the following destination configurations";
const NONE: &str = "<NotificationConfiguration/>";
const ONE: &str = "<NotificationConfiguration><TopicConfiguration><Id>all</Id>\
    <Topic>arn:aws:sns:eu-west-1:123456789012:t</Topic><Event>s3:ObjectCreated:*</Event>\
    <Filter><S3Key><FilterRule><Name>Prefix</Name><Value>in/</Value></FilterRule>\
    <FilterRule><Name>Suffix</Name><Value>.csv</Value></FilterRule></S3Key></Filter>\
    </TopicConfiguration></NotificationConfiguration>";

fn inputs() -> BucketNotificationInputs {
    let rule = NotificationRule {
        destination: Arn::from("arn:aws:sns:eu-west-1:123456789012:t").into(),
        kind: "topic".to_owned(),
        events: ["s3:ObjectCreated:*".to_owned()].into(),
        prefix: "in/".to_owned(),
        suffix: ".csv".to_owned(),
    };
    let rules = BTreeMap::from([("all".to_owned(), rule)]);
    BucketNotificationInputs { bucket: "shop".into(), rules }
}

fn existing() -> Held<BucketNotification> {
    held("shop", inputs(), BucketNotificationOutputs { bucket: "shop".to_owned() })
}

/// Somebody may have put rules on the bucket by hand; a change would take them off.
#[test]
fn a_notification_that_leads_elsewhere_is_not_ours() {
    let scope = Scope { project: "p".into(), environment: "e".into(), ..Scope::default() };
    let leading = |name: &str| {
        let mut inputs = inputs();
        let arn = Arn::from(format!("arn:aws:sqs:eu-west-1:123456789012:{name}").as_str());
        for rule in inputs.rules.values_mut() {
            (rule.destination, rule.kind) = (arn.clone().into(), "queue".to_owned());
        }
        inputs
    };
    let is_ours = |seen: &_| BucketNotification::is_ours(&scope, &inputs(), seen);
    assert!(is_ours(&inputs()), "it leads where it is to lead");
    assert!(is_ours(&leading("p-e-orders-queue")), "it is the deployment's queue");
    assert!(!is_ours(&leading("audit")));
    let mut both = inputs();
    both.rules.insert("theirs".to_owned(), leading("audit").rules["all"].clone());
    assert!(!is_ours(&both));
}

/// It is in the same document.
#[tokio::test(start_paused = true)]
async fn what_somebody_sends_to_event_bridge_goes_on() {
    let bridged =
        "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>";
    let aws = Injected::new().answers(GET, [xml(bridged)]).answers(PUT, [done()]);
    BucketNotification::create(&aws.cx(), &inputs()).await.unwrap();
    assert!(aws.sent(PUT)[0].body.contains("EventBridgeConfiguration"));

    let both = ONE.replace("</Notification", "<EventBridgeConfiguration/></Notification");
    let aws = Injected::new().answers(GET, [xml(&both)]).answers(PUT, [done()]);
    BucketNotification::delete(&aws.cx(), &existing()).await.unwrap();
    let body = &aws.sent(PUT)[0].body;
    assert!(body.contains("EventBridgeConfiguration") && !body.contains("<Id>all</Id>"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn a_destination_whose_policy_is_not_seen_yet_is_tried_again() {
    let invalid = || refuse("InvalidArgument", INVALID);
    let aws = Injected::new()
        .answers(GET, [xml(NONE)])
        .answers(PUT, [invalid(), invalid(), invalid(), done()]);
    BucketNotification::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(aws.retries().len(), 3);
    let sent = &aws.sent(PUT)[0];
    assert!(sent.body.contains("<Id>all</Id>"), "{}", sent.body);
    assert_eq!(sent.headers["x-amz-expected-bucket-owner"], "123456789012");
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_never_admits_s3_is_explained_after_a_minute() {
    let aws = Injected::new()
        .answers(GET, [xml(NONE)])
        .always(PUT, refuse("InvalidArgument", &format!("{INVALID}</Message><ArgumentName1>arn:t</ArgumentName1><ArgumentValue1>Permissions on the destination topic do not allow S3</ArgumentValue1><Message>{INVALID}")));
    let started = Instant::now();
    let fault = BucketNotification::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
    assert!((60..64).contains(&started.elapsed().as_secs()));
    assert!(fault.message.contains("Permissions on the destination topic"), "{}", fault.message);
    let advice = fault.advice.unwrap();
    assert!(advice.contains("sns:Publish") && !advice.contains("sqs:SendMessage"), "{advice}");
    assert!(advice.contains("aws:SourceArn arn:aws:s3:::shop"), "{advice}");
    assert!(advice.contains("alias/aws/sns"), "{advice}");
}

#[tokio::test(start_paused = true)]
async fn rules_that_overlap_and_other_regions_are_refused_at_once() {
    for message in [
        "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.",
        "The notification destination service region is not valid for the bucket location constraint",
    ] {
        let aws = Injected::new()
            .answers(GET, [xml(NONE)])
            .answers(PUT, [refuse("InvalidArgument", message)]);
        let fault = BucketNotification::create(&aws.cx(), &inputs()).await.unwrap_err();
        assert_eq!((fault.kind, fault.advice.is_some()), (FaultKind::Refused, true), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_notification_that_somebody_else_made_is_not_replaced() {
    let aws = Injected::new().answers(GET, [xml(ONE)]);
    let fault = BucketNotification::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
}

#[tokio::test(start_paused = true)]
async fn it_reads_as_it_was_written_whatever_the_case_of_the_filters() {
    let aws = Injected::new().answers(GET, [xml(ONE)]);
    let seen = BucketNotification::read(&aws.cx(), &existing()).await.unwrap().unwrap();
    assert_eq!(seen.inputs.rules, inputs().rules);
}

/// Emulators compare filters as they are with keys as they are, so none of them shows this. Filters of
/// letters, digits and `- . _ /` are the same in both forms.
#[tokio::test(start_paused = true)]
async fn filters_are_sent_as_keys_are_in_events_and_read_back_as_keys() {
    let mut wanted = inputs();
    for rule in wanted.rules.values_mut() {
        rule.prefix = "in box/year=2026/".to_owned();
        rule.suffix = "+ä.csv".to_owned();
    }
    let aws = Injected::new().answers(GET, [xml(NONE)]).answers(PUT, [done()]);
    BucketNotification::create(&aws.cx(), &wanted).await.unwrap();
    let body = &aws.sent(PUT)[0].body;
    let (prefix, suffix) = ("in+box/year%3D2026/", "%2B%C3%A4.csv");
    assert!(body.contains(&format!("<Value>{prefix}</Value>")), "{body}");
    assert!(body.contains(&format!("<Value>{suffix}</Value>")), "{body}");

    let there = ONE.replace("in/", prefix).replace(".csv", suffix);
    let aws = Injected::new().answers(GET, [xml(&there)]);
    let seen = BucketNotification::read(&aws.cx(), &existing()).await.unwrap().unwrap();
    assert_eq!(seen.inputs.rules, wanted.rules);
}

#[tokio::test(start_paused = true)]
async fn deletion_puts_an_empty_document_and_asks_nothing_of_a_bucket_that_is_gone() {
    let aws = Injected::new().answers(GET, [xml(ONE)]).answers(PUT, [done()]);
    BucketNotification::delete(&aws.cx(), &existing()).await.unwrap();
    assert!(!aws.sent(PUT)[0].body.contains("Topic"));

    let gone = Answer::Refusal(404, "NoSuchBucket".to_owned(), "no such bucket".to_owned());
    let aws = Injected::new().answers(GET, [gone]);
    BucketNotification::delete(&aws.cx(), &existing()).await.unwrap();
    assert!(aws.retries().is_empty());
}
