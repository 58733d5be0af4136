use std::collections::BTreeMap;

use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use maas::aws::{
    Bucket, BucketInputs, BucketNotification, BucketNotificationInputs, CorsRule, LifecycleRule,
    NotificationRule, Policy, Principal, Queue, QueueInputs, Statement, deny_insecure_transport,
};
use maas::graph::{Address, FaultKind, Handle, HeldDocument, Input, Resource};

use super::Step;
use crate::support::Cloud;

/// A name that no other account of the emulator has.
fn name(cloud: &Cloud, stem: &str) -> String {
    format!("{stem}-{}", cloud.account)
}

crate::life!(bucket, |life| {
    // moto knows neither S3's settings for new buckets nor tags in CreateBucket, so what it reports
    // right after a create is not compared; the update that finishes a half-made one sends it all.
    life.moto_lacks(&[Step::ReadAfterCreate]);
    let name = name(&life.cloud, "life");
    let arn = Input::from(format!("arn:aws:s3:::{name}"));
    let rule = CorsRule {
        origins: ["https://shop.example".into(), "https://*.shop.example".into()].into(),
        methods: ["PUT".to_owned(), "GET".to_owned()].into(),
        headers: ["*".to_owned()].into(),
        expose_headers: ["ETag".to_owned()].into(),
        max_age: 300,
    };
    let old = LifecycleRule {
        abort_incomplete_uploads_days: Some(1),
        expire_days: Some(30),
        noncurrent_days: Some(7),
        ..LifecycleRule::default()
    };
    let part =
        LifecycleRule { prefix: "tmp/".into(), expire_days: Some(1), ..LifecycleRule::default() };
    let first = BucketInputs {
        name: name.into(),
        versioning: true,
        policy: Policy::new().with("DenyInsecureTransport", deny_insecure_transport(arn)),
        cors: vec![rule],
        lifecycle: [("old".to_owned(), old.clone()), ("tmp".to_owned(), part)].into(),
        ..BucketInputs::default()
    };
    let second = BucketInputs {
        versioning: false,
        force_empty: true,
        policy: Policy::new(),
        cors: Vec::new(),
        lifecycle: [("old".to_owned(), old)].into(),
        ..first.clone()
    };
    life.whole::<Bucket>("bucket", first, second).await;
});

crate::life!(notification, |life| {
    let bucket = name(&life.cloud, "notes");
    let inputs = BucketInputs { name: bucket.as_str().into(), ..BucketInputs::default() };
    life.given::<Bucket>("bucket", inputs).await;
    let sender = Statement::allow(["sqs:SendMessage"])
        .by(Principal::service("s3.amazonaws.com"))
        .on("*")
        .when("ArnEquals", "aws:SourceArn", format!("arn:aws:s3:::{bucket}"))
        .when("StringEquals", "aws:SourceAccount", life.cloud.account.as_str());
    let inputs =
        QueueInputs { policy: Policy::new().with("Bucket", sender), ..QueueInputs::default() };
    life.given::<Queue>("queue", inputs).await;
    let queue: Handle<Queue> = Handle::at(Address::new("it", "queue"));
    let rule = NotificationRule {
        destination: queue.arn().into(),
        kind: "queue".into(),
        events: ["s3:ObjectCreated:*".to_owned()].into(),
        prefix: "in/".into(),
        suffix: ".csv".into(),
    };
    let other = NotificationRule {
        events: ["s3:ObjectRemoved:*".to_owned()].into(),
        prefix: "in box/year=2026/ä+".into(),
        suffix: String::new(),
        ..rule.clone()
    };
    let first = BucketNotificationInputs {
        bucket: bucket.into(),
        rules: BTreeMap::from([("created".to_owned(), rule)]),
    };
    let mut second = first.clone();
    second.rules.insert("removed".to_owned(), other);
    life.whole::<BucketNotification>("notification", first, second).await;
    life.end().await;
});

crate::life!(bucket_with_objects, |life| {
    let name = name(&life.cloud, "full");
    let inputs = BucketInputs { name: name.as_str().into(), ..BucketInputs::default() };
    let held = life.given::<Bucket>("bucket", inputs).await.clone();
    fill(&life.cloud, &name).await;

    let catalogue = maas::aws::catalogue();
    let buckets = catalogue.get(Bucket::KIND).unwrap();
    let obstacle = buckets.obstacle(life.cloud.cx(), held.clone()).await.unwrap();
    assert!(obstacle.unwrap().message.contains(&name));
    let refused = buckets.delete(life.cloud.cx(), held.clone()).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Refused);
    assert!(refused.advice.unwrap().contains("force_empty"));
    assert!(buckets.read(life.cloud.cx(), held.clone()).await.unwrap().is_some());

    let mut inputs = held.inputs.clone();
    inputs["force_empty"] = true.into();
    let held = HeldDocument { inputs, ..held };
    buckets.delete(life.cloud.cx(), held.clone()).await.unwrap();
    assert!(buckets.read(life.cloud.cx(), held.clone()).await.unwrap().is_none());
    let mut inputs = held.inputs.clone();
    inputs["force_empty"] = false.into();
    let gone = HeldDocument { inputs, ..held };
    assert_eq!(buckets.obstacle(life.cloud.cx(), gone).await.unwrap(), None);
});

/// Objects, some of them with several versions and delete markers, and an unfinished upload.
async fn fill(cloud: &Cloud, bucket: &str) {
    let config = aws_sdk_s3::config::Builder::from(&cloud.config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(config);
    let put = async |key: &str| {
        s3.put_object().bucket(bucket).key(key).body(b"x".to_vec().into()).send().await.unwrap();
    };
    put("before versions").await;
    let versioning =
        VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    s3.put_bucket_versioning()
        .bucket(bucket)
        .versioning_configuration(versioning)
        .send()
        .await
        .unwrap();
    for key in ["a", "a", "b/c d+e%20&<ä>.txt"] {
        put(key).await;
    }
    s3.delete_object().bucket(bucket).key("a").send().await.unwrap();
    s3.create_multipart_upload().bucket(bucket).key("half done").send().await.unwrap();
}
