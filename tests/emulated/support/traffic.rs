//! Waiting, HTTP, and bearer tokens.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::time::{Instant, sleep};

/// How long something may take before a test gives up; the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(180);

/// What `look` finds, as soon as it finds it.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {} s: {what}", PATIENCE.as_secs());
        sleep(Duration::from_millis(100)).await;
    }
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// Makes a request, through no proxy; any status is an answer.
pub async fn http(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let has_body = !matches!(method, "GET" | "OPTIONS");
    let (request, body) = (request.body(()).unwrap(), body.to_vec());
    let sent = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .build();
        let agent: ureq::Agent = config.into();
        let mut answer = match has_body {
            true => agent.run(request.map(|()| body))?,
            false => agent.run(request)?,
        };
        let text = answer.body_mut().read_to_vec()?;
        let body = String::from_utf8_lossy(&text).into_owned();
        Ok::<_, ureq::Error>(Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body,
        })
    });
    sent.await.unwrap().unwrap_or_else(|e| panic!("{method} {url}: {e}"))
}

/// A JSON Web Token with these claims, signed with HS256.
pub fn token(secret: &str, claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
