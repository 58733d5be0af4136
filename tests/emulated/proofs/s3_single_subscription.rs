use serde_json::{Value, json};

use crate::support::{Announced, Calls, Deployment, FAILS, mutating, until};

#[tokio::test]
async fn a_matching_object_calls_the_function_once() {
    let it = Deployment::applied("s3-single-subscription").await;
    let bucket = it.output("imports", "bucket");
    let people = "name,born\nAda,1815\nGrace\n";
    for key in ["people.txt", "a b/people.csv", "people.csv.gz", "last.csv"] {
        it.cloud.put(&bucket, key, people).await;
    }
    let expected = ["imports/a b/people.csv.json", "imports/last.csv.json"].map(str::to_owned);
    let mut announced = Announced::by(&it.cloud, it.output("results", "queue_url"));
    let counts = announced.all(&expected).await;
    assert_eq!(counts, expected.clone().map(|key| (key, 1)).into());
    let result = it.cloud.result(&it.output("results", "bucket"), &expected[0]).await;
    assert_eq!(result["rows"], json!([{"name": "Ada", "born": "1815"}]));
    assert_eq!(result["rejected"][0]["line"], 3);
    it.ends_clean().await;
}

#[tokio::test]
async fn what_the_function_fails_at_is_kept() {
    let mut it = Deployment::of("s3-single-subscription").await;
    it.write("functions/import/index.py", FAILS);
    it.apply(&[]).await;
    it.cloud.put(&it.output("imports", "bucket"), "people.csv", "name\n").await;
    let kept = it.cloud.next(&it.output("imports", "dead_letter_queue_url")).await;
    let [kept] = kept.as_slice() else { panic!("{kept:?}") };
    let kept: Value = serde_json::from_str(kept).unwrap();
    assert_eq!(kept["requestPayload"]["Records"][0]["s3"]["object"]["key"], "people.csv");
    assert_eq!(kept["requestContext"]["condition"], "RetriesExhausted");
    it.ends_clean().await;
}

#[tokio::test]
async fn a_matching_object_reaches_the_queues_consumer_once() {
    let mut it = Deployment::applied("s3-single-subscription-queue").await;
    let bucket = it.output("checksums", "bucket");
    for key in ["film.mp4", "in/film.mp4", "out/in/film.mp4", "in/last"] {
        it.cloud.put(&bucket, key, "abc").await;
    }
    let expected = ["checksums/in/film.mp4.json", "checksums/in/last.json"].map(str::to_owned);
    let mut announced = Announced::by(&it.cloud, it.output("results", "queue_url"));
    let counts = announced.all(&expected).await;
    assert_eq!(counts, expected.clone().map(|key| (key, 1)).into());
    let result = it.cloud.result(&it.output("results", "bucket"), &expected[0]).await;
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((&result["size"], &result["sha256"]), (&json!(3), &json!(sha256)));

    let [queue, dead] =
        ["queue_url", "dead_letter_queue_url"].map(|name| it.output("checksums", name));
    it.cloud.hide_for(&queue, 5).await;
    it.cloud.send(&queue, "junk").await;
    it.cloud.put(&bucket, "in/beside.mp4", "abcd").await;
    announced.all(&["checksums/in/beside.mp4.json".to_owned()]).await;
    assert_eq!(it.cloud.next(&dead).await, ["junk"]);
    until("an empty queue", async || (it.cloud.depth(&queue).await == 0).then_some(())).await;
    assert_eq!(it.cloud.depth(&dead).await, 0);
    let repaired = it.apply(&["--refresh"]).await;
    assert_eq!(mutating(&repaired), Calls::from([("sqs:SetQueueAttributes".to_owned(), 1)]));
    it.ends_clean().await;
}
