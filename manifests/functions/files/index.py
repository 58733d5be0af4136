"""GET /files/{key+}: what is known of an uploaded file.

UPLOADS_BUCKET_NAME comes from `access = ["uploads.bucket:read"]`.
"""

import json
import os

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")


def handler(event, _context):
    key = event["pathParameters"]["key"]
    try:
        found = s3.head_object(Bucket=os.environ["UPLOADS_BUCKET_NAME"], Key=key)
    except ClientError as error:
        # Without the right to list the bucket, S3 answers 403 for what is not there.
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return answer(404, {"message": f"There is no file {key}."})
        raise
    return answer(
        200,
        {
            "key": key,
            "size": found["ContentLength"],
            "type": found["ContentType"],
            "uploaded_at": found["LastModified"].isoformat(),
        },
    )


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
