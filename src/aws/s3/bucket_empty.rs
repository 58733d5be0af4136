//! Deletes a bucket, with its objects where that is allowed.

use std::time::Duration;

use aws_sdk_s3::types::{Delete, EncodingType, Error, ObjectIdentifier};

use super::on_bucket::on_bucket;
use crate::aws::Cx;
use crate::aws::built::OrDefect;
use crate::graph::{Fault, FaultKind, Obstacle, OrAbsent, Waited};

/// Codes of objects that may go at the next attempt.
const PASSING: [&str; 5] =
    ["InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "OperationAborted"];

/// Deletes the bucket. One that holds objects is emptied first, versions, delete markers and
/// unfinished uploads among them, if `force_empty`.
///
/// # Errors
/// [`FaultKind::Refused`] where it holds objects that may not or cannot be deleted.
pub async fn delete(cx: &Cx, name: &str, force_empty: bool) -> Result<(), Fault> {
    if delete_bucket(cx, name).await? {
        return Ok(());
    }
    if !force_empty {
        let Obstacle { message, advice } = full(name);
        return Err(Fault::new(FaultKind::Refused, message).advise(advice));
    }
    let what = format!("the bucket {name} to be empty");
    cx.wait(what, Duration::from_secs(5), Duration::from_secs(3_600), || async {
        if !delete_objects(cx, name).await? {
            return Ok(Waited::Still("refusing some deletions for now".to_owned()));
        }
        abort_uploads(cx, name).await?;
        let gone = delete_bucket(cx, name).await?;
        Ok(if gone { Waited::Ready(()) } else { Waited::Still("holding objects".to_owned()) })
    })
    .await
}

/// What it holds, where it holds an object, a version or a delete marker.
///
/// # Errors
/// S3's refusals.
pub async fn obstacle(cx: &Cx, name: &str) -> Result<Option<Obstacle>, Fault> {
    let page = on_bucket!(cx, "s3:ListObjectVersions", list_object_versions, name, max_keys(1))
        .or_absent()?;
    let holds =
        page.is_some_and(|page| !page.versions().is_empty() || !page.delete_markers().is_empty());
    Ok(holds.then(|| full(name)))
}

fn full(name: &str) -> Obstacle {
    Obstacle {
        message: format!("the bucket {name} holds objects, and they are not deleted with it"),
        advice: "let it go with its objects by `--empty-buckets`, or by `bucket = { force_empty = true }` in the manifest; or empty it yourself".to_owned(),
    }
}

/// Deletes the bucket, if it is empty.
async fn delete_bucket(cx: &Cx, name: &str) -> Result<bool, Fault> {
    let answer = on_bucket!(cx, "s3:DeleteBucket", delete_bucket, name).or_absent();
    match answer {
        Ok(_) => Ok(true),
        Err(fault) if fault.is(&["BucketNotEmpty"]) => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// One version of an object, or one delete marker.
type Version = (String, Option<String>);

/// Deletes page by page what is there. False where something stayed that may go later.
async fn delete_objects(cx: &Cx, name: &str) -> Result<bool, Fault> {
    loop {
        let page = versions(cx, name).await?;
        if page.is_empty() {
            return Ok(true);
        }
        let (odd, plain): (Vec<Version>, Vec<Version>) =
            page.into_iter().partition(|(key, _)| key.chars().any(char::is_control));
        for version in odd {
            delete_one(cx, name, version).await?;
        }
        if !plain.is_empty() && !delete_many(cx, name, plain).await? {
            return Ok(false);
        }
    }
}

/// The first versions and delete markers that are there, up to 1,000.
async fn versions(cx: &Cx, name: &str) -> Result<Vec<Version>, Fault> {
    let page = on_bucket!(
        cx,
        "s3:ListObjectVersions",
        list_object_versions,
        name,
        encoding_type(EncodingType::Url)
    )
    .or_absent()?;
    let Some(page) = page else { return Ok(Vec::new()) };
    let url = page.encoding_type == Some(EncodingType::Url);
    let versions = page.versions.into_iter().flatten().map(|one| (one.key, one.version_id));
    let markers = page.delete_markers.into_iter().flatten().map(|one| (one.key, one.version_id));
    let all = versions.chain(markers);
    Ok(all.filter_map(|(key, version)| Some((decoded(key?, url), version))).collect())
}

fn decoded(key: String, url: bool) -> String {
    if !url {
        return key;
    }
    let spaced = key.replace('+', " ");
    urlencoding::decode(&spaced).map_or(key, std::borrow::Cow::into_owned)
}

/// Deletes up to 1,000 by one call. False where some stayed that may go later.
async fn delete_many(cx: &Cx, name: &str, versions: Vec<Version>) -> Result<bool, Fault> {
    let mut delete = Delete::builder().quiet(true);
    for (key, version) in versions {
        let one = ObjectIdentifier::builder().key(key).set_version_id(version);
        delete = delete.objects(one.build().or_defect()?);
    }
    let delete = delete.build().or_defect()?;
    let answer = on_bucket!(cx, "s3:DeleteObjects", delete_objects, name, delete(delete))?;
    let errors = answer.errors();
    let passing = |error: &&Error| error.code().is_some_and(|code| PASSING.contains(&code));
    match errors.iter().find(|error| !passing(error)) {
        Some(stays) => Err(kept(name, stays, errors.len())),
        None => Ok(errors.is_empty()),
    }
}

/// What keeps an object although the call for it was answered with success.
fn kept(name: &str, error: &Error, others: usize) -> Fault {
    let key = error.key().unwrap_or_default();
    let message = format!(
        "S3 kept {others} objects of the bucket {name}, `{key}` among them: {}",
        error.message().unwrap_or("it gave no reason")
    );
    Fault {
        operation: "s3:DeleteObjects".to_owned(),
        code: error.code().map(str::to_owned),
        ..Fault::new(FaultKind::Refused, message)
    }
    .advise("look for an object lock, a legal hold, MFA delete or a policy that denies s3:DeleteObject and s3:DeleteObjectVersion; where objects are locked, the bucket can go only when the lock has ended")
}

/// Deletes one whose key XML cannot carry.
async fn delete_one(cx: &Cx, name: &str, (key, version): Version) -> Result<(), Fault> {
    on_bucket!(cx, "s3:DeleteObject", delete_object, name, key(key), set_version_id(version))?;
    Ok(())
}

/// Aborts the unfinished uploads.
async fn abort_uploads(cx: &Cx, name: &str) -> Result<(), Fault> {
    let page = on_bucket!(
        cx,
        "s3:ListMultipartUploads",
        list_multipart_uploads,
        name,
        encoding_type(EncodingType::Url)
    )
    .or_absent()?;
    let Some(page) = page else { return Ok(()) };
    let url = page.encoding_type == Some(EncodingType::Url);
    for upload in page.uploads.into_iter().flatten() {
        let (Some(key), Some(id)) = (upload.key, upload.upload_id) else { continue };
        let key = decoded(key, url);
        on_bucket!(
            cx,
            "s3:AbortMultipartUpload",
            abort_multipart_upload,
            name,
            key(key),
            upload_id(id)
        )
        .or_absent()?;
    }
    Ok(())
}
