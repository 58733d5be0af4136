use serde_json::{Value, json};

use crate::support::{Answer, Calls, Deployment, http, mutating, until};

async fn sign(it: &Deployment, size: usize) -> Value {
    let asked = json!({"name": "cat.png", "type": "image/png", "size": size}).to_string();
    let answer = it.call("uploads", "POST /uploads", &[], &asked).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn put(url: &str, kind: &str, body: &[u8]) -> Answer {
    http("PUT", url, &[("content-type", kind)], body).await
}

#[tokio::test]
async fn a_signed_url_takes_that_one_file() {
    let mut it = Deployment::applied("s3-upload").await;
    let bucket = it.output("uploads", "bucket");
    let file: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let signed = sign(&it, file.len()).await;
    let (url, key) = (signed["url"].as_str().unwrap(), signed["key"].as_str().unwrap());
    assert!(key.starts_with("uploads/"), "{key}");

    for (why, url, kind, body) in [
        ("another key", url.replace(key, "uploads/other"), "image/png", &file[..]),
        ("outside the prefix", url.replace(key, "elsewhere/cat.png"), "image/png", &file[..]),
        ("another size", url.to_owned(), "image/png", &file[1..]),
        ("another type", url.to_owned(), "text/html", &file[..]),
    ] {
        let answer = put(&url, kind, body).await;
        assert_eq!(answer.status, 403, "{why}: {answer:?}");
    }
    assert_eq!(it.cloud.keys(&bucket).await, Vec::<String>::new());

    let answer = put(url, "image/png", &file).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(it.cloud.object(&bucket, key).await, Some(file));
    let read = http("GET", url.split('?').next().unwrap(), &[], &[]).await;
    assert_eq!(read.status, 403, "nobody reads it without credentials: {read:?}");
    let huge = json!({"name": "x", "size": 6_u64 << 30}).to_string();
    assert_eq!(it.call("uploads", "POST /uploads", &[], &huge).await.status, 413);
    the_signer_itself_is_held_to_the_prefix(&it, &bucket).await;

    it.edit("", r#"expires = "15m""#, r#"expires = "1s""#);
    let changed = mutating(&it.apply(&[]).await);
    assert_eq!(changed, Calls::from([("lambda:UpdateFunctionConfiguration".to_owned(), 1)]));
    late_is_refused(&it).await;
    it.ends_clean().await;
}

async fn late_is_refused(it: &Deployment) {
    let signed = sign(it, 3).await;
    let late = until("a URL that is over", async || {
        let answer = put(signed["url"].as_str().unwrap(), "image/png", b"abc").await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    assert_eq!(late.status, 403);
    assert!(late.body.contains("expired"), "{late:?}");
}

/// A signer with other code, that signs for a key outside the prefix, signs for nothing.
async fn the_signer_itself_is_held_to_the_prefix(it: &Deployment, bucket: &str) {
    use aws_sdk_iam::operation::get_role_policy::GetRolePolicyOutput;
    let iam = aws_sdk_iam::Client::new(&it.cloud.config);
    let function = it.output_of("uploads", "functions", "signer.function");
    let config = it.cloud.lambda().get_function_configuration().function_name(function);
    let role = config.send().await.unwrap().role.unwrap();
    let role = role.rsplit('/').next().unwrap().to_owned();
    let names = iam.list_role_policies().role_name(&role).send().await.unwrap();
    let mut objects = Vec::new();
    for name in names.policy_names() {
        let policy: GetRolePolicyOutput =
            iam.get_role_policy().role_name(&role).policy_name(name).send().await.unwrap();
        let text = urlencoding::decode(policy.policy_document()).unwrap().into_owned();
        let policy: Value = serde_json::from_str(&text).unwrap();
        let statements = policy["Statement"].as_array().unwrap().clone();
        objects.extend(statements.into_iter().filter(|it| it.to_string().contains("s3:")));
    }
    let allowed: Vec<_> = objects.iter().map(|it| (&it["Action"], &it["Resource"])).collect();
    let resource = json!(format!("arn:aws:s3:::{bucket}/uploads/*"));
    assert_eq!(allowed, [(&json!(["s3:PutObject"]), &resource)]);
}
