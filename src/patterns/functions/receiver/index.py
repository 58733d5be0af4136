"""Webhook receiver: stores what was posted and answers 200 with the delivery's id.

It checks nothing: whoever knows the URL can post. A recipient that must trust the
sender verifies the sender's signature over `body`, which is why `body` and the
signature headers are kept as they came.

Environment
  TABLE            the DynamoDB table (key: `id`, a string); or
  BUCKET, PREFIX   the S3 bucket, and the prefix of its keys (default `hooks/`)
  TTL_SECONDS      with TABLE: sets `expires_at`, the table's time-to-live attribute
  FILTER_FIELD     with BUCKET: the payload's field that recipients filter on
  ID_HEADERS       headers that carry a delivery's id, comma separated; empty: none

Rights
  dynamodb:PutItem on TABLE, or s3:PutObject on BUCKET/PREFIX*

A stored delivery
  id            see "once" below
  received_at   when, ISO 8601 in UTC
  expires_at    epoch seconds (only with TTL_SECONDS)
  method, path  of the request (no query string: it may hold a secret)
  headers       lower case; credentials, cookies and the proxy's own are left out
  payload       the fields of a JSON object or of a form; {} for anything else
  body          the request's body, unchanged
  body_base64   true where the body is not UTF-8 text, and `body` is its base64
  has           in the table: true by the name of each field of `payload`

In the table `payload` is a native map, so a recipient's `filter = { kind = ["invoice"] }`
is the event filter `dynamodb.NewImage.payload.M.kind.S`. Whether a field exists, of
whatever type it is, is asked of `dynamodb.NewImage.has.M.kind.BOOL`. Numbers that DynamoDB cannot
hold become strings. A delivery too large for one item (400 KB) is stored without
`body`; if `payload` alone is too large the answer is 413, and S3 is the store to use.

In the bucket a delivery is `PREFIX<id>.json`. S3's notification carries the key
and nothing of the payload, and an SNS filter has `prefix` but no wildcard. So the one
field that recipients filter on goes in front: with FILTER_FIELD = "kind" a delivery is
`PREFIX kind/invoice/<id>.json` (without the space), and `filter = { kind =
["invoice"] }` is the SNS policy `Records.s3.object.key: [{"prefix": "PREFIXkind/invoice/"}]`
on the message body. Field and value are written as `label` writes them, in letters that
S3 does not escape in its notifications. A value that is no text, number or boolean, or is
empty, is written as `-`, which is no label: so the field exists where the key begins with
`PREFIXkind/`.

Once
  Senders repeat a delivery that they saw no answer to. Where a header carries its id,
  the stored id is made of that header and the body, and a second one is answered 200
  and not stored again, for as long as the first is kept: in the bucket too, where the key
  depends on the id and the body alone. Without such a header each request is a delivery
  of its own.
"""

import base64
import hashlib
import json
import logging
import os
import re
import time
import uuid
from datetime import datetime, timezone
from decimal import Decimal
from urllib.parse import parse_qs

import boto3
from botocore.exceptions import ClientError

log = logging.getLogger()
log.setLevel(logging.INFO)

TABLE = os.environ.get("TABLE")
BUCKET = os.environ.get("BUCKET")
PREFIX = os.environ.get("PREFIX", "hooks/")
FILTER_FIELD = os.environ.get("FILTER_FIELD")
TTL_SECONDS = int(os.environ.get("TTL_SECONDS") or 0)
ID_HEADERS = [
    name.strip().lower()
    for name in os.environ.get(
        "ID_HEADERS",
        "webhook-id,svix-id,idempotency-key,x-github-delivery,"
        "x-shopify-webhook-id,i-twilio-idempotency-token",
    ).split(",")
    if name.strip()
]

SECRET = re.compile(
    r"auth|token|secret|passw|cookie|credential|session|jwt|api-?key|(^|-)key(-|$)"
)
FROM_THE_PROXY = re.compile(r"^(x-forwarded-.*|x-amzn-trace-id|forwarded|via|host|content-length)$")
DEEPEST = 28  # DynamoDB nests 32 levels; `payload` and the item are two of them

if bool(TABLE) == bool(BUCKET):
    raise RuntimeError("The receiver needs TABLE or BUCKET in its environment, and only one of them.")
client = boto3.client("dynamodb" if TABLE else "s3")


def handler(event, _context):
    """Stores the request of an HTTP API (payload format 2.0)."""
    delivery = read(event)
    try:
        stored = to_table(delivery) if TABLE else to_bucket(delivery)
    except TooLarge as error:
        log.error("Refused delivery %s: %s", delivery["id"], error)
        return answer(413, {"message": str(error)})
    log.info("%s delivery %s", "Stored" if stored else "Already had", delivery["id"])
    return answer(200, {"id": delivery["id"], "duplicate": not stored})


