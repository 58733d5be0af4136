"""Consumer of a queue of orders: works out each order's total.

  {"lines": [{"price": "9.95", "quantity": 2}], "notify": "ada@example.com"}

The result is the object jobs/<message id>.json of the results bucket, so that who posted
the order and was answered with the message id knows where to look. The same message twice
writes the same object.

An order that cannot be worked out fails alone: the answer names it in `batchItemFailures`,
the rest of the batch is done, and after its last attempt it goes to the dead-letter queue.

RESULTS_BUCKET_NAME comes from `access = ["results.bucket:write"]`. Where there is also
`access = ["mailer.function:invoke"]`, MAILER_FUNCTION_NAME is set and `notify` gets a mail.
"""

import json
import logging
import os
from decimal import Decimal, InvalidOperation

import boto3

log = logging.getLogger()
log.setLevel(logging.INFO)

s3 = boto3.client("s3")
functions = boto3.client("lambda")


def handler(event, _context):
    failed = []
    for record in event["Records"]:
        try:
            work(record["messageId"], record["body"])
        except Exception:  # whatever it is, it must not take the other messages with it
            log.exception("Failed message %s", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def work(message, body):
    order = json.loads(body)
    result = {"order": order, "total": str(total(order))}
    s3.put_object(
        Bucket=os.environ["RESULTS_BUCKET_NAME"],
        Key=f"jobs/{message}.json",
        Body=json.dumps(result).encode(),
        ContentType="application/json",
    )
    mailer = os.environ.get("MAILER_FUNCTION_NAME")
    if mailer and order.get("notify"):
        mail = {"to": order["notify"], "template": "order-done", "values": {"total": result["total"]}}
        functions.invoke(FunctionName=mailer, InvocationType="Event", Payload=json.dumps(mail).encode())
    log.info("Done message %s: %s", message, result["total"])


def total(order):
    try:
        amounts = [Decimal(str(line["price"])) * int(line["quantity"]) for line in order["lines"]]
    except (InvalidOperation, KeyError, TypeError, ValueError) as error:
        raise ValueError("an order needs lines, each with a price and a quantity") from error
    amount = sum(amounts, Decimal(0))
    if not amount.is_finite():
        raise ValueError("a price must be a number")
    return amount
