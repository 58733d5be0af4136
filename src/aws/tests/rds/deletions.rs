use super::{
    cluster, cluster_inputs, clusters, field, instance, instance_inputs, instances, made_cluster,
    member, member_inputs, no_cluster, no_instance,
};
use crate::aws::injected::{Injected, refuse, xml};
use crate::aws::{DbCluster, DbClusterInputs, DbClusterInstance, DbInstance, DbInstanceInputs};
use crate::graph::{FaultKind, Resource};

const PROTECTED: &str = "<DeletionProtection>true</DeletionProtection>";

#[tokio::test(start_paused = true)]
async fn a_cluster_is_deleted_when_its_instances_let_it_and_waited_for() {
    let held = refuse(
        "InvalidDBClusterStateFault",
        "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
    );
    let aws = Injected::new()
        .answers("rds:DeleteDBCluster", [held, made_cluster("deleting", "")])
        .answers(
            "rds:DescribeDBClusters",
            [
                clusters("available", ""),
                clusters("deleting", "<PercentProgress>40</PercentProgress>"),
                no_cluster(),
            ],
        );
    DbCluster::delete(&aws.cx(), &cluster(cluster_inputs())).await.unwrap();
    let sent = &aws.sent("rds:DeleteDBCluster")[1].body;
    assert_eq!(field(sent, "SkipFinalSnapshot").as_deref(), Some("true"));
    assert_eq!(field(sent, "DeleteAutomatedBackups").as_deref(), Some("true"));
    assert_eq!(aws.waits()[0].1, "deleting, 40 %");
}

