use super::{
    NO_SECRET, SECRET, cluster, cluster_inputs, clusters, described, field, made_cluster, member,
    member_inputs, no_cluster,
};
use crate::aws::injected::{Injected, done, refuse, xml};
use crate::aws::rds::state::{BAD, PENDING};
use crate::aws::{Capacity, DbCluster, DbClusterInputs, DbClusterInstance, IAM};
use crate::graph::{FaultKind, Id, Resource};

const DEFAULT: &str = "<DBEngineVersions><DBEngineVersion><EngineVersion>16.8</EngineVersion></DBEngineVersion></DBEngineVersions>";

#[tokio::test(start_paused = true)]
async fn a_cluster_is_made_as_soon_as_its_endpoint_and_its_secret_are_known() {
    let aws = Injected::new()
        .answers("rds:DescribeDBEngineVersions", [xml(DEFAULT)])
        .answers(
            "rds:CreateDBCluster",
            [made_cluster("creating", "<MasterUserSecret></MasterUserSecret>")],
        )
        .answers(
            "rds:DescribeDBClusters",
            [
                no_cluster(),
                clusters("creating", "<MasterUserSecret></MasterUserSecret>"),
                clusters("creating", "<Endpoint></Endpoint>"),
                clusters("creating", ""),
            ],
        );
    let made = DbCluster::create(&aws.cx(), &cluster_inputs()).await.unwrap();
    assert_eq!(made.outputs.secret_arn, SECRET);
    assert_eq!(aws.made(), [Id::from("c")], "told before anything is waited for");
    assert_eq!(aws.waits().len(), 3);
    let sent = &aws.sent("rds:CreateDBCluster")[0].body;
    assert_eq!(field(sent, "ManageMasterUserPassword").as_deref(), Some("true"));
    assert_eq!(field(sent, "EngineVersion").as_deref(), Some("16.8"), "RDS's default of 16");
    assert_eq!(field(sent, "MasterUserPassword"), None);
}

#[tokio::test(start_paused = true)]
async fn a_master_user_of_iam_has_no_secret() {
    let aws = Injected::new().answers(
        "rds:CreateDBCluster",
        [made_cluster("creating", "<MasterUserSecret></MasterUserSecret>")],
    );
    let want = DbClusterInputs {
        engine_version: "16.8".into(),
        master_user_authentication: IAM.into(),
        iam_authentication: true,
        ..cluster_inputs()
    };
    let made = DbCluster::create(&aws.cx(), &want).await.unwrap();
    assert_eq!(made.outputs.secret_arn, "");
    let sent = &aws.sent("rds:CreateDBCluster")[0].body;
    assert_eq!(field(sent, "MasterUserAuthenticationType").as_deref(), Some("iam-db-auth"));
    assert_eq!(field(sent, "ManageMasterUserPassword"), None);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_being_deleted_is_waited_for() {
    let exists = refuse("DBClusterAlreadyExistsFault", "DB Cluster already exists");
    let aws = Injected::new()
        .answers("rds:CreateDBCluster", [exists.clone(), made_cluster("creating", "")])
        .answers(
            "rds:DescribeDBClusters",
            [clusters("deleting", ""), clusters("deleting", ""), no_cluster()],
        );
    let want = DbClusterInputs { engine_version: "16.8".into(), ..cluster_inputs() };
    DbCluster::create(&aws.cx(), &want).await.unwrap();

    let aws = Injected::new()
        .answers("rds:CreateDBCluster", [exists])
        .answers("rds:DescribeDBClusters", [clusters("available", "")]);
    let fault = DbCluster::create(&aws.cx(), &want).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists, "another's is left alone");
}

