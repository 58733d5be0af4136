//! Buckets: names that others have, settings that new ones have, and what has to go before them.

use crate::aws::injected::{Answer, Injected, Sent, broken, done, held, refuse, xml};
use crate::aws::{Bucket, BucketInputs, BucketOutputs, Policy, deny_insecure_transport};
use crate::graph::{Arn, FaultKind, Held, Id, Input, Resource, Tags};

fn inputs() -> BucketInputs {
    BucketInputs {
        name: "shop".into(),
        tags: Tags::from([("maas:address".to_owned(), "up/bucket".to_owned())]),
        ..BucketInputs::default()
    }
}

fn with_policy() -> BucketInputs {
    let deny = deny_insecure_transport(Input::from("arn:aws:s3:::shop"));
    BucketInputs { policy: Policy::new().with("DenyInsecureTransport", deny), ..inputs() }
}

fn existing(inputs: BucketInputs) -> Held<Bucket> {
    let outputs = BucketOutputs {
        name: "shop".to_owned(),
        arn: Arn::from("arn:aws:s3:::shop"),
        regional_domain_name: "shop.s3.eu-west-1.amazonaws.com".to_owned(),
    };
    held("shop", inputs, outputs)
}

fn refused(status: u16, code: &str) -> Answer {
    Answer::Refusal(status, code.to_owned(), format!("S3 says {code}"))
}

