use maas::aws::{Key, Table, TableInputs};

use crate::support::Emulator;

crate::life!(table, |life| {
    let first = TableInputs {
        hash_key: Key { name: "customer".into(), kind: "S".into() },
        range_key: Some(Key { name: "at".into(), kind: "N".into() }),
        stream: Some("NEW_IMAGE".into()),
        ttl_attribute: Some("expires".into()),
        point_in_time_recovery: true,
        deletion_protection: true,
        ..TableInputs::default()
    };
    // moto turns on no stream of a table that ever had one.
    let other = (life.cloud.emulator != Emulator::Moto).then(|| "NEW_AND_OLD_IMAGES".to_owned());
    let second = TableInputs {
        stream: other,
        ttl_attribute: None,
        point_in_time_recovery: false,
        deletion_protection: false,
        ..first.clone()
    };
    life.whole::<Table>("table", first, second).await;
});
