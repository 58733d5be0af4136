//! Queues: names in quarantine, principals that SQS does not know yet, both spellings of codes.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::aws::injected::{Answer, Injected, broken, done, held, json, refuse};
use crate::aws::{Policy, Principal, Queue, QueueInputs, QueueOutputs, Redrive, Statement};
use crate::graph::{Arn, FaultKind, Held, Input, Resource, Tags};

const URL: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/q";
const ABSENT: &str = "AWS.SimpleQueueService.NonExistentQueue";

fn inputs() -> QueueInputs {
    let sender = Statement::allow(["sqs:SendMessage"])
        .by(Principal::aws("arn:aws:iam::123456789012:role/new"))
        .on("arn:aws:sqs:eu-west-1:123456789012:q");
    QueueInputs {
        name: "q".into(),
        policy: Policy::new().with("Sender", sender),
        ..QueueInputs::default()
    }
}

fn outputs() -> QueueOutputs {
    let arn = Arn::from("arn:aws:sqs:eu-west-1:123456789012:q");
    QueueOutputs { name: "q".to_owned(), url: URL.to_owned(), arn }
}

fn existing() -> Held<Queue> {
    held(URL, QueueInputs { policy: Policy::new(), ..inputs() }, outputs())
}

#[tokio::test(start_paused = true)]
async fn a_name_in_quarantine_is_waited_for() {
    for code in ["AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"] {
        let wait = || refuse(code, "You must wait 60 seconds after deleting a queue.");
        let aws = Injected::new()
            .answers("sqs:GetQueueUrl", [refuse(ABSENT, "no such queue")])
            .answers("sqs:CreateQueue", [wait(), wait(), json(json!({"QueueUrl": URL}))]);
        let created = Queue::create(&aws.cx(), &inputs()).await.unwrap();
        assert_eq!(created.outputs.url, URL);
        assert!(aws.retries().iter().all(|retry| retry.pause == Duration::from_secs(5)));
    }
}

