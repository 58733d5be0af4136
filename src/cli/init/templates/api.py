import json
import os


def handler(event, context):
    """Answers with the database that it is given; ask it here."""
    return {"statusCode": 200, "body": json.dumps({"database": os.environ.get("DATABASE_NAME")})}
