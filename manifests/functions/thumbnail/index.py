"""Subscriber of a topic of new objects: makes a thumbnail of each PNG.

The thumbnail of in/cat.png is thumbnails/in/cat.png in the results bucket: another bucket
than the source, so that no thumbnail can set off the next. What is not a PNG that it can
read leaves thumbnails/in/cat.txt.skipped.json, with the reason, and no error: trying again
would not help. An object that cannot be fetched is an error, and is tried again.

RESULTS_BUCKET_NAME comes from `access = ["results.bucket:write"]`; the right to read the
source comes from `access = ["images.bucket:read"]`, or the bucket's own instance.
"""

import json
import logging
import os
from urllib.parse import unquote_plus

import boto3
from png import NotSupported, shrink

log = logging.getLogger()
log.setLevel(logging.INFO)

s3 = boto3.client("s3")
SIDE = 96


def handler(event, _context):
    for record in event["Records"]:
        notification = json.loads(record["Sns"]["Message"])
        for entry in notification.get("Records", []):  # S3's test message has none
            if entry["eventName"].startswith("ObjectCreated:"):
                make(entry["s3"]["bucket"]["name"], unquote_plus(entry["s3"]["object"]["key"]))


def make(bucket, key):
    image = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        save(f"thumbnails/{key}", shrink(image, SIDE), "image/png")
    except NotSupported as reason:
        skipped = {"bucket": bucket, "key": key, "reason": str(reason)}
        save(f"thumbnails/{key}.skipped.json", json.dumps(skipped).encode(), "application/json")


def save(key, body, kind):
    s3.put_object(Bucket=os.environ["RESULTS_BUCKET_NAME"], Key=key, Body=body, ContentType=kind)
    log.info("Wrote %s: %d bytes", key, len(body))
