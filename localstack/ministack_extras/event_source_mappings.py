"""Lambda: a mapping is refused where AWS refuses it.

MiniStack takes a mapping of a queue that does not exist, whose visibility timeout is below the
function's timeout, which is mapped to the function already, or which the function's role may not read.
AWS Lambda developer guide, "Using Lambda with Amazon SQS" and "Using AWS Lambda with Amazon DynamoDB".
"""

import permissions
import seams

_READING_QUEUE = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
_READING_STREAM = ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams")


def _queue_fault(sqs, role, source, timeout):
    queue = sqs._queue_by_arn(source)
    if queue is None:
        return "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue."
    for call in _READING_QUEUE:
        if not permissions.role_may(role, f"sqs:{call}", source):
            return f"The provided execution role does not have permissions to call {call} on SQS"
    hidden = int(queue["attributes"].get("VisibilityTimeout", "30"))
    if hidden < timeout:
        return f"Queue visibility timeout: {hidden} seconds is less than Function timeout: {timeout} seconds"
    return None


def _stream_fault(role, source):
    def may(call):
        wide = call == "ListStreams" and permissions.role_may(role, f"dynamodb:{call}", "*")
        return wide or permissions.role_may(role, f"dynamodb:{call}", source)

    if all(may(call) for call in _READING_STREAM):
        return None
    return (
        f"Cannot access stream {source}. Please ensure the role can perform the GetRecords, GetShardIterator, "
        "DescribeStream, and ListStreams Actions on your stream in IAM."
    )


def install():
    functions, sqs = seams.service("lambda_svc"), seams.service("sqs")
    seams.needs(functions, "_esms", "error_response_json")
    seams.needs(sqs, "_queue_by_arn")

    @seams.wrap(functions, "_create_esm", "data")
    def create(original):
        def create_mapping(data):
            record = permissions.function_record(data.get("FunctionName", ""))
            source = data.get("EventSourceArn", "")
            if record is None or source.count(":") < 5:
                return original(data)
            config, kind = record["config"], source.split(":")[2]
            for mapping in functions._esms.values():
                if mapping["EventSourceArn"] == source and mapping["FunctionName"] == config["FunctionName"]:
                    return functions.error_response_json(
                        "ResourceConflictException",
                        f'The event source arn (" {source} ") and function (" {config["FunctionName"]} ") provided '
                        "mapping already exists. Please update or delete the existing mapping with UUID "
                        f"{mapping['UUID']}",
                        409,
                    )
            fault = None
            if kind == "sqs":
                fault = _queue_fault(sqs, config["Role"], source, config.get("Timeout", 3))
            elif kind == "dynamodb":
                fault = _stream_fault(config["Role"], source)
            if fault:
                return functions.error_response_json("InvalidParameterValueException", fault, 400)
            return original(data)

        return create_mapping
