//! LocalStack itself: what it runs without Docker is buckets, topics and queues.

use crate::support::{Announced, Deployment, Emulator, keys};

#[tokio::test]
async fn localstack_delivers_too() {
    let mut it =
        Deployment::on(Emulator::LocalStack, "tests/emulated/manifests", "queues-only").await;
    it.apply(&[]).await;
    let cloud = &it.cloud;
    let images = it.output("images", "bucket");
    let imports = it.output("imports", "bucket");
    let [audit, documents] = ["audit", "documents"]
        .map(|name| it.output_of("images", "queues", &format!("{name}.queue")));
    for key in ["elsewhere/a.pdf", "in/cat.png", "in/paper.pdf"] {
        cloud.put(&images, key, "x").await;
    }
    let expected = ["in/cat.png", "in/paper.pdf"].map(str::to_owned);
    let counts = Announced::by(cloud, audit).all(&expected).await;
    assert_eq!(counts, expected.map(|key| (key, 1)).into());
    let found = cloud.next(&documents).await;
    assert_eq!(found.iter().flat_map(|body| keys(body)).collect::<Vec<_>>(), ["in/paper.pdf"]);

    for key in ["people.txt", "people.csv"] {
        cloud.put(&imports, key, "x").await;
    }
    let counts = Announced::by(cloud, it.output("imports", "queue_url"))
        .all(&["people.csv".to_owned()])
        .await;
    assert_eq!(counts, [("people.csv".to_owned(), 1)].into());
    it.ends_clean().await;
}
