"""Consumer of a bucket's queue: records the SHA-256 of each object.

The result of in/film.mp4 is checksums/in/film.mp4.json in the results bucket. An object
that cannot be read fails alone (`batchItemFailures`): the other messages of the batch are
done, and it ends in the dead-letter queue after its last attempt.

RESULTS_BUCKET_NAME comes from `access = ["results.bucket:write"]`.
"""

import hashlib
import json
import logging
import os
from urllib.parse import unquote_plus

import boto3

log = logging.getLogger()
log.setLevel(logging.INFO)

s3 = boto3.client("s3")


def handler(event, _context):
    failed = []
    for message in event["Records"]:
        try:
            for record in json.loads(message["body"]).get("Records", []):  # S3's test message has none
                record_checksum(record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"]))
        except Exception:  # whatever it is, it must not take the other messages with it
            log.exception("Failed message %s", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def record_checksum(bucket, key):
    digest, size = hashlib.sha256(), 0
    for part in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1024 * 1024):
        digest.update(part)
        size += len(part)
    result = {"bucket": bucket, "key": key, "size": size, "sha256": digest.hexdigest()}
    s3.put_object(
        Bucket=os.environ["RESULTS_BUCKET_NAME"],
        Key=f"checksums/{key}.json",
        Body=json.dumps(result).encode(),
        ContentType="application/json",
    )
    log.info("%s", json.dumps(result))
