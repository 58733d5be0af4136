//! AWS's words for every row: at which operation, under which code (for a row of several codes, one
//! of them; each is injected), with which message.

use super::Sample;

const fn at(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message }
}

/// Every sample.
pub(super) fn all() -> impl Iterator<Item = &'static Sample> {
    [
        COMMON, APIGATEWAY, CLOUDWATCH, DYNAMODB, FIREHOSE, IAM, LAMBDA, S3, SCHEDULER, SNS, SQS,
        RDS, EC2,
    ]
    .into_iter()
    .flatten()
}

const COMMON: &[Sample] = &[
    at(
        "logs:CreateLogGroup",
        "ExpiredToken",
        "The security token included in the request is expired",
    ),
    at(
        "s3:CreateBucket",
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    ),
    at(
        "s3:PutBucketPolicy",
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout period.",
    ),
    at("lambda:GetFunction", "Throttling", "Rate exceeded"),
];

const APIGATEWAY: &[Sample] = &[
    at(
        "apigateway:UpdateApi",
        "ConflictException",
        "Unable to complete operation due to concurrent modification. Please try again later.",
    ),
    at(
        "apigateway:UpdateApi",
        "BadRequestException",
        "Unable to complete operation due to concurrent modification. Please try again later.",
    ),
    at(
        "apigateway:GetApi",
        "NotFoundException",
        "Invalid API identifier specified 123456789012:a1b2c3d4e5",
    ),
    at("apigateway:DeleteApi", "ConflictException", "Another operation on this API is in progress"),
    at(
        "apigateway:CreateRoute",
        "ConflictException",
        "Route with key POST /jobs already exists for this API",
    ),
    at("apigateway:CreateRoute", "LimitExceededException", "Rate exceeded"),
    at(
        "apigateway:CreateStage",
        "BadRequestException",
        "Insufficient permissions to enable logging",
    ),
    at(
        "apigateway:CreateStage",
        "BadRequestException",
        "Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120",
    ),
];

const CLOUDWATCH: &[Sample] = &[
    at(
        "logs:PutRetentionPolicy",
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    ),
    at(
        "logs:CreateLogGroup",
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    ),
    at(
        "logs:PutRetentionPolicy",
        "OperationAbortedException",
        "A conflicting operation is currently in progress against this resource. Please try again.",
    ),
    at(
        "cloudwatch:ListTagsForResource",
        "ResourceNotFound",
        "Unknown resource arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders",
    ),
    at(
        "cloudwatch:PutMetricAlarm",
        "ConcurrentModificationException",
        "More than one process tried to modify a resource at the same time.",
    ),
    at(
        "cloudwatch:PutMetricAlarm",
        "LimitExceeded",
        "The maximum limit of 5000 alarms has been reached",
    ),
];

const DYNAMODB: &[Sample] = &[
    at("dynamodb:CreateTable", "ResourceInUseException", "Table already exists: orders"),
    at(
        "dynamodb:DeleteTable",
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Table is being deleted: orders",
    ),
    at(
        "dynamodb:DescribeTable",
        "ResourceNotFoundException",
        "Requested resource not found: Table: orders not found",
    ),
    at(
        "dynamodb:UpdateTimeToLive",
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Table is being updated: orders",
    ),
    at(
        "dynamodb:CreateTable",
        "LimitExceededException",
        "Subscriber limit exceeded: Only 500 tables can be created, updated, or deleted simultaneously",
    ),
    at(
        "dynamodb:CreateTable",
        "LimitExceededException",
        "Subscriber limit exceeded: Provisioned throughput decreases are limited; the quota is 2500 tables",
    ),
    at(
        "dynamodb:UpdateTimeToLive",
        "ValidationException",
        "Time to live has been modified multiple times within a fixed interval",
    ),
    at(
        "dynamodb:DeleteTable",
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    ),
];

