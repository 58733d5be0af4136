//! All patterns in one manifest, using each other's parts.

use serde_json::{Value, json};

use super::api_custom_authorizer::accepted;
use super::s3_multiple_subscriptions::png;
use crate::support::{Announced, Calls, Deployment, http, mutating};

#[tokio::test]
async fn the_patterns_work_together() {
    let mut it = Deployment::applied("catalogue").await;
    an_order_becomes_a_job_and_a_mail(&it).await;
    an_upload_reaches_the_subscribers(&it).await;
    an_import_is_read(&it).await;
    a_webhook_is_stored(&it).await;
    a_report_is_a_row(&it).await;
    an_account_is_a_row_that_another_instance_reads(&it).await;
    it.is_settled().await;
    one_line_is_one_call(&mut it).await;
    an_instance_goes_alone(&mut it).await;
    it.ends_clean().await;
}

async fn a_report_is_a_row(it: &Deployment) {
    let body = json!({"title": "October"}).to_string();
    assert_eq!(it.call("orders", "POST /reports", &[], &body).await.status, 401);
    let (status, posted) = call(it, "POST /reports", &body).await;
    assert_eq!(status, 201, "{posted}");
    let all = call(it, "GET /reports", "").await.1;
    assert_eq!(all, json!([{"id": 1, "title": "October"}]));
}

async fn an_account_is_a_row_that_another_instance_reads(it: &Deployment) {
    assert_eq!(it.call("orders", "GET /users", &[], "").await.status, 401);
    assert_eq!(call(it, "GET /users", "").await, (200, json!([])));
    assert_eq!(call(it, "GET /me", "").await.0, 404);
    for (id, name) in [(1, "grace"), (2, "ada")] {
        let body = json!({"name": name}).to_string();
        assert_eq!(call(it, "POST /users", &body).await, (201, json!({"id": id, "name": name})));
    }
    assert_eq!(call(it, "GET /me", "").await, (200, json!({"id": 2, "name": "ada"})));
}

/// Calls the guarded API as Ada.
async fn call(it: &Deployment, route: &str, body: &str) -> (u16, Value) {
    let answer = it.call("orders", route, &[("authorization", &accepted("ada"))], body).await;
    (answer.status, answer.json())
}

async fn an_order_becomes_a_job_and_a_mail(it: &Deployment) {
    let results = it.output("results", "bucket");
    it.cloud.put(&results, "templates/order-done.txt", "That makes $total").await;
    let order = json!({"lines": [{"price": "1.50", "quantity": 3}], "notify": "ada@example.com"});
    assert_eq!(it.call("orders", "POST /orders", &[], &order.to_string()).await.status, 401);
    let (status, ordered) = call(it, "POST /orders", &order.to_string()).await;
    assert_eq!(status, 202, "{ordered}");
    let id = ordered["id"].as_str().unwrap();
    let job = it.cloud.result(&results, &format!("jobs/{id}.json")).await;
    assert_eq!((&job["total"], &job["order"]["ordered_by"]), (&json!("4.50"), &json!("ada")));
    let mail = crate::support::until("the mail", async || {
        let keys = it.cloud.keys(&results).await;
        let key = keys.into_iter().find(|key| key.starts_with("outbox/"))?;
        it.cloud.object(&results, &key).await
    })
    .await;
    let mail: Value = serde_json::from_slice(&mail).unwrap();
    assert_eq!(
        (&mail["to"], &mail["text"]),
        (&json!("ada@example.com"), &json!("That makes 4.50"))
    );
}

