use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde_json::{Value, json};

use crate::support::{Calls, Deployment, mutating, until};

const ORDER: &str = r#"{"lines": [{"price": "9.95", "quantity": 2}]}"#;

/// The value of that name, wherever in an answer; AWS documents no shape for this one.
pub fn find<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    match value {
        Value::Object(map) => match map.get(name) {
            Some(Value::String(found)) => Some(found),
            _ => map.values().find_map(|inner| find(inner, name)),
        },
        Value::Array(values) => values.iter().find_map(|inner| find(inner, name)),
        _ => None,
    }
}

#[tokio::test]
async fn a_request_is_answered_with_its_message_and_worked_on_later() {
    let mut it = Deployment::applied("api-async").await;
    let answer = it.call("jobs", "POST /jobs", &[], ORDER).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = find(&answer.json(), "MessageId").expect("a message id").to_owned();
    let results = it.output("results", "bucket");
    let result = it.cloud.result(&results, &format!("jobs/{id}.json")).await;
    assert_eq!(result["order"], serde_json::from_str::<Value>(ORDER).unwrap());
    assert_eq!(result["total"], "19.90");

    one_of_a_batch_fails(&it, &results).await;
    let repaired = it.apply(&["--refresh"]).await;
    assert_eq!(mutating(&repaired), Calls::from([("sqs:SetQueueAttributes".to_owned(), 1)]));
    it.ends_clean().await;
}

/// A batch with one poison message: the others are done, and it alone ends as a dead letter.
async fn one_of_a_batch_fails(it: &Deployment, results: &str) {
    let (queue, dead) =
        (it.output("jobs", "queue_url"), it.output("jobs", "dead_letter_queue_url"));
    it.cloud.hide_for(&queue, 5).await;
    let bodies = [ORDER, "poison", ORDER, ORDER];
    let entry = |(index, body): (usize, &&str)| {
        let entry = SendMessageBatchRequestEntry::builder().id(index.to_string());
        entry.message_body(*body).build().unwrap()
    };
    let entries = bodies.iter().enumerate().map(entry).collect();
    let sent = it.cloud.sqs().send_message_batch().queue_url(&queue).set_entries(Some(entries));
    let sent = sent.send().await.unwrap();
    for sent in sent.successful().iter().filter(|sent| sent.id != "1") {
        let result = it.cloud.result(results, &format!("jobs/{}.json", sent.message_id)).await;
        assert_eq!(result["total"], json!("19.90"));
    }
    assert_eq!(it.cloud.next(&dead).await, ["poison"]);
    until("an empty queue", async || (it.cloud.depth(&queue).await == 0).then_some(())).await;
    assert_eq!(it.cloud.depth(&dead).await, 0);
}