class TooLarge(Exception):
    """The delivery does not fit in the store."""


def answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }


def read(event):
    """The delivery of a request."""
    http = event["requestContext"]["http"]
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    delivery = {
        "id": delivery_id(headers, raw),
        "received_at": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "method": http["method"],
        "path": event.get("rawPath") or http["path"],
        "headers": {n: v for n, v in headers.items() if is_kept(n)},
    }
    try:
        text = raw.decode()
        delivery["body"] = text
        delivery["payload"] = fields(text, headers.get("content-type", ""))
    except UnicodeDecodeError:
        delivery.update(body=base64.b64encode(raw).decode(), body_base64=True, payload={})
    return delivery


def delivery_id(headers, raw):
    """The same for each repetition of a delivery, where a header lets it be told."""
    for name in ID_HEADERS:
        if headers.get(name):
            return hashlib.sha256(f"{name}\n{headers[name]}\n".encode() + raw).hexdigest()[:32]
    return uuid.uuid4().hex


def is_kept(name):
    if name in ID_HEADERS:
        return True
    return not (SECRET.search(name) or FROM_THE_PROXY.match(name))


def fields(text, content_type):
    """The top-level fields of a JSON object or a form."""
    if content_type.lower().startswith("application/x-www-form-urlencoded"):
        found = parse_qs(text, keep_blank_values=True)
        return {name: values if len(values) > 1 else values[0] for name, values in found.items()}
    try:
        value = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=str)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


# --- DynamoDB ---------------------------------------------------------------------


def to_table(delivery):
    """False where the table has this delivery already."""
    item = {name: attribute(value) for name, value in delivery.items()}
    item["has"] = {"M": {name: {"BOOL": True} for name in delivery["payload"]}}
    if TTL_SECONDS:
        item["expires_at"] = {"N": str(int(time.time()) + TTL_SECONDS)}
    without_body = {name: value for name, value in item.items() if not name.startswith("body")}
    for attempt in (item, without_body):
        try:
            client.put_item(
                TableName=TABLE, Item=attempt, ConditionExpression="attribute_not_exists(id)"
            )
            return True
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                return False
            if code != "ValidationException":
                raise
            log.warning("The table refused delivery %s: %s", delivery["id"], error)
    raise TooLarge("The payload does not fit in one item of the table: 400 KB, and no empty names.")


def attribute(value, depth=0):
    """A DynamoDB attribute value."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, (int, Decimal)):
        return {"N": str(value)} if fits(Decimal(value)) else {"S": str(value)}
    if depth == DEEPEST:
        return {"S": json.dumps(value, default=number)}
    if isinstance(value, dict):
        return {"M": {name: attribute(inner, depth + 1) for name, inner in value.items()}}
    return {"L": [attribute(inner, depth + 1) for inner in value]}


def fits(value):
    """DynamoDB holds 38 significant digits, from 1E-130 to 1E+126."""
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    return not digits or (len(digits) <= 38 and -130 <= value.adjusted() <= 125)


# --- S3 ---------------------------------------------------------------------------


def to_bucket(delivery):
    """False where the bucket has this delivery already."""
    try:
        client.put_object(
            Bucket=BUCKET,
            Key=key(delivery),
            Body=json.dumps(delivery, default=number).encode(),
            ContentType="application/json",
        )
        return True
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
            return False
        raise


def only_if_new(request, **_):
    request.headers["If-None-Match"] = "*"


if BUCKET:  # as a header, since the SDK of an older runtime has no parameter for it
    client.meta.events.register("before-sign.s3.PutObject", only_if_new)


def key(delivery):
    """The same for each repetition: nothing in it may depend on when it came."""
    route = ""
    if FILTER_FIELD and FILTER_FIELD in delivery["payload"]:
        value = delivery["payload"][FILTER_FIELD]
        if isinstance(value, bool):
            value = json.dumps(value)
        text = str(value) if isinstance(value, (str, Decimal)) else ""
        route = f"{label(FILTER_FIELD)}/{label(text) or '-'}/"
    return f"{PREFIX}{route}{delivery['id']}.json"


def label(text):
    """`text` in letters, digits, `.` and `_`; every other byte as `-` and two hex digits.

    Only the first 150 bytes of its UTF-8 count. What one text begins with, its label
    begins with too, so an SNS `prefix` on labels is a prefix on values.
    """
    plain = re.sub(
        rb"[^A-Za-z0-9._]", lambda found: b"-%02X" % found.group()[0], text.encode()[:150]
    )
    return plain.decode()


def number(value):
    """JSON for a Decimal: a number where that loses nothing, else its text."""
    if value == value.to_integral_value() and abs(value.adjusted()) < 300:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)
