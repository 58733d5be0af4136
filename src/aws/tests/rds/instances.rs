use super::{NO_SECRET, field, instance, instance_inputs, instances, no_instance};
use crate::aws::injected::{Injected, refuse, xml};
use crate::aws::{DbInstance, DbInstanceInputs, IAM};
use crate::graph::{FaultKind, Resource};

fn wanted() -> DbInstanceInputs {
    DbInstanceInputs { engine_version: "16.8".into(), ..instance_inputs() }
}

#[tokio::test(start_paused = true)]
async fn a_database_is_made_in_the_network_and_waited_for() {
    let fresh = refuse("DBSubnetGroupNotFoundFault", "DB subnet group 'sg' does not exist.");
    let made = xml("<DBInstance></DBInstance>");
    let aws = Injected::new().answers("rds:CreateDBInstance", [fresh, made]).answers(
        "rds:DescribeDBInstances",
        [
            no_instance(),
            instances("creating", "<Endpoint></Endpoint>"),
            instances("backing-up", ""),
            instances("available", ""),
        ],
    );
    let want = DbInstanceInputs { max_storage: 100, ..wanted() };
    let made = DbInstance::create(&aws.cx(), &want).await.unwrap();
    assert_eq!((made.outputs.endpoint.as_str(), made.outputs.port.as_str()), ("i.x", "5432"));
    let sent = &aws.sent("rds:CreateDBInstance")[1].body;
    for (name, value) in [
        ("PubliclyAccessible", "false"),
        ("StorageEncrypted", "true"),
        ("ManageMasterUserPassword", "true"),
        ("AllocatedStorage", "20"),
        ("MaxAllocatedStorage", "100"),
    ] {
        assert_eq!(field(sent, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(field(sent, "MasterUserPassword"), None);
}

#[tokio::test(start_paused = true)]
async fn storage_that_grew_by_itself_is_no_drift() {
    let grown =
        "<AllocatedStorage>60</AllocatedStorage><MaxAllocatedStorage>100</MaxAllocatedStorage>";
    let aws = Injected::new().answers("rds:DescribeDBInstances", [instances("available", grown)]);
    let held = instance(DbInstanceInputs { max_storage: 100, ..wanted() });
    let seen = DbInstance::read(&aws.cx(), &held).await.unwrap().unwrap();
    assert_eq!((seen.inputs.storage, seen.inputs.max_storage), (20, 100));
}

#[tokio::test(start_paused = true)]
async fn storage_does_not_shrink() {
    let big = "<AllocatedStorage>60</AllocatedStorage>";
    let aws = Injected::new().answers("rds:DescribeDBInstances", [instances("available", big)]);
    let was = DbInstanceInputs { storage: 60, max_storage: 60, ..wanted() };
    let fault = DbInstance::update(&aws.cx(), &instance(was), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.advice.unwrap().contains("60"));
}

#[tokio::test(start_paused = true)]
async fn a_change_waits_until_nothing_is_pending() {
    let pending = "<PendingModifiedValues><DBInstanceClass>db.t4g.small</DBInstanceClass></PendingModifiedValues>";
    let class = "<DBInstanceClass>db.t4g.small</DBInstanceClass>";
    let busy = refuse("InvalidDBInstanceState", "Database instance is not in available state.");
    let aws = Injected::new()
        .answers("rds:ModifyDBInstance", [busy, xml("<DBInstance></DBInstance>")])
        .answers(
            "rds:DescribeDBInstances",
            [
                instances("available", ""),
                instances("available", pending),
                instances("modifying", pending),
                instances("storage-optimization", class),
            ],
        );
    let want = DbInstanceInputs { class: "db.t4g.small".into(), ..wanted() };
    DbInstance::update(&aws.cx(), &instance(wanted()), &want).await.unwrap();
    let sent = &aws.sent("rds:ModifyDBInstance")[1].body;
    assert_eq!(field(sent, "ApplyImmediately").as_deref(), Some("true"));
    assert_eq!(field(sent, "DBInstanceClass").as_deref(), Some("db.t4g.small"));
    assert_eq!(field(sent, "EngineVersion"), None);
    assert_eq!(aws.waits().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_way_of_the_master_user_is_told_in_both_directions() {
    let iam = DbInstanceInputs {
        master_user_authentication: IAM.into(),
        iam_authentication: true,
        ..wanted()
    };
    let password = DbInstanceInputs { iam_authentication: true, ..wanted() };
    let on = "<IAMDatabaseAuthenticationEnabled>true</IAMDatabaseAuthenticationEnabled>";
    let without = format!("{on}{NO_SECRET}");
    let cases = [
        (&iam, &password, without.as_str(), on, Some("true"), "password"),
        (&password, &iam, on, without.as_str(), None, "iam-db-auth"),
    ];
    for (was, want, before, after, managed, told) in cases {
        let aws = Injected::new()
            .answers("rds:ModifyDBInstance", [xml("<DBInstance></DBInstance>")])
            .answers(
                "rds:DescribeDBInstances",
                [instances("available", before), instances("available", after)],
            );
        DbInstance::update(&aws.cx(), &instance(was.clone()), want).await.unwrap();
        let sent = &aws.sent("rds:ModifyDBInstance")[0].body;
        assert_eq!(field(sent, "MasterUserAuthenticationType").as_deref(), Some(told));
        assert_eq!(field(sent, "ManageMasterUserPassword").as_deref(), managed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_rds_does_not_have_is_told_of() {
    let none = refuse("InvalidParameterCombination", "Cannot find version 16.99 for postgres");
    let aws = Injected::new().answers("rds:CreateDBInstance", [none]);
    let want = DbInstanceInputs { engine_version: "16.99".into(), ..wanted() };
    let fault = DbInstance::create(&aws.cx(), &want).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("describe-db-engine-versions"));
}

#[tokio::test(start_paused = true)]
async fn a_quota_is_told_of() {
    let full = refuse("InstanceQuotaExceeded", "too many");
    let aws = Injected::new().answers("rds:CreateDBInstance", [full]);
    let fault = DbInstance::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("Service Quotas"));
}

#[test]
fn what_rds_would_refuse_is_refused_before() {
    let paths = |inputs: DbInstanceInputs| -> Vec<String> {
        DbInstance::check(&inputs).into_iter().map(|objection| objection.path).collect()
    };
    assert_eq!(paths(wanted()), Vec::<String>::new());
    assert_eq!(paths(DbInstanceInputs { name: "a--b".into(), ..wanted() }), ["name"]);
    assert_eq!(paths(DbInstanceInputs { name: "Upper".into(), ..wanted() }), ["name"]);
    assert_eq!(paths(DbInstanceInputs { storage: 10, ..wanted() }), ["storage"]);
    assert_eq!(paths(DbInstanceInputs { storage: 40, ..wanted() }), ["max_storage"]);
    assert_eq!(
        paths(DbInstanceInputs { publicly_accessible: true, ..wanted() }),
        ["publicly_accessible"]
    );
    assert_eq!(
        paths(DbInstanceInputs { engine_version: "new".into(), ..wanted() }),
        ["engine_version"]
    );
    let iam = DbInstanceInputs { master_user_authentication: "iam-db-auth".into(), ..wanted() };
    assert_eq!(paths(iam), ["iam_authentication"]);
}
