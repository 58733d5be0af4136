"""POST /orders: puts an order into another instance's queue, on behalf of the caller.

JOBS_QUEUE_URL comes from `access = ["jobs.queue:send"]`.
"""

import base64
import json
import os

import boto3

sqs = boto3.client("sqs")


def handler(event, _context):
    body = event.get("body") or ""
    try:
        order = json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
    except ValueError:
        order = None
    if not isinstance(order, dict) or not order.get("lines"):
        return answer(400, {"message": 'The body must be a JSON object with "lines".'})
    caller = event["requestContext"].get("authorizer", {}).get("lambda") or {}
    order["ordered_by"] = caller.get("subject")  # never what the body says
    sent = sqs.send_message(QueueUrl=os.environ["JOBS_QUEUE_URL"], MessageBody=json.dumps(order))
    return answer(202, {"id": sent["MessageId"]})


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
