"""Parameter mappings of HTTP APIs' service integrations: `$request.body.x` and its kin.

Amazon API Gateway developer guide, "Create AWS service integrations for HTTP APIs".
"""

import json
import re

# A name of a context variable is dotted: `identity.sourceIp`, `authorizer.claims.sub`.
_SOURCE = re.compile(
    r"\$request\.(header|querystring|path)\.[^\s.]+|\$request\.body(\..+|\[.+)?|\$(context|stageVariables)\.\S+"
)
_STEP = re.compile(r"\.([^.\[\]]+)|\['([^']+)'\]|\[(\d+)\]")


class Unresolved(Exception):
    """The request has nothing where a mapping points to."""


class Request:
    """What a mapping can point to: a request, and what API Gateway knows of it."""

    def __init__(self, headers, query, path, body, context, stage_variables):
        self.header = {name.lower(): value for name, value in headers.items()}
        self.querystring = {name: ",".join(values) for name, values in (query or {}).items()}
        self.path = path or {}
        self.body = body
        self.context = context
        self.stage_variables = stage_variables or {}


def fault_of(source):
    """Why a mapping's source cannot be used; None if it can."""
    if source.startswith("$") and not _SOURCE.fullmatch(source):
        return "not an expression of $request, $context or $stageVariables"
    if "body.." in source or "?(" in source:
        return "recursive descent and filters are not supported"
    return None


def resolve(source, request):
    """The text that a mapping's source stands for in a request."""
    if not source.startswith("$"):
        return source
    if source.startswith("$request.body"):
        found = _in_body(source[len("$request.body") :], request.body)
    elif source.startswith("$stageVariables."):
        found = request.stage_variables.get(source.split(".", 1)[1])
    elif source.startswith("$context."):
        found = _step_into(request.context, source.split(".")[1:])
    else:
        kind, name = source.split(".", 2)[1:]
        found = getattr(request, kind).get(name.lower() if kind == "header" else name)
    if found is None or found == "":
        raise Unresolved(source)
    return found if isinstance(found, str) else json.dumps(found)


def _in_body(path, body):
    if not path:
        return body.decode("utf-8", errors="replace")
    try:
        found = json.loads(body)
    except ValueError:
        return None
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return None
        name, quoted, index = step.groups()
        try:
            found = found[int(index)] if index else found[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
        at = step.end()
    return found


def _step_into(found, names):
    for name in names:
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    return found
