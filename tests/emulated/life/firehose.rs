use maas::aws::{DeliveryStream, DeliveryStreamInputs, Policy, Role, RoleInputs};
use maas::graph::{Address, Arn, Handle};

use super::Life;

async fn given_role(life: &mut Life) -> Handle<Role> {
    let trust = Policy::trust("firehose.amazonaws.com");
    life.given::<Role>("role", RoleInputs { trust, ..RoleInputs::default() }).await;
    Handle::at(Address::new("it", "role"))
}

crate::life!(delivery_stream, |life| {
    let role = given_role(&mut life).await;
    let bucket = |name: &str| Arn(format!("arn:aws:s3:::{name}")).into();
    let first = DeliveryStreamInputs {
        role: role.arn().into(),
        bucket: bucket("one"),
        prefix: "archive/".into(),
        error_prefix: "failed/".into(),
        buffer_seconds: 60,
        compression: "GZIP".into(),
        log_group: Some("/aws/kinesisfirehose/life".into()),
        log_stream: Some("errors".into()),
        ..DeliveryStreamInputs::default()
    };
    let second = DeliveryStreamInputs {
        bucket: bucket("other"),
        prefix: String::new(),
        error_prefix: String::new(),
        buffer_seconds: 900,
        buffer_mb: 128,
        compression: "UNCOMPRESSED".into(),
        log_group: None,
        log_stream: None,
        ..first.clone()
    };
    life.whole::<DeliveryStream>("stream", first.clone(), second.clone()).await;
    life.loses::<DeliveryStream>("stream", first, second, "log_group").await;
    life.end().await;
});