const FIREHOSE: &[Sample] = &[
    at(
        "firehose:CreateDeliveryStream",
        "ResourceInUseException",
        "Firehose orders under accountId 123456789012 already exists",
    ),
    at(
        "firehose:DescribeDeliveryStream",
        "ResourceNotFoundException",
        "Firehose orders under accountId 123456789012 not found.",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Firehose is unable to assume role arn:aws:iam::123456789012:role/orders. Please check the role provided.",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Role arn:aws:iam::123456789012:role/orders is not authorized to perform: glue:GetTableVersions",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Access was denied when calling Kinesis. Please ensure that the role may read the stream.",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Verify that the IAM role has access to the Kinesis stream and its shards.",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Please ensure that the role specified in VpcConfiguration has permissions to describe the VPC.",
    ),
    at(
        "firehose:DeleteDeliveryStream",
        "ResourceInUseException",
        "Firehose orders is in CREATING state",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "LimitExceededException",
        "You have already consumed your firehose quota of 5000 hoses.",
    ),
    at("firehose:DeleteDeliveryStream", "LimitExceededException", "Rate of this call exceeded"),
];

const IAM: &[Sample] = &[
    at("iam:PutRolePolicy", "NoSuchEntity", "The role with name orders cannot be found."),
    at("iam:AttachRolePolicy", "NoSuchEntity", "The role with name orders cannot be found."),
    at(
        "iam:AttachRolePolicy",
        "NoSuchEntity",
        "Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.",
    ),
    at("iam:GetRole", "NoSuchEntity", "The role with name orders cannot be found."),
    at("iam:CreateRole", "EntityAlreadyExists", "Role with name orders already exists."),
    at(
        "iam:UpdateAssumeRolePolicy",
        "MalformedPolicyDocument",
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/orders\"",
    ),
    at(
        "iam:UpdateAssumeRolePolicy",
        "ConcurrentModification",
        "The request was rejected because multiple requests to change this object were submitted simultaneously.",
    ),
    at("iam:CreateRole", "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000"),
];

