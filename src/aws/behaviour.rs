//! How AWS answers, as data: which error codes mean what, and what is repeated for how long.
//!
//! Sources: the API references of the services ("Errors" of each operation), the SDK's models, and
//! the retry rules of widely used deployers. A row matches on the service, the operation, the code,
//! and where a code has several meanings on a fragment of AWS's message as well.

use std::time::Duration;

/// What an error means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Class {
    /// The thing is not there.
    Absent,
    /// A thing of that name is there already.
    Exists,
    /// Too many requests.
    Throttle,
    /// Something that it needs is not ready yet; try again by this schedule.
    NotReady(Schedule),
    /// The same, with a word on why it takes its time.
    Waits(Schedule, &'static str),
    /// The credentials are missing, wrong or expired.
    Credentials,
    /// It will not pass; this is what to do.
    Terminal(&'static str),
}

/// When to try again, and when to give up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// The first pause; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// No further attempt after this time.
    pub deadline: Duration,
    /// No more attempts than this.
    pub attempts: u32,
    /// Whether pauses vary, so that many callers do not come back at once.
    pub jitter: bool,
}

impl Schedule {
    /// For what was just made and is not seen everywhere yet: dense, since it takes seconds.
    pub const PROPAGATION: Self = Self::new(250, 2_000, 120, u32::MAX, false);
    /// For things that have to finish or go before.
    pub const DEPENDENCY: Self = Self::new(1_000, 8_000, 300, u32::MAX, true);
    /// For changes of one thing at once.
    pub const CONFLICT: Self = Self::new(200, 4_000, 120, u32::MAX, true);
    /// For throttling.
    pub const THROTTLE: Self = Self::new(500, 8_000, 180, u32::MAX, true);
    /// For no answer.
    pub const UNANSWERED: Self = Self::new(300, 3_000, 60, 5, true);
    /// For names in quarantine after a deletion.
    pub const QUARANTINE: Self = Self::new(5_000, 5_000, 75, u32::MAX, false);

    const fn new(
        first_ms: u64,
        longest_ms: u64,
        deadline_s: u64,
        attempts: u32,
        jitter: bool,
    ) -> Self {
        Self {
            first: Duration::from_millis(first_ms),
            longest: Duration::from_millis(longest_ms),
            deadline: Duration::from_secs(deadline_s),
            attempts,
            jitter,
        }
    }
}

