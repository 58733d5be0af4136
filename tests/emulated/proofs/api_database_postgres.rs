use serde_json::{Value, json};

use crate::support::{Calls, Deployment, mutating};

async fn get(it: &Deployment, route: &str) -> (u16, Value) {
    let answer = it.call("accounts", route, &[], "").await;
    (answer.status, answer.json())
}

/// Two rows, each read alone and both together; both.
async fn rows_are_written_and_read(it: &Deployment) -> Value {
    assert_eq!(get(it, "GET /users").await, (200, json!([])));
    for (id, name) in [(1, "Ada"), (2, "Grace")] {
        let user = json!({"id": id, "name": name});
        let body = json!({"name": name}).to_string();
        let answer = it.call("accounts", "POST /users", &[], &body).await;
        assert_eq!((answer.status, answer.json()), (201, user.clone()));
        assert_eq!(get(it, &format!("GET /users/{id}")).await, (200, user));
    }
    let both = json!([{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}]);
    assert_eq!(get(it, "GET /users").await, (200, both.clone()));
    assert_eq!(get(it, "GET /users/3").await.0, 404);
    both
}

#[tokio::test]
async fn a_request_reaches_the_database_and_comes_back_with_rows() {
    let mut it = Deployment::of("api-database-postgres").await;
    it.apply(&[]).await;
    let both = rows_are_written_and_read(&it).await;
    functions_are_in_the_application_tier(&it).await;

    // What is changed in place keeps the rows.
    it.edit("", "max = 2, pause_after = \"10m\"", "max = 4, pause_after = \"20m\"");
    let changed = mutating(&it.apply(&[]).await);
    assert_eq!(changed, Calls::from([("rds:ModifyDBCluster".to_owned(), 1)]));
    assert_eq!(get(&it, "GET /users").await, (200, both));

    it.ends_clean().await;
}

#[tokio::test]
async fn a_database_of_one_machine_answers_with_rows_too() {
    let mut it = Deployment::of("api-database-postgres").await;
    it.edit("", "engine = \"aurora-postgresql\"", "engine = \"postgres\"");
    let capacity = "capacity = { min = 0, max = 2, pause_after = \"10m\" }";
    it.edit("", capacity, "instance = \"db.t4g.micro\"");
    it.apply(&[]).await;
    let both = rows_are_written_and_read(&it).await;
    functions_are_in_the_application_tier(&it).await;
    let rds = aws_sdk_rds::Client::new(&it.cloud.config);
    let clusters = rds.describe_db_clusters().send().await.unwrap();
    assert_eq!(clusters.db_clusters().len(), 0, "it is no cluster");

    // What is changed in place keeps the rows.
    let larger = "instance = \"db.t4g.small\"\nstorage = \"40 GB\"\nstandby = true";
    it.edit("", "instance = \"db.t4g.micro\"", larger);
    let changed = mutating(&it.apply(&[]).await);
    assert_eq!(changed, Calls::from([("rds:ModifyDBInstance".to_owned(), 1)]));
    assert_eq!(get(&it, "GET /users").await, (200, both));
    let found = rds.describe_db_instances().send().await.unwrap();
    let found = &found.db_instances()[0];
    assert_eq!(found.db_instance_class(), Some("db.t4g.small"));
    assert_eq!((found.allocated_storage(), found.multi_az()), (Some(40), Some(true)));

    it.ends_clean().await;
}

/// MiniStack enforces no network, so it is asked where things are.
async fn functions_are_in_the_application_tier(it: &Deployment) {
    let list = |name: &str| -> Vec<String> {
        let ids = it.outputs["accounts"][name].as_array().unwrap();
        ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    let name = it.output_of("accounts", "functions", "users.function");
    let function = it.cloud.lambda().get_function().function_name(name).send().await.unwrap();
    let configuration = function.configuration.unwrap();
    let mut subnets = configuration.vpc_config.unwrap().subnet_ids.unwrap();
    let mut application = list("application_subnets");
    subnets.sort();
    application.sort();
    assert_eq!(subnets, application);
    let rds = aws_sdk_rds::Client::new(&it.cloud.config);
    let groups = rds.describe_db_subnet_groups().send().await.unwrap();
    let data = list("data_subnets");
    let of_database = groups.db_subnet_groups()[0].subnets().iter();
    assert!(of_database.clone().count() == data.len());
    for subnet in of_database {
        assert!(data.iter().any(|id| subnet.subnet_identifier() == Some(id)));
    }
}

#[tokio::test]
async fn a_protected_database_stays_until_the_manifest_lets_it_go() {
    let mut it = Deployment::of("api-database-postgres").await;
    it.edit("", "final_snapshot = false  ", "deletion_protection = true\nfinal_snapshot = false  ");
    it.apply(&[]).await;
    let before = it.cloud.inventory().await;
    it.ends_with(3, "destroy", &["--yes"]).await;
    it.ends_with(3, "plan", &["--destroy"]).await;
    assert_eq!(it.cloud.inventory().await, before, "nothing was touched");
    let rds = aws_sdk_rds::Client::new(&it.cloud.config);
    let clusters = rds.describe_db_clusters().send().await.unwrap();
    assert_eq!(clusters.db_clusters().len(), 1, "its data is there");
    let instances = rds.describe_db_instances().send().await.unwrap();
    assert_eq!(instances.db_instances().len(), 1, "and so is its instance");
    // No apply lies between: what is deleted goes by the manifest of now.
    it.edit("", "deletion_protection = true", "deletion_protection = false");
    it.leaves_nothing().await;
}

#[tokio::test]
async fn functions_sign_in_as_themselves_where_there_is_no_password() {
    let mut it = Deployment::of("api-database-postgres").await;
    it.edit("", "final_snapshot = false  ", "credentials = \"iam\"\nfinal_snapshot = false  ");
    it.apply(&[]).await;
    let body = json!({"name": "Ada"}).to_string();
    assert_eq!(it.call("accounts", "POST /users", &[], &body).await.status, 201);
    assert_eq!(get(&it, "GET /users").await, (200, json!([{"id": 1, "name": "Ada"}])));
    let rds = aws_sdk_rds::Client::new(&it.cloud.config);
    let clusters = rds.describe_db_clusters().send().await.unwrap();
    assert_eq!(clusters.db_clusters()[0].master_user_secret(), None, "nobody has a password");

    // It is the role that lets them in: without its rights a new connection is refused.
    let (lambda, iam) = (it.cloud.lambda(), aws_sdk_iam::Client::new(&it.cloud.config));
    let name = it.output_of("accounts", "functions", "users.function");
    let function = lambda.get_function_configuration().function_name(&name).send().await.unwrap();
    let role = function.role().unwrap().rsplit('/').next().unwrap();
    for policy in iam.list_role_policies().role_name(role).send().await.unwrap().policy_names() {
        iam.delete_role_policy().role_name(role).policy_name(policy).send().await.unwrap();
    }
    let renewed = lambda.update_function_configuration().function_name(&name).memory_size(192);
    renewed.send().await.unwrap();
    let refused = get(&it, "GET /users").await;
    assert!(refused.0 >= 500 && refused.1.to_string().contains("28000"), "{refused:?}");
    it.ends_with(2, "plan", &["--refresh", "--detailed-exitcode"]).await;
    it.apply(&["--refresh"]).await;
    assert_eq!(get(&it, "GET /users").await.0, 200);
    it.ends_clean().await;
}
