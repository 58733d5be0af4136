"""The deliveries in an event, whichever store the webhook proxy has.

From the table's stream come records with the item's new image; from the bucket's topic come
messages with S3's notification, and the delivery is read from its object. Both can come
again after a failure, so what a recipient does with a delivery should bear being done twice.
"""

import json
import os
from decimal import Decimal
from urllib.parse import unquote_plus

import boto3

s3 = boto3.client("s3")


def deliveries(event):
    for record in event["Records"]:
        if "dynamodb" in record:
            if record["eventName"] == "INSERT":  # not what the time to live removes
                yield value({"M": record["dynamodb"]["NewImage"]})
            continue
        notification = json.loads(record["Sns"]["Message"])
        for entry in notification.get("Records", []):  # S3's test message has none
            place = entry["s3"]
            found = s3.get_object(Bucket=place["bucket"]["name"], Key=unquote_plus(place["object"]["key"]))
            yield json.load(found["Body"])


def value(attribute):
    """A DynamoDB attribute value as plain Python."""
    (kind, inner), = attribute.items()
    if kind == "M":
        return {name: value(each) for name, each in inner.items()}
    if kind == "L":
        return [value(each) for each in inner]
    if kind == "N":
        number = Decimal(inner)
        return int(number) if number == number.to_integral_value() else float(number)
    return None if kind == "NULL" else inner


def save(name, result):
    """Writes a result; the bucket's name comes from `access = ["results.bucket:write"]`."""
    s3.put_object(
        Bucket=os.environ["RESULTS_BUCKET_NAME"],
        Key=f"{name}.json",
        Body=json.dumps(result).encode(),
        ContentType="application/json",
    )
