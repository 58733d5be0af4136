//! Buckets: encrypted, private, and closed to plain HTTP.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::aws::{Bucket, BucketInputs, LifecycleRule, Policy, deny_insecure_transport};
use crate::graph::{Handle, Input};
use crate::manifest::{Duration, Either, Problem, Reference, Spanned};
use crate::patterns::Cx;
use crate::text;

/// A bucket of an instance's own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BucketKeys {
    /// Whether it keeps the versions of its objects; not if nothing is said.
    pub versioning: bool,
    /// Whether its objects may be deleted with it; a bucket that holds objects is kept otherwise. If
    /// nothing is said, they may in an environment with a `ttl` that is not protected.
    pub force_empty: Option<bool>,
    /// How long its objects are kept, in whole days; for ever if nothing is said.
    #[schemars(extend("x-minimum" = "1d"))]
    pub expire: Option<Spanned<Duration>>,
}

/// Days after which an upload in parts that was not finished is thrown away.
const UNFINISHED_DAYS: i32 = 7;

/// A bucket's policy that refuses plain HTTP.
pub fn private(bucket: &Handle<Bucket>) -> Policy {
    let arn: Input<String> = bucket.arn().foretold().into();
    Policy::new().with("DenyInsecureTransport", deny_insecure_transport(arn))
}

/// Adds a bucket at `part`, or lets another instance's stand for it.
pub fn bucket(
    cx: &mut Cx<'_, '_>,
    part: &str,
    given: Option<&Either<Reference, BucketKeys>>,
) -> Handle<Bucket> {
    let keys = match given {
        Some(Either::Short(reference)) => return cx.borrow(part, reference),
        Some(Either::Long(keys)) => keys.clone(),
        None => BucketKeys::default(),
    };
    let own: Handle<Bucket> = Handle::at(cx.address(part));
    let unfinished = LifecycleRule {
        abort_incomplete_uploads_days: Some(UNFINISHED_DAYS),
        ..LifecycleRule::default()
    };
    let mut lifecycle = BTreeMap::from([("unfinished-uploads".to_owned(), unfinished)]);
    if let Some(expire) = keys.expire {
        if expire.seconds() % 86_400 != 0 {
            let problem = Problem::at(
                &expire,
                "maas::patterns::days",
                "A bucket keeps objects for whole days.",
            )
            .label("this is not a number of days")
            .help(format!("Write `{}d`.", expire.days() + 1));
            cx.problem(problem);
        }
        let days = i32::try_from(expire.days()).ok();
        let rule =
            LifecycleRule { expire_days: days, noncurrent_days: days, ..LifecycleRule::default() };
        lifecycle.insert("expire".to_owned(), rule);
    }
    cx.add(
        part,
        BucketInputs {
            versioning: keys.versioning,
            force_empty: keys.force_empty.unwrap_or(cx.is_passing()),
            policy: private(&own),
            lifecycle,
            ..BucketInputs::default()
        },
    )
}

/// The ARN of the objects whose keys begin with `prefix`, as it is foretold.
pub fn objects(bucket: &Handle<Bucket>, prefix: &str) -> Input<String> {
    text!(bucket.arn().foretold(), "/", prefix, "*")
}

/// The prefix of keys; refuses one that begins with a slash, or holds what would be a wildcard or a
/// variable in a policy (*IAM User Guide*, "IAM JSON policy elements: Resource").
pub fn check_prefix(
    cx: &mut Cx<'_, '_>,
    prefix: Option<&Spanned<String>>,
    default: &str,
) -> String {
    let Some(prefix) = prefix else { return default.to_owned() };
    if prefix.starts_with('/') {
        let message = "A prefix of keys begins with a slash.";
        let right = prefix.trim_start_matches('/');
        let problem = Problem::at(prefix, "maas::patterns::prefix", message)
            .label("keys of objects do not begin with `/`")
            .help(format!("Write `{right}`."));
        cx.problem(problem);
    }
    literal(cx, prefix, "A prefix of keys is no pattern.");
    prefix.get_ref().clone()
}

/// Refuses what would be a wildcard or a variable.
pub fn literal(cx: &mut Cx<'_, '_>, text: &Spanned<String>, message: &str) {
    let Some(sign) = ["*", "?", "${"].into_iter().find(|sign| text.contains(sign)) else { return };
    let right = text.split(sign).next().unwrap_or_default();
    let problem = Problem::at(text, "maas::patterns::prefix", message)
        .label(format!("`{sign}` stands for itself in keys, and for others in policies"))
        .help(match right {
            "" => format!("Leave out `{sign}`: keys are compared letter by letter."),
            right => format!("Write `{right}`: what follows in a key may be anything."),
        });
    cx.problem(problem);
}
