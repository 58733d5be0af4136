"""EventBridge Scheduler and rules: a target is called only with permission, and schedules can be fired.

MiniStack calls a schedule's target whatever its role allows, and a rule's function whatever its policy
allows. EventBridge Scheduler user guide, "Setting up the execution role" and "Confused deputy
prevention": the `aws:SourceArn` that a role's trust may ask for is that of the schedule group.

MiniStack looks every ten seconds for schedules that are due; `POST /_maas/schedules/run` fires them
now, all of them or those of one account, so that no test needs to wait for a minute to pass.
"""

import logging
import time
import uuid

import front_door
import permissions
import seams

logger = logging.getLogger("ministack.extras")

_SERVICE = "scheduler.amazonaws.com"
_CALLING = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def _trusted(role, group):
    account = permissions.account()
    arn = f"arn:aws:scheduler:{permissions.region()}:{account}:schedule-group/{group}"
    return permissions.role_trusts(role, _SERVICE, arn, account)


def _role_may_call(schedule):
    target = schedule["Target"]
    action = _CALLING.get(target["Arn"].split(":")[2])
    return _trusted(target["RoleArn"], schedule["GroupName"]) and (
        action is None or permissions.role_may(target["RoleArn"], action, target["Arn"])
    )


def _may_call(event, rule, target_arn):
    if event.get("Source") == "aws.scheduler":
        return _role_may_call(rule)
    if ":lambda:" in target_arn and "Arn" in rule:
        return permissions.function_admits(target_arn, "events.amazonaws.com", rule["Arn"])
    return True


@front_door.route("POST", "/_maas/schedules/run")
def _run_all(query):
    scheduler, rules = seams.service("scheduler"), seams.service("eventbridge")
    fired = []
    for (account, region, _), schedule in list(scheduler._schedules._data.items()):
        if schedule["State"] != "ENABLED" or account != query.get("account", account):
            continue
        event = {
            "EventId": str(uuid.uuid4()),
            "Source": "aws.scheduler",
            "DetailType": "Scheduled Event",
            "Detail": "{}",
            "Time": time.time(),
            "Resources": [schedule["Arn"]],
            "Account": account,
            "Region": region,
        }
        with permissions.scope(account, region):
            rules._invoke_target(schedule["Target"], event, schedule)
        fired.append(schedule["Arn"])
    return {"fired": fired}


def install():
    scheduler, rules = seams.service("scheduler"), seams.service("eventbridge")
    seams.needs(scheduler, "_schedules", "_error")

    @seams.wrap(rules, "_invoke_target", "target", "event", "rule", "view")
    def invoke(original):
        def invoke_target(target, event, rule, view=None):
            if _may_call(event, rule, target.get("Arn", "")):
                return original(target, event, rule, view)
            logger.warning("%s may not be called by %s", target.get("Arn"), rule.get("Arn"))
            return None

        return invoke_target

    def checked(original):
        def put(name, body):
            target = body.get("Target") or {}
            group = body.get("GroupName", "default")
            if target.get("RoleArn") and not _trusted(target["RoleArn"], group):
                fault = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
                return scheduler._error(400, "ValidationException", fault)
            return original(name, body)

        return put

    seams.wrap(scheduler, "_create_schedule", "name", "body")(checked)
    seams.wrap(scheduler, "_update_schedule", "name", "body")(checked)
