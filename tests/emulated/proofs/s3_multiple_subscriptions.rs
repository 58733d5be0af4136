use aws_sdk_sqs::types::QueueAttributeName::Policy;
use base64::Engine;
use serde_json::Value;

use crate::support::{Announced, Deployment, FAILS, keys, until};

/// A PNG of one pixel.
pub fn png() -> Vec<u8> {
    let text = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC";
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[tokio::test]
async fn one_object_reaches_every_subscriber_once() {
    let it = Deployment::applied("s3-multiple-subscriptions").await;
    let cloud = &it.cloud;
    let bucket = it.output("images", "bucket");
    let [audit, documents] = ["audit", "documents"]
        .map(|name| it.output_of("images", "queues", &format!("{name}.queue")));

    // Elsewhere in the bucket; it would be there before what comes after it.
    cloud.put(&bucket, "elsewhere/dog.png", png()).await;
    cloud.put(&bucket, "in/big cat.png", png()).await;
    let results = it.output("results", "bucket");
    let thumbnail = "thumbnails/in/big cat.png".to_owned();
    let mut thumbnails = Announced::by(cloud, it.output("results", "queue_url"));
    thumbnails.all(std::slice::from_ref(&thumbnail)).await;
    let small = cloud.object(&results, &thumbnail).await.unwrap();
    assert_eq!(&small[..8], &png()[..8]);
    let mut heard = Announced::by(cloud, audit);
    heard.all(&["in/big cat.png".to_owned()]).await;
    archived(&it, &["in/big+cat.png"]).await;
    assert_eq!(cloud.depth(&documents).await, 0);

    // The filter lets this through; whatever it let through before would come first.
    cloud.put(&bucket, "in/paper.pdf", "%PDF-").await;
    let found = cloud.next(&documents).await;
    assert_eq!(found.iter().flat_map(|body| keys(body)).collect::<Vec<_>>(), ["in/paper.pdf"]);
    let skipped = "thumbnails/in/paper.pdf.skipped.json".to_owned();
    let once = |keys: [&str; 2]| keys.map(|key| (key.to_owned(), 1)).into();
    let counts = thumbnails.all(std::slice::from_ref(&skipped)).await;
    assert_eq!(counts, once([&thumbnail, &skipped]));
    let counts = heard.all(&["in/paper.pdf".to_owned()]).await;
    assert_eq!(counts, once(["in/big cat.png", "in/paper.pdf"]));
    archived(&it, &["in/big+cat.png", "in/paper.pdf"]).await;
    it.ends_clean().await;
}

/// Waits until the archive tells of these objects: of each once, and of none elsewhere.
async fn archived(it: &Deployment, keys: &[&str]) {
    let archive = it.output_of("images", "buckets", "archive.bucket");
    let lines = until(&format!("{keys:?} in the archive"), async || {
        let mut lines = String::new();
        for object in it.cloud.keys(&archive).await {
            assert!(object.starts_with("archive/"), "{object}");
            lines += &String::from_utf8(it.cloud.object(&archive, &object).await?).unwrap();
        }
        keys.iter().all(|key| lines.contains(key)).then_some(lines)
    })
    .await;
    let told: Vec<usize> = keys.iter().map(|key| lines.matches(key).count()).collect();
    assert_eq!(told, vec![1; keys.len()], "{lines}");
    assert!(!lines.contains("elsewhere/"), "{lines}");
}

/// The one message of a subscriber's dead-letter queue.
async fn dead_letter(it: &Deployment, subscriber: &str) -> Value {
    let part = format!("{subscriber}.dead-letter-queue");
    let found = it.cloud.next(&it.output_of("images", "dead_letter_queues", &part)).await;
    let [found] = found.as_slice() else { panic!("{found:?}") };
    serde_json::from_str(found).unwrap()
}

#[tokio::test]
async fn what_does_not_arrive_is_kept() {
    let mut it = Deployment::of("s3-multiple-subscriptions").await;
    it.write("functions/thumbnail/index.py", FAILS);
    it.apply(&[]).await;
    let bucket = it.output("images", "bucket");
    let audit = it.output_of("images", "queues", "audit.queue");

    // The function gets it, and fails.
    it.cloud.put(&bucket, "in/one.png", "x").await;
    let kept = dead_letter(&it, "thumbnail").await;
    let message = kept["requestPayload"]["Records"][0]["Sns"]["Message"].as_str().unwrap();
    assert_eq!(keys(message), ["in/one.png"]);
    let cloud = it.cloud.again();
    let mut heard = Announced::by(&cloud, audit.clone());
    heard.all(&["in/one.png".to_owned()]).await;

    // Neither function nor queue lets SNS in any longer.
    let function = it.output_of("images", "functions", "thumbnail.function");
    let lambda = it.cloud.lambda();
    let policy = lambda.get_policy().function_name(&function).send().await.unwrap();
    let policy: Value = serde_json::from_str(policy.policy().unwrap()).unwrap();
    let id = policy["Statement"][0]["Sid"].as_str().unwrap();
    lambda.remove_permission().function_name(&function).statement_id(id).send().await.unwrap();
    let shut = it.cloud.sqs().set_queue_attributes().queue_url(&audit).attributes(Policy, "");
    shut.send().await.unwrap();
    it.cloud.put(&bucket, "in/two.png", "x").await;
    for subscriber in ["thumbnail", "audit"] {
        let kept = dead_letter(&it, subscriber).await;
        // Raw for a queue with raw delivery, and else in SNS's envelope.
        let message = kept["Message"].as_str().map_or_else(|| kept.to_string(), str::to_owned);
        assert_eq!(keys(&message), ["in/two.png"], "{subscriber}");
    }

    it.apply(&["--refresh"]).await;
    it.cloud.put(&bucket, "in/three.png", "x").await;
    dead_letter(&it, "thumbnail").await;
    let counts = heard.all(&["in/three.png".to_owned()]).await;
    assert_eq!(counts, ["in/one.png", "in/three.png"].map(|key| (key.to_owned(), 1)).into());
    it.ends_clean().await;
}