/// No emulator holds sources against it, and one does not know the attribute.
#[tokio::test(start_paused = true)]
async fn who_may_name_it_as_their_dead_letter_queue_is_told_and_read() {
    let source: Input<Arn> = Arn::from("arn:aws:sqs:eu-west-1:123456789012:jobs").into();
    let listed = r#"{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:eu-west-1:123456789012:jobs"]}"#;
    let cases = [
        (None, None),
        (Some([].into()), Some(r#"{"redrivePermission":"denyAll"}"#)),
        (Some([source].into()), Some(listed)),
    ];
    for (redrive_sources, told) in cases {
        let inputs = QueueInputs { redrive_sources, ..inputs() };
        let mut attributes = json!({"VisibilityTimeout": "30"});
        if let Some(told) = told {
            attributes["RedriveAllowPolicy"] = told.into();
        }
        let aws = Injected::new()
            .answers("sqs:GetQueueUrl", [refuse(ABSENT, "no such queue")])
            .answers("sqs:CreateQueue", [json(json!({"QueueUrl": URL}))])
            .answers("sqs:GetQueueAttributes", [json(json!({"Attributes": attributes}))])
            .answers("sqs:ListQueueTags", [json(json!({}))]);
        Queue::create(&aws.cx(), &inputs).await.unwrap();
        let sent = aws.sent("sqs:CreateQueue")[0].json();
        assert_eq!(sent["Attributes"]["RedriveAllowPolicy"].as_str(), told);
        let seen = Queue::read(&aws.cx(), &existing()).await.unwrap().unwrap();
        assert_eq!(seen.inputs.redrive_sources, inputs.redrive_sources);
    }
}

#[tokio::test(start_paused = true)]
async fn a_quarantine_without_end_is_given_up_with_a_word() {
    let aws = Injected::new()
        .answers("sqs:GetQueueUrl", [refuse(ABSENT, "no such queue")])
        .always("sqs:CreateQueue", refuse("QueueDeletedRecently", "wait"));
    let started = Instant::now();
    let fault = Queue::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
    assert!(fault.advice.unwrap().contains("60 s"));
    assert_eq!(started.elapsed().as_secs(), 75);
}

#[tokio::test(start_paused = true)]
async fn a_principal_that_sqs_does_not_know_yet_is_waited_for() {
    let message = "Invalid value for the parameter Policy.";
    let unknown = [
        refuse("InvalidAttributeValue", message),
        refuse("InvalidParameterValue", message),
        broken(500),
        broken(500),
        broken(500),
        broken(500),
        broken(500),
        broken(500),
    ];
    let count = unknown.len();
    let aws = Injected::new()
        .answers("sqs:SetQueueAttributes", unknown.into_iter().chain([json(json!({}))]));
    Queue::update(&aws.cx(), &existing(), &inputs()).await.unwrap();
    assert_eq!(aws.retries().len(), count);
    let sent = aws.sent("sqs:SetQueueAttributes")[0].json();
    let attributes: Vec<&String> = sent["Attributes"].as_object().unwrap().keys().collect();
    assert_eq!(attributes, ["Policy"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_somebody_gave_it_goes_with_the_return_to_sqs_s_own() {
    let aws = Injected::new().answers("sqs:SetQueueAttributes", [json(json!({}))]);
    let mut seen = existing();
    seen.inputs.managed_encryption = false;
    let want = QueueInputs { policy: Policy::new(), ..inputs() };
    Queue::update(&aws.cx(), &seen, &want).await.unwrap();
    let sent = aws.sent("sqs:SetQueueAttributes")[0].json();
    let expected = json!({"KmsMasterKeyId": "", "SqsManagedSseEnabled": "true"});
    assert_eq!(sent["Attributes"], expected);
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_queue_that_is_too_new_is_waited_for() {
    let message =
        "Value for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.";
    let aws = Injected::new().answers("sqs:GetQueueUrl", [refuse(ABSENT, "none")]).answers(
        "sqs:CreateQueue",
        [refuse("InvalidParameterValue", message), json(json!({"QueueUrl": URL}))],
    );
    let dead = Arn::from("arn:aws:sqs:eu-west-1:123456789012:dead");
    let redrive = Redrive { dead_letter_queue: dead.into(), max_receives: 3 };
    Queue::create(&aws.cx(), &QueueInputs { redrive: Some(redrive), ..inputs() }).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_wrong_value_is_refused_at_once() {
    let message = "Invalid value for the parameter VisibilityTimeout.";
    let aws = Injected::new()
        .answers("sqs:SetQueueAttributes", [refuse("InvalidAttributeValue", message)]);
    let fault = Queue::update(&aws.cx(), &existing(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
}

fn owned() -> QueueInputs {
    let tags = [("maas:project", "p"), ("maas:environment", "e"), ("maas:address", "a/queue")];
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
    QueueInputs { tags: tags.into(), ..inputs() }
}

/// A queue that stands, or goes: for a minute nothing but CreateQueue tells which.
fn standing(tags: &Tags) -> Injected {
    Injected::new()
        .answers("sqs:GetQueueUrl", [json(json!({"QueueUrl": URL}))])
        .answers("sqs:ListQueueTags", [json(json!({"Tags": tags}))])
}

#[tokio::test(start_paused = true)]
async fn a_queue_of_somebody_else_is_told_of_before_one_is_asked_for() {
    let mut others = owned().tags;
    others.insert("maas:environment".to_owned(), "other".to_owned());
    for tags in [Tags::new(), others] {
        let aws = standing(&tags);
        let fault = Queue::create(&aws.cx(), &owned()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Exists);
        assert!(aws.sent("sqs:CreateQueue").is_empty());
    }
}

fn given() -> Answer {
    json(json!({"QueueUrl": URL}))
}

fn going() -> Answer {
    refuse("QueueDeletedRecently", "You must wait 60 seconds.")
}

#[tokio::test(start_paused = true)]
async fn a_queue_of_ours_that_is_going_is_waited_for_and_made_anew() {
    let aws = standing(&owned().tags)
        .answers("sqs:CreateQueue", vec![going(); 11])
        .answers("sqs:CreateQueue", [given()])
        .answers("sqs:SetQueueAttributes", [done()])
        .answers("sqs:TagQueue", [done()]);
    let started = Instant::now();
    let created = Queue::create(&aws.cx(), &owned()).await.unwrap();
    assert_eq!(created.outputs.url, URL);
    assert!(started.elapsed() >= Duration::from_secs(55));

    // Its tags went before its name.
    let aws = Injected::new()
        .answers("sqs:GetQueueUrl", [given()])
        .answers("sqs:ListQueueTags", [refuse(ABSENT, "no such queue")])
        .answers("sqs:CreateQueue", [going(), given()]);
    Queue::create(&aws.cx(), &owned()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_queue_whose_deletion_was_interrupted_is_made_anew_where_it_goes() {
    let half = Held { outputs: None, finished: false, ..held(URL, owned(), outputs()) };
    for asked in [vec![going(), given()], vec![refuse("QueueNameExists", "another value")]] {
        let aws = Injected::new()
            .answers("sqs:CreateQueue", asked)
            .answers("sqs:SetQueueAttributes", [done()])
            .answers("sqs:TagQueue", [done()]);
        Queue::update(&aws.cx(), &half, &owned()).await.unwrap();
        assert_eq!(aws.calls()[0], "sqs:CreateQueue");
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_of_ours_that_stands_becomes_what_is_wanted() {
    // SQS gives one without a word on what it has besides.
    for asked in [given(), refuse("QueueAlreadyExists", "another value")] {
        let aws = standing(&owned().tags)
            .answers("sqs:CreateQueue", [asked])
            .answers("sqs:SetQueueAttributes", [done()])
            .answers("sqs:TagQueue", [done()]);
        Queue::create(&aws.cx(), &owned()).await.unwrap();
        assert_eq!(aws.made(), [URL.into()]);
        let sent = aws.sent("sqs:SetQueueAttributes")[0].json();
        assert_eq!(sent["Attributes"]["RedrivePolicy"], "");
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_gone_is_gone_in_both_spellings() {
    for code in [ABSENT, "QueueDoesNotExist", "QueueDeletedRecently"] {
        let gone = || refuse(code, "The specified queue does not exist.");
        let aws = Injected::new()
            .answers("sqs:GetQueueAttributes", [gone()])
            .answers("sqs:DeleteQueue", [gone()]);
        assert!(Queue::read(&aws.cx(), &existing()).await.unwrap().is_none());
        Queue::delete(&aws.cx(), &existing()).await.unwrap();
    }
}

#[test]
fn what_sqs_would_refuse_is_told_before() {
    let dead = Arn::from("arn:aws:sqs:eu-west-1:123456789012:dead");
    let want = QueueInputs {
        name: Input::from("a queue"),
        visibility_timeout: 43_201,
        retention: 59,
        redrive: Some(Redrive { dead_letter_queue: dead.into(), max_receives: 0 }),
        managed_encryption: false,
        ..inputs()
    };
    let paths: Vec<String> = Queue::check(&want).into_iter().map(|found| found.path).collect();
    let expected =
        ["name", "visibility_timeout", "retention", "managed_encryption", "redrive.max_receives"];
    assert_eq!(paths, expected);
    assert_eq!(Queue::check(&inputs()), []);
}