/// By the form that this manifest's own signer signs.
async fn an_upload_reaches_the_subscribers(it: &Deployment) {
    let asked = json!({"name": "cat.png", "type": "image/png"}).to_string();
    let form = it.call("uploads", "POST /uploads", &[], &asked).await.json();
    let boundary = "maas-proof";
    let mut body = Vec::new();
    for (name, value) in form["fields"].as_object().unwrap() {
        let (name, value) = (name, value.as_str().unwrap());
        let part = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(part.into_bytes());
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"cat.png\"";
    body.extend(format!("--{boundary}\r\n{head}\r\nContent-Type: image/png\r\n\r\n").into_bytes());
    body.extend(png());
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    let kind = format!("multipart/form-data; boundary={boundary}");
    let url = form["url"].as_str().unwrap();
    let answer = http("POST", url, &[("content-type", &kind)], &body).await;
    assert!(matches!(answer.status, 200 | 201 | 204), "{answer:?}");

    let key = form["key"].as_str().unwrap();
    let mut audit = Announced::by(&it.cloud, it.output_of("images", "queues", "audit.queue"));
    audit.all(&[key.to_owned()]).await;
    let thumbnail = format!("thumbnails/{key}");
    let results = it.output("results", "bucket");
    crate::support::until(&thumbnail, async || it.cloud.object(&results, &thumbnail).await).await;
    let (status, file) = call(it, &format!("GET /files/{key}"), "").await;
    assert_eq!((status, &file["size"]), (200, &json!(png().len())), "{file}");
    assert_eq!(call(it, "GET /files/uploads/none.png", "").await.0, 404);
    assert_eq!(it.cloud.depth(&it.output_of("images", "queues", "documents.queue")).await, 0);

    let (status, told) = call(it, &format!("POST /replay/{key}"), "").await;
    assert_eq!(status, 202, "{told}");
    let counts = crate::support::until("the replay", async || {
        let counts = audit.all(&[key.to_owned()]).await;
        (counts[key] > 1).then_some(counts)
    })
    .await;
    assert_eq!(counts, [(key.to_owned(), 2)].into());
}

async fn an_import_is_read(it: &Deployment) {
    let bucket = it.output("uploads", "bucket");
    it.cloud.put(&bucket, "imports/people.csv", "name\nAda\n").await;
    let key = "imports/imports/people.csv.json";
    let result = it.cloud.result(&it.output("results", "bucket"), key).await;
    assert_eq!(result["rows"], json!([{"name": "Ada"}]));
    let bucket = it.output("checksums", "bucket");
    it.cloud.put(&bucket, "in/film.mp4", "abc").await;
    it.cloud.result(&it.output("results", "bucket"), "checksums/in/film.mp4.json").await;
}

async fn a_webhook_is_stored(it: &Deployment) {
    let results = it.output("results", "bucket");
    let body = r#"{"kind": "invoice", "lines": [{"amount": "2.00"}]}"#;
    for (instance, recipient) in [("hooks", "billing"), ("inbox", "audit")] {
        let answer = it.call(instance, "POST /hook", &[], body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        it.cloud.result(&results, &format!("{recipient}/{id}.json")).await;
        let stored = call(it, &format!("GET /deliveries/{id}"), "").await.0;
        assert_eq!(stored, if instance == "hooks" { 200 } else { 404 });
    }
}

async fn one_line_is_one_call(it: &mut Deployment) {
    let only = |operation: &str| Calls::from([(format!("lambda:{operation}"), 1)]);
    it.edit("functions/echo/index.py", "import os\n", "import os  # and more\n");
    assert_eq!(mutating(&it.apply(&[]).await), only("UpdateFunctionCode"));
    let thumbnail = "[patterns.images.subscribers.thumbnail]\n";
    it.edit("", thumbnail, &format!("{thumbnail}memory = \"512 MB\"\n"));
    assert_eq!(mutating(&it.apply(&[]).await), only("UpdateFunctionConfiguration"));
    assert_eq!(mutating(&it.apply(&[]).await), Calls::new());
}

async fn an_instance_goes_alone(it: &mut Deployment) {
    let before = it.cloud.inventory().await;
    it.take_out("checksums");
    // A bucket that holds something goes only where that is asked for.
    it.ends_with(3, "apply", &["--yes"]).await;
    assert_eq!(it.cloud.inventory().await, before);
    let calls = mutating(&it.apply(&["--empty-buckets"]).await);
    assert!(calls.contains_key("s3:DeleteObjects"), "{calls:?}");
    let after = it.cloud.inventory().await;
    let (gone, kept): (Vec<_>, Vec<_>) = before.into_iter().partition(|it| !after.contains(it));
    assert!(!gone.is_empty() && gone.iter().all(|it| it.contains("checksums")), "{gone:#?}");
    assert!(kept.iter().all(|it| !it.contains("checksums")), "{kept:#?}");
    assert_eq!(kept, after);
}
