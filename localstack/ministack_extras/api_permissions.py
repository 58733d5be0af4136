"""HTTP APIs: a function is called only if its policy, or the role of the integration, allows it.

MiniStack calls it regardless. AWS answers 500 `Internal Server Error` where API Gateway may not call
the function, authorizers included. Amazon API Gateway developer guide, "Create AWS Lambda proxy
integrations for HTTP APIs" and "Control access to HTTP APIs with AWS Lambda authorizers".
"""

import logging

import permissions
import seams

logger = logging.getLogger("ministack.extras")

_SERVICE = "apigateway.amazonaws.com"
_DENIED = (500, {"Content-Type": "application/json"}, b'{"message":"Internal Server Error"}')


def _may_call(function_arn, role, source_arns):
    if role:
        allowed = permissions.role_trusts(role, _SERVICE) and permissions.role_may(
            role, "lambda:InvokeFunction", function_arn
        )
    else:
        allowed = any(permissions.function_admits(function_arn, _SERVICE, arn) for arn in source_arns)
    if not allowed:
        logger.warning("%s may not be called by %s", function_arn, " or ".join(source_arns))
    return allowed


def _route_arns(account, region, api_id, stage, method, route_key):
    """What `aws:SourceArn` is for a call through a route. For a route of any method AWS documents
    no method; both the request's and `ANY` are taken."""
    base = f"arn:aws:execute-api:{region}:{account}:{api_id}/{stage}"
    if " " not in route_key:
        return [f"{base}/{route_key}"]
    of_route, path = route_key.split(" ", 1)
    return [f"{base}/{verb}{path}" for verb in dict.fromkeys((method, of_route))]


def install():
    gateway = seams.service("apigateway")
    seams.needs(gateway, "_extract_lambda_ref_from_integration_uri")

    @seams.wrap(
        gateway,
        "_invoke_lambda_proxy",
        *("integration", "api_id", "stage", "path", "method", "headers", "body", "query_params", "route_key"),
    )
    def invoke(original):
        async def invoke_integration(
            integration, api_id, stage, path, method, headers, body, query_params, route_key="$default", *rest, **more
        ):
            if not integration.get("integrationSubtype"):
                function = gateway._extract_lambda_ref_from_integration_uri(integration.get("integrationUri", ""))
                account, region = permissions.account(), permissions.region()
                sources = _route_arns(account, region, api_id, stage, method, route_key)
                # A function that does not exist is for MiniStack to answer.
                if permissions.function_record(function) and not _may_call(
                    function, integration.get("credentialsArn"), sources
                ):
                    return _DENIED[0], dict(_DENIED[1]), _DENIED[2]
            return await original(
                integration, api_id, stage, path, method, headers, body, query_params, route_key, *rest, **more
            )

        return invoke_integration

    @seams.wrap(gateway, "_invoke_request_authorizer_lambda", "authorizer", "event", "account_id", "region")
    def authorize(original):
        async def invoke_authorizer(authorizer, event, account_id, region):
            function = gateway._extract_lambda_ref_from_integration_uri(authorizer.get("authorizerUri", ""))
            api_id = event["requestContext"]["apiId"]
            source = f"arn:aws:execute-api:{region}:{account_id}:{api_id}/authorizers/{authorizer['authorizerId']}"
            with permissions.scope(account_id, region):
                if not _may_call(function, authorizer.get("authorizerCredentialsArn"), [source]):
                    return None
            return await original(authorizer, event, account_id, region)

        return invoke_authorizer
