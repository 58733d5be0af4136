//! The state is lost, and made anew from the cloud.

use std::fs;

use serde_json::Value;

use crate::support::Deployment;

impl Deployment {
    /// Loses the state and makes it anew; what was found, by address.
    async fn rebuild(&self) -> Vec<(String, String)> {
        fs::remove_dir_all(self.state()).unwrap();
        let text = self.ends_with(0, "state rebuild", &["--format", "json"]).await;
        let found: Value = serde_json::from_str(&text).unwrap();
        let of = |one: &Value| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            (text("found"), text("address"))
        };
        found["resources"].as_array().unwrap().iter().map(of).collect()
    }
}

/// Applied, lost, rebuilt: nothing is to be done, and a destroy leaves nothing.
async fn comes_back(name: &str) {
    let mut it = Deployment::applied(name).await;
    let outputs = it.ends_with(0, "outputs", &["--format", "json"]).await;
    let before = it.ends_with(0, "state list", &[]).await;
    let found = it.rebuild().await;
    let missed: Vec<_> = found.iter().filter(|(found, _)| found != "recorded").collect();
    assert!(missed.is_empty(), "{missed:?}");
    assert_eq!(it.ends_with(0, "state list", &[]).await, before);
    assert_eq!(it.ends_with(0, "outputs", &["--format", "json"]).await, outputs);
    it.is_settled().await;
    it.leaves_nothing().await;
}

#[tokio::test]
async fn api_async() {
    comes_back("api-async").await;
}

#[tokio::test]
async fn the_whole_catalogue() {
    comes_back("catalogue").await;
}

impl Deployment {
    /// Applied, taken out of the manifest, and its state lost: all is found by its tags, these types
    /// among it, and goes. Of databases a last snapshot is kept, since the manifest does not say any
    /// more whether one is wanted.
    async fn goes_unwanted(mut self, kinds: &[&str], databases: usize) {
        self.apply(&[]).await;
        let text = fs::read_to_string(self.manifest()).unwrap();
        let mut manifest: toml::Table = text.parse().unwrap();
        manifest.retain(|table, _| !["environments", "patterns"].contains(&table));
        fs::write(self.manifest(), manifest.to_string()).unwrap();
        let found = self.rebuild().await;
        assert!(found.iter().all(|(found, _)| found == "unwanted"), "{found:?}");
        let listed = self.ends_with(0, "state list", &[]).await;
        for kind in kinds {
            assert!(listed.contains(kind), "no {kind} in\n{listed}");
        }
        self.ends_with(0, "destroy", &["--yes", "--empty-buckets"]).await;
        let rds = aws_sdk_rds::Client::new(&self.cloud.config);
        let snapshots = rds.describe_db_cluster_snapshots().send().await.unwrap();
        assert_eq!(snapshots.db_cluster_snapshots().len(), databases, "last snapshots");
        for kept in snapshots.db_cluster_snapshots() {
            let id = kept.db_cluster_snapshot_identifier().unwrap();
            let delete = rds.delete_db_cluster_snapshot().db_cluster_snapshot_identifier(id);
            delete.send().await.unwrap();
        }
        self.cloud.is_empty().await;
    }
}

#[tokio::test]
async fn what_the_manifest_lost_meanwhile_is_found_by_its_tags() {
    let kinds = [
        "sqs/queue",
        "lambda/function",
        "lambda/event-source-mapping",
        "iam/role",
        "apigatewayv2/api",
        "s3/bucket",
        "sns/topic",
        "logs/log-group",
    ];
    Deployment::of("catalogue").await.goes_unwanted(&kinds, 2).await;
}

#[tokio::test]
async fn so_is_a_network_with_a_database_in_it() {
    let kinds = [
        "ec2/vpc",
        "ec2/subnet",
        "ec2/route-table",
        "ec2/security-group",
        "ec2/vpc-endpoint",
        "rds/subnet-group",
        "rds/cluster-parameter-group",
        "rds/cluster",
        "rds/cluster-instance",
    ];
    Deployment::of("api-database-postgres").await.goes_unwanted(&kinds, 1).await;
}

/// Applied, a table of an instance taken out of the manifest, and the state lost: what was part of
/// something that stays is found too, and the next apply deletes it.
async fn loses(name: &str, [instance, tables, table]: [&str; 3], kinds: &[&str]) {
    let mut it = Deployment::applied(name).await;
    let text = fs::read_to_string(it.manifest()).unwrap();
    let mut manifest: toml::Table = text.parse().unwrap();
    let of = manifest["patterns"][instance][tables].as_table_mut().unwrap();
    of.remove(table).expect("a table of that name");
    fs::write(it.manifest(), manifest.to_string()).unwrap();
    let unwanted = |found: Vec<(String, String)>| {
        found.into_iter().filter(|(found, _)| found != "recorded").collect::<Vec<_>>()
    };
    let found = unwanted(it.rebuild().await);
    assert!(found.iter().all(|(found, _)| found == "unwanted"), "{found:?}");
    for kind in kinds {
        assert!(found.iter().any(|(_, at)| at.contains(kind)), "no {kind} in {found:?}");
    }
    it.apply(&[]).await;
    it.is_settled().await;
    assert_eq!(unwanted(it.rebuild().await), []);
    it.is_settled().await;
    it.leaves_nothing().await;
}

#[tokio::test]
async fn a_route_that_the_manifest_lost_is_found_under_its_api() {
    let kinds = ["api/api.route-", "health.integration", "health.function"];
    loses("api-custom-authorizer", ["api", "routes", "GET /health"], &kinds).await;
}

#[tokio::test]
async fn a_subscriber_that_the_manifest_lost_is_found_under_its_topic() {
    let kinds = ["topic.subscription-", "audit.queue"];
    loses("s3-multiple-subscriptions", ["images", "subscribers", "audit"], &kinds).await;
}