const LAMBDA: &[Sample] = &[
    at(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    ),
    at(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
    ),
    at(
        "lambda:CreateEventSourceMapping",
        "InvalidParameterValueException",
        "Cannot access stream arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/1. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.",
    ),
    at(
        "lambda:PutFunctionEventInvokeConfig",
        "InvalidParameterValueException",
        "The role arn:aws:iam::123456789012:role/orders does not have permissions to call SendMessage on arn:aws:sqs:eu-west-1:123456789012:failed",
    ),
    at(
        "lambda:PutFunctionEventInvokeConfig",
        "InvalidParameterValueException",
        "The destination ARN arn:aws:sqs:eu-west-1:123456789012:failed is invalid.",
    ),
    at(
        "lambda:CreateEventSourceMapping",
        "InvalidParameterValueException",
        "Cannot access stream arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/1.",
    ),
    at(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. KMS Message: ARN does not refer to a valid principal",
    ),
    at(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "Your request has been throttled by EC2, please make sure you have enough API rate limit.",
    ),
    at("lambda:CreateFunction", "ResourceConflictException", "Function already exist: orders"),
    at(
        "lambda:AddPermission",
        "ResourceConflictException",
        "The statement id (api) provided already exists. Please provide a new statement id, or remove the existing statement.",
    ),
    at(
        "lambda:CreateEventSourceMapping",
        "ResourceConflictException",
        "An event source mapping with SQS arn (arn:aws:sqs:eu-west-1:123456789012:jobs) and function (orders) already exists. Please update or delete the existing mapping with UUID 00000000-0000-0000-0000-000000000000",
    ),
    at(
        "lambda:UpdateFunctionCode",
        "ResourceConflictException",
        "The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    at(
        "lambda:DeleteEventSourceMapping",
        "ResourceInUseException",
        "Cannot delete the event source mapping because it is in use.",
    ),
    at(
        "lambda:AddPermission",
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    at(
        "lambda:PutFunctionEventInvokeConfig",
        "ResourceNotFoundException",
        "The function arn:aws:lambda:eu-west-1:123456789012:function:orders doesn't exist",
    ),
    at(
        "lambda:PutFunctionConcurrency",
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    at("lambda:CreateEventSourceMapping", "ResourceNotFoundException", "Function does not exist"),
    at(
        "lambda:GetFunction",
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    at(
        "lambda:PutFunctionConcurrency",
        "InvalidParameterValueException",
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [10].",
    ),
    at(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "The runtime parameter of python2.7 is no longer supported for creating or updating AWS Lambda functions.",
    ),
    at(
        "lambda:CreateEventSourceMapping",
        "InvalidParameterValueException",
        "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
    ),
    at(
        "lambda:AddPermission",
        "PolicyLengthExceededException",
        "The final policy size (20504) is bigger than the limit (20480).",
    ),
    at("lambda:CreateFunction", "CodeStorageExceededException", "Code storage limit exceeded."),
];

const S3: &[Sample] = &[
    at(
        "s3:CreateBucket",
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
    ),
    at(
        "s3:CreateBucket",
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
    ),
    at(
        "s3:CreateBucket",
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    ),
    at("s3:DeleteBucket", "NoSuchBucket", "The specified bucket does not exist"),
    at("s3:PutBucketPolicy", "NoSuchBucket", "The specified bucket does not exist"),
    at("s3:GetBucketPolicy", "NoSuchBucket", "What was asked for does not exist"),
    at(
        "s3:PutBucketPolicy",
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    ),
    at("s3:PutBucketPolicy", "MalformedPolicy", "Invalid principal in policy"),
    at(
        "s3:PutBucketNotification",
        "InvalidArgument",
        "Unable to validate the following destination configurations",
    ),
    at(
        "s3:PutBucketNotification",
        "InvalidArgument",
        "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
    ),
    at(
        "s3:PutBucketNotification",
        "InvalidArgument",
        "The notification destination service region is not valid for the bucket location constraint",
    ),
    at(
        "s3:CreateBucket",
        "TooManyBuckets",
        "You have attempted to create more buckets than allowed",
    ),
];

const SCHEDULER: &[Sample] = &[
    at("scheduler:GetSchedule", "ResourceNotFoundException", "Schedule orders does not exist."),
    at("scheduler:CreateSchedule", "ConflictException", "Schedule orders already exists."),
    at(
        "scheduler:DeleteScheduleGroup",
        "ConflictException",
        "The schedule group orders is being modified.",
    ),
    at(
        "scheduler:CreateSchedule",
        "ValidationException",
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    ),
    at(
        "scheduler:CreateSchedule",
        "ServiceQuotaExceededException",
        "The account has reached its quota of schedules.",
    ),
];

const SNS: &[Sample] = &[
    at("sns:GetTopicAttributes", "NotFound", "Topic does not exist"),
    at(
        "sns:CreateTopic",
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
    ),
    at(
        "sns:Subscribe",
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes",
    ),
    at(
        "sns:Unsubscribe",
        "InvalidParameter",
        "Invalid parameter: This subscription is pending confirmation",
    ),
    at(
        "sns:SetTopicAttributes",
        "InvalidParameter",
        "Invalid parameter: Policy Error: PrincipalNotFound",
    ),
    at(
        "sns:SetTopicAttributes",
        "InvalidParameter",
        "Invalid parameter: arn:aws:iam::123456789012:role/orders is not a valid role to allow SNS to write to Cloudwatch Logs",
    ),
    at(
        "sns:TagResource",
        "ConcurrentAccess",
        "Can't perform multiple operations on a tag simultaneously. Perform the operations sequentially.",
    ),
    at(
        "sns:CreateTopic",
        "TopicLimitExceeded",
        "You have reached the maximum number of topics for this account",
    ),
];

const SQS: &[Sample] = &[
    at(
        "sqs:GetQueueAttributes",
        "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist.",
    ),
    at(
        "sqs:CreateQueue",
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
    ),
    at(
        "sqs:CreateQueue",
        "AWS.SimpleQueueService.QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    ),
    at("sqs:CreateQueue", "InternalFailure", "We encountered an internal error. Please try again."),
    at(
        "sqs:SetQueueAttributes",
        "InternalFailure",
        "We encountered an internal error. Please try again.",
    ),
    at(
        "sqs:SetQueueAttributes",
        "InvalidAttributeValue",
        "Value for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.",
    ),
    at(
        "sqs:SetQueueAttributes",
        "InvalidAttributeValue",
        "Invalid value for the parameter Policy.",
    ),
];

const RDS: &[Sample] = &[
    at(
        "rds:CreateDBCluster",
        "DBSubnetGroupNotFoundFault",
        "DB subnet group 'orders' does not exist.",
    ),
    at(
        "rds:CreateDBCluster",
        "DBClusterParameterGroupNotFound",
        "DBClusterParameterGroup not found: orders",
    ),
    at(
        "rds:CreateDBInstance",
        "DBSubnetGroupNotFoundFault",
        "DB subnet group 'orders' does not exist.",
    ),
    at("rds:CreateDBInstance", "DBParameterGroupNotFound", "DBParameterGroup not found: orders"),
    at("rds:CreateDBInstance", "DBClusterNotFoundFault", "Could not find DB Cluster: orders"),
    at(
        "rds:CreateDBSubnetGroup",
        "InvalidSubnet",
        "Some input subnets in :[subnet-1] are invalid.",
    ),
    at(
        "rds:ModifyDBSubnetGroup",
        "InvalidSubnet",
        "Some input subnets in :[subnet-1] are invalid.",
    ),
    at(
        "rds:ModifyDBInstance",
        "DBClusterParameterGroupNotFound",
        "DBParameterGroup not found: orders",
    ),
    at(
        "rds:CreateDBInstance",
        "InvalidParameterValue",
        "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
    ),
    at(
        "rds:CreateDBInstance",
        "InvalidParameterValue",
        "The role for ENHANCED_MONITORING cannot be used yet",
    ),
    at(
        "rds:DeleteDBCluster",
        "InvalidDBClusterStateFault",
        "DB cluster orders is already being deleted.",
    ),
    at(
        "rds:DeleteDBInstance",
        "InvalidDBInstanceState",
        "Instance orders is already being deleted.",
    ),
    at(
        "rds:ModifyDBCluster",
        "InvalidDBClusterStateFault",
        "The DB cluster is in the stopped state",
    ),
    at(
        "rds:ModifyDBCluster",
        "InvalidDBClusterStateFault",
        "DB cluster is not in the available state; try your request later.",
    ),
    at(
        "rds:EnableHttpEndpoint",
        "InvalidResourceStateFault",
        "The resource is not in the available state",
    ),
    at(
        "rds:DeleteDBSubnetGroup",
        "InvalidDBSubnetGroupStateFault",
        "Cannot delete the subnet group 'orders' because at least one database instance is still using it.",
    ),
    at(
        "rds:DeleteDBParameterGroup",
        "InvalidDBParameterGroupState",
        "One or more database instances are still members of this parameter group orders",
    ),
    at(
        "rds:CreateDBInstance",
        "InsufficientDBInstanceCapacity",
        "There is no capacity of this class in the zones asked for.",
    ),
    at(
        "rds:CreateDBCluster",
        "InsufficientStorageClusterCapacity",
        "Insufficient storage capacity in the zones of the subnet group.",
    ),
    at(
        "rds:DeleteDBCluster",
        "DBClusterSnapshotAlreadyExistsFault",
        "Cannot create the cluster snapshot because one with the identifier orders-1 already exists.",
    ),
    at("rds:CreateDBCluster", "DBClusterAlreadyExistsFault", "DB Cluster already exists"),
    at("rds:DescribeDBClusters", "DBClusterNotFoundFault", "What was asked for is not found"),
    at(
        "rds:CreateDBCluster",
        "InvalidParameterCombination",
        "Cannot find version 11.1 for aurora-postgresql",
    ),
    at(
        "rds:ModifyDBCluster",
        "InvalidParameterCombination",
        "Cannot upgrade aurora-postgresql from 16.4 to 15.2",
    ),
    at(
        "rds:CreateDBSubnetGroup",
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement.",
    ),
    at("rds:CreateDBInstance", "StorageTypeNotSupported", "Invalid storage type: io9"),
    at(
        "rds:CreateDBCluster",
        "KMSKeyNotAccessibleFault",
        "The specified KMS key does not exist, is not enabled or you do not have permissions to access it.",
    ),
    at(
        "rds:CreateDBCluster",
        "DBClusterQuotaExceededFault",
        "Cannot create more than 40 of these in this region.",
    ),
];

const EC2: &[Sample] = &[
    at("ec2:CreateSubnet", "InvalidVpcID.NotFound", "The ID 'vpc-1' does not exist"),
    at("ec2:ModifyVpcAttribute", "InvalidVpcID.NotFound", "The ID 'vpc-1' does not exist"),
    at("ec2:AttachInternetGateway", "Gateway.NotAttached", "The ID 'igw-1' does not exist"),
    at("ec2:AssociateRouteTable", "Gateway.NotAttached", "The ID 'rtb-1' does not exist"),
    at(
        "ec2:AuthorizeSecurityGroupIngress",
        "Gateway.NotAttached",
        "The security group 'sg-1' does not exist",
    ),
    at("ec2:ReplaceRoute", "Gateway.NotAttached", "The ID 'rtb-1' does not exist"),
    at("ec2:DeleteVpc", "Gateway.NotAttached", "The ID 'vpc-1' does not exist"),
    at(
        "ec2:CreateSecurityGroup",
        "InvalidGroup.Duplicate",
        "The security group 'orders' already exists for VPC 'vpc-1'",
    ),
    at(
        "ec2:CreateSubnet",
        "InvalidSubnet.Conflict",
        "The CIDR '10.0.0.0/24' conflicts with another subnet",
    ),
    at(
        "ec2:CreateRoute",
        "RouteAlreadyExists",
        "The route identified by 0.0.0.0/0 already exists.",
    ),
    at(
        "ec2:AssociateRouteTable",
        "Resource.AlreadyAssociated",
        "the specified association for route table rtb-1 conflicts with an existing association",
    ),
    at(
        "ec2:AttachInternetGateway",
        "Resource.AlreadyAssociated",
        "resource igw-1 is already attached to network vpc-1",
    ),
    at(
        "ec2:AuthorizeSecurityGroupIngress",
        "InvalidPermission.Duplicate",
        "the specified rule already exists",
    ),
    at(
        "ec2:DetachInternetGateway",
        "DependencyViolation",
        "Network vpc-1 has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
    ),
    at(
        "ec2:DeleteInternetGateway",
        "DependencyViolation",
        "The internetGateway 'igw-1' has dependencies and cannot be deleted.",
    ),
    at(
        "ec2:DeleteRouteTable",
        "DependencyViolation",
        "The routeTable 'rtb-1' has dependencies and cannot be deleted.",
    ),
    at("ec2:ReleaseAddress", "InvalidIPAddress.InUse", "Address 192.0.2.1 is in use."),
    at("ec2:DeleteVpc", "IncorrectState", "The resource is in a state that does not allow this"),
    at(
        "ec2:CreateRoute",
        "ConcurrentMutationLimitExceeded",
        "Another change of this resource is in progress",
    ),
    at(
        "ec2:CreateVpcEndpoint",
        "InvalidParameter",
        "private-dns-enabled cannot be set because there is already a conflicting DNS domain for sqs.eu-west-1.amazonaws.com in the VPC vpc-1",
    ),
    at("ec2:CreateVpc", "VpcLimitExceeded", "The maximum number of VPCs has been reached."),
    at(
        "ec2:AllocateAddress",
        "AddressLimitExceeded",
        "The maximum number of addresses has been reached.",
    ),
    at("ec2:CreateSubnet", "SubnetLimitExceeded", "The maximum number has been reached."),
    at("ec2:CreateSubnet", "InvalidSubnet.Range", "The CIDR '10.9.0.0/24' is invalid."),
];
