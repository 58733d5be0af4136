"""Trigger of a bucket: turns each CSV file into JSON.

The result of in/people.csv is imports/in/people.csv.json in the results bucket: its rows as
objects, and the lines that do not fit the header, with the reason. A file that is no CSV at
all (no header, or not UTF-8) is imported as no rows with one reason; trying again would not help.

RESULTS_BUCKET_NAME comes from `access = ["results.bucket:write"]`.
"""

import csv
import io
import json
import logging
import os
from urllib.parse import unquote_plus

import boto3

log = logging.getLogger()
log.setLevel(logging.INFO)

s3 = boto3.client("s3")


def handler(event, _context):
    for record in event["Records"]:
        bucket, key = record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
        rows, rejected = read(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        result = {"source": {"bucket": bucket, "key": key}, "rows": rows, "rejected": rejected}
        s3.put_object(
            Bucket=os.environ["RESULTS_BUCKET_NAME"],
            Key=f"imports/{key}.json",
            Body=json.dumps(result, ensure_ascii=False).encode(),
            ContentType="application/json",
        )
        log.info("Imported %s: %d rows, %d rejected", key, len(rows), len(rejected))


def read(data):
    """The rows, as objects by column, and what was rejected, by line."""
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        columns = next(lines, [])
        if not columns or len(set(columns)) < len(columns):
            return [], [{"line": 1, "reason": "the header must name each column once"}]
        rows, rejected = [], []
        for fields in lines:
            if len(fields) == len(columns):
                rows.append(dict(zip(columns, fields)))
            elif fields:
                reason = f"{len(fields)} fields for {len(columns)} columns"
                rejected.append({"line": lines.line_num, "reason": reason})
        return rows, rejected
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [{"line": 1, "reason": f"not a CSV file in UTF-8: {error}"}]
