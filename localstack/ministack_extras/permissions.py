"""What roles and resource policies allow, asked of MiniStack's own policy evaluation.

Everything is allowed when MiniStack runs without AUTH=true.
"""

import hashlib
import os

import boto3
import seams

_app = seams.module("app")
_evaluator = seams.module("core.iam_evaluator")
_responses = seams.module("core.responses")
_iam = seams.service("iam")
_lambda = seams.service("lambda_svc")
_sts = seams.service("sts")
seams.needs(_app, "AUTH")
seams.needs(
    _evaluator, "EvalContext", "evaluate", "evaluate_resource_policy", "_gather_role_policies", "_permissions_boundary"
)
seams.needs(_responses, "get_account_id", "get_region", "request_scope")
seams.needs(_iam, "_roles")
seams.needs(_lambda, "_functions", "_lambda_function_name_and_qualifier_from_arn")
seams.needs(_sts, "register_session")

_clients = {}


def enforced():
    return _app.AUTH


def account():
    return _responses.get_account_id()


def region():
    return _responses.get_region()


def scope(of_account, of_region):
    """A `with` block in which MiniStack's stores are those of this account and region."""
    return _responses.request_scope(of_account, of_region)


def service_may(policy, service, action, resource, source_arn=None, source_account=None, **keys):
    """Whether a resource's own policy lets an AWS service (`sns.amazonaws.com`) act on it.

    `source_arn` and `source_account` are what the policy's conditions on `aws:SourceArn` and
    `aws:SourceAccount` are held against, `keys` further condition keys.
    """
    context = {key.lower(): value for key, value in keys.items()}
    if source_arn:
        context["aws:sourcearn"] = source_arn
    if source_account:
        context["aws:sourceaccount"] = source_account
    asked = _evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=region(),
        service_context=context,
    )
    return _evaluator.evaluate_resource_policy(policy, asked, service=service).decision == "Allow"


def function_admits(function_arn, service, source_arn, source_account=None):
    """Whether a function's policy (AddPermission) lets an AWS service call it."""
    if not enforced():
        return True
    record = function_record(function_arn)
    return record is not None and service_may(
        record["policy"], service, "lambda:InvokeFunction", function_arn, source_arn, source_account or account()
    )


def function_record(function_arn):
    """MiniStack's record of a function of the current account and region; None if there is none."""
    if not function_arn.startswith("arn:"):
        return _lambda._functions.get(function_arn)
    name, _ = _lambda._lambda_function_name_and_qualifier_from_arn(function_arn)
    return _lambda._functions.get(name)


def _role(role_arn):
    parts = role_arn.split(":", 5)
    if len(parts) < 6 or not parts[5].startswith("role/"):
        return None
    return _iam._roles.get_scoped(parts[4], None, _role_name(role_arn))


def _role_name(role_arn):
    return role_arn.rsplit("/", 1)[-1]


def role_exists(role_arn):
    return _role(role_arn) is not None


def role_trusts(role_arn, service, source_arn=None, source_account=None, **keys):
    """Whether a role exists and lets an AWS service assume it.

    A service of which AWS documents no `aws:SourceArn` and `aws:SourceAccount` when it assumes a role
    (API Gateway, Lambda and SNS) gives none: a trust that asks for them is refused here, lest it be
    refused on AWS.
    """
    if not enforced():
        return True
    role = _role(role_arn or "")
    return role is not None and service_may(
        role.get("AssumeRolePolicyDocument"), service, "sts:AssumeRole", role_arn, source_arn, source_account, **keys
    )


def role_may(role_arn, action, resource, **keys):
    """Whether a role's policies, within its permissions boundary, allow an action on a resource."""
    if not enforced():
        return True
    owner, name = role_arn.split(":")[4], _role_name(role_arn)
    asked = _evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{owner}:assumed-role/{name}/maas",
        principal_type="AssumedRole",
        principal_account=owner,
        action=action,
        resource_arn=resource,
        region=region(),
        service_context={key.lower(): value for key, value in keys.items()},
    )
    limits = _evaluator._permissions_boundary(_iam._roles, name, owner)
    return _evaluator.evaluate(asked, _evaluator._gather_role_policies(name, owner), *limits).decision == "Allow"


def client_as(role_arn, service, in_region):
    """A boto3 client that calls this MiniStack with a role's credentials, so that everything is
    checked as for any other caller. Its calls block: not to be made on the event loop."""
    digest = hashlib.sha256(role_arn.encode()).hexdigest()
    key, secret, token = f"ASIA{digest[:16].upper()}", digest[16:56], digest[24:]
    owner, name = role_arn.split(":")[4], _role_name(role_arn)
    # Each time, since a reset forgets the sessions.
    _sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{owner}:assumed-role/{name}/maas",
            "UserId": f"{name}:maas",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    which = (role_arn, service, in_region)
    if which not in _clients:
        if len(_clients) >= 256:
            _clients.clear()
        _clients[which] = boto3.session.Session().client(
            service,
            endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            region_name=in_region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )
    return _clients[which]
