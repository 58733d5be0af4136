"""Users in a table of PostgreSQL, over a connection that is kept between requests."""

import base64
import json
import os
import ssl

import boto3
import pg8000.native

connection = None


def password():
    """The password of the secret, which RDS changes from time to time. With `credentials = "iam"` there is none:
    then a token, which is signed here without a call and is good for 15 minutes."""
    if "DATABASE_SECRET_ARN" not in os.environ:
        return boto3.client("rds").generate_db_auth_token(
            DBHostname=os.environ["DATABASE_HOST"],
            Port=int(os.environ["DATABASE_PORT"]),
            DBUsername=os.environ["DATABASE_USER"],
        )
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["DATABASE_SECRET_ARN"])
    return json.loads(secret["SecretString"])["password"]


def connect():
    opened = pg8000.native.Connection(
        os.environ["DATABASE_USER"],
        host=os.environ["DATABASE_HOST"],
        port=int(os.environ["DATABASE_PORT"]),
        database=os.environ["DATABASE_NAME"],
        password=password(),
        # RDS asks for TLS (rds.force_ssl). A PostgreSQL on this machine has none.
        ssl_context=None if os.environ["DATABASE_HOST"] == "localhost" else encrypted(),
        timeout=25,
    )
    opened.run("CREATE TABLE IF NOT EXISTS users (id serial PRIMARY KEY, name text NOT NULL)")
    return opened


def encrypted():
    """TLS without a look at the certificate, whose issuer Python does not know; add RDS's bundle to the code to check it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def run(statement, **values):
    """Runs a statement; once more with a new connection where the old one is gone."""
    global connection
    for is_last in (False, True):
        try:
            connection = connection or connect()
            return connection.run(statement, **values)
        except (pg8000.native.InterfaceError, OSError):
            connection = None
            if is_last:
                raise
    return None


def body(event):
    """The request's body; API Gateway encodes what it does not take for text."""
    text = event.get("body") or ""
    return base64.b64decode(text) if event.get("isBase64Encoded") else text


def answer(status, content):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(content)}


def user(row):
    return {"id": row[0], "name": row[1]}


def handler(event, context):
    method = event["requestContext"]["http"]["method"]
    if method == "POST":
        try:
            name = json.loads(body(event))["name"]
        except (ValueError, KeyError, TypeError):
            return answer(400, {"error": "send a JSON object with a name"})
        rows = run("INSERT INTO users (name) VALUES (:name) RETURNING id, name", name=str(name))
        return answer(201, user(rows[0]))
    wanted = (event.get("pathParameters") or {}).get("id")
    if wanted is None:
        return answer(200, [user(row) for row in run("SELECT id, name FROM users ORDER BY id")])
    if not wanted.isdigit():
        return answer(404, {"error": "there is no such user"})
    rows = run("SELECT id, name FROM users WHERE id = :id", id=int(wanted))
    return answer(200, user(rows[0])) if rows else answer(404, {"error": "there is no such user"})
