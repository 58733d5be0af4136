use maas::aws::{LogGroup, LogGroupInputs};

crate::life!(log_group, |life| {
    let first = LogGroupInputs { retention_days: 14, ..LogGroupInputs::default() };
    let second = LogGroupInputs { retention_days: 30, ..first.clone() };
    life.whole::<LogGroup>("log-group", first, second).await;
});
