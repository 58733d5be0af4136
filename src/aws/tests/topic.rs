//! Topics and subscriptions: what SNS refuses, keeps, and lets be changed only in an order.

use serde_json::json;

use crate::aws::injected::{Injected, Sent, done, held, refuse, xml};
use crate::aws::{
    Policy, Principal, Statement, Subscription, SubscriptionInputs, SubscriptionOutputs, Topic,
    TopicInputs, TopicOutputs,
};
use crate::graph::{Arn, FaultKind, Held, Id, Resource};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:t";
const SUBSCRIPTION: &str = "arn:aws:sns:eu-west-1:123456789012:t:1";

fn topic() -> TopicInputs {
    let bucket = Statement::allow(["sns:Publish"])
        .by(Principal::service("s3.amazonaws.com"))
        .on(TOPIC)
        .when("ArnEquals", "aws:SourceArn", "arn:aws:s3:::b");
    TopicInputs {
        name: "t".into(),
        policy: Policy::new().with("Bucket", bucket),
        ..TopicInputs::default()
    }
}

fn existing_topic(inputs: TopicInputs) -> Held<Topic> {
    held(TOPIC, inputs, TopicOutputs { name: "t".to_owned(), arn: Arn::from(TOPIC) })
}

/// A form's fields, decoded, without those that every request has.
fn fields(sent: &Sent) -> Vec<(String, String)> {
    let decode = |text: &str| urlencoding::decode(&text.replace('+', " ")).unwrap().into_owned();
    let pairs = sent.body.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(name, value)| (decode(name), decode(value)));
    pairs.filter(|(name, _)| name != "Action" && name != "Version").collect()
}

