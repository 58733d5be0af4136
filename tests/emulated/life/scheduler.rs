use maas::aws::{
    Role, RoleInputs, Schedule, ScheduleGroup, ScheduleGroupInputs, ScheduleInputs, schedule_trust,
};
use maas::graph::{Address, Arn, Handle};

use super::{Life, Step};

crate::life!(schedule_group, |life| {
    // moto fails on the second delete of a group.
    life.moto_lacks(&[Step::DeleteAgain]);
    let inputs = ScheduleGroupInputs::default();
    life.whole::<ScheduleGroup>("schedule-group", inputs.clone(), inputs).await;
});

async fn given_group(life: &mut Life) -> Handle<ScheduleGroup> {
    life.given::<ScheduleGroup>("group", ScheduleGroupInputs::default()).await;
    Handle::at(Address::new("it", "group"))
}

async fn given_role(life: &mut Life, part: &str, group: &Handle<ScheduleGroup>) -> Handle<Role> {
    let trust = schedule_trust(&life.cloud.place(), group.arn());
    life.given::<Role>(part, RoleInputs { trust, ..RoleInputs::default() }).await;
    Handle::at(Address::new("it", part))
}

crate::life!(schedule, |life| {
    let group = given_group(&mut life).await;
    let role = given_role(&mut life, "role", &group).await;
    let other = given_role(&mut life, "role-other", &group).await;
    let first = ScheduleInputs {
        group: group.name().into(),
        expression: "rate(5 minutes)".into(),
        target: Arn::from("arn:aws:lambda:eu-west-1:123456789012:function:redrive").into(),
        role: role.arn().into(),
        input: Some(r#"{"limit": 10}"#.into()),
        max_retries: 2,
        max_age: 600,
        flexible_window_minutes: Some(5),
        ..ScheduleInputs::default()
    };
    let second = ScheduleInputs {
        expression: "cron(0 8 * * ? *)".into(),
        timezone: "Europe/Helsinki".into(),
        role: other.arn().into(),
        input: None,
        enabled: false,
        flexible_window_minutes: None,
        ..first.clone()
    };
    life.whole::<Schedule>("schedule", first.clone(), second.clone()).await;
    life.loses::<Schedule>("schedule", first, second, "input").await;
    life.end().await;
});
