//! What moto answers otherwise than AWS in a way that no test can work around.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

/// S3's names of documents that moto names otherwise; the Rust SDK, alone among AWS's, looks at them.
const NAMES: [(&str, &str); 2] = [
    ("GetBucketVersioningResponse", "VersioningConfiguration"),
    ("GetBucketNotificationResponse", "NotificationConfiguration"),
];

#[derive(Debug)]
struct Renamed(SharedHttpConnector);

impl HttpConnector for Renamed {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let mut answer = answer.await?;
            let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
            let body = ByteStream::new(body).collect().await;
            let body = body.map_err(|error| ConnectorError::io(error.into()))?.into_bytes();
            let text = std::str::from_utf8(&body).unwrap_or_default();
            let renamed =
                NAMES.iter().fold(text.to_owned(), |text, (moto, s3)| text.replace(moto, s3));
            if renamed == text {
                *answer.body_mut() = SdkBody::from(body);
            } else {
                answer.headers_mut().insert("content-length", renamed.len().to_string());
                *answer.body_mut() = SdkBody::from(renamed);
            }
            Ok(answer)
        })
    }
}

/// The same client with moto's names put right.
pub fn renaming(client: SharedHttpClient) -> SharedHttpClient {
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Renamed(client.http_connector(settings, components)))
    })
}
