//! `aws:s3/bucket`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cx, Policy, Principal, Statement};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Input, Naming, Place, Resource, Seen,
    Tags,
};
use crate::outputs;

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
    let objects: Input<String> = crate::text!(arn.clone(), "/*");
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
    type Cloud = super::Aws;
    type Inputs = BucketInputs;
    type Outputs = BucketOutputs;

    const KIND: &'static str = "aws:s3/bucket";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 63, charset: Charset::Word, global: true });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];
    const UNREAD: &'static [&'static str] = &["force_empty"];

    fn foretell(want: &BucketInputs, place: &Place) -> Foretold {
        let arn: Input<Arn> =
            crate::text!(format!("arn:{}:s3:::", place.partition()), want.name.clone());
        let domain =
            if place.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        let host: Input<String> =
            crate::text!(want.name.clone(), format!(".s3.{}.{domain}", place.region));
        let foretold = Foretold::default()
            .output("name", &want.name)
            .output("arn", arn)
            .output("regional_domain_name", host);
        match want.name.known() {
            Some(name) => foretold.id(name.as_str()),
            None => foretold,
        }
    }

    async fn create(_cx: &Cx, _want: &BucketInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
