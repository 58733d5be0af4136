//! A bucket's parts, each with calls of its own.
//!
//! Every call names the account that the bucket has to belong to, so that a bucket of the same name
//! in another account is neither read nor changed (*Amazon S3 User Guide*, "Verifying bucket
//! ownership with bucket owner condition").

use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, ObjectOwnership,
    OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
    Tag, Tagging, VersioningConfiguration,
};

use super::on_bucket::on_bucket;
use crate::aws::built::OrDefect;
use crate::aws::{Cx, Policy};
use crate::graph::{Fault, FaultKind, OrAbsent, Tags};

/// The region whose buckets have no location constraint.
pub const FIRST_REGION: &str = "us-east-1";

/// The account that the bucket has to belong to, where it is known.
pub fn owner(cx: &Cx) -> Option<String> {
    cx.place().account.clone()
}

/// Makes the bucket, with its tags.
pub async fn create(cx: &Cx, name: &str, tags: &Tags) -> Result<(), Fault> {
    let region = cx.place().region.as_str();
    let place = (region != FIRST_REGION).then(|| BucketLocationConstraint::from(region));
    let configuration = CreateBucketConfiguration::builder()
        .set_location_constraint(place)
        .set_tags(Some(tags_of(tags)?))
        .build();
    cx.call("s3:CreateBucket", || {
        cx.s3()
            .create_bucket()
            .bucket(name)
            .create_bucket_configuration(configuration.clone())
            .send()
    })
    .await?;
    Ok(())
}

/// Whether the account has a bucket of that name.
pub async fn is_there(cx: &Cx, name: &str) -> Result<bool, Fault> {
    let answer = on_bucket!(cx, "s3:HeadBucket", head_bucket, name);
    match answer {
        Ok(_) => Ok(true),
        // Answers to HEAD have no body, hence no code: S3 refuses buckets of others with a bare 403.
        Err(fault) if matches!(fault.kind, FaultKind::Absent | FaultKind::Refused) => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Whether it keeps versions; none where there is no bucket.
pub async fn versioning(cx: &Cx, name: &str) -> Result<Option<bool>, Fault> {
    let answer =
        on_bucket!(cx, "s3:GetBucketVersioning", get_bucket_versioning, name).or_absent()?;
    Ok(answer.map(|answer| answer.status() == Some(&BucketVersioningStatus::Enabled)))
}

/// Makes it keep versions, or no new ones.
pub async fn put_versioning(cx: &Cx, name: &str, on: bool) -> Result<(), Fault> {
    let status =
        if on { BucketVersioningStatus::Enabled } else { BucketVersioningStatus::Suspended };
    let versioning = VersioningConfiguration::builder().status(status).build();
    on_bucket!(
        cx,
        "s3:PutBucketVersioning",
        put_bucket_versioning,
        name,
        versioning_configuration(versioning)
    )?;
    Ok(())
}

/// How it encrypts objects by default.
pub async fn encryption(cx: &Cx, name: &str) -> Result<String, Fault> {
    let answer =
        on_bucket!(cx, "s3:GetBucketEncryption", get_bucket_encryption, name).or_absent()?;
    let rule = answer
        .and_then(|answer| answer.server_side_encryption_configuration)
        .and_then(|encryption| encryption.rules.into_iter().next())
        .and_then(|rule| rule.apply_server_side_encryption_by_default);
    Ok(rule.as_ref().map_or("none", |rule| rule.sse_algorithm.as_str()).to_owned())
}

/// Makes it encrypt objects with S3's own keys.
pub async fn put_encryption(cx: &Cx, name: &str) -> Result<(), Fault> {
    let default =
        ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256);
    let default = default.build().or_defect()?;
    let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default);
    let encryption = ServerSideEncryptionConfiguration::builder().rules(rule.build());
    let encryption = encryption.build().or_defect()?;
    on_bucket!(
        cx,
        "s3:PutBucketEncryption",
        put_bucket_encryption,
        name,
        server_side_encryption_configuration(encryption)
    )?;
    Ok(())
}

