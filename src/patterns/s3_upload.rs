//! Uploads straight into a bucket, with signed URLs.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{
    BucketKeys, CorsKeys, NewFunction, Supplied, Throttling, api, bucket, check_prefix,
    lambda_route, objects,
};
use super::{Cx, Exports, Pattern};
use crate::aws::{Bucket, CorsRule, Statement};
use crate::graph::Handle;
use crate::manifest::{
    Duration, Either, Reference, Route, Size, Span, Spanned, SuppliedFunctionTable,
};

/// Uploads past the API: a function signs a URL, and the client puts the file into the bucket
/// itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The route that gives signed URLs, such as `POST /uploads`.
    route: Spanned<Route>,
    /// What all keys begin with; the signer can sign for no other. `uploads/` if nothing is said.
    #[schemars(length(min = 1, max = 512))]
    prefix: Option<Spanned<String>>,
    /// The largest file, up to `5 GB`, which is what S3 takes at once; that if nothing is said.
    #[schemars(extend("x-minimum" = "1 B", "x-maximum" = "5 GB"))]
    max_size: Option<Size>,
    /// How long a URL works, 1 second to 12 hours; `15m` if nothing is said. The function's own
    /// credentials sign it, and it ends with them.
    #[schemars(extend("x-minimum" = "1s", "x-maximum" = "12h"))]
    expires: Option<Duration>,
    /// The content types that may be uploaded, such as `image/*`; every one if nothing is said.
    #[serde(default)]
    content_types: Vec<String>,
    /// The function that signs; the pattern's own if its code is left out.
    #[serde(default)]
    signer: SuppliedFunctionTable,
    /// The bucket's own keys, or the bucket of another instance, as `${images.bucket}`.
    #[schemars(extend("examples" = ["${images.bucket}"]))]
    bucket: Option<Either<Reference, BucketKeys>>,
    /// What browsers may do from other origins, with the API and the bucket; every origin may upload
    /// if it is left out, since only a signed URL lets one.
    cors: Option<Spanned<CorsKeys>>,
    /// How many requests the route lets through; as many as the account does if it is left out.
    throttle: Option<Spanned<Throttling>>,
    /// The API of another instance, as `${orders.api}`, in place of one of its own.
    #[schemars(extend("examples" = ["${orders.api}"]))]
    api: Option<Reference>,
    /// Whether the route is not behind that API's authorizer, where it has one.
    #[serde(default)]
    public: bool,
}

/// The pattern.
pub struct S3Upload;

impl Pattern for S3Upload {
    const NAME: &'static str = "s3-upload";
    const SUMMARY: &'static str = "Uploads past the API: a function signs a URL, and the client puts the file into the bucket itself.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("api", "the HTTP API"),
        ("api.stage", "its `$default` stage, deployed by itself"),
        ("signer.function", "the signer, with .role, .log-group and .permission"),
        ("signer.route", "its route, with its .integration"),
        ("bucket", "the bucket"),
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  internet((Internet)) -- asks for a URL --> api[API Gateway]
  api --> signer[Signer function]
  internet -- puts the file --> bucket[(S3 bucket)]
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        let prefix = check_prefix(cx, params.prefix.as_ref(), "uploads/");
        let bucket = bucket(cx, "bucket", params.bucket.as_ref());
        let everywhere = || CorsKeys::everywhere();
        let cors = params.cors.clone();
        let rule = cors.as_ref().map_or_else(everywhere, |cors| cors.get_ref().clone());
        open(cx, &bucket, &rule, cors.as_ref().map_or(Span::NOWHERE, Spanned::span));
        let own = params.api.is_none().then(|| Spanned::nowhere(everywhere()));
        let cors = cors.or(own);
        if params.public {
            cx.open_routes();
        }
        let api = api(cx, params.api.as_ref(), cors.as_ref(), params.throttle.as_ref(), &[]);
        let function = params.signer.resolve(cx.defaults(), Supplied::Signer.code());
        if let Some(function) = cx.ok(function) {
            let expires = params.expires.unwrap_or(Duration::from_seconds(900)).seconds();
            let largest = params.max_size.unwrap_or(Size::from_megabytes(5 << 10)).bytes();
            let types = Some(params.content_types.join(",")).filter(|types| !types.is_empty());
            let put = Statement::allow(["s3:PutObject"]).on(objects(&bucket, &prefix));
            let lambda = NewFunction::new("signer", function)
                .or(Supplied::Signer)
                .variable("BUCKET", bucket.name())
                .variable("PREFIX", prefix)
                .variable("EXPIRES_SECONDS", expires.to_string())
                .variable("MAX_SIZE_BYTES", largest.to_string())
                .maybe("CONTENT_TYPES", types)
                .may("Upload", put)
                .add(cx);
            lambda_route(cx, &api, &lambda, &params.route, None);
        }
        Exports::default()
            .with("url", api.url())
            .with("api_id", api.id())
            .with("bucket", bucket.name())
    }
}

/// Lets pages put files into the bucket.
fn open(cx: &mut Cx<'_, '_>, bucket: &Handle<Bucket>, cors: &CorsKeys, place: Span) {
    let rule = CorsRule {
        origins: cors.origins.iter().map(|origin| origin.get_ref().as_str().into()).collect(),
        methods: BTreeSet::from(["PUT".to_owned(), "POST".to_owned()]),
        headers: BTreeSet::from(["*".to_owned()]),
        expose_headers: BTreeSet::from(["ETag".to_owned()]),
        max_age: cors.max_age_seconds().unwrap_or(3_600),
    };
    cx.graph().amend(bucket, move |inputs| inputs.cors.push(rule));
    cx.all.opened.push((bucket.address().clone(), place));
}
