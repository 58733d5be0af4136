"""GET /deliveries/{id}: when a webhook delivery was received, and whether it is still stored.

HOOKS_TABLE_NAME comes from `access = ["hooks.table:read"]`.
"""

import json
import os

import boto3

dynamodb = boto3.client("dynamodb")


def handler(event, _context):
    delivery = event["pathParameters"]["id"]
    item = dynamodb.get_item(
        TableName=os.environ["HOOKS_TABLE_NAME"],
        Key={"id": {"S": delivery}},
        ProjectionExpression="received_at",
    ).get("Item")
    if item is None:
        return answer(404, {"message": f"There is no delivery {delivery}."})
    return answer(200, {"id": delivery, "received_at": item["received_at"]["S"]})


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
