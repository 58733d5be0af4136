"""Lambda makes a function's log group only if the function's role may.

AWS's execution roles need logs:CreateLogGroup for that (AWS Lambda developer guide, "Sending Lambda
function logs to CloudWatch Logs"). MiniStack makes it whatever the role allows, and so an invocation
that outlives the deletion of its function brings the log group back.
"""

import permissions
import seams


def install():
    functions, logs = seams.service("lambda_svc"), seams.service("cloudwatch_logs")
    seams.needs(logs, "_log_groups", "_make_group_arn")

    @seams.wrap(functions, "_emit_lambda_logs", "func")
    def emit(original):
        def emit_lambda_logs(func, *rest, **named):
            config = func.get("config") or func
            chosen = (config.get("LoggingConfig") or {}).get("LogGroup")
            group = chosen or f"/aws/lambda/{config.get('FunctionName')}"
            if group not in logs._log_groups:
                role = config.get("Role")
                if role and not permissions.role_may(role, "logs:CreateLogGroup", logs._make_group_arn(group)):
                    return None
            return original(func, *rest, **named)

        return emit_lambda_logs