#[tokio::test(start_paused = true)]
async fn a_last_snapshot_has_another_name_each_time() {
    let taken = refuse("DBClusterSnapshotAlreadyExistsFault", "it exists");
    let aws = Injected::new()
        .answers("rds:DeleteDBCluster", [taken, made_cluster("deleting", "")])
        .answers("rds:DescribeDBClusters", [clusters("available", ""), no_cluster()]);
    let inputs = DbClusterInputs { final_snapshot: true, keep_backups: true, ..cluster_inputs() };
    DbCluster::delete(&aws.cx(), &cluster(inputs)).await.unwrap();
    let names: Vec<String> = aws
        .sent("rds:DeleteDBCluster")
        .iter()
        .map(|sent| {
            assert_eq!(field(&sent.body, "SkipFinalSnapshot").as_deref(), Some("false"));
            assert_eq!(field(&sent.body, "DeleteAutomatedBackups").as_deref(), Some("false"));
            field(&sent.body, "FinalDBSnapshotIdentifier").unwrap()
        })
        .collect();
    assert!(names.iter().all(|name| name.starts_with("c-final-20")), "{names:?}");
    assert_eq!(names.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn protection_is_lifted_where_the_inputs_do_not_ask_for_it() {
    let aws = Injected::new()
        .answers("rds:ModifyDBCluster", [made_cluster("available", PROTECTED)])
        .answers("rds:DeleteDBCluster", [made_cluster("deleting", "")])
        .answers(
            "rds:DescribeDBClusters",
            [
                clusters("available", PROTECTED),
                clusters("available", PROTECTED),
                clusters("modifying", ""),
                no_cluster(),
            ],
        );
    DbCluster::delete(&aws.cx(), &cluster(cluster_inputs())).await.unwrap();
    let sent = &aws.sent("rds:ModifyDBCluster")[0].body;
    assert_eq!(field(sent, "DeletionProtection").as_deref(), Some("false"));
    assert_eq!(field(sent, "ApplyImmediately").as_deref(), Some("true"));

    let aws = Injected::new()
        .answers("rds:ModifyDBInstance", [xml("<DBInstance></DBInstance>")])
        .answers("rds:DeleteDBInstance", [xml("<DBInstance></DBInstance>")])
        .answers(
            "rds:DescribeDBInstances",
            [instances("available", PROTECTED), instances("available", ""), no_instance()],
        );
    DbInstance::delete(&aws.cx(), &instance(instance_inputs())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_the_manifest_protects_is_not_deleted() {
    let aws = Injected::new().answers("rds:DescribeDBClusters", [clusters("available", PROTECTED)]);
    let inputs = DbClusterInputs { deletion_protection: true, ..cluster_inputs() };
    let fault = DbCluster::delete(&aws.cx(), &cluster(inputs)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.advice.unwrap().contains("deletion_protection = false"));

    let aws =
        Injected::new().answers("rds:DescribeDBInstances", [instances("available", PROTECTED)]);
    let inputs = DbInstanceInputs { deletion_protection: true, ..instance_inputs() };
    DbInstance::delete(&aws.cx(), &instance(inputs)).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_database_of_which_rds_makes_no_snapshot_goes_only_without_one() {
    for state in ["failed", "incompatible-network", "incompatible-restore"] {
        let is = instances(state, PROTECTED);
        let aws = Injected::new().answers("rds:DescribeDBInstances", [is.clone(), is]);
        let inputs = DbInstanceInputs { final_snapshot: true, ..instance_inputs() };
        let obstacle = DbInstance::obstacle(&aws.cx(), &instance(inputs.clone())).await.unwrap();
        assert!(obstacle.unwrap().advice.contains("`--skip-final-snapshot`"), "{state}");
        let fault = DbInstance::delete(&aws.cx(), &instance(inputs)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused, "{state}");
        assert!(fault.message.contains(state), "{fault}");
        let advice = fault.advice.unwrap();
        assert!(advice.contains("`--skip-final-snapshot`"), "{advice}");
        assert!(advice.contains("`final_snapshot = false`"), "{advice}");

        let is = clusters(state, "");
        let works = clusters("available", "");
        let aws = Injected::new().answers("rds:DescribeDBClusters", [is.clone(), is, works]);
        let held = cluster(DbClusterInputs { final_snapshot: true, ..cluster_inputs() });
        assert!(DbCluster::obstacle(&aws.cx(), &held).await.unwrap().is_some());
        DbCluster::delete(&aws.cx(), &held).await.unwrap_err();
        assert_eq!(DbCluster::obstacle(&aws.cx(), &held).await.unwrap(), None);

        let aws = Injected::new()
            .answers("rds:DeleteDBInstance", [xml("<DBInstance></DBInstance>")])
            .answers("rds:DescribeDBInstances", [instances(state, ""), no_instance()]);
        let held = instance(instance_inputs());
        assert_eq!(DbInstance::obstacle(&aws.cx(), &held).await.unwrap(), None);
        DbInstance::delete(&aws.cx(), &held).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_goes_on_is_waited_for_and_not_asked_for_again() {
    let aws = Injected::new().answers(
        "rds:DescribeDBClusters",
        [clusters("deleting", ""), clusters("deleting", ""), no_cluster()],
    );
    DbCluster::delete(&aws.cx(), &cluster(cluster_inputs())).await.unwrap();

    let going = refuse("InvalidDBInstanceState", "Instance i is already being deleted.");
    let aws = Injected::new().answers("rds:DeleteDBInstance", [going.clone()]);
    DbClusterInstance::delete(&aws.cx(), &member(member_inputs())).await.unwrap();

    let aws = Injected::new()
        .answers("rds:DeleteDBInstance", [going])
        .answers("rds:DescribeDBInstances", [instances("available", ""), no_instance()]);
    DbInstance::delete(&aws.cx(), &instance(instance_inputs())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_database_at_work_is_deleted_afterwards() {
    let busy = refuse(
        "InvalidDBInstanceState",
        "Instance i is currently creating - try your request later.",
    );
    let aws = Injected::new()
        .answers("rds:DeleteDBInstance", [busy.clone(), busy, xml("<DBInstance></DBInstance>")])
        .answers("rds:DescribeDBInstances", [instances("creating", ""), no_instance()]);
    DbInstance::delete(&aws.cx(), &instance(instance_inputs())).await.unwrap();
    assert_eq!(aws.retries().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_deleted() {
    let aws = Injected::new()
        .answers("rds:DescribeDBClusters", [no_cluster()])
        .answers("rds:DescribeDBInstances", [no_instance()])
        .answers("rds:DeleteDBInstance", [no_instance()]);
    DbCluster::delete(&aws.cx(), &cluster(cluster_inputs())).await.unwrap();
    DbInstance::delete(&aws.cx(), &instance(instance_inputs())).await.unwrap();
    DbClusterInstance::delete(&aws.cx(), &member(member_inputs())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_being_deleted_is_not_there_for_readers() {
    let aws = Injected::new()
        .answers("rds:DescribeDBClusters", [clusters("deleting", "")])
        .answers("rds:DescribeDBInstances", [instances("deleting", ""), instances("deleting", "")]);
    assert!(DbCluster::read(&aws.cx(), &cluster(cluster_inputs())).await.unwrap().is_none());
    assert!(DbInstance::read(&aws.cx(), &instance(instance_inputs())).await.unwrap().is_none());
    assert!(DbClusterInstance::read(&aws.cx(), &member(member_inputs())).await.unwrap().is_none());
}
