//! A function's archive on its way to Lambda: in the request, or through a bucket.

use aws_sdk_lambda::primitives::Blob;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tokio::sync::OwnedMutexGuard;

use super::FunctionInputs;

use crate::aws::Cx;
use crate::graph::{Fault, FaultKind};

/// What Lambda takes in a request (*Lambda quotas*, "Deployment package").
#[cfg(not(test))]
pub(super) const DIRECT: usize = 50 * 1024 * 1024;
#[cfg(test)]
pub(in crate::aws) const DIRECT: usize = 50 * 1024;

/// An archive that Lambda can take.
pub(super) struct Package {
    /// Its SHA-256 in base64, as Lambda tells it.
    pub sha256: String,
    /// Where it is.
    pub place: PackagePlace,
}

/// Where an archive is.
pub(super) enum PackagePlace {
    /// In the request itself.
    Request(Blob),
    /// In a bucket, as long as the guard lives: functions can share an archive.
    Bucket { bucket: String, key: String, _guard: OwnedMutexGuard<()> },
}

/// The SHA-256 of a function's archive in base64.
///
/// # Errors
/// Where there is no such archive.
pub(super) fn sha256(cx: &Cx, digest: &str) -> Result<String, Fault> {
    Ok(STANDARD.encode(Sha256::digest(archive(cx, digest)?)))
}

fn archive(cx: &Cx, digest: &str) -> Result<Vec<u8>, Fault> {
    cx.archive(digest).map_err(|message| Fault::new(FaultKind::Defect, message))
}

impl Package {
    /// The archive of these inputs, in the staging bucket where it is too large for a request.
    ///
    /// # Errors
    /// Where it is too large and there is no staging bucket; S3's refusals.
    pub async fn prepare(cx: &Cx, want: &FunctionInputs) -> Result<Self, Fault> {
        let archive = archive(cx, &want.code)?;
        let sha256 = STANDARD.encode(Sha256::digest(&archive));
        if archive.len() <= DIRECT {
            return Ok(Self { sha256, place: PackagePlace::Request(Blob::new(archive)) });
        }
        let Some(bucket) = &want.staging_bucket else {
            let megabytes = archive.len() / (1024 * 1024);
            let message =
                format!("the archive has {megabytes} MB; Lambda takes 50 MB in a request");
            return Err(Fault::new(FaultKind::Refused, message).advise(
                "leave files out of the code's directory, or give the function a staging bucket",
            ));
        };
        let bucket = bucket.get()?.clone();
        let key = format!("code/{}.zip", want.code.trim_start_matches("sha256:"));
        let guard = cx.exclusive(&format!("{bucket}/{key}")).await;
        cx.call("s3:PutObject", || {
            cx.s3().put_object().bucket(&bucket).key(&key).body(archive.clone().into()).send()
        })
        .await?;
        Ok(Self { sha256, place: PackagePlace::Bucket { bucket, key, _guard: guard } })
    }

    /// Whether it is in a bucket, from which it has to go.
    pub fn is_staged(&self) -> bool {
        matches!(self.place, PackagePlace::Bucket { .. })
    }

    /// Removes it from the bucket; Lambda has a copy of its own.
    pub async fn clear(self, cx: &Cx) {
        if let PackagePlace::Bucket { bucket, key, _guard } = self.place {
            let deleted = cx
                .call("s3:DeleteObject", || {
                    cx.s3().delete_object().bucket(&bucket).key(&key).send()
                })
                .await;
            if let Err(fault) = deleted {
                // The function is what was asked for, and it is done; the bucket empties itself.
                tracing::debug!(%fault, bucket, key, "an archive stays in the staging bucket");
            }
        }
    }
}
