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

/// Signs whatever it is asked to, with the credentials of the signer's role.
const SIGNS_ANYTHING: &str = r#"
import json, os, boto3
from botocore.config import Config

s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def handler(event, _context):
    asked = json.loads(event["body"])
    place = {"Bucket": os.environ["BUCKET"], "Key": asked["key"]}
    return {"statusCode": 200, "body": s3.generate_presigned_url(asked["operation"], Params=place)}
"#;

/// A signer that would sign anything signs for nothing but a put under the prefix: what it signs with
/// is its role.
#[tokio::test]
async fn the_signers_role_is_held_to_the_prefix() {
    let mut it = Deployment::of("s3-upload").await;
    it.write("functions/anything/index.py", SIGNS_ANYTHING);
    it.append(
        "[patterns.uploads.signer]\ncode = \"functions/anything\"\nhandler = \"index.handler\"\n\
         runtime = \"python3.12\"\n",
    );
    it.apply(&[]).await;
    let bucket = it.output("uploads", "bucket");
    it.cloud.put(&bucket, "uploads/there", "x").await;
    for (operation, method, key, expected) in [
        ("put_object", "PUT", "uploads/in", 200),
        ("put_object", "PUT", "elsewhere/out", 403),
        ("put_object", "PUT", "uploads", 403),
        ("get_object", "GET", "uploads/there", 403),
        ("delete_object", "DELETE", "uploads/there", 403),
    ] {
        let asked = json!({"operation": operation, "key": key}).to_string();
        // Without a type, API Gateway hands the body over in base64.
        let json = [("content-type", "application/json")];
        let signed = it.call("uploads", "POST /uploads", &json, &asked).await;
        assert_eq!(signed.status, 200, "{signed:?}");
        let answer = http(method, &signed.body, &[], b"abc").await;
        assert_eq!(answer.status, expected, "{operation} {key}: {answer:?}");
        assert_eq!(answer.body.contains("AccessDenied"), expected == 403, "{answer:?}");
    }
    let mut keys = it.cloud.keys(&bucket).await;
    keys.sort();
    assert_eq!(keys, ["uploads/in", "uploads/there"]);
    it.ends_clean().await;
}
