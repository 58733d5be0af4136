"""HTTP APIs: the service integration `SQS-SendMessage`.

MiniStack drops `IntegrationSubtype` and `CredentialsArn` when an integration is made, and answers 502
when its route is called. Here both are kept and read back, the mapping is checked when it is made and
evaluated when the route is called, and the message is sent with the permissions of the role.

AWS documents neither the body of the answer nor its codes for refusals: the answer is what the Query
API of SQS gives as JSON, refusals by SQS are passed on, and a role that API Gateway may not assume is
a 500.
"""

import asyncio
import json
import logging
import time
import uuid

import botocore.exceptions
import parameter_mapping as mapping
import permissions
import seams

logger = logging.getLogger("ministack.extras")

_REQUIRED = ("QueueUrl", "MessageBody")
_OPTIONAL = (
    "DelaySeconds",
    "MessageAttributes",
    "MessageDeduplicationId",
    "MessageGroupId",
    "MessageSystemAttributes",
    "Region",
)
_KEPT = ("integrationSubtype", "credentialsArn")
_JSON = {"Content-Type": "application/json"}


def _refusal(wanted):
    """Why API Gateway would refuse an integration with a subtype; None if it would not."""
    subtype, mappings = wanted["integrationSubtype"], wanted.get("requestParameters") or {}
    if subtype != "SQS-SendMessage":
        return f"MiniStack's extras know no integration subtype but SQS-SendMessage, not {subtype}"
    if wanted.get("integrationType") != "AWS_PROXY":
        return f"Integration subtype {subtype} is for integrations of type AWS_PROXY"
    if wanted.get("payloadFormatVersion", "1.0") != "1.0":
        return "PayloadFormatVersion must be 1.0 for an integration with a subtype"
    if not wanted.get("credentialsArn"):
        return f"CredentialsArn is required for integration subtype {subtype}"
    missing = [name for name in _REQUIRED if not mappings.get(name)]
    if missing:
        return f"RequestParameters lack {', '.join(missing)}, required by integration subtype {subtype}"
    unknown = sorted(set(mappings) - {*_REQUIRED, *_OPTIONAL})
    if unknown:
        return f"RequestParameters hold {', '.join(unknown)}, unknown to integration subtype {subtype}"
    faults = [
        f"Invalid source: {mappings[name]} specified for destination: {name}"
        for name in sorted(mappings)
        if mapping.fault_of(mappings[name])
    ]
    if faults:
        return (
            f"Invalid selection expression specified: Validation Result: warnings : [], errors : [{', '.join(faults)}]"
        )
    return None


def _request_of(gateway, api_id, stage, path, method, headers, body, query, route_key, path_params, authorizer):
    now = time.time()
    context = {
        "accountId": permissions.account(),
        "apiId": api_id,
        "httpMethod": method,
        "identity": {"sourceIp": "127.0.0.1", "userAgent": headers.get("user-agent", "")},
        "path": path,
        "protocol": "HTTP/1.1",
        "requestId": str(uuid.uuid4()),
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": str(int(now * 1000)),
        "routeKey": route_key,
        "stage": stage,
        "authorizer": authorizer,
    }
    return mapping.Request(
        headers, query, path_params, body or b"", context, gateway._get_stage_variables(api_id, stage)
    )


