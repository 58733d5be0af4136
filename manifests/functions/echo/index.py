"""GET /echo: answers with the request, and with who the authorizer says is calling."""

import json
import os


def handler(event, _context):
    request = event["requestContext"]
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(
            {
                "method": request["http"]["method"],
                "path": event["rawPath"],
                "query": event.get("queryStringParameters") or {},
                # What the authorizer put in its `context`; empty on a public route.
                "caller": request.get("authorizer", {}).get("lambda") or {},
                "stage": os.environ.get("STAGE", ""),
            }
        ),
    }
