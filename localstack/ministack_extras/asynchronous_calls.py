"""Lambda: topics, rules and schedules call a function asynchronously, and dead-letter targets get the event.

MiniStack calls the function once and forgets a failure; on AWS these calls are tried again and end in
the function's destination, as those of S3 do. To a `DeadLetterConfig` it sends the record that
belongs to an on-failure destination; AWS sends the event itself, and to both where both are set.
AWS Lambda developer guide, "Adding a dead-letter queue".
"""

import json
import logging
import uuid

import function_roles
import seams

logger = logging.getLogger("ministack.extras")


def call(function_arn, event):
    """Calls a function as `Invoke` with the type `Event` does; returns at once."""
    functions = seams.service("lambda_svc")
    record, config, name = functions._get_func_record_for_ref(function_arn)
    if record is None or config is None:
        logger.warning("no function %s to call", name)
        return
    functions.invoke_async_with_retry(functions._execution_record_for_config(record, config), event)


def _send_event(functions, config, target, event, result):
    role = config["Role"]
    if not function_roles.may_send(role, target):
        logger.warning("the role of %s may not send to %s", config["FunctionName"], target)
        return
    body, failure = json.dumps(event), result.get("body")
    message = failure.get("errorMessage", "") if isinstance(failure, dict) else str(failure or "")
    texts = {"RequestID": str(uuid.uuid4()), "ErrorMessage": (message or "failed")[:1000]}
    attributes = {name: {"DataType": "String", "StringValue": text} for name, text in texts.items()}
    attributes["ErrorCode"] = {"DataType": "Number", "StringValue": "200"}
    if target.split(":")[2] == "sns":
        seams.service("sns")._fanout(target, str(uuid.uuid4()), body, "", "", attributes)
        return
    sqs = seams.service("sqs")
    url = sqs._queue_url(target.rsplit(":", 1)[-1])
    sqs._act_send_message({"QueueUrl": url, "MessageBody": body, "MessageAttributes": attributes}, url)


def install():
    functions, rules = seams.service("lambda_svc"), seams.service("eventbridge")
    seams.needs(
        functions, "_functions", "_get_func_record_for_ref", "_execution_record_for_config", "invoke_async_with_retry"
    )
    seams.needs(seams.service("sqs"), "_queue_url", "_act_send_message")
    seams.needs(seams.service("sns"), "_fanout")

    @seams.wrap(rules, "_dispatch_to_lambda", "arn", "payload")
    def dispatch(_original):
        def to_function(arn, payload):
            try:
                event = json.loads(payload)
            except ValueError:
                event = payload
            call(arn, event)

        return to_function

    @seams.wrap(functions, "_route_async_failure", "target_arn", "func_name", "event", "result")
    def failure(original):
        def route(target_arn, func_name, event, result):
            config = (functions._functions.get(func_name) or {}).get("config") or {}
            dead_letters = (config.get("DeadLetterConfig") or {}).get("TargetArn")
            if dead_letters:
                _send_event(functions, config, dead_letters, event, result)
            if target_arn != dead_letters:
                original(target_arn, func_name, event, result)

        return route
