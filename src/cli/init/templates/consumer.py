import json


def handler(event, context):
    """Works on each message; tells which ones failed, so that only those come again."""
    failed = []
    for record in event["Records"]:
        try:
            work(json.loads(record["body"]))
        except Exception as error:
            print(f"{record['messageId']} failed: {error}")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def work(message):
    print(json.dumps(message))