def _send(role, mappings, request):
    """Sends the message that the mappings make of a request: status and body of the answer."""
    if not permissions.role_trusts(role, "apigateway.amazonaws.com"):
        logger.warning("API Gateway may not assume %s", role)
        return 500, {"message": "Internal Server Error"}
    try:
        wanted = {name: mapping.resolve(source, request) for name, source in mappings.items()}
    except mapping.Unresolved as unresolved:
        logger.warning("nothing in the request for the mapping %s", unresolved)
        return 400, {"message": "Bad Request"}
    region = wanted.pop("Region", permissions.region())
    if "DelaySeconds" in wanted:
        wanted["DelaySeconds"] = int(wanted["DelaySeconds"])
    for name in ("MessageAttributes", "MessageSystemAttributes"):
        if name in wanted:
            wanted[name] = json.loads(wanted[name])
    try:
        sent = permissions.client_as(role, "sqs", region).send_message(**wanted)
    except botocore.exceptions.ClientError as refused:
        answer = refused.response
        logger.warning("SQS refused what API Gateway sent as %s: %s", role, refused)
        fault = {"Code": answer["Error"]["Code"], "Message": answer["Error"]["Message"], "Type": "Sender"}
        return answer["ResponseMetadata"]["HTTPStatusCode"], {"Error": fault, "RequestId": _id_of(answer)}
    except (ValueError, TypeError, botocore.exceptions.BotoCoreError) as unfit:
        logger.warning("the request does not make a message: %s", unfit)
        return 400, {"message": "Bad Request"}
    result = {
        name: sent.get(name)
        for name in (
            "MD5OfMessageAttributes",
            "MD5OfMessageBody",
            "MD5OfMessageSystemAttributes",
            "MessageId",
            "SequenceNumber",
        )
    }
    return 200, {"SendMessageResponse": {"ResponseMetadata": {"RequestId": _id_of(sent)}, "SendMessageResult": result}}


def _id_of(answer):
    return answer["ResponseMetadata"].get("RequestId") or str(uuid.uuid4())


def install():
    gateway = seams.service("apigateway")
    seams.needs(gateway, "_integrations", "_get_stage_variables", "_apigw_response", "_apigw_error")

    def keep(integration, data):
        for name in _KEPT:
            if name in data:
                integration[name] = data[name]
        if integration.get("integrationSubtype"):
            # A service integration has neither, and only this format.
            integration.pop("integrationUri", None)
            integration.pop("integrationMethod", None)
            integration["payloadFormatVersion"] = "1.0"

    @seams.wrap(gateway, "_create_integration", "api_id", "data")
    def create(original):
        def create_integration(api_id, data):
            if data.get("integrationSubtype"):
                refusal = _refusal(data)
                if refusal:
                    return gateway._apigw_error("BadRequestException", refusal, 400)
            answer = original(api_id, data)
            if answer[0] != 201:
                return answer
            made = gateway._integrations.get(api_id)[json.loads(answer[2])["integrationId"]]
            keep(made, data)
            return gateway._apigw_response(made, 201)

        return create_integration

    @seams.wrap(gateway, "_update_integration", "api_id", "int_id", "data")
    def update(original):
        def update_integration(api_id, int_id, data):
            was = (gateway._integrations.get(api_id) or {}).get(int_id)
            if was is None or not (was.get("integrationSubtype") or data.get("integrationSubtype")):
                return original(api_id, int_id, data)
            # What is sent is merged into what there is; an empty text removes.
            merged = {**(was.get("requestParameters") or {}), **(data.get("requestParameters") or {})}
            data = {**data, "requestParameters": {name: source for name, source in merged.items() if source != ""}}
            refusal = _refusal({**was, **data})
            if refusal:
                return gateway._apigw_error("BadRequestException", refusal, 400)
            answer = original(api_id, int_id, data)
            if answer[0] != 200:
                return answer
            keep(was, data)
            return gateway._apigw_response(was)

        return update_integration

    @seams.wrap(
        gateway,
        "_invoke_lambda_proxy",
        *(
            "integration",
            "api_id",
            "stage",
            "path",
            "method",
            "headers",
            "body",
            "query_params",
            "route_key",
            "path_params",
        ),
    )
    def invoke(original):
        async def invoke_integration(
            integration,
            api_id,
            stage,
            path,
            method,
            headers,
            body,
            query_params,
            route_key="$default",
            path_params=None,
            **more,
        ):
            if not integration.get("integrationSubtype"):
                return await original(
                    integration,
                    api_id,
                    stage,
                    path,
                    method,
                    headers,
                    body,
                    query_params,
                    route_key,
                    path_params,
                    **more,
                )
            authorizer = dict(more.get("authorizer_lambda_context") or {})
            if more.get("authorizer_claims") is not None:
                authorizer["claims"] = more["authorizer_claims"]
            request = _request_of(
                gateway, api_id, stage, path, method, headers, body, query_params, route_key, path_params, authorizer
            )
            status, found = await asyncio.to_thread(
                _send, integration["credentialsArn"], integration["requestParameters"], request
            )
            return status, dict(_JSON), json.dumps(found).encode()

        return invoke_integration
