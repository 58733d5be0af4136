def handler(event, context):
    """Answers that it is well."""
    return {"statusCode": 200, "body": "ok"}
