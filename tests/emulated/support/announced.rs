//! Objects that a bucket's queue announces.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Cloud, until};

/// The keys of the objects that were announced so far, and how often each was.
pub struct Announced<'a> {
    cloud: &'a Cloud,
    queue: String,
    counts: BTreeMap<String, usize>,
}

impl<'a> Announced<'a> {
    /// What the queue with this URL tells from now on.
    pub fn by(cloud: &'a Cloud, queue: String) -> Self {
        Self { cloud, queue, counts: BTreeMap::new() }
    }

    /// Waits for all of these keys; the counts of everything that came until then.
    pub async fn all(&mut self, keys: &[String]) -> BTreeMap<String, usize> {
        until(&format!("{keys:?} announced by {}", self.queue), async || {
            self.take().await;
            keys.iter().all(|key| self.counts.contains_key(key)).then_some(())
        })
        .await;
        self.counts.clone()
    }

    async fn take(&mut self) {
        for body in self.cloud.taken(&self.queue).await {
            for key in keys(&body) {
                *self.counts.entry(key).or_default() += 1;
            }
        }
    }
}

/// The keys in a notification of S3; none in its test message.
pub fn keys(notification: &str) -> Vec<String> {
    let notification: Value = serde_json::from_str(notification).unwrap();
    let records = notification["Records"].as_array().cloned().unwrap_or_default();
    let key = |record: &Value| {
        let key = record["s3"]["object"]["key"].as_str().unwrap().replace('+', " ");
        urlencoding::decode(&key).unwrap().into_owned()
    };
    records.iter().map(key).collect()
}
