"""A signer of one's own: answers with a form for a browser, instead of a URL to put to.

The signer that the pattern supplies signs a PUT of one size and type. A form states a range,
so a page need not know the size beforehand, and S3 refuses what is outside it:

  POST /uploads {"name": "photo.png", "type": "image/png"}
  200 {"method": "POST", "url": "...", "fields": {...}, "key": "...", "expires_at": "..."}

and then a multipart/form-data POST of `fields`, and the file last, to `url`.

The pattern gives BUCKET, PREFIX, EXPIRES_SECONDS and MAX_SIZE_BYTES, and the right to put
objects under the prefix, which is all that a form signed here can do.
"""

import base64
import json
import os
import re
import uuid
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

PREFIX = os.environ["PREFIX"]
EXPIRES = int(os.environ["EXPIRES_SECONDS"])
LARGEST = min(int(os.environ["MAX_SIZE_BYTES"]), 5 * 1024**3)  # what S3 takes in one POST
TYPES = {"image/png", "image/jpeg", "text/csv", "application/pdf"}

# The region's own endpoint works from the bucket's first minute; an emulator has no host names.
style = "path" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"
s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": style}))


def handler(event, _context):
    body = event.get("body") or ""
    try:
        asked = json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
        name, kind = asked["name"], asked["type"]
    except (ValueError, KeyError, TypeError):
        return answer(400, {"message": 'The body must be JSON with "name" and "type".'})
    if kind not in TYPES:
        return answer(415, {"message": f'"type" must be one of {", ".join(sorted(TYPES))}.'})
    last = re.split(r"[/\\]", str(name))[-1]
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", last)[-100:].strip(".-") or "file"
    key = f"{PREFIX}{uuid.uuid4().hex}/{safe}"
    form = s3.generate_presigned_post(
        os.environ["BUCKET"],
        key,
        Fields={"Content-Type": kind},
        Conditions=[{"Content-Type": kind}, ["content-length-range", 1, LARGEST]],
        ExpiresIn=EXPIRES,
    )
    expires_at = datetime.now(timezone.utc) + timedelta(seconds=EXPIRES)
    return answer(
        200, {"method": "POST", **form, "key": key, "expires_at": expires_at.isoformat(timespec="seconds")}
    )


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
