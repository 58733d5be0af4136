"""Requests count as HTTPS, and a few routes under /_maas/ are answered.

Plain HTTP to the loopback address stands for HTTPS to AWS: MiniStack takes every request without
`x-forwarded-proto: https` for an insecure one, so that the usual policy which refuses plain HTTP
(`aws:SecureTransport` false) would refuse everything. Here a request counts as HTTPS unless it
carries `x-forwarded-proto: http`, which is how a test shows that plain HTTP is refused; what MiniStack
does by itself, such as delivering a notification, counts as HTTPS too.

    GET  /_maas/extras          which extras there are, and a digest of their sources
    POST /_maas/schedules/run   fires every enabled schedule once, now; with ?account=ID those of one account
"""

import contextvars
import json
import os
import urllib.parse

import seams

_ACTIONS = {}


def route(method, path):
    """A decorator: the function takes a request's query and answers with something that JSON can hold."""

    def add(answer):
        _ACTIONS[(method, path)] = answer
        return answer

    return add


@route("GET", "/_maas/extras")
def _extras(_query):
    from __main__ import EXTRAS

    return {"extras": list(EXTRAS), "sources": os.environ.get("MAAS_EXTRAS_SOURCES", "unknown")}


async def _answer(send, status, found):
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(found).encode()})


def install():
    evaluator = seams.module("core.iam_evaluator")
    seams.needs(evaluator, "_request_origin")
    evaluator._request_origin = contextvars.ContextVar("request_origin", default=("127.0.0.1", True))

    @seams.wrap(seams.module("app"), "app", "scope", "receive", "send")
    def door(original):
        async def app(scope, receive, send):
            if scope["type"] != "http":
                return await original(scope, receive, send)
            if scope["path"].startswith("/_maas/"):
                action = _ACTIONS.get((scope["method"], scope["path"]))
                if action is None:
                    return await _answer(send, 404, {"message": f"no {scope['method']} {scope['path']} here"})
                query = dict(urllib.parse.parse_qsl(scope["query_string"].decode()))
                return await _answer(send, 200, action(query))
            if not any(name == b"x-forwarded-proto" for name, _ in scope["headers"]):
                scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
            return await original(scope, receive, send)

        return app
