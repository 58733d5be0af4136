//! A bucket's rules: for requests from web pages, and for what is deleted by itself.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_s3::types as s3;

use super::bucket::{CorsRule, LifecycleRule};
use super::on_bucket::on_bucket;
use crate::aws::Cx;
use crate::aws::built::OrDefect;
use crate::graph::{Fault, Input, OrAbsent};

/// Its rules for web pages.
pub async fn cors(cx: &Cx, name: &str) -> Result<Vec<CorsRule>, Fault> {
    let answer = on_bucket!(cx, "s3:GetBucketCors", get_bucket_cors, name).or_absent()?;
    let set = |texts: Option<Vec<String>>| texts.into_iter().flatten().collect::<BTreeSet<_>>();
    let rule = |rule: s3::CorsRule| CorsRule {
        origins: rule.allowed_origins.into_iter().map(Input::from).collect(),
        methods: rule.allowed_methods.into_iter().collect(),
        headers: set(rule.allowed_headers),
        expose_headers: set(rule.expose_headers),
        max_age: rule.max_age_seconds.unwrap_or_default(),
    };
    let rules = answer.and_then(|answer| answer.cors_rules).unwrap_or_default();
    Ok(rules.into_iter().map(rule).collect())
}

/// Gives it these rules for web pages, or none.
pub async fn put_cors(cx: &Cx, name: &str, rules: &[CorsRule]) -> Result<(), Fault> {
    if rules.is_empty() {
        on_bucket!(cx, "s3:DeleteBucketCors", delete_bucket_cors, name).or_absent()?;
        return Ok(());
    }
    let mut cors = s3::CorsConfiguration::builder();
    for rule in rules {
        cors = cors.cors_rules(cors_rule(rule)?);
    }
    let cors = cors.build().or_defect()?;
    on_bucket!(cx, "s3:PutBucketCors", put_bucket_cors, name, cors_configuration(cors))?;
    Ok(())
}

fn cors_rule(rule: &CorsRule) -> Result<s3::CorsRule, Fault> {
    let list = |texts: &BTreeSet<String>| {
        (!texts.is_empty()).then(|| texts.iter().cloned().collect::<Vec<_>>())
    };
    let origins: Result<Vec<String>, _> =
        rule.origins.iter().map(|origin| origin.get().cloned()).collect();
    s3::CorsRule::builder()
        .set_allowed_origins(Some(origins?))
        .set_allowed_methods(list(&rule.methods))
        .set_allowed_headers(list(&rule.headers))
        .set_expose_headers(list(&rule.expose_headers))
        .set_max_age_seconds((rule.max_age > 0).then_some(rule.max_age))
        .build()
        .or_defect()
}

/// Its lifecycle's rules. One that is turned off counts as none, and of one that was made elsewhere
/// only what can be said here is seen.
pub async fn lifecycle(cx: &Cx, name: &str) -> Result<BTreeMap<String, LifecycleRule>, Fault> {
    let answer = on_bucket!(
        cx,
        "s3:GetBucketLifecycleConfiguration",
        get_bucket_lifecycle_configuration,
        name
    )
    .or_absent()?;
    let rules = answer.and_then(|answer| answer.rules).unwrap_or_default();
    let rules = rules.into_iter().filter(|rule| rule.status == s3::ExpirationStatus::Enabled);
    let rule = |rule: s3::LifecycleRule| {
        let abort = rule.abort_incomplete_multipart_upload;
        let seen = LifecycleRule {
            prefix: rule.filter.and_then(|filter| filter.prefix).unwrap_or_default(),
            abort_incomplete_uploads_days: abort.and_then(|abort| abort.days_after_initiation),
            expire_days: rule.expiration.and_then(|expiration| expiration.days),
            noncurrent_days: rule
                .noncurrent_version_expiration
                .and_then(|expiration| expiration.noncurrent_days),
        };
        (rule.id.unwrap_or_default(), seen)
    };
    Ok(rules.map(rule).collect())
}

/// Gives its lifecycle these rules, or none.
pub async fn put_lifecycle(
    cx: &Cx,
    name: &str,
    rules: &BTreeMap<String, LifecycleRule>,
) -> Result<(), Fault> {
    if rules.is_empty() {
        on_bucket!(cx, "s3:DeleteBucketLifecycle", delete_bucket_lifecycle, name).or_absent()?;
        return Ok(());
    }
    let mut lifecycle = s3::BucketLifecycleConfiguration::builder();
    for (id, rule) in rules {
        lifecycle = lifecycle.rules(lifecycle_rule(id, rule)?);
    }
    let lifecycle = lifecycle.build().or_defect()?;
    on_bucket!(
        cx,
        "s3:PutBucketLifecycleConfiguration",
        put_bucket_lifecycle_configuration,
        name,
        lifecycle_configuration(lifecycle)
    )?;
    Ok(())
}

fn lifecycle_rule(id: &str, rule: &LifecycleRule) -> Result<s3::LifecycleRule, Fault> {
    let abort = rule.abort_incomplete_uploads_days.map(|days| {
        s3::AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build()
    });
    let expire = rule.expire_days.map(|days| s3::LifecycleExpiration::builder().days(days).build());
    let noncurrent = rule
        .noncurrent_days
        .map(|days| s3::NoncurrentVersionExpiration::builder().noncurrent_days(days).build());
    s3::LifecycleRule::builder()
        .id(id)
        .status(s3::ExpirationStatus::Enabled)
        .filter(s3::LifecycleRuleFilter::builder().prefix(&rule.prefix).build())
        .set_abort_incomplete_multipart_upload(abort)
        .set_expiration(expire)
        .set_noncurrent_version_expiration(noncurrent)
        .build()
        .or_defect()
}
