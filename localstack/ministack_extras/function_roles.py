"""Lambda: a function's role must trust Lambda, and must allow what is sent to its destinations.

MiniStack checks only that the role exists, and sends to dead-letter queues and destinations whatever
the role allows. AWS Lambda developer guide, "Defining Lambda function permissions with an execution
role" and "Capturing records of Lambda asynchronous invocations".
"""

import logging

import permissions
import seams

logger = logging.getLogger("ministack.extras")

_SENDING = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}


def may_send(role, target):
    """Whether a function's role allows sending to the ARN of a queue, a topic or a function."""
    action = _SENDING.get(target.split(":")[2])
    return action is None or permissions.role_may(role, action, target)


def install():
    functions = seams.service("lambda_svc")
    seams.needs(functions, "error_response_json", "_functions")

    def refuse(message):
        return functions.error_response_json("InvalidParameterValueException", message, 400)

    def fault_of(role, dead_letters):
        if role and not permissions.role_trusts(role, "lambda.amazonaws.com"):
            return refuse("The role defined for the function cannot be assumed by Lambda.")
        target = (dead_letters or {}).get("TargetArn")
        if role and target and not may_send(role, target):
            call = _SENDING[target.split(":")[2]].split(":")[1]
            return refuse(f"The provided execution role does not have permissions to call {call} on {target}")
        return None

    @seams.wrap(functions, "_create_function", "data")
    def create(original):
        def create_function(data):
            # A role that does not exist is for MiniStack to refuse.
            role = data.get("Role", "")
            known = role and permissions.role_exists(role)
            return (fault_of(role, data.get("DeadLetterConfig")) if known else None) or original(data)

        return create_function

    @seams.wrap(functions, "_update_config", "name", "data")
    def update(original):
        def update_config(name, data):
            record = functions._functions.get(name)
            fault = None
            if record and ("Role" in data or "DeadLetterConfig" in data):
                was = record["config"]
                fault = fault_of(
                    data.get("Role", was.get("Role")), data.get("DeadLetterConfig", was.get("DeadLetterConfig"))
                )
            return fault or original(name, data)

        return update_config

    @seams.wrap(functions, "_put_event_invoke_config", "func_name", "qualifier", "data")
    def destinations(original):
        def put(func_name, qualifier, data):
            record = functions._functions.get(func_name)
            for kind in (data.get("DestinationConfig") or {}).values():
                target = (kind or {}).get("Destination")
                if record and target and not may_send(record["config"]["Role"], target):
                    call = _SENDING[target.split(":")[2]].split(":")[1]
                    return refuse(f"The function's execution role does not have permissions to call {call} on {target}")
            return original(func_name, qualifier, data)

        return put

    @seams.wrap(functions, "_route_async_failure", "target_arn", "func_name")
    def failure(original):
        def route(target_arn, func_name, *rest):
            record = functions._functions.get(func_name)
            if record and not may_send(record["config"]["Role"], target_arn):
                logger.warning("the role of %s may not send to %s", func_name, target_arn)
                return None
            return original(target_arn, func_name, *rest)

        return route
