use maas::aws::{
    Policy, Principal, Queue, QueueInputs, Statement, Subscription, SubscriptionInputs, Topic,
    TopicInputs,
};
use maas::graph::{Address, Handle, Input};
use serde_json::json;

crate::life!(topic, |life| {
    let arn = Input::from(format!("arn:aws:sns:eu-west-1:{}:news", life.cloud.account));
    let bucket = Statement::allow(["sns:Publish"])
        .by(Principal::service("s3.amazonaws.com"))
        .on(arn)
        .when("ArnEquals", "aws:SourceArn", "arn:aws:s3:::pictures")
        .when("StringEquals", "aws:SourceAccount", life.cloud.account.as_str());
    let first = TopicInputs {
        name: "news".into(),
        policy: Policy::new().with("Bucket", bucket),
        ..TopicInputs::default()
    };
    let second = TopicInputs {
        display_name: "The news".into(),
        policy: Policy::new(),
        kms_key: Some("alias/aws/sns".into()),
        ..first.clone()
    };
    life.whole::<Topic>("topic", first, second).await;
});

crate::life!(subscription, |life| {
    life.given::<Queue>("queue", QueueInputs::default()).await;
    life.given::<Queue>("dead", QueueInputs::default()).await;
    life.given::<Topic>("topic", TopicInputs::default()).await;
    let queue = |part: &str| Handle::<Queue>::at(Address::new("it", part)).arn();
    let topic: Handle<Topic> = Handle::at(Address::new("it", "topic"));
    let first = SubscriptionInputs {
        topic: topic.arn().into(),
        protocol: "sqs".into(),
        endpoint: queue("queue").into(),
        raw: true,
        filter_policy: Some(json!({"kind": ["invoice", {"prefix": "in/"}]})),
        filter_scope: Some("MessageBody".into()),
        dead_letter_queue: Some(queue("dead").into()),
        role: None,
    };
    let second = SubscriptionInputs {
        raw: false,
        filter_policy: Some(json!({"kind": ["receipt"]})),
        filter_scope: Some("MessageAttributes".into()),
        dead_letter_queue: None,
        ..first.clone()
    };
    life.whole::<Subscription>("subscription", first, second).await;
    life.end().await;
});
