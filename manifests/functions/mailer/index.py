"""Asynchronous function: writes a mail from a template and puts it in the outbox.

  {"to": "ada@example.com", "template": "welcome", "values": {"name": "Ada"}}

The template is the object templates/welcome.txt of the results bucket, with $name where a
value goes; the mail is outbox/<request id>.json. Lambda's own retries keep the request id,
so a mail that is tried again is written once.

A template that is missing, or a value that it lacks, fails the invocation. Lambda tries it
again, and then sends the payload to the dead-letter queue. Put the template there and the
next redrive writes the mail after all.

RESULTS_BUCKET_NAME comes from `access = ["results.bucket:read", "results.bucket:write"]`.
"""

import json
import os
from string import Template

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    to, template = event["to"], event["template"]
    if "@" not in to or not template.replace("-", "").isalnum():
        raise ValueError(f"{to!r} is no address, or {template!r} no template's name")
    bucket = os.environ["RESULTS_BUCKET_NAME"]
    text = s3.get_object(Bucket=bucket, Key=f"templates/{template}.txt")["Body"].read().decode()
    mail = {"to": to, "text": Template(text).substitute(event.get("values", {})), "payload": event}
    key = f"outbox/{context.aws_request_id}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(mail).encode(), ContentType="application/json")
    return {"mail": key}
