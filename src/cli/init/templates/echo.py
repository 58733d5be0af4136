import json


def handler(event, context):
    """Answers with what the authorizer said of the caller."""
    said = event.get("requestContext", {}).get("authorizer", {}).get("lambda", {})
    return {"statusCode": 200, "body": json.dumps({"caller": said})}
