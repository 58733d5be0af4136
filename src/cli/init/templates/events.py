import json


def handler(event, context):
    """Shows what it was called with."""
    print(json.dumps(event))
