"""GET /me: what another instance's database knows of the caller, asked over its Data API.

ACCOUNTS_DATABASE_CLUSTER_ARN and the like come from `access = ["accounts.database:connect"]`.
"""

import json
import os
import time

import boto3

data = boto3.client("rds-data")


def rows(statement, **values):
    """Runs a statement. A database that paused is waited for."""
    given = [{"name": name, "value": {"stringValue": value}} for name, value in values.items()]
    for pause in (1, 2, 4, 8, 16, None):
        try:
            return data.execute_statement(
                resourceArn=os.environ["ACCOUNTS_DATABASE_CLUSTER_ARN"],
                secretArn=os.environ["ACCOUNTS_DATABASE_SECRET_ARN"],
                database=os.environ["ACCOUNTS_DATABASE_NAME"],
                sql=statement,
                parameters=given,
            )["records"]
        except data.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "DatabaseResumingException" or pause is None:
                raise
            time.sleep(pause)


def handler(event, _context):
    caller = event["requestContext"]["authorizer"]["lambda"]["subject"]
    found = rows("SELECT id, name FROM users WHERE name = :name ORDER BY id", name=caller)
    if not found:
        return answer(404, {"message": f"{caller} has no account."})
    number, name = found[0]
    return answer(200, {"id": number["longValue"], "name": name["stringValue"]})


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
