"""A redrive of one's own: tries each failed payload a few times, then parks it for a person.

The redrive that the pattern supplies keeps what fails again until the queue forgets it. This
one counts how often a message was taken; after ATTEMPTS (default 3) it writes the message
to parked/<message id>.json of the results bucket and deletes it from the queue.

The pattern gives DEAD_LETTER_QUEUE_URL and FUNCTION, and the rights to take messages from
the one and to invoke the other; RESULTS_BUCKET_NAME comes from `access = ["results.bucket:write"]`.
"""

import json
import logging
import os

import boto3
from botocore.config import Config

log = logging.getLogger()
log.setLevel(logging.INFO)

QUEUE = os.environ["DEAD_LETTER_QUEUE_URL"]
ATTEMPTS = int(os.environ.get("ATTEMPTS", 3))

s3 = boto3.client("s3")
sqs = boto3.client("sqs")
functions = boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}))


def handler(_event, context):
    count = {"redriven": 0, "kept": 0, "parked": 0}
    while context.get_remaining_time_in_millis() > 5_000:
        # One at a time, and hidden until the run is over: each is met once a run.
        hidden = context.get_remaining_time_in_millis() // 1000
        taken = sqs.receive_message(
            QueueUrl=QUEUE, WaitTimeSeconds=1, VisibilityTimeout=hidden, AttributeNames=["ApproximateReceiveCount"]
        ).get("Messages", [])
        if not taken:
            break
        count[handle(taken[0])] += 1
    log.info("%s", json.dumps(count))
    return count


def handle(message):
    failure = invoke(message["Body"])
    if failure and int(message["Attributes"]["ApproximateReceiveCount"]) < ATTEMPTS:
        log.warning("Kept message %s: %s", message["MessageId"], failure)
        return "kept"
    if failure:
        parked = {"failure": failure, "message": message["Body"]}
        s3.put_object(
            Bucket=os.environ["RESULTS_BUCKET_NAME"],
            Key=f"parked/{message['MessageId']}.json",
            Body=json.dumps(parked).encode(),
            ContentType="application/json",
        )
        log.error("Parked message %s: %s", message["MessageId"], failure)
    sqs.delete_message(QueueUrl=QUEUE, ReceiptHandle=message["ReceiptHandle"])
    return "parked" if failure else "redriven"


def invoke(body):
    """What went wrong, or None."""
    try:
        envelope = json.loads(body)  # of an on-failure destination
        payload = json.dumps(envelope["requestPayload"]).encode()
    except (ValueError, KeyError, TypeError):
        return "the message has no requestPayload"
    result = functions.invoke(FunctionName=os.environ["FUNCTION"], Payload=payload)
    return result["Payload"].read().decode()[:1000] if "FunctionError" in result else None