#[tokio::test(start_paused = true)]
async fn a_new_bucket_is_sent_only_what_it_does_not_have_by_itself() {
    let aws = Injected::new().answers("s3:CreateBucket", [done()]);
    let created = Bucket::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(created.outputs, existing(inputs()).outputs.unwrap());
    assert_eq!(aws.made(), [Id::from("shop")]);
    let body = &aws.sent("s3:CreateBucket")[0].body;
    assert!(body.contains("<LocationConstraint>eu-west-1</LocationConstraint>"), "{body}");
    assert!(body.contains("<Key>maas:address</Key><Value>up/bucket</Value>"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn in_the_first_region_it_is_looked_for_first_and_has_no_location() {
    let aws = Injected::new()
        .answers("s3:HeadBucket", [refused(404, "NotFound")])
        .answers("s3:CreateBucket", [done()]);
    Bucket::create(&aws.cx_in("us-east-1"), &inputs()).await.unwrap();
    let sent = &aws.sent("s3:CreateBucket")[0];
    assert!(!sent.body.contains("LocationConstraint"), "{}", sent.body);
    let head = &aws.sent("s3:HeadBucket")[0];
    assert_eq!(head.headers["x-amz-expected-bucket-owner"], "123456789012");

    let aws = Injected::new().answers("s3:HeadBucket", [done()]);
    let fault = Bucket::create(&aws.cx_in("us-east-1"), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_taken_says_by_whom() {
    for (code, kind) in [
        ("BucketAlreadyOwnedByYou", FaultKind::Exists),
        ("BucketAlreadyExists", FaultKind::Refused),
    ] {
        let aws = Injected::new().answers("s3:CreateBucket", [refused(409, code)]);
        let fault = Bucket::create(&aws.cx(), &inputs()).await.unwrap_err();
        assert_eq!((fault.kind, fault.advice.is_some()), (kind, kind == FaultKind::Refused));
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_was_just_given_up_and_a_bucket_not_seen_yet_are_tried_again() {
    let aws = Injected::new()
        .answers("s3:CreateBucket", [refused(409, "OperationAborted"), done()])
        .answers(
            "s3:PutBucketPolicy",
            [
                refused(404, "NoSuchBucket"),
                refuse("MalformedPolicy", "Invalid principal in policy"),
                refused(409, "OperationAborted"),
                refused(503, "SlowDown"),
                broken(500),
                done(),
            ],
        );
    Bucket::create(&aws.cx(), &with_policy()).await.unwrap();
    assert_eq!(aws.retries().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_opened_is_seen_and_closed_again() {
    let absent = |code: &str| refused(404, code);
    let aws = Injected::new()
        .answers("s3:GetBucketVersioning", [xml("<VersioningConfiguration/>")])
        .answers(
            "s3:GetBucketEncryption",
            [xml("<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
            <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>\
            </ServerSideEncryptionConfiguration>")],
        )
        .answers(
            "s3:GetPublicAccessBlock",
            [xml("<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
            <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy>\
            <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>")],
        )
        .answers("s3:GetBucketOwnershipControls", [absent("OwnershipControlsNotFoundError")])
        .answers("s3:GetBucketPolicy", [absent("NoSuchBucketPolicy")])
        .answers("s3:GetBucketCors", [absent("NoSuchCORSConfiguration")])
        .answers("s3:GetBucketLifecycleConfiguration", [absent("NoSuchLifecycleConfiguration")])
        .answers("s3:GetBucketTagging", [absent("NoSuchTagSet")]);
    let seen = Bucket::read(&aws.cx(), &existing(with_policy())).await.unwrap().unwrap().inputs;
    assert!(!seen.block_public_access);
    assert_eq!(seen.object_ownership, "ObjectWriter");
    assert_eq!(seen.encryption, "AES256");
    assert!(seen.policy.is_empty() && seen.tags.is_empty());

    let seen = BucketInputs { tags: inputs().tags, ..seen };
    let aws = Injected::new()
        .answers("s3:PutPublicAccessBlock", [done()])
        .answers("s3:PutBucketOwnershipControls", [done()])
        .answers("s3:PutBucketPolicy", [done()]);
    Bucket::update(&aws.cx(), &existing(seen), &with_policy()).await.unwrap();
    let order = ["s3:PutPublicAccessBlock", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy"];
    assert_eq!(aws.calls(), order);
    let body = &aws.sent("s3:PutPublicAccessBlock")[0].body;
    assert_eq!(body.matches(">true<").count(), 4, "{body}");
}

#[tokio::test(start_paused = true)]
async fn tags_of_others_stay_when_ours_change() {
    let tags = "<Tagging><TagSet><Tag><Key>cost</Key><Value>7</Value></Tag>\
        <Tag><Key>old</Key><Value>1</Value></Tag></TagSet></Tagging>";
    let aws = Injected::new()
        .answers("s3:GetBucketTagging", [xml(tags)])
        .answers("s3:PutBucketTagging", [done()]);
    let was = BucketInputs { tags: Tags::from([("old".into(), "1".into())]), ..inputs() };
    Bucket::update(&aws.cx(), &existing(was), &inputs()).await.unwrap();
    let body = &aws.sent("s3:PutBucketTagging")[0].body;
    assert!(body.contains("cost") && body.contains("maas:address"), "{body}");
    assert!(!body.contains("old"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn two_steps_do_not_change_one_bucket_at_once() {
    let slow = || Answer::Slow(std::time::Duration::from_secs(1), Box::new(done()));
    let aws = Injected::new().answers("s3:PutBucketPolicy", [slow(), slow()]);
    let (cx, held, want) = (aws.cx(), existing(inputs()), with_policy());
    let (one, other) =
        tokio::join!(Bucket::update(&cx, &held, &want), Bucket::update(&cx, &held, &want));
    one.unwrap();
    other.unwrap();
    assert_eq!(aws.most_at_once(), 1);
}

const NOTHING: &str = "<ListVersionsResult/>";
const NO_UPLOADS: &str = "<ListMultipartUploadsResult/>";
const TWO: &str = "<ListVersionsResult><EncodingType>url</EncodingType>\
    <Version><Key>a+b%2Fc</Key><VersionId>1</VersionId></Version>\
    <DeleteMarker><Key>gone</Key><VersionId>2</VersionId></DeleteMarker></ListVersionsResult>";

fn emptied() -> Held<Bucket> {
    existing(BucketInputs { force_empty: true, ..inputs() })
}

fn error(code: &str) -> Answer {
    xml(&format!(
        "<DeleteResult><Error><Key>gone</Key><Code>{code}</Code><Message>S3 says {code}</Message></Error></DeleteResult>"
    ))
}

#[tokio::test(start_paused = true)]
async fn an_empty_bucket_goes_by_one_call_and_a_full_one_stays() {
    let aws = Injected::new().answers("s3:DeleteBucket", [done()]);
    Bucket::delete(&aws.cx(), &emptied()).await.unwrap();

    let aws = Injected::new().answers("s3:DeleteBucket", [refused(409, "BucketNotEmpty")]);
    let fault = Bucket::delete(&aws.cx(), &existing(inputs())).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.advice.unwrap().contains("force_empty"));

    let aws = Injected::new().answers("s3:DeleteBucket", [refused(404, "NoSuchBucket")]);
    Bucket::delete(&aws.cx(), &existing(inputs())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_it_holds_stands_in_the_way_unless_it_goes_along() {
    let aws = Injected::new()
        .answers("s3:ListObjectVersions", [xml(TWO), xml(NOTHING), refused(404, "NoSuchBucket")]);
    let obstacle = Bucket::obstacle(&aws.cx(), &existing(inputs())).await.unwrap().unwrap();
    assert!(obstacle.advice.contains("--empty-buckets"), "{}", obstacle.advice);
    let sent = &aws.sent("s3:ListObjectVersions")[0];
    assert!(sent.path.contains("max-keys=1"), "{}", sent.path);
    for _empty_and_gone in 0..2 {
        assert_eq!(Bucket::obstacle(&aws.cx(), &existing(inputs())).await.unwrap(), None);
    }
    assert_eq!(Bucket::obstacle(&aws.cx(), &emptied()).await.unwrap(), None);
    assert_eq!(aws.sent("s3:ListObjectVersions").len(), 3);

    let aws = Injected::new().answers("s3:ListObjectVersions", [broken(503), xml(TWO)]);
    assert!(Bucket::obstacle(&aws.cx(), &existing(inputs())).await.unwrap().is_some());
    let aws = Injected::new().answers("s3:ListObjectVersions", [refused(403, "AccessDenied")]);
    let fault = Bucket::obstacle(&aws.cx(), &existing(inputs())).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
}

#[tokio::test(start_paused = true)]
async fn versions_markers_and_uploads_go_first() {
    let uploads = "<ListMultipartUploadsResult><Upload><Key>half</Key><UploadId>u</UploadId></Upload>\
        </ListMultipartUploadsResult>";
    let aws = Injected::new()
        // Somebody put an object while it was emptied.
        .answers(
            "s3:DeleteBucket",
            [refused(409, "BucketNotEmpty"), refused(409, "BucketNotEmpty"), done()],
        )
        .answers("s3:ListObjectVersions", [xml(TWO), xml(NOTHING), xml(TWO), xml(NOTHING)])
        .answers("s3:DeleteObjects", [xml("<DeleteResult/>"), xml("<DeleteResult/>")])
        .answers("s3:ListMultipartUploads", [xml(uploads), xml(NO_UPLOADS)])
        .answers("s3:AbortMultipartUpload", [refused(404, "NoSuchUpload")]);
    Bucket::delete(&aws.cx(), &emptied()).await.unwrap();
    let Sent { body, headers, .. } = &aws.sent("s3:DeleteObjects")[0];
    assert!(body.contains("<Key>a b/c</Key><VersionId>1</VersionId>"), "{body}");
    assert!(body.contains("<Key>gone</Key><VersionId>2</VersionId>"), "{body}");
    assert_eq!(headers["x-amz-expected-bucket-owner"], "123456789012");
}

#[tokio::test(start_paused = true)]
async fn objects_that_s3_keeps_for_now_are_tried_again() {
    let aws = Injected::new()
        .answers("s3:DeleteBucket", [refused(409, "BucketNotEmpty"), done()])
        .answers("s3:ListObjectVersions", [xml(TWO), xml(TWO), xml(NOTHING)])
        .answers("s3:DeleteObjects", [error("InternalError"), xml("<DeleteResult/>")])
        .answers("s3:ListMultipartUploads", [xml(NO_UPLOADS)]);
    Bucket::delete(&aws.cx(), &emptied()).await.unwrap();
    assert_eq!(aws.waits().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn objects_that_s3_keeps_for_good_are_named() {
    let aws = Injected::new()
        .answers("s3:DeleteBucket", [refused(409, "BucketNotEmpty")])
        .answers("s3:ListObjectVersions", [xml(TWO)])
        .answers("s3:DeleteObjects", [error("AccessDenied")]);
    let fault = Bucket::delete(&aws.cx(), &emptied()).await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Refused, Some("AccessDenied")));
    assert!(fault.message.contains("`gone`"), "{}", fault.message);
    assert!(fault.advice.unwrap().contains("object lock"));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_xml_cannot_carry_is_deleted_by_itself() {
    let odd = "<ListVersionsResult><EncodingType>url</EncodingType>\
        <Version><Key>a%01b</Key><VersionId>1</VersionId></Version></ListVersionsResult>";
    let aws = Injected::new()
        .answers("s3:DeleteBucket", [refused(409, "BucketNotEmpty"), done()])
        .answers("s3:ListObjectVersions", [xml(odd), xml(NOTHING)])
        .answers("s3:DeleteObject", [done()])
        .answers("s3:ListMultipartUploads", [xml(NO_UPLOADS)]);
    Bucket::delete(&aws.cx(), &emptied()).await.unwrap();
    let path = &aws.sent("s3:DeleteObject")[0].path;
    assert!(path.contains("a%01b") && path.contains("versionId=1"), "{path}");
}

#[tokio::test(start_paused = true)]
async fn a_bucket_of_that_name_in_another_account_is_none_of_ours() {
    let aws = Injected::new().answers("s3:HeadBucket", [refused(403, "")]);
    assert_eq!(Bucket::find(&aws.cx(), &inputs()).await.unwrap(), None);
}
