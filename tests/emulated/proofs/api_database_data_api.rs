use serde_json::{Value, json};

use crate::support::Deployment;

async fn reports(it: &Deployment) -> Value {
    let answer = it.call("reports", "GET /reports", &[], "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn a_request_runs_a_statement_through_the_data_api() {
    let it = Deployment::applied("api-database-data-api").await;
    assert_eq!(reports(&it).await, json!([]));
    for (id, title) in [(1, "October"), (2, "it's a report; DROP TABLE reports")] {
        let body = json!({"title": title}).to_string();
        let posted = it.call("reports", "POST /reports", &[], &body).await;
        let report = json!({"id": id, "title": title});
        assert_eq!((posted.status, posted.json()), (201, report));
    }
    let titles: Vec<Value> =
        reports(&it).await.as_array().unwrap().iter().map(|one| one["title"].clone()).collect();
    assert_eq!(titles, ["October", "it's a report; DROP TABLE reports"]);

    let name = it.output_of("reports", "functions", "reports.function");
    let function = it.cloud.lambda().get_function().function_name(name).send().await.unwrap();
    let network = function.configuration.unwrap().vpc_config;
    let subnets = network.map(|network| network.subnet_ids.unwrap_or_default());
    assert_eq!(subnets.unwrap_or_default(), Vec::<String>::new(), "it is outside of the network");
    it.ends_clean().await;
}

#[tokio::test]
async fn a_run_goes_on_waiting_for_the_database_that_one_before_it_made() {
    let mut it = Deployment::of("api-database-data-api").await;
    let told = it.killed_while_it_waits_for("reports/database.instance").await;
    assert!(told["what"].as_str().unwrap().contains("reports-dev-reports-database"), "{told}");
    assert_eq!(told["state"], "creating");
    assert!(told["elapsed_ms"].is_u64(), "{told}");
    let calls = it.apply(&[]).await;
    for made in ["rds:CreateDBCluster", "rds:CreateDBInstance"] {
        assert!(!calls.contains_key(made), "{calls:?}");
    }
    assert!(calls.contains_key("rds:DescribeDBInstances"), "{calls:?}");
    assert_eq!(reports(&it).await, json!([]));
    it.leaves_nothing().await;
}
