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

#[tokio::test]
async fn what_the_manifest_lost_meanwhile_is_found_by_its_tags() {
    let mut it = Deployment::of("catalogue").await;
    // Networks and databases are found where they are wanted only.
    it.take_out("reports");
    it.apply(&[]).await;
    let mut manifest: toml::Table = fs::read_to_string(it.manifest()).unwrap().parse().unwrap();
    manifest.retain(|table, _| !["environments", "patterns"].contains(&table));
    fs::write(it.manifest(), manifest.to_string()).unwrap();
    let found = it.rebuild().await;
    assert!(found.iter().all(|(found, _)| found == "unwanted"), "{found:?}");
    let kinds = it.ends_with(0, "state list", &[]).await;
    for kind in [
        "sqs/queue",
        "lambda/function",
        "lambda/event-source-mapping",
        "iam/role",
        "apigatewayv2/api",
        "s3/bucket",
        "sns/topic",
        "logs/log-group",
    ] {
        assert!(kinds.contains(kind), "no {kind} in\n{kinds}");
    }
    it.leaves_nothing().await;
}
