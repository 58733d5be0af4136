//! `aws:s3/bucket`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{bucket_check, bucket_empty, bucket_parts as parts, bucket_rules as rules};

use crate::aws::{Cx, Policy, Principal, Statement, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, IntoParts, Listed, Naming,
    Objection, Obstacle, Place, Resource, Scope, Seen, Tags,
};
use crate::{outputs, text};

/// An S3 bucket for general purposes: encrypted, private, without access control lists.
#[derive(Debug)]
pub struct Bucket;

/// What a bucket is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketInputs {
    /// Its name, which all of AWS shares; 3 to 63 lower-case letters, digits and `-`.
    pub name: Input<String>,
    /// Whether it keeps the versions of its objects.
    #[serde(default)]
    pub versioning: bool,
    /// Whether its objects may be deleted with it. A bucket that holds objects is kept otherwise.
    #[serde(default)]
    pub force_empty: bool,
    /// How objects are encrypted: `AES256`, S3's own keys.
    #[serde(default = "encryption")]
    pub encryption: String,
    /// Whether public access is blocked, by all four of S3's settings; always true.
    #[serde(default = "block_public_access")]
    pub block_public_access: bool,
    /// Who owns the objects: `BucketOwnerEnforced`, which also turns access control lists off.
    #[serde(default = "object_ownership")]
    pub object_ownership: String,
    /// Who else may do what; its own account's identities need no mention.
    #[serde(default)]
    pub policy: Policy,
    /// Which web pages may use it.
    #[serde(default)]
    pub cors: Vec<CorsRule>,
    /// What is deleted by itself, by the rules' ids.
    #[serde(default)]
    pub lifecycle: BTreeMap<String, LifecycleRule>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// One rule for cross-origin requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorsRule {
    /// The pages' origins, as in `https://shop.example`, with at most one `*` each.
    pub origins: BTreeSet<Input<String>>,
    /// The methods: `GET`, `PUT`, `POST`, `DELETE`, `HEAD`.
    pub methods: BTreeSet<String>,
    /// The request headers that are let through, with at most one `*` each.
    #[serde(default)]
    pub headers: BTreeSet<String>,
    /// The response headers that pages may read.
    #[serde(default)]
    pub expose_headers: BTreeSet<String>,
    /// Seconds that browsers remember the answer.
    #[serde(default)]
    pub max_age: i32,
}

/// One rule of a bucket's lifecycle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleRule {
    /// The start of the keys that it is about; empty: all.
    #[serde(default)]
    pub prefix: String,
    /// Days after which an unfinished multipart upload is aborted.
    #[serde(default)]
    pub abort_incomplete_uploads_days: Option<i32>,
    /// Days after which objects expire.
    #[serde(default)]
    pub expire_days: Option<i32>,
    /// Days after which a version that is not the current one is deleted.
    #[serde(default)]
    pub noncurrent_days: Option<i32>,
}

fn encryption() -> String {
    "AES256".to_owned()
}

fn block_public_access() -> bool {
    true
}

fn object_ownership() -> String {
    "BucketOwnerEnforced".to_owned()
}

impl Default for BucketInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            versioning: false,
            force_empty: false,
            encryption: encryption(),
            block_public_access: block_public_access(),
            object_ownership: object_ownership(),
            policy: Policy::new(),
            cors: Vec::new(),
            lifecycle: BTreeMap::new(),
            tags: Tags::new(),
        }
    }
}

/// The statement that refuses plain HTTP to the bucket of that ARN and its objects, for everybody.
///
/// *Security best practices for Amazon S3*, "Enforce encryption of data in transit".
pub fn deny_insecure_transport(arn: Input<String>) -> Statement {
    let objects: Input<String> = text!(arn.clone(), "/*");
    Statement::deny(["s3:*"]).by(Principal::everybody()).on(arn).on(objects).when(
        "Bool",
        "aws:SecureTransport",
        "false",
    )
}

outputs! {
    /// What a bucket gives back.
    Bucket => BucketOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
        /// Its host name: `name.s3.region.amazonaws.com`.
        regional_domain_name: String,
    }
}

impl Resource for Bucket {
    type Cloud = crate::aws::Aws;
    type Inputs = BucketInputs;
    type Outputs = BucketOutputs;

