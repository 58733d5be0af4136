use std::collections::BTreeSet;

use maas::aws::{Policy, Principal, Role, RoleInputs, RolePolicy, RolePolicyInputs, Statement};
use maas::graph::{Address, Handle};

fn logs(stream: &str) -> Policy {
    let actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
    Policy::new().with(
        "Logs",
        Statement::allow(actions).on(format!("arn:aws:logs:eu-west-1:123456789012:{stream}:*")),
    )
}

crate::life!(role, |life| {
    let first = RoleInputs {
        trust: Policy::trust("lambda.amazonaws.com"),
        policy: logs("log-group:a"),
        description: "What it is for".to_owned(),
        ..RoleInputs::default()
    };
    let trust = Statement::allow(["sts:AssumeRole"])
        .by(Principal::service("scheduler.amazonaws.com"))
        .when("StringEquals", "aws:SourceAccount", "123456789012");
    let second = RoleInputs {
        trust: Policy::new().with("Trust", trust),
        policy: logs("log-group:b"),
        // Not empty: MiniStack keeps the old one then.
        description: "What it is for now".to_owned(),
        ..first.clone()
    };
    life.whole::<Role>("role", first, second).await;
});

crate::life!(role_loses_its_policy, |life| {
    let first = RoleInputs {
        trust: Policy::trust("lambda.amazonaws.com"),
        policy: logs("log-group:a"),
        ..RoleInputs::default()
    };
    let second = RoleInputs { policy: Policy::new(), ..first.clone() };
    life.whole::<Role>("role", first, second).await;
});

crate::life!(role_policy, |life| {
    let inputs = RoleInputs {
        trust: Policy::trust("lambda.amazonaws.com"),
        policy: logs("log-group:a"),
        ..RoleInputs::default()
    };
    life.given::<Role>("role", inputs).await;
    let role: Handle<Role> = Handle::at(Address::new("it", "role"));
    let first = RolePolicyInputs {
        role: role.name().into(),
        policy_name: "databases".to_owned(),
        policy: logs("log-group:b"),
    };
    let second = RolePolicyInputs { policy: logs("log-group:c"), ..first.clone() };
    life.whole::<RolePolicy>("role-policy", first, second).await;
});

crate::life!(role_with_managed_policies, |life| {
    let managed = |name: &str| BTreeSet::from([format!("arn:aws:iam::aws:policy/{name}")]);
    let first = RoleInputs {
        trust: Policy::trust("lambda.amazonaws.com"),
        managed_policies: managed("AWSXRayDaemonWriteAccess"),
        ..RoleInputs::default()
    };
    let second = RoleInputs { managed_policies: managed("ReadOnlyAccess"), ..first.clone() };
    life.whole::<Role>("role", first, second).await;
});
