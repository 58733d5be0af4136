"""POST /replay/{key+}: tells every subscriber of a topic about an object once more.

TOPIC is the topic's ARN, written into the manifest as `${images.topic.arn}`; the right to
publish comes from `access = ["images.topic:publish"]`, and UPLOADS_BUCKET_NAME from
`access = ["uploads.bucket:read"]`.
"""

import json
import os
from urllib.parse import quote_plus

import boto3

s3 = boto3.client("s3")
sns = boto3.client("sns")


def handler(event, _context):
    bucket, key = os.environ["UPLOADS_BUCKET_NAME"], event["pathParameters"]["key"]
    try:
        size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
    except s3.exceptions.ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return answer(404, {"message": f"There is no object {key}."})
        raise
    record = {  # as S3's own notification, whose keys are URL-encoded
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Replay",
        "s3": {"bucket": {"name": bucket}, "object": {"key": quote_plus(key, safe="/"), "size": size}},
    }
    sent = sns.publish(TopicArn=os.environ["TOPIC"], Message=json.dumps({"Records": [record]}))
    return answer(202, {"id": sent["MessageId"]})


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