/// Whether all four settings block public access.
pub async fn block_public_access(cx: &Cx, name: &str) -> Result<bool, Fault> {
    let answer =
        on_bucket!(cx, "s3:GetPublicAccessBlock", get_public_access_block, name).or_absent()?;
    let block = answer.and_then(|answer| answer.public_access_block_configuration);
    Ok(block.is_some_and(|block| {
        let settings = [
            block.block_public_acls,
            block.ignore_public_acls,
            block.block_public_policy,
            block.restrict_public_buckets,
        ];
        settings.iter().all(|setting| *setting == Some(true))
    }))
}

/// Blocks public access by all four settings.
pub async fn put_block_public_access(cx: &Cx, name: &str) -> Result<(), Fault> {
    let block = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    on_bucket!(
        cx,
        "s3:PutPublicAccessBlock",
        put_public_access_block,
        name,
        public_access_block_configuration(block)
    )?;
    Ok(())
}

/// Who owns its objects.
pub async fn object_ownership(cx: &Cx, name: &str) -> Result<String, Fault> {
    let answer =
        on_bucket!(cx, "s3:GetBucketOwnershipControls", get_bucket_ownership_controls, name)
            .or_absent()?;
    let rule = answer
        .and_then(|answer| answer.ownership_controls)
        .and_then(|controls| controls.rules.into_iter().next());
    // What a bucket without controls does.
    let ownership = rule.map_or(ObjectOwnership::ObjectWriter, |rule| rule.object_ownership);
    Ok(ownership.as_str().to_owned())
}

/// Makes the bucket's owner the owner of its objects, without access control lists.
pub async fn put_object_ownership(cx: &Cx, name: &str) -> Result<(), Fault> {
    let rule =
        OwnershipControlsRule::builder().object_ownership(ObjectOwnership::BucketOwnerEnforced);
    let controls = OwnershipControls::builder().rules(rule.build().or_defect()?);
    let controls = controls.build().or_defect()?;
    on_bucket!(
        cx,
        "s3:PutBucketOwnershipControls",
        put_bucket_ownership_controls,
        name,
        ownership_controls(controls)
    )?;
    Ok(())
}

/// Its policy; empty where it has none.
pub async fn policy(cx: &Cx, name: &str) -> Result<Policy, Fault> {
    let answer = on_bucket!(cx, "s3:GetBucketPolicy", get_bucket_policy, name).or_absent()?;
    let text = answer.and_then(|answer| answer.policy);
    text.map_or(Ok(Policy::new()), |text| Policy::from_json(&text))
}

/// Gives it that policy, or none.
pub async fn put_policy(cx: &Cx, name: &str, policy: &Policy) -> Result<(), Fault> {
    if policy.is_empty() {
        on_bucket!(cx, "s3:DeleteBucketPolicy", delete_bucket_policy, name).or_absent()?;
        return Ok(());
    }
    let policy = policy.to_json()?;
    on_bucket!(cx, "s3:PutBucketPolicy", put_bucket_policy, name, policy(policy))?;
    Ok(())
}

/// All its tags, AWS's own among them.
pub async fn tags(cx: &Cx, name: &str) -> Result<Tags, Fault> {
    let answer = on_bucket!(cx, "s3:GetBucketTagging", get_bucket_tagging, name).or_absent()?;
    let tags = answer.map(|answer| answer.tag_set).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

/// Removes and puts tags. S3 takes them all at once, so those that were never ours are read first.
pub async fn put_tags(cx: &Cx, name: &str, gone: &[String], put: Tags) -> Result<(), Fault> {
    let mut all = tags(cx, name).await?;
    all.retain(|key, _| !gone.contains(key));
    all.extend(put);
    if all.is_empty() {
        on_bucket!(cx, "s3:DeleteBucketTagging", delete_bucket_tagging, name)?;
        return Ok(());
    }
    let tagging = Tagging::builder().set_tag_set(Some(tags_of(&all)?)).build().or_defect()?;
    on_bucket!(cx, "s3:PutBucketTagging", put_bucket_tagging, name, tagging(tagging))?;
    Ok(())
}

fn tags_of(tags: &Tags) -> Result<Vec<Tag>, Fault> {
    let tag = |(key, value)| Tag::builder().key(key).value(value).build().or_defect();
    tags.iter().map(tag).collect()
}
