//! The words of Lambda.

use super::{Sample, absent, exists, not_ready, terminal, waits};

pub(super) const SAMPLES: &[Sample] = &[
    not_ready(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    ),
    not_ready(
        "lambda:CreateEventSourceMapping",
        "InvalidParameterValueException",
        "The role arn:aws:iam::123456789012:role/orders cannot be assumed.",
    ),
    not_ready(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
    ),
    not_ready(
        "lambda:CreateEventSourceMapping",
        "InvalidParameterValueException",
        "Cannot access stream arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/1. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.",
    ),
    not_ready(
        "lambda:PutFunctionEventInvokeConfig",
        "InvalidParameterValueException",
        "The role arn:aws:iam::123456789012:role/orders does not have permissions to call SendMessage on arn:aws:sqs:eu-west-1:123456789012:failed",
    ),
    not_ready(
        "lambda:PutFunctionEventInvokeConfig",
        "InvalidParameterValueException",
        "The destination ARN arn:aws:sqs:eu-west-1:123456789012:failed is invalid.",
    ),
    not_ready(
        "lambda:CreateEventSourceMapping",
        "InvalidParameterValueException",
        "Cannot access stream arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/1.",
    ),
    not_ready(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. KMS Message: ARN does not refer to a valid principal",
    ),
    not_ready(
        "lambda:CreateEventSourceMapping",
        "InvalidParameterValueException",
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
    ),
    waits(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "Your request has been throttled by EC2, please make sure you have enough API rate limit.",
    ),
    exists("lambda:CreateFunction", "ResourceConflictException", "Function already exist: orders"),
    exists(
        "lambda:AddPermission",
        "ResourceConflictException",
        "The statement id (api) provided already exists. Please provide a new statement id, or remove the existing statement.",
    ),
    exists(
        "lambda:CreateEventSourceMapping",
        "ResourceConflictException",
        "An event source mapping with SQS arn (arn:aws:sqs:eu-west-1:123456789012:jobs) and function (orders) already exists. Please update or delete the existing mapping with UUID 00000000-0000-0000-0000-000000000000",
    ),
    not_ready(
        "lambda:UpdateFunctionCode",
        "ResourceConflictException",
        "The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    not_ready(
        "lambda:DeleteEventSourceMapping",
        "ResourceInUseException",
        "Cannot delete the event source mapping because it is in use.",
    ),
    not_ready(
        "lambda:AddPermission",
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    not_ready(
        "lambda:PutFunctionEventInvokeConfig",
        "ResourceNotFoundException",
        "The function arn:aws:lambda:eu-west-1:123456789012:function:orders doesn't exist",
    ),
    not_ready(
        "lambda:PutFunctionConcurrency",
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    not_ready(
        "lambda:CreateEventSourceMapping",
        "ResourceNotFoundException",
        "Function does not exist",
    ),
    absent(
        "lambda:GetFunction",
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    terminal(
        "lambda:PutFunctionConcurrency",
        "InvalidParameterValueException",
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [10].",
    ),
    terminal(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "The runtime parameter of python2.7 is no longer supported for creating or updating AWS Lambda functions.",
    ),
    terminal(
        "lambda:CreateEventSourceMapping",
        "InvalidParameterValueException",
        "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
    ),
    terminal(
        "lambda:AddPermission",
        "PolicyLengthExceededException",
        "The final policy size (20504) is bigger than the limit (20480).",
    ),
    terminal(
        "lambda:CreateFunction",
        "CodeStorageExceededException",
        "Code storage limit exceeded.",
    ),
    not_ready(
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group 'sg-1' does not exist",
    ),
];