    const KIND: &'static str = "aws:s3/bucket";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 63, charset: Charset::Word, global: true });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];
    const UNREAD: &'static [&'static str] = &["force_empty"];
    const TEARDOWN: &'static [&'static str] = &["force_empty"];

    fn foretell(want: &BucketInputs, place: &Place) -> Foretold {
        let arn: Input<Arn> = text!(format!("arn:{}:s3:::", place.partition()), want.name.clone());
        let host: Input<String> = host(want.name.clone(), place);
        let foretold = Foretold::default()
            .output("name", &want.name)
            .output("arn", arn)
            .output("regional_domain_name", host);
        match want.name.known() {
            Some(name) => foretold.id(name.as_str()),
            None => foretold,
        }
    }

    fn check(want: &BucketInputs) -> Vec<Objection> {
        bucket_check::objections(want)
    }

    /// New buckets encrypt with S3's keys, block public access and have no access control lists
    /// (*Amazon S3 User Guide*, "Creating a general purpose bucket"), so none of that is sent here.
    /// It is read, and an update puts right what somebody changed.
    async fn create(cx: &Cx, want: &BucketInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let _alone = cx.exclusive(&lock(name)).await;
        // In us-east-1 CreateBucket answers with one's own bucket of that name.
        if cx.place().region == parts::FIRST_REGION && parts::is_there(cx, name).await? {
            let message = format!("a bucket named {name} exists already");
            return Err(Fault::new(FaultKind::Exists, message));
        }
        parts::create(cx, name, &want.tags).await?;
        let id = Id::from(name.as_str());
        cx.made(&id).await?;
        let new = BucketInputs { tags: want.tags.clone(), ..BucketInputs::default() };
        send(cx, name, &new, want, false).await?;
        Ok(Created { id, outputs: outputs_of(name, cx.place()) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        let Some(versioning) = parts::versioning(cx, name).await? else { return Ok(None) };
        let (encryption, block_public_access, object_ownership, policy, cors, lifecycle, tags) = futures::try_join!(
            parts::encryption(cx, name),
            parts::block_public_access(cx, name),
            parts::object_ownership(cx, name),
            parts::policy(cx, name),
            rules::cors(cx, name),
            rules::lifecycle(cx, name),
            parts::tags(cx, name),
        )?;
        let inputs = BucketInputs {
            name: Input::from(name),
            versioning,
            force_empty: held.inputs.force_empty,
            encryption,
            block_public_access,
            object_ownership,
            policy,
            cors,
            lifecycle,
            tags: tags::ours(tags),
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(name, cx.place()) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &BucketInputs,
    ) -> Result<BucketOutputs, Fault> {
        let name = held.id.as_str();
        let _alone = cx.exclusive(&lock(name)).await;
        send(cx, name, &held.inputs, want, !held.finished).await?;
        Ok(outputs_of(name, cx.place()))
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        let _alone = cx.exclusive(&lock(name)).await;
        bucket_empty::delete(cx, name, held.inputs.force_empty).await
    }

    async fn obstacle(cx: &Cx, held: &Held<Self>) -> Result<Option<Obstacle>, Fault> {
        match held.inputs.force_empty {
            true => Ok(None),
            false => bucket_empty::obstacle(cx, held.id.as_str()).await,
        }
    }

    /// A bucket of that name in another account is none that was left behind.
    async fn find(cx: &Cx, want: &BucketInputs) -> Result<Option<Id>, Fault> {
        let name = want.name.get()?;
        Ok(parts::is_there(cx, name).await?.then(|| Id::from(name.as_str())))
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::buckets(cx, scope).await.map(Some)
    }
}

/// What keeps two steps from working on one bucket at once, which S3 refuses.
pub fn lock(name: &str) -> String {
    format!("s3:{name}")
}

fn host<T: From<String>>(name: impl IntoParts, place: &Place) -> Input<T> {
    let suffix = if place.partition() == "aws-cn" { ".cn" } else { "" };
    text!(name, format!(".s3.{}.amazonaws.com{suffix}", place.region))
}

fn outputs_of(name: &str, place: &Place) -> BucketOutputs {
    BucketOutputs {
        name: name.to_owned(),
        arn: Arn(format!("arn:{}:s3:::{name}", place.partition())),
        regional_domain_name: host(name, place).known().cloned().unwrap_or_default(),
    }
}

/// Sends what differs, one call a concern; all of it where nobody knows what is there.
async fn send(
    cx: &Cx,
    name: &str,
    was: &BucketInputs,
    want: &BucketInputs,
    all: bool,
) -> Result<(), Fault> {
    if all || was.block_public_access != want.block_public_access {
        parts::put_block_public_access(cx, name).await?;
    }
    if all || was.object_ownership != want.object_ownership {
        parts::put_object_ownership(cx, name).await?;
    }
    if all || was.encryption != want.encryption {
        parts::put_encryption(cx, name).await?;
    }
    if (all && want.versioning) || was.versioning != want.versioning {
        parts::put_versioning(cx, name, want.versioning).await?;
    }
    if all || was.policy != want.policy {
        parts::put_policy(cx, name, &want.policy).await?;
    }
    if all || was.cors != want.cors {
        rules::put_cors(cx, name, &want.cors).await?;
    }
    if all || was.lifecycle != want.lifecycle {
        rules::put_lifecycle(cx, name, &want.lifecycle).await?;
    }
    let (gone, put) = tags::due(!all, &was.tags, &want.tags);
    if !gone.is_empty() || !put.is_empty() {
        parts::put_tags(cx, name, &gone, put).await?;
    }
    Ok(())
}
