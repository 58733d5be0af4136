use maas::aws::{Policy, Principal, Queue, QueueInputs, Redrive, Statement};
use maas::graph::{Address, Handle};

crate::life!(queue, |life| {
    life.given::<Queue>("dead", QueueInputs::default()).await;
    let dead: Handle<Queue> = Handle::at(Address::new("it", "dead"));
    let redrive = Redrive { dead_letter_queue: dead.arn().into(), max_receives: 3 };
    let sender = Statement::allow(["sqs:SendMessage"])
        .by(Principal::service("sns.amazonaws.com"))
        .on(dead.arn())
        .when("StringEquals", "aws:SourceAccount", "123456789012");
    let first =
        QueueInputs { visibility_timeout: 60, redrive: Some(redrive), ..QueueInputs::default() };
    let second = QueueInputs {
        retention: 86_400,
        redrive: None,
        policy: Policy::new().with("Sender", sender),
        ..first.clone()
    };
    life.whole::<Queue>("queue", first, second).await;
    life.end().await;
});
