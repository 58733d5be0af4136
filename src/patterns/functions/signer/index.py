"""Upload signer: answers with a URL to which one file may be put, straight into the bucket.

Environment
  BUCKET            the bucket
  PREFIX            what every key begins with, such as `uploads/`
  EXPIRES_SECONDS   how long a URL works (at most 7 days, and never longer than the
                    session of the function's role)
  MAX_SIZE_BYTES    the largest file; S3 takes 5 GiB in one PUT
  CONTENT_TYPES     optional, comma separated: what may be uploaded (`image/*` for a family)

Rights
  s3:PutObject on BUCKET/PREFIX*. A signed URL can do what its signer can, so this is
  also all that a URL can ever do.

Request:  POST {"name": "photo.png", "type": "image/png", "size": 48213}
Answer:   200 {"method": "PUT", "url": "...", "headers": {...}, "key": "...", "expires_at": "..."}
          400 the request is wrong, 413 too large, 415 a type that is not taken
Then:     PUT the file to `url` with exactly these headers.

Size and type are signed headers: S3 refuses a file of another length or type with 403.
(A presigned POST form could state a range instead, but takes a form rather than the
file itself.) The key is PREFIX, a new id, and the last part of the name, so that no
upload can overwrite another or leave the prefix.
"""

import base64
import json
import logging
import os
import re
import uuid
from datetime import datetime, timedelta, timezone

# Set before the client is made: a checksum of the body cannot be signed before there is one.
os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402

log = logging.getLogger()
log.setLevel(logging.INFO)

BUCKET = os.environ["BUCKET"]
PREFIX = os.environ["PREFIX"].lstrip("/")
EXPIRES_SECONDS = int(os.environ["EXPIRES_SECONDS"])
MAX_SIZE_BYTES = int(os.environ["MAX_SIZE_BYTES"])
CONTENT_TYPES = [
    entry.strip().lower() for entry in os.environ.get("CONTENT_TYPES", "").split(",") if entry.strip()
]
CONTENT_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+( *; *[a-z0-9-]+=[^\s;,]+)*", re.I)


def make_client():
    """Signs for the region's own endpoint, where a URL works from the bucket's first minute."""
    elsewhere = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    style = {"addressing_style": "path" if elsewhere else "virtual"}
    return boto3.client(
        "s3",
        config=Config(
            signature_version="s3v4", s3={**style, "us_east_1_regional_endpoint": "regional"}
        ),
    )


client = make_client()


class Refused(Exception):
    """A request that gets no URL: the status and the reason."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def handler(event, _context):
    """Signs one upload for a request of an HTTP API (payload format 2.0)."""
    try:
        name, content_type, size = wanted(event)
    except Refused as refused:
        log.info("Refused: %s", refused)
        return answer(refused.status, {"message": str(refused)})
    key = f"{PREFIX}{uuid.uuid4().hex}/{safe(name)}"
    expires_at = datetime.now(timezone.utc) + timedelta(seconds=EXPIRES_SECONDS)
    url = client.generate_presigned_url(
        "put_object",
        Params={"Bucket": BUCKET, "Key": key, "ContentLength": size, "ContentType": content_type},
        ExpiresIn=EXPIRES_SECONDS,
        HttpMethod="PUT",
    )
    log.info("Signed %s: %s, %d bytes", key, content_type, size)
    return answer(
        200,
        {
            "method": "PUT",
            "url": url,
            "headers": {"content-type": content_type, "content-length": str(size)},
            "key": key,
            "expires_at": expires_at.isoformat(timespec="seconds"),
        },
    )


def wanted(event):
    """Name, content type and size of the file that a request asks to upload."""
    body = event.get("body") or ""
    try:
        asked = json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Refused(400, 'The body must be a JSON object such as {"name": "photo.png", "size": 48213}.')
    name, size = asked.get("name"), asked.get("size")
    content_type = asked.get("type", "application/octet-stream")
    if not isinstance(name, str) or not name.strip():
        raise Refused(400, '"name" must be the file\'s name.')
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise Refused(400, '"size" must be the file\'s size in bytes, a whole number.')
    if size > MAX_SIZE_BYTES:
        raise Refused(413, f'"size" is {size}; the largest upload is {MAX_SIZE_BYTES} bytes.')
    if not isinstance(content_type, str) or not CONTENT_TYPE.fullmatch(content_type):
        raise Refused(400, '"type" must be a content type such as image/png.')
    if not is_taken(content_type):
        raise Refused(415, f'"type" is {content_type}; taken are {", ".join(CONTENT_TYPES)}.')
    return name, content_type, size


def is_taken(content_type):
    if not CONTENT_TYPES:
        return True
    kind = content_type.split(";")[0].strip().lower()
    return any(
        kind == entry or (entry.endswith("/*") and kind.startswith(entry[:-1])) for entry in CONTENT_TYPES
    )


def safe(name):
    """The last part of a name, in characters that need no escape in a key; its ending stays."""
    last = re.split(r"[/\\]", name.strip())[-1]
    stem, ending = os.path.splitext(re.sub(r"[^A-Za-z0-9._-]+", "-", last))
    return (stem.strip(".-") or "file")[:80] + ending[:20]


def answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body),
    }