fn value(sent: &Sent, name: &str) -> Option<String> {
    fields(sent).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

#[tokio::test(start_paused = true)]
async fn a_topic_with_other_tags_or_attributes_is_not_taken_over() {
    for reason in [
        "Tags Reason: Topic already exists with different tags",
        "Attributes Reason: Topic already exists with different attributes",
    ] {
        let message = format!("Invalid parameter: {reason}");
        let aws =
            Injected::new().answers("sns:CreateTopic", [refuse("InvalidParameter", &message)]);
        let fault = Topic::create(&aws.cx(), &topic()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Exists);
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_for_a_principal_that_sns_does_not_know_yet_is_tried_again() {
    let message = "Invalid parameter: Policy Error: PrincipalNotFound";
    let topic_arn = xml(&format!("<TopicArn>{TOPIC}</TopicArn>"));
    let aws = Injected::new()
        .answers("sns:CreateTopic", [refuse("InvalidParameter", message), topic_arn]);
    let created = Topic::create(&aws.cx(), &topic()).await.unwrap();
    assert_eq!((created.id, aws.retries().len()), (Id::from(TOPIC), 1));
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_goes_leaves_sns_s_own_which_reads_as_none() {
    let aws = Injected::new().answers("sns:SetTopicAttributes", [done()]);
    let want = TopicInputs { policy: Policy::new(), ..topic() };
    Topic::update(&aws.cx(), &existing_topic(topic()), &want).await.unwrap();
    let sent = aws.sent("sns:SetTopicAttributes");
    assert_eq!(value(&sent[0], "AttributeName").unwrap(), "Policy");
    let own = value(&sent[0], "AttributeValue").unwrap();
    assert!(own.contains("AWS:SourceOwner"), "{own}");

    for (policy, is_own) in [
        (own.clone(), true),
        (own.replace("\"123456789012\"", "\"999999999999\""), false),
        (topic().policy.to_json().unwrap(), false),
    ] {
        let escaped = policy.replace('"', "&quot;");
        let attributes = format!(
            "<Attributes><entry><key>Policy</key><value>{escaped}</value></entry></Attributes>"
        );
        let aws = Injected::new()
            .answers("sns:GetTopicAttributes", [xml(&attributes)])
            .answers("sns:ListTagsForResource", [xml("<Tags/>")]);
        let seen = Topic::read(&aws.cx(), &existing_topic(topic())).await.unwrap().unwrap();
        assert_eq!(seen.inputs.policy.is_empty(), is_own, "{policy}");
    }
}

fn subscription() -> SubscriptionInputs {
    SubscriptionInputs {
        topic: Arn::from(TOPIC).into(),
        protocol: "sqs".to_owned(),
        endpoint: "arn:aws:sqs:eu-west-1:123456789012:q".into(),
        ..SubscriptionInputs::default()
    }
}

fn filtered(scope: &str) -> SubscriptionInputs {
    SubscriptionInputs {
        filter_policy: Some(json!({"kind": ["invoice"]})),
        filter_scope: Some(scope.to_owned()),
        ..subscription()
    }
}

fn existing(inputs: SubscriptionInputs) -> Held<Subscription> {
    held(SUBSCRIPTION, inputs, SubscriptionOutputs { arn: Arn::from(SUBSCRIPTION) })
}

/// What an update from one to the other sets, in order.
async fn sets(was: SubscriptionInputs, want: SubscriptionInputs) -> Vec<(String, Option<String>)> {
    let aws = Injected::new().always("sns:SetSubscriptionAttributes", done());
    Subscription::update(&aws.cx(), &existing(was), &want).await.unwrap();
    let sent = aws.sent("sns:SetSubscriptionAttributes");
    sent.iter()
        .map(|sent| (value(sent, "AttributeName").unwrap(), value(sent, "AttributeValue")))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_filter_on_bodies_gets_its_scope_first() {
    let set = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
    let mut want = filtered("MessageBody");
    want.filter_policy = Some(json!({"kind": {"of": ["invoice"]}}));
    assert_eq!(
        sets(filtered("MessageAttributes"), want.clone()).await,
        [
            set("FilterPolicyScope", "MessageBody"),
            set("FilterPolicy", r#"{"kind":{"of":["invoice"]}}"#)
        ]
    );
    assert_eq!(
        sets(subscription(), want).await,
        [
            set("FilterPolicyScope", "MessageBody"),
            set("FilterPolicy", r#"{"kind":{"of":["invoice"]}}"#)
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_filter_on_attributes_again_is_taken_away_first() {
    let set = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
    assert_eq!(
        sets(filtered("MessageBody"), filtered("MessageAttributes")).await,
        [
            set("FilterPolicy", "{}"),
            set("FilterPolicyScope", "MessageAttributes"),
            set("FilterPolicy", r#"{"kind":["invoice"]}"#)
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_goes_is_cleared_in_the_form_that_sns_takes() {
    let dead = Arn::from("arn:aws:sqs:eu-west-1:123456789012:dead");
    let was = SubscriptionInputs { dead_letter_queue: Some(dead.into()), ..subscription() };
    assert_eq!(sets(was, subscription()).await, [("RedrivePolicy".to_owned(), None)]);
    let cleared = ("FilterPolicy".to_owned(), Some("{}".to_owned()));
    assert_eq!(sets(filtered("MessageAttributes"), subscription()).await, [cleared]);
}

#[tokio::test(start_paused = true)]
async fn subscribing_asks_for_the_arn_even_of_what_nobody_confirmed() {
    let answer = format!("<SubscriptionArn>{SUBSCRIPTION}</SubscriptionArn>");
    let aws = Injected::new().answers("sns:Subscribe", [xml(&answer)]);
    let mail = SubscriptionInputs {
        protocol: "email".to_owned(),
        endpoint: "ops@shop.example".into(),
        ..subscription()
    };
    let created = Subscription::create(&aws.cx(), &mail).await.unwrap();
    assert_eq!(created.id, Id::from(SUBSCRIPTION));
    let sent = aws.sent("sns:Subscribe");
    assert_eq!(value(&sent[0], "ReturnSubscriptionArn").unwrap(), "true");
    assert!(!sent[0].body.contains("Attributes"), "{}", sent[0].body);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_confirmed_is_left_to_sns() {
    let message =
        "Invalid parameter: SubscriptionArn Reason: This subscription is pending confirmation";
    let aws = Injected::new().answers("sns:Unsubscribe", [refuse("InvalidParameter", message)]);
    Subscription::delete(&aws.cx(), &existing(subscription())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_subscribe_is_found_under_the_topic_once_it_has_an_arn() {
    let page = |arn: &str, next: &str| {
        xml(&format!(
            "<Subscriptions><member><SubscriptionArn>{arn}</SubscriptionArn><Protocol>sqs</Protocol>\
            <Endpoint>arn:aws:sqs:eu-west-1:123456789012:q</Endpoint></member></Subscriptions>{next}"
        ))
    };
    let other = xml("<Subscriptions><member><SubscriptionArn>arn:x</SubscriptionArn>\
        <Protocol>lambda</Protocol><Endpoint>f</Endpoint></member></Subscriptions>\
        <NextToken>more</NextToken>");
    let aws =
        Injected::new().answers("sns:ListSubscriptionsByTopic", [other, page(SUBSCRIPTION, "")]);
    let found = Subscription::find(&aws.cx(), &subscription()).await.unwrap();
    assert_eq!(found, Some(Id::from(SUBSCRIPTION)));

    let aws =
        Injected::new().answers("sns:ListSubscriptionsByTopic", [page("PendingConfirmation", "")]);
    assert_eq!(Subscription::find(&aws.cx(), &subscription()).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_role_that_sns_does_not_know_yet_is_tried_again() {
    let message = "Invalid parameter: SubscriptionRoleArn Reason: arn is not a valid role to allow SNS to publish to Firehose";
    let answer = format!("<SubscriptionArn>{SUBSCRIPTION}</SubscriptionArn>");
    let aws = Injected::new()
        .answers("sns:Subscribe", [refuse("InvalidParameter", message), xml(&answer)]);
    Subscription::create(&aws.cx(), &subscription()).await.unwrap();
    assert_eq!(aws.retries().len(), 1);
}

#[test]
fn what_sns_would_refuse_is_told_before() {
    let paths = |want: &SubscriptionInputs| {
        let found = Subscription::check(want).into_iter();
        found.map(|objection| objection.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(&filtered("MessageBody")), [""; 0]);
    let nested = |scope: &str| SubscriptionInputs {
        filter_policy: Some(json!({"kind": {"of": ["invoice"]}})),
        ..filtered(scope)
    };
    assert_eq!(paths(&nested("MessageBody")), [""; 0]);
    assert_eq!(paths(&nested("MessageAttributes")), ["filter_policy"]);
    let wrong = SubscriptionInputs {
        protocol: "lambda".to_owned(),
        raw: true,
        role: Some(Arn::from("r").into()),
        filter_scope: Some("Body".to_owned()),
        ..subscription()
    };
    assert_eq!(paths(&wrong), ["raw", "role", "filter_scope", "filter_scope"]);
}
