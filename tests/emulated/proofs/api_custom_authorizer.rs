use serde_json::json;

use crate::support::{Deployment, token};

const SECRET: &str = "a key for development, and for nothing else";

/// The header of a token for `subject` that expires so many seconds from now.
pub fn bearer(secret: &str, subject: &str, seconds: i64) -> String {
    let expires = jiff::Timestamp::now().as_second() + seconds;
    format!("Bearer {}", token(secret, &json!({"sub": subject, "exp": expires})))
}

/// A header that the authorizer of the manifests accepts.
pub fn accepted(subject: &str) -> String {
    bearer(SECRET, subject, 600)
}

#[tokio::test]
async fn only_accepted_tokens_reach_the_function() {
    let it = Deployment::applied("api-custom-authorizer").await;
    let echo = async |header: Option<&str>| {
        let headers: Vec<_> = header.iter().map(|value| ("authorization", *value)).collect();
        it.call("api", "GET /echo?a=1", &headers, "").await
    };
    assert_eq!(echo(None).await.status, 401);
    let refused = bearer("another key", "ada", 600);
    let expired = bearer(SECRET, "ada", -600);
    for header in [refused.as_str(), &expired, "Bearer nonsense", "Basic YWRhOmFkYQ=="] {
        assert_eq!(echo(Some(header)).await.status, 403, "{header}");
    }
    let answer = echo(Some(&accepted("ada"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let said = answer.json();
    assert_eq!(said["caller"]["subject"], "ada");
    assert_eq!(said["stage"], "dev");
    assert_eq!(said["query"], json!({"a": "1"}));

    let health = it.call("api", "GET /health", &[], "").await;
    assert_eq!((health.status, health.json()["instance"].as_str()), (200, Some("api")));
    assert_eq!(it.call("api", "GET /nowhere", &[], "").await.status, 404);
    preflight(&it).await;
    it.ends_clean().await;
}

async fn preflight(it: &Deployment) {
    let asks = |origin| [("origin", origin), ("access-control-request-method", "GET")];
    let allowed = async |origin| {
        let answer = it.call("api", "OPTIONS /echo", &asks(origin), "").await;
        answer.headers.get("access-control-allow-origin").map(|it| it.to_str().unwrap().to_owned())
    };
    let shop = "https://shop.example";
    assert_eq!(allowed(shop).await.as_deref(), Some(shop));
    assert_eq!(allowed("https://other.example").await, None);
}
