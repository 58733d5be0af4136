"""Reports in a table of Aurora, over its Data API: no connection, no driver, no network."""

import base64
import json
import os
import time

import boto3

data = boto3.client("rds-data")
MADE = False


def run(statement, **values):
    """Runs a statement. A database that paused is waited for."""
    given = [{"name": name, "value": {"stringValue": value}} for name, value in values.items()]
    pause = 1
    while True:
        try:
            ran = data.execute_statement(
                resourceArn=os.environ["DATABASE_CLUSTER_ARN"],
                secretArn=os.environ["DATABASE_SECRET_ARN"],
                database=os.environ["DATABASE_NAME"],
                sql=statement,
                parameters=given,
            )
            return ran.get("records", [])
        except data.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "DatabaseResumingException" or pause > 16:
                raise
            time.sleep(pause)
            pause *= 2


def body(event):
    """The request's body; API Gateway encodes what it does not take for text."""
    text = event.get("body") or ""
    return base64.b64decode(text) if event.get("isBase64Encoded") else text


def answer(status, content):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(content)}


def report(row):
    return {"id": row[0]["longValue"], "title": row[1]["stringValue"]}


def handler(event, context):
    global MADE
    if not MADE:
        run("CREATE TABLE IF NOT EXISTS reports (id serial PRIMARY KEY, title text NOT NULL)")
        MADE = True
    if event["requestContext"]["http"]["method"] == "POST":
        try:
            title = json.loads(body(event))["title"]
        except (ValueError, KeyError, TypeError):
            return answer(400, {"error": "send a JSON object with a title"})
        rows = run("INSERT INTO reports (title) VALUES (:title) RETURNING id, title", title=str(title))
        return answer(201, report(rows[0]))
    return answer(200, [report(row) for row in run("SELECT id, title FROM reports ORDER BY id")])
