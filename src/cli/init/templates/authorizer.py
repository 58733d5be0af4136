import hmac
import os


def handler(event, context):
    """Accepts requests with `Authorization: Bearer TOKEN`."""
    given = event.get("headers", {}).get("authorization", "")
    accepted = hmac.compare_digest(given.encode(), f"Bearer {os.environ['TOKEN']}".encode())
    return {"isAuthorized": accepted, "context": {"subject": "demo"}}
