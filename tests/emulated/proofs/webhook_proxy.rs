use serde_json::json;

use crate::support::{Announced, Deployment};

/// One webhook with recipients, whose deliveries are looked at in the bucket that they write to.
struct Hook<'a> {
    it: &'a Deployment,
    announced: Announced<'a>,
    /// What every delivery so far should have led to.
    expected: Vec<String>,
}

impl<'a> Hook<'a> {
    fn of(it: &'a Deployment) -> Self {
        let announced = Announced::by(&it.cloud, it.output("results", "queue_url"));
        Self { it, announced, expected: Vec::new() }
    }

    /// Posts a payload and waits for these recipients; the delivery's id.
    async fn reaches(&mut self, payload: serde_json::Value, recipients: &[&str]) -> String {
        let headers = [("content-type", "application/json")];
        let answer = self.it.call("hooks", "POST /hook", &headers, &payload.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        self.expected.extend(recipients.iter().map(|who| format!("{who}/{id}.json")));
        self.announced.all(&self.expected).await;
        for who in recipients {
            let bucket = self.it.output("results", "bucket");
            let result = self.it.cloud.result(&bucket, &format!("{who}/{id}.json")).await;
            assert_eq!(result["payload"], payload, "{who}");
        }
        id
    }

    /// Each recipient was reached once by what it was to be reached by, and by nothing else. A
    /// recipient gets its deliveries in order, so what went astray earlier would be here by now.
    async fn and_nobody_else(mut self) {
        let counts = self.announced.all(&self.expected).await;
        let once: Vec<_> = counts.iter().map(|(key, count)| (key.as_str(), *count)).collect();
        self.expected.sort();
        let expected: Vec<_> = self.expected.iter().map(|key| (key.as_str(), 1)).collect();
        assert_eq!(once, expected);
    }
}

#[tokio::test]
async fn a_table_reaches_who_listens_for_it() {
    let it = Deployment::applied("webhook-proxy").await;
    let mut hook = Hook::of(&it);
    let invoice = json!({"kind": "invoice", "number": "7", "lines": [{"amount": "12.50"}]});
    let id = hook.reaches(invoice.clone(), &["billing", "audit"]).await;
    let booked =
        it.cloud.result(&it.output("results", "bucket"), &format!("billing/{id}.json")).await;
    assert_eq!((&booked["invoice"], &booked["due"]), (&json!("7"), &json!("12.50")));
    hook.reaches(json!({"kind": "order", "lines": []}), &["shipping", "audit"]).await;
    hook.reaches(json!({"kind": "return", "lines": []}), &["shipping", "audit"]).await;
    hook.reaches(json!({"kind": "newsletter"}), &["audit"]).await;
    hook.reaches(json!({"number": 1}), &["audit"]).await;
    // The last of each, which everything before has to be done for.
    hook.reaches(invoice, &["billing", "audit"]).await;
    hook.reaches(json!({"kind": "order"}), &["shipping", "audit"]).await;
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

#[tokio::test]
async fn a_bucket_reaches_who_listens_for_it() {
    let it = Deployment::applied("webhook-proxy-s3").await;
    let mut hook = Hook::of(&it);
    hook.reaches(json!({"kind": "invoice", "number": "7"}), &["billing", "audit"]).await;
    hook.reaches(json!({"kind": "order"}), &["audit"]).await;
    hook.reaches(json!({"number": 1}), &["audit"]).await;
    hook.reaches(json!({"kind": "invoice", "number": "8"}), &["billing", "audit"]).await;
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

#[tokio::test]
async fn the_same_delivery_again_reaches_nobody() {
    let it = Deployment::applied("webhook-proxy").await;
    let mut hook = Hook::of(&it);
    let post = async || {
        let headers = [("content-type", "application/json"), ("webhook-id", "evt-1")];
        it.call("hooks", "POST /hook", &headers, r#"{"kind": "invoice"}"#).await.json()
    };
    let first = post().await;
    let again = post().await;
    assert_eq!((&first["duplicate"], &again["duplicate"]), (&json!(false), &json!(true)));
    assert_eq!(first["id"], again["id"]);
    let id = first["id"].as_str().unwrap();
    hook.expected = ["billing", "audit"].map(|who| format!("{who}/{id}.json")).to_vec();
    hook.reaches(json!({"kind": "invoice", "number": "last"}), &["billing", "audit"]).await;
    hook.and_nobody_else().await;
    it.leaves_nothing().await;
}
