"""Redrive: a scheduled run that sends each failed payload to its function again.

Environment
  DEAD_LETTER_QUEUE_URL      the queue with what failed
  FUNCTION                   the name of the queue's own function
  FUNCTIONS                  optional: the names of all functions whose payloads end in the
                             queue, comma separated
  FUNCTION_TIMEOUT_SECONDS   optional: the longest of their timeouts. No new invocation is
                             begun unless it could still finish within this run

Rights
  sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility on the queue
  lambda:InvokeFunction on the functions

A message is the envelope of an on-failure destination, whose `requestPayload` is the
payload and which names its function, or the payload itself (a function's dead-letter
target writes that), which is FUNCTION's.

The function is invoked synchronously, so its result is known here: where it succeeds the
message is deleted; where it fails the message stays for the next run. Nothing can go
round in circles, since only an asynchronous invocation that fails goes to the queue.
The function can see a payload twice (it succeeded, and the message could not be deleted,
or this run was cut off), so it should be idempotent, as for every asynchronous invocation.

Messages are hidden while a run lasts, so that it meets each only once, and shown again at
its end, so that an alarm on the queue's depth counts them.

Answers, and logs, {"redriven": 3, "kept": 1, "unreadable": 0, "complete": true}:
`complete` is false where time ran out, or a function took no more for now, before the
queue was empty; the other functions' payloads are tried all the same. Where a function
cannot be invoked at all, the run fails with the service's error, after the others.
"""

import json
import logging
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

log = logging.getLogger()
log.setLevel(logging.INFO)

QUEUE = os.environ["DEAD_LETTER_QUEUE_URL"]
FUNCTION = os.environ["FUNCTION"]
FUNCTIONS = {FUNCTION, *filter(None, os.environ.get("FUNCTIONS", "").split(","))}
FUNCTION_TIMEOUT = int(os.environ.get("FUNCTION_TIMEOUT_SECONDS") or 0)
MARGIN = 3  # seconds of a run that are kept for its end
NOT_NOW = {
    "EC2ThrottledException",
    "ResourceConflictException",
    "ResourceNotReadyException",
    "ServiceException",
    "ThrottlingException",
    "TooManyRequestsException",
}

sqs = boto3.client("sqs")
# One attempt: the SDK would otherwise invoke again after a lost answer.
functions = boto3.client(
    "lambda", config=Config(read_timeout=900, retries={"total_max_attempts": 1})
)


def handler(_event, context):
    """Works through the queue until it is empty or the time is nearly up."""
    run = Run(context)
    try:
        run.work()
    finally:
        run.show_again()
    summary = {**run.count, "complete": run.complete}
    log.info("%s", json.dumps(summary))
    if run.refusal:
        raise run.refusal
    return summary


class Run:
    """One run: what it counted, and the messages that it hides."""

    def __init__(self, context):
        self.context = context
        self.count = {"redriven": 0, "kept": 0, "unreadable": 0}
        self.hidden = []
        self.out = set()  # functions that take no more in this run
        self.refusal = None
        self.complete = False
        self.longest = FUNCTION_TIMEOUT or 1

    def seconds_left(self):
        return self.context.get_remaining_time_in_millis() / 1000 - MARGIN

    def work(self):
        first = True
        while first or self.seconds_left() > self.longest:
            messages = sqs.receive_message(
                QueueUrl=QUEUE,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                VisibilityTimeout=int(max(self.seconds_left(), 0)) + 2 * MARGIN,
            ).get("Messages", [])
            if not messages:
                self.complete = not self.out
                return
            self.hidden += messages
            for message in messages:
                if not first and self.seconds_left() <= self.longest:
                    return
                first = False
                if not self.redrive(message):
                    return

    def redrive(self, message):
        """Handles one message; false where the run should end."""
        try:
            function, payload = payload_of(message["Body"])
        except ValueError as error:
            self.count["unreadable"] += 1
            log.error("Kept message %s: %s", message["MessageId"], error)
            return True
        if function in self.out:
            return True
        begun = time.monotonic()
        try:
            failure = invoke(function, payload)
        except NotNow as reason:
            log.warning("No more for %s: %s", function, reason)
            return self.leave_out(function)
        except ClientError as error:
            self.refusal = self.refusal or error
            log.error("%s cannot be invoked: %s", function, error)
            return self.leave_out(function)
        self.longest = max(self.longest, time.monotonic() - begun)
        if failure:
            self.count["kept"] += 1
            log.warning("Kept message %s: %s", message["MessageId"], failure)
            return True
        self.count["redriven"] += 1
        self.forget(message)
        return True

    def leave_out(self, function):
        """Leaves a function alone for the rest of the run; false where none is left."""
        self.out.add(function)
        return self.out != FUNCTIONS

    def forget(self, message):
        self.hidden.remove(message)
        try:
            sqs.delete_message(QueueUrl=QUEUE, ReceiptHandle=message["ReceiptHandle"])
        except ClientError as error:
            log.error("Redriven but not deleted, message %s: %s", message["MessageId"], error)

    def show_again(self):
        for message in self.hidden:
            try:
                sqs.change_message_visibility(
                    QueueUrl=QUEUE, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )
            except ClientError as error:
                log.warning("Hidden for a while yet, message %s: %s", message["MessageId"], error)


class NotNow(Exception):
    """A function takes no more for now: it is throttled, or being updated."""


def payload_of(body):
    """The function that a message is for, and its payload as JSON text; ValueError where there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        raise ValueError("its body is not JSON, so no function can take it") from None
    request = value.get("requestContext") if isinstance(value, dict) else None
    if not isinstance(request, dict) or "functionArn" not in request:
        return FUNCTION, body
    function = request["functionArn"].split(":")[6]
    if function not in FUNCTIONS:
        raise ValueError(f"it is the payload of {request['functionArn']}")
    if "requestPayload" not in value:
        raise ValueError("its envelope has no requestPayload")
    return function, json.dumps(value["requestPayload"])


def invoke(function, payload):
    """None where the function succeeded, else what went wrong."""
    try:
        result = functions.invoke(
            FunctionName=function, InvocationType="RequestResponse", Payload=payload.encode()
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_NOW:
            raise NotNow(str(error)) from error
        if error.response["Error"]["Code"] == "RequestTooLargeException":
            return str(error)
        raise
    except (NoConnection, HTTPClientError) as error:
        return f"no answer ({error})"
    if "FunctionError" in result:
        return result["Payload"].read().decode(errors="replace")[:1000]
    return None