#[tokio::test(start_paused = true)]
async fn an_instance_is_waited_for_through_every_state_that_ends() {
    let made = xml("<DBInstance><DBInstanceIdentifier>i</DBInstanceIdentifier></DBInstance>");
    let busy = refuse(
        "InvalidDBClusterStateFault",
        "DbCluster c is in creating state but expected it to be one of available.",
    );
    let states = PENDING.iter().map(|state| super::instances(state, ""));
    let aws = Injected::new()
        .answers("rds:CreateDBInstance", [busy.clone(), busy, made])
        .answers("rds:DescribeDBInstances", [super::no_instance()])
        .answers("rds:DescribeDBInstances", states)
        .answers("rds:DescribeDBInstances", [super::instances("available", "")]);
    DbClusterInstance::create(&aws.cx(), &member_inputs()).await.unwrap();
    assert_eq!(aws.made(), [Id::from("i")]);
    assert_eq!(aws.retries().len(), 2);
    let told: Vec<String> = aws.waits().into_iter().map(|(_, state)| state).collect();
    assert_eq!(told[0], "not seen yet");
    assert_eq!(told[1..], PENDING);
}

#[tokio::test(start_paused = true)]
async fn a_state_without_an_end_is_told_with_what_to_do() {
    for (state, advice) in BAD {
        let aws = Injected::new()
            .answers("rds:CreateDBInstance", [xml("<DBInstance></DBInstance>")])
            .answers("rds:DescribeDBInstances", [super::instances(state, "")]);
        let fault = DbClusterInstance::create(&aws.cx(), &member_inputs()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused, "{state}");
        assert_eq!(fault.advice.as_deref(), Some(advice), "{state}");
        assert_eq!(aws.made(), [Id::from("i")], "{state}: it is not lost");

        let aws = Injected::new().answers("rds:DescribeDBClusters", [clusters(state, "")]);
        let want = DbClusterInputs { backup_retention: 7, ..cluster_inputs() };
        let fault =
            DbCluster::update(&aws.cx(), &cluster(cluster_inputs()), &want).await.unwrap_err();
        assert_eq!(fault.advice.as_deref(), Some(advice), "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_never_appears_is_gone() {
    let aws = Injected::new()
        .answers("rds:CreateDBInstance", [xml("<DBInstance></DBInstance>")])
        .always("rds:DescribeDBInstances", super::no_instance());
    let fault = DbClusterInstance::create(&aws.cx(), &member_inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Absent);
}

#[tokio::test(start_paused = true)]
async fn a_change_is_sent_to_be_made_now_and_waited_for_until_it_shows() {
    let pending = "<PendingModifiedValues><BackupRetentionPeriod>7</BackupRetentionPeriod></PendingModifiedValues>";
    let changed = "<BackupRetentionPeriod>7</BackupRetentionPeriod>";
    let aws =
        Injected::new().answers("rds:ModifyDBCluster", [made_cluster("available", "")]).answers(
            "rds:DescribeDBClusters",
            [
                clusters("available", ""),
                clusters("available", ""),
                clusters("available", &format!("{pending}{changed}")),
                clusters("modifying", changed),
                clusters("available", changed),
            ],
        );
    let want = DbClusterInputs { backup_retention: 7, ..cluster_inputs() };
    DbCluster::update(&aws.cx(), &cluster(cluster_inputs()), &want).await.unwrap();
    let sent = &aws.sent("rds:ModifyDBCluster")[0].body;
    assert_eq!(field(sent, "ApplyImmediately").as_deref(), Some("true"));
    assert_eq!(field(sent, "BackupRetentionPeriod").as_deref(), Some("7"));
    for unchanged in ["EngineVersion", "DeletionProtection", "DBClusterParameterGroupName"] {
        assert_eq!(field(sent, unchanged), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_does_not_happen_is_told() {
    let aws = Injected::new()
        .answers("rds:ModifyDBCluster", [made_cluster("available", "")])
        .always("rds:DescribeDBClusters", clusters("available", ""));
    let want = DbClusterInputs {
        capacity: Capacity { min: 1.0, max: 8.0, pause_after: None },
        ..cluster_inputs()
    };
    let started = tokio::time::Instant::now();
    let fault = DbCluster::update(&aws.cx(), &cluster(cluster_inputs()), &want).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
    assert!(fault.message.contains("does not carry it out"), "{fault}");
    assert!((300..330).contains(&started.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_shows_late_is_waited_for() {
    let changed = "<BackupRetentionPeriod>7</BackupRetentionPeriod>";
    // Looks are ten seconds apart.
    let as_before = std::iter::repeat_n(clusters("available", ""), 20);
    let aws = Injected::new()
        .answers("rds:ModifyDBCluster", [made_cluster("available", "")])
        .answers("rds:DescribeDBClusters", as_before.chain([clusters("available", changed)]));
    let want = DbClusterInputs { backup_retention: 7, ..cluster_inputs() };
    DbCluster::update(&aws.cx(), &cluster(cluster_inputs()), &want).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_way_back_from_iam_is_told() {
    let on = "<IAMDatabaseAuthenticationEnabled>true</IAMDatabaseAuthenticationEnabled>";
    let no_secret = format!("{on}{NO_SECRET}");
    let aws =
        Injected::new().answers("rds:ModifyDBCluster", [made_cluster("available", "")]).answers(
            "rds:DescribeDBClusters",
            [clusters("available", &no_secret), clusters("available", on)],
        );
    let want = DbClusterInputs { iam_authentication: true, ..cluster_inputs() };
    let was = DbClusterInputs { master_user_authentication: IAM.into(), ..want.clone() };
    DbCluster::update(&aws.cx(), &cluster(was), &want).await.unwrap();
    let sent = &aws.sent("rds:ModifyDBCluster")[0].body;
    assert_eq!(field(sent, "MasterUserAuthenticationType").as_deref(), Some("password"));
    assert_eq!(field(sent, "ManageMasterUserPassword").as_deref(), Some("true"));
}

#[tokio::test(start_paused = true)]
async fn the_http_endpoint_is_changed_by_its_own_calls() {
    for (on, call) in [(true, "rds:EnableHttpEndpoint"), (false, "rds:DisableHttpEndpoint")] {
        let told = |on: bool| {
            clusters("available", &format!("<HttpEndpointEnabled>{on}</HttpEndpointEnabled>"))
        };
        let busy = refuse("InvalidResourceStateFault", "the cluster is modifying");
        let aws = Injected::new()
            .answers(call, [busy, done()])
            .answers("rds:DescribeDBClusters", [told(!on), told(!on), told(on)]);
        let was = DbClusterInputs { http_endpoint: !on, ..cluster_inputs() };
        let want = DbClusterInputs { http_endpoint: on, ..cluster_inputs() };
        DbCluster::update(&aws.cx(), &cluster(was), &want).await.unwrap();
        assert!(aws.sent("rds:ModifyDBCluster").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_is_fulfilled_by_its_minor_versions() {
    // RDS went from 16.8 to 16.9 by itself.
    let newer = "<EngineVersion>16.9</EngineVersion>";
    let aws = Injected::new().always("rds:DescribeDBClusters", clusters("available", newer));
    let held = cluster(cluster_inputs());
    let seen = DbCluster::read(&aws.cx(), &held).await.unwrap().unwrap();
    assert_eq!(seen.inputs.engine_version, "16", "no drift");
    let was = cluster(DbClusterInputs { engine_version: "16.8".into(), ..cluster_inputs() });
    assert_eq!(
        DbCluster::read(&aws.cx(), &was).await.unwrap().unwrap().inputs.engine_version,
        "16.9"
    );
    DbCluster::update(&aws.cx(), &was, &cluster_inputs()).await.unwrap();
    assert!(aws.sent("rds:ModifyDBCluster").is_empty());
}

#[tokio::test(start_paused = true)]
async fn another_major_version_is_allowed_with_its_parameter_group_in_one_call() {
    let after = "<EngineVersion>17.4</EngineVersion><DBClusterParameterGroup>pg17</DBClusterParameterGroup>";
    let upgrade = xml(
        "<DBEngineVersions><DBEngineVersion><EngineVersion>17.4</EngineVersion></DBEngineVersion></DBEngineVersions>",
    );
    let aws = Injected::new()
        .answers("rds:DescribeDBEngineVersions", [upgrade])
        .answers("rds:ModifyDBCluster", [made_cluster("available", "")])
        .answers(
            "rds:DescribeDBClusters",
            [clusters("available", ""), clusters("upgrading", after), clusters("available", after)],
        );
    let want = DbClusterInputs {
        engine_version: "17".into(),
        parameter_group: "pg17".into(),
        ..cluster_inputs()
    };
    DbCluster::update(&aws.cx(), &cluster(cluster_inputs()), &want).await.unwrap();
    let sent = &aws.sent("rds:ModifyDBCluster")[0].body;
    assert_eq!(field(sent, "AllowMajorVersionUpgrade").as_deref(), Some("true"));
    assert_eq!(field(sent, "EngineVersion").as_deref(), Some("17.4"));
    assert_eq!(field(sent, "DBClusterParameterGroupName").as_deref(), Some("pg17"));
}

#[tokio::test(start_paused = true)]
async fn a_half_made_cluster_is_waited_for_and_finished() {
    let aws = Injected::new().answers("rds:AddTagsToResource", [done()]).answers(
        "rds:DescribeDBClusters",
        [no_cluster(), clusters("creating", ""), clusters("available", "")],
    );
    let mut want = cluster_inputs();
    want.tags.insert("team".into(), "shop".into());
    let half = crate::graph::Held { outputs: None, finished: false, ..cluster(want.clone()) };
    let outputs = DbCluster::update(&aws.cx(), &half, &want).await.unwrap();
    assert_eq!(outputs.endpoint, "c.cluster-x");
    assert!(described("available", "").contains("cluster-ID"));
}

#[tokio::test(start_paused = true)]
async fn a_stopped_cluster_is_told_of_at_once() {
    let stopped = refuse(
        "InvalidDBClusterStateFault",
        "DbCluster c is in stopped state but expected it to be one of available.",
    );
    let aws = Injected::new().answers("rds:CreateDBInstance", [stopped]);
    let fault = DbClusterInstance::create(&aws.cx(), &member_inputs()).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("start it"));
    assert!(aws.retries().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_class_that_aws_has_none_of_is_asked_for_again() {
    let none = refuse("InsufficientDBInstanceCapacity", "no capacity");
    let aws = Injected::new()
        .answers("rds:CreateDBInstance", [none, xml("<DBInstance></DBInstance>")])
        .answers("rds:DescribeDBInstances", [super::instances("available", "")]);
    DbClusterInstance::create(&aws.cx(), &member_inputs()).await.unwrap();
    assert_eq!(aws.retries().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_instance_of_another_class_is_changed_in_place() {
    let class = "<DBInstanceClass>db.r7g.large</DBInstanceClass>";
    let serverless = "<DBInstanceClass>db.serverless</DBInstanceClass>";
    let aws = Injected::new()
        .answers("rds:ModifyDBInstance", [xml("<DBInstance></DBInstance>")])
        .answers(
            "rds:DescribeDBInstances",
            [
                super::instances("available", serverless),
                super::instances("modifying", serverless),
                super::instances("available", class),
            ],
        );
    let mut want = member_inputs();
    want.class = "db.r7g.large".into();
    DbClusterInstance::update(&aws.cx(), &member(member_inputs()), &want).await.unwrap();
    let sent = &aws.sent("rds:ModifyDBInstance")[0].body;
    assert_eq!(field(sent, "ApplyImmediately").as_deref(), Some("true"));
}