/// One row: operations by prefix (`lambda:` is all of Lambda's), codes, a fragment of the message
/// (empty: any), and the meaning.
struct Row(&'static str, &'static [&'static str], &'static str, Class);

/// Any code, and none.
const ANY: &[&str] = &[];

const NEW: Class = Class::NotReady(Schedule::PROPAGATION);
const FRESH: Class =
    Class::NotReady(Schedule { deadline: Duration::from_secs(30), ..Schedule::PROPAGATION });
const MINUTE: Class =
    Class::NotReady(Schedule { deadline: Duration::from_secs(60), ..Schedule::PROPAGATION });
const BUSY: Class = Class::NotReady(Schedule::CONFLICT);
const HELD: Class = Class::NotReady(Schedule::DEPENDENCY);
const NO_LOG_DELIVERY: Class = Class::Terminal(
    "either these credentials may not deliver logs (logs:CreateLogDelivery, logs:PutResourcePolicy), or the account's CloudWatch Logs resource policies are full: use log groups under /aws/vendedlogs/ or delete old policies",
);

/// The first row that fits decides.
const ROWS: &[Row] = &[
    // Credentials.
    Row(
        "",
        &[
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
            "AuthFailure",
            "InvalidToken",
        ],
        "",
        Class::Credentials,
    ),
    // Throttling.
    Row(
        "",
        &[
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "Throttled",
            "RequestThrottled",
            "RequestThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "SlowDown",
            "PriorRequestNotComplete",
            "EC2ThrottledException",
            "ProvisionedThroughputExceededException",
            "TransactionInProgressException",
        ],
        "",
        Class::Throttle,
    ),
    // IAM. A role that was just made may not be seen for some seconds. Whether a DeleteConflict
    // passes or something still has to be taken from the role, its type finds out.
    Row("iam:PutRolePolicy", &["NoSuchEntity", "NoSuchEntityException"], "", FRESH),
    Row(
        "iam:AttachRolePolicy",
        &["NoSuchEntity", "NoSuchEntityException"],
        "role with name",
        FRESH,
    ),
    Row(
        "iam:AttachRolePolicy",
        &["NoSuchEntity", "NoSuchEntityException"],
        "",
        Class::Terminal(
            "there is no managed policy of that ARN; look it up with `aws iam list-policies`",
        ),
    ),
    Row("iam:", &["NoSuchEntity", "NoSuchEntityException"], "", Class::Absent),
    Row("iam:", &["EntityAlreadyExists", "EntityAlreadyExistsException"], "", Class::Exists),
    Row("iam:", &["MalformedPolicyDocument"], "Invalid principal in policy", NEW),
    Row("iam:", &["ConcurrentModification", "EntityTemporarilyUnmodifiable"], "", BUSY),
    Row(
        "iam:",
        &["LimitExceeded"],
        "",
        Class::Terminal(
            "an IAM quota of this account is used up; raise it under Service Quotas or remove roles that nothing uses",
        ),
    ),
    // Lambda.
    Row("lambda:", &["InvalidParameterValueException"], "cannot be assumed by Lambda", NEW),
    Row(
        "lambda:",
        &["InvalidParameterValueException"],
        "execution role does not have permissions",
        NEW,
    ),
    Row("lambda:", &["InvalidParameterValueException"], "ensure the role can perform", NEW),
    Row("lambda:Put", &["InvalidParameterValueException"], "does not have permissions", NEW),
    Row("lambda:Put", &["InvalidParameterValueException"], "destination ARN", NEW),
    Row("lambda:", &["InvalidParameterValueException"], "Cannot access stream", NEW),
    Row("lambda:", &["InvalidParameterValueException"], "KMS key is invalid for CreateGrant", NEW),
    Row("lambda:", &["InvalidParameterValueException"], "throttled by EC2", Class::Throttle),
    Row("lambda:CreateFunction", &["ResourceConflictException"], "already exist", Class::Exists),
    Row("lambda:AddPermission", &["ResourceConflictException"], "already exists", Class::Exists),
    Row("lambda:CreateEventSourceMapping", &["ResourceConflictException"], "", Class::Exists),
    Row("lambda:", &["ResourceConflictException"], "", BUSY),
    Row("lambda:", &["ResourceInUseException"], "", HELD),
    Row("lambda:AddPermission", &["ResourceNotFoundException"], "", FRESH),
    Row("lambda:PutFunctionEventInvokeConfig", &["ResourceNotFoundException"], "", FRESH),
    Row("lambda:PutFunctionConcurrency", &["ResourceNotFoundException"], "", FRESH),
    Row("lambda:CreateEventSourceMapping", &["ResourceNotFoundException"], "", FRESH),
    Row("lambda:", &["ResourceNotFoundException"], "", Class::Absent),
    Row(
        "lambda:",
        &["InvalidParameterValueException"],
        "UnreservedConcurrentExecution",
        Class::Terminal(
            "the account's concurrency is too small to reserve this; leave `concurrency` out, or raise the quota of concurrent executions",
        ),
    ),
    Row(
        "lambda:",
        &["InvalidParameterValueException"],
        "no longer supported",
        Class::Terminal("Lambda has retired this runtime; choose a newer one"),
    ),
    Row(
        "lambda:",
        &["InvalidParameterValueException"],
        "less than Function timeout",
        Class::Terminal(
            "a queue has to hide messages longer than its function may take; give it a visibility timeout of six times that",
        ),
    ),
    Row(
        "lambda:",
        &["PolicyLengthExceededException"],
        "",
        Class::Terminal(
            "the function's policy is full; let one statement name several sources with `*` in its ARN",
        ),
    ),
    Row(
        "lambda:",
        &["CodeStorageExceededException"],
        "",
        Class::Terminal(
            "Lambda's code storage of this region is full; delete old function versions or raise the quota",
        ),
    ),
    // API Gateway. Concurrent modification comes under several codes, and under none.
    Row("apigateway:", ANY, "concurrent modification", BUSY),
    Row("apigateway:", &["NotFoundException"], "", Class::Absent),
    Row("apigateway:Delete", &["ConflictException"], "", BUSY),
    Row("apigateway:", &["ConflictException"], "", Class::Exists),
    Row("apigateway:", &["LimitExceededException"], "Rate exceeded", Class::Throttle),
    Row("apigateway:", ANY, "Insufficient permissions to enable logging", NO_LOG_DELIVERY),
    Row("apigateway:", ANY, "Policy document length breaking", NO_LOG_DELIVERY),
    // SQS.
    Row(
        "sqs:",
        &["AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"],
        "",
        Class::Absent,
    ),
    Row("sqs:", &["QueueAlreadyExists", "QueueNameExists"], "", Class::Exists),
    Row(
        "sqs:",
        &["AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"],
        "",
        Class::Waits(
            Schedule::QUARANTINE,
            "SQS gives the name of a deleted queue to no other for 60 s; this goes on by itself",
        ),
    ),
    // The policy names a principal that was just made: SQS says so, or fails without a word.
    Row("sqs:CreateQueue", &["InternalFailure"], "", NEW),
    Row("sqs:SetQueueAttributes", &["InternalFailure"], "", NEW),
    Row(
        "sqs:",
        &["InvalidAttributeValue", "InvalidParameterValue"],
        "Dead letter target does not exist",
        FRESH,
    ),
    Row(
        "sqs:",
        &["InvalidAttributeValue", "InvalidParameterValue"],
        "Invalid value for the parameter Policy",
        NEW,
    ),
    // SNS.
    Row("sns:", &["NotFound", "NotFoundException", "ResourceNotFound"], "", Class::Absent),
    Row("sns:CreateTopic", &["InvalidParameter"], "already exists with different", Class::Exists),
    Row("sns:Subscribe", &["InvalidParameter"], "already exists with different", Class::Exists),
    Row("sns:Unsubscribe", &["InvalidParameter"], "pending confirmation", Class::Absent),
    Row("sns:", &["InvalidParameter"], "PrincipalNotFound", NEW),
    Row("sns:", &["InvalidParameter"], "is not a valid role to allow SNS", NEW),
    Row("sns:", &["ConcurrentAccess", "ConcurrentAccessException", "StaleTag"], "", BUSY),
    Row(
        "sns:",
        &["TopicLimitExceeded", "SubscriptionLimitExceeded", "FilterPolicyLimitExceeded"],
        "",
        Class::Terminal(
            "an SNS quota of this account is used up; raise it under Service Quotas or remove what nothing uses",
        ),
    ),
    // S3.
    Row("s3:CreateBucket", &["BucketAlreadyOwnedByYou"], "", Class::Exists),
    Row(
        "s3:CreateBucket",
        &["BucketAlreadyExists"],
        "",
        Class::Terminal(
            "bucket names are shared by all of AWS and another account has this one; give the bucket a `name` of its own in the manifest",
        ),
    ),
    Row("s3:CreateBucket", &["OperationAborted"], "", HELD),
    Row("s3:DeleteBucket", &["NoSuchBucket"], "", Class::Absent),
    Row("s3:Put", &["NoSuchBucket"], "", MINUTE),
    Row(
        "s3:",
        &[
            "NoSuchBucket",
            "NotFound",
            "NoSuchUpload",
            "NoSuchTagSet",
            "NoSuchCORSConfiguration",
            "NoSuchLifecycleConfiguration",
            "NoSuchBucketPolicy",
            "NoSuchPublicAccessBlockConfiguration",
            "ServerSideEncryptionConfigurationNotFoundError",
            "OwnershipControlsNotFoundError",
        ],
        "",
        Class::Absent,
    ),
    Row("s3:", &["OperationAborted"], "", BUSY),
    Row("s3:", &["MalformedPolicy"], "nvalid principal in policy", NEW),
    Row(
        "s3:PutBucketNotification",
        &["InvalidArgument"],
        "Unable to validate the following destination configurations",
        MINUTE,
    ),
    Row(
        "s3:PutBucketNotification",
        &["InvalidArgument"],
        "overlap",
        Class::Terminal(
            "two rules of the bucket match the same event of the same key; make their prefixes or suffixes exclude each other",
        ),
    ),
    Row(
        "s3:PutBucketNotification",
        &["InvalidArgument"],
        "region is not valid",
        Class::Terminal("a destination has to be in the bucket's region"),
    ),
    Row(
        "s3:CreateBucket",
        &["TooManyBuckets"],
        "",
        Class::Terminal(
            "this account's quota of buckets is used up; raise it under Service Quotas or delete buckets that nothing uses",
        ),
    ),
    // DynamoDB.
    Row("dynamodb:CreateTable", &["ResourceInUseException"], "already exists", Class::Exists),
    Row("dynamodb:DeleteTable", &["ResourceInUseException"], "being deleted", Class::Absent),
    Row("dynamodb:", &["ResourceNotFoundException", "TableNotFoundException"], "", Class::Absent),
    Row(
        "dynamodb:",
        &["ResourceInUseException", "ContinuousBackupsUnavailableException"],
        "",
        HELD,
    ),
    Row("dynamodb:", &["LimitExceededException"], "simultaneously", Class::Throttle),
    Row(
        "dynamodb:CreateTable",
        &["LimitExceededException"],
        "",
        Class::Terminal(
            "this account's quota of DynamoDB tables in this region is used up; raise it under Service Quotas or delete tables that nothing uses",
        ),
    ),
    Row(
        "dynamodb:UpdateTimeToLive",
        &["ValidationException"],
        "multiple times within a fixed interval",
        Class::Terminal(
            "DynamoDB changes a table's time to live once an hour; run apply again later",
        ),
    ),
    Row(
        "dynamodb:DeleteTable",
        &["ValidationException"],
        "deletion protection",
        Class::Terminal(
            "the table's deletion protection is on; turn it off in the manifest, apply, and destroy again",
        ),
    ),
    // CloudWatch Logs and alarms.
    Row("logs:", &["ResourceNotFoundException"], "", Class::Absent),
    Row("logs:", &["ResourceAlreadyExistsException"], "", Class::Exists),
    Row("logs:", &["OperationAbortedException"], "", BUSY),
    Row("cloudwatch:", &["ResourceNotFound", "ResourceNotFoundException"], "", Class::Absent),
    Row("cloudwatch:", &["ConcurrentModificationException"], "", BUSY),
    Row(
        "cloudwatch:",
        &["LimitExceeded", "LimitExceededFault", "LimitExceededException"],
        "",
        Class::Terminal(
            "this region has as many alarms as the account may have; delete some or raise the quota under Service Quotas",
        ),
    ),
    // EventBridge Scheduler.
    Row("scheduler:", &["ResourceNotFoundException"], "", Class::Absent),
    Row("scheduler:Create", &["ConflictException"], "", Class::Exists),
    Row("scheduler:", &["ConflictException"], "", BUSY),
    Row(
        "scheduler:",
        &["ValidationException"],
        "to assume the role",
        Class::NotReady(Schedule { deadline: Duration::from_secs(60), ..Schedule::PROPAGATION }),
    ),
    Row(
        "scheduler:",
        &["ServiceQuotaExceededException"],
        "",
        Class::Terminal(
            "this region has as many schedules or schedule groups as the account may have; delete some or raise the quota under Service Quotas",
        ),
    ),
    // Firehose. A concurrent modification is no matter of trying again: the version has to be read
    // anew.
    Row(
        "firehose:CreateDeliveryStream",
        &["ResourceInUseException"],
        "already exists",
        Class::Exists,
    ),
    Row("firehose:", &["ResourceNotFoundException"], "", Class::Absent),
    Row("firehose:", &["InvalidArgumentException"], "unable to assume role", NEW),
    Row("firehose:", &["InvalidArgumentException"], "is not authorized to", NEW),
    Row("firehose:", &["InvalidArgumentException"], "Access was denied", NEW),
    Row("firehose:", &["InvalidArgumentException"], "Verify that the IAM role has access", NEW),
    Row(
        "firehose:",
        &["InvalidArgumentException"],
        "role specified in VpcConfiguration has permissions",
        NEW,
    ),
    Row("firehose:", &["ResourceInUseException"], "", HELD),
    Row(
        "firehose:CreateDeliveryStream",
        &["LimitExceededException"],
        "",
        Class::Terminal(
            "this region has as many Firehose streams as the account may have; delete some or raise the quota under Service Quotas",
        ),
    ),
    Row("firehose:", &["LimitExceededException"], "", Class::Throttle),
];

/// Calls that make another resource each time they are sent, so that they are sent once and looked
/// for before they are sent again.
const SILENT_DUPLICATES: &[&str] = &[
    "apigateway:CreateApi",
    "apigateway:CreateIntegration",
    "apigateway:CreateAuthorizer",
    "apigateway:CreateDeployment",
];

/// What that error means; none where no row fits, which is a plain refusal. An error may have no
/// code: an empty one here.
pub fn class(operation: &str, code: &str, message: &str) -> Option<Class> {
    ROWS.iter()
        .find(|Row(prefix, codes, fragment, _)| {
            operation.starts_with(prefix)
                && (codes.is_empty() || codes.contains(&code))
                && message.contains(fragment)
        })
        .map(|Row(_, _, _, class)| *class)
}

/// Whether that operation may be sent again when nobody knows whether it went through.
pub fn may_repeat(operation: &str) -> bool {
    !SILENT_DUPLICATES.contains(&operation)
}
