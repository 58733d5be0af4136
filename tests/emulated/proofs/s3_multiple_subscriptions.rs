use base64::Engine;

use crate::support::{Announced, Deployment, keys, until};

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
    archived(&it, "in/big+cat.png").await;
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
    archived(&it, "in/paper.pdf").await;
    it.ends_clean().await;
}

/// Waits until the archive tells of the object, and of none elsewhere.
async fn archived(it: &Deployment, key: &str) {
    let archive = it.output_of("images", "buckets", "archive.bucket");
    let lines = until(&format!("{key} in the archive"), async || {
        let mut lines = String::new();
        for object in it.cloud.keys(&archive).await {
            assert!(object.starts_with("archive/"), "{object}");
            lines += &String::from_utf8(it.cloud.object(&archive, &object).await?).unwrap();
        }
        lines.contains(key).then_some(lines)
    })
    .await;
    assert!(!lines.contains("elsewhere/"), "{lines}");
}
