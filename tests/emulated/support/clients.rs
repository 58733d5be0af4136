//! AWS as the tests see it: short ways to look and to set something off.

use aws_sdk_s3::primitives::ByteStream;

use super::Cloud;

impl Cloud {
    /// S3 with the bucket in the path, since an emulator has no host names.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.config)
    }

    /// Puts an object.
    pub async fn put(&self, bucket: &str, key: &str, body: impl Into<Vec<u8>>) {
        let body = ByteStream::from(body.into());
        let put = self.s3().put_object().bucket(bucket).key(key).body(body).send().await;
        put.unwrap_or_else(|e| panic!("put {key} into {bucket}: {e:?}"));
    }

    /// What an object holds; `None` where there is none.
    pub async fn object(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        let found = match self.s3().get_object().bucket(bucket).key(key).send().await {
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                return None;
            }
            found => found.unwrap_or_else(|e| panic!("get {key} of {bucket}: {e:?}")),
        };
        Some(found.body.collect().await.unwrap().to_vec())
    }

    /// The object's JSON, as soon as it is there.
    pub async fn result(&self, bucket: &str, key: &str) -> serde_json::Value {
        let what = format!("{key} in {bucket}");
        let body = super::until(&what, async || self.object(bucket, key).await).await;
        serde_json::from_slice(&body).unwrap()
    }

    /// The keys of a bucket.
    pub async fn keys(&self, bucket: &str) -> Vec<String> {
        let listed = self.s3().list_objects_v2().bucket(bucket).send().await.unwrap();
        listed.contents().iter().filter_map(|object| object.key.clone()).collect()
    }

    /// Sends a message to a queue.
    pub async fn send(&self, queue: &str, body: &str) {
        self.sqs().send_message().queue_url(queue).message_body(body).send().await.unwrap();
    }

    /// Takes what is in a queue now: the bodies.
    pub async fn taken(&self, queue: &str) -> Vec<String> {
        let sqs = self.sqs();
        let mut bodies = Vec::new();
        loop {
            let received = sqs.receive_message().queue_url(queue).max_number_of_messages(10);
            let received = received.send().await.unwrap().messages.unwrap_or_default();
            if received.is_empty() {
                return bodies;
            }
            for message in received {
                let receipt = message.receipt_handle.unwrap();
                sqs.delete_message().queue_url(queue).receipt_handle(receipt).send().await.unwrap();
                bodies.push(message.body.unwrap());
            }
        }
    }

    /// Takes the next messages of a queue, as soon as there is one.
    pub async fn next(&self, queue: &str) -> Vec<String> {
        let look = async || Some(self.taken(queue).await).filter(|bodies| !bodies.is_empty());
        super::until(&format!("a message in {queue}"), look).await
    }

    /// How many messages a queue has, those that somebody has taken too.
    pub async fn depth(&self, queue: &str) -> u64 {
        use aws_sdk_sqs::types::QueueAttributeName as Name;
        let names =
            [Name::ApproximateNumberOfMessages, Name::ApproximateNumberOfMessagesNotVisible];
        let asked = self
            .sqs()
            .get_queue_attributes()
            .queue_url(queue)
            .set_attribute_names(Some(names.to_vec()));
        let found = asked.send().await.unwrap().attributes.unwrap();
        names.iter().map(|name| found[name].parse::<u64>().unwrap()).sum()
    }

    /// Hides messages that fail for so many seconds only, so that no test waits for minutes until
    /// one has failed often enough. It is drift, which `apply --refresh` puts right.
    pub async fn hide_for(&self, queue: &str, seconds: u32) {
        use aws_sdk_sqs::types::QueueAttributeName::VisibilityTimeout;
        let set = self.sqs().set_queue_attributes().queue_url(queue);
        set.attributes(VisibilityTimeout, seconds.to_string()).send().await.unwrap();
    }
}
