"""SNS: delivery to Firehose streams, with the permissions of the subscription's role.

MiniStack takes such a subscription and never delivers. Amazon SNS developer guide, "Fanout Amazon SNS
notifications to Firehose delivery streams": a subscription needs a role that SNS may assume and that
may put records, and line breaks separate the messages in the bucket.
"""

import logging
import threading

import permissions
import seams
import topic_permissions

logger = logging.getLogger("ministack.extras")

_PROTOCOLS = (
    "http",
    "https",
    "email",
    "email-json",
    "sms",
    "sqs",
    "application",
    "lambda",
    "firehose",
)


def _put(role, stream, topic_arn, message):
    region, name = stream.split(":")[3], stream.rsplit("/", 1)[-1]
    try:
        if not permissions.role_trusts(role, "sns.amazonaws.com"):
            raise PermissionError(f"SNS may not assume {role}")
        record = {"Data": (message + "\n").encode()}
        permissions.client_as(role, "firehose", region).put_record(DeliveryStreamName=name, Record=record)
    except Exception as fault:
        logger.warning("%s was not delivered to %s: %s", topic_arn, stream, fault)
        topic_permissions.dead_letter(topic_arn, stream, message)


def install():
    sns = seams.service("sns")
    seams.needs(sns, "_resolve_message_for_protocol", "_matches_filter_policy", "_build_envelope", "_p", "_error")

    @seams.wrap(sns, "_fanout", "topic_arn", "msg_id", "message", "subject", "message_structure", "message_attributes")
    def fan_out(original):
        def fanout(topic_arn, msg_id, message, subject, message_structure="", message_attributes=None, **more):
            original(topic_arn, msg_id, message, subject, message_structure, message_attributes, **more)
            topic = sns._topic_by_arn_any_scope(topic_arn) or {"subscriptions": []}
            for subscription in topic["subscriptions"]:
                if subscription["protocol"] != "firehose":
                    continue
                own = sns._resolve_message_for_protocol(message, message_structure, "firehose")
                attributes = message_attributes or {}
                if not sns._matches_filter_policy(subscription, attributes, own):
                    continue
                raw = subscription["attributes"].get("RawMessageDelivery") == "true"
                envelope = sns._build_envelope(topic_arn, msg_id, own, subject, attributes, raw)
                role = subscription["attributes"].get("SubscriptionRoleArn", "")
                given = (role, subscription["endpoint"], topic_arn, envelope)
                account, region = topic_arn.split(":")[4], topic_arn.split(":")[3]
                threading.Thread(target=_in_scope, args=(account, region, given), daemon=True).start()

        return fanout

    def _in_scope(account, region, given):
        with permissions.scope(account, region):
            _put(*given)

    @seams.wrap(sns, "_subscribe", "params")
    def subscribe(original):
        def checked(params):
            protocol, endpoint = sns._p(params, "Protocol"), sns._p(params, "Endpoint")
            if protocol and protocol not in _PROTOCOLS:
                fault = f"Invalid parameter: Does not support this protocol string: {protocol}"
                return sns._error("InvalidParameter", fault, 400)
            if protocol == "firehose":
                if ":deliverystream/" not in endpoint:
                    return sns._error("InvalidParameter", "Invalid parameter: Firehose endpoint ARN", 400)
                role = _attribute(params, "SubscriptionRoleArn")
                if not role:
                    fault = "Invalid parameter: SubscriptionRoleArn is required for protocol firehose"
                    return sns._error("InvalidParameter", fault, 400)
                if not permissions.role_trusts(role, "sns.amazonaws.com"):
                    fault = f"Invalid parameter: {role} is not a valid role to allow SNS to write to Firehose"
                    return sns._error("InvalidParameter", fault, 400)
            return original(params)

        return checked

    def _attribute(params, wanted):
        number = 1
        while key := sns._p(params, f"Attributes.entry.{number}.key"):
            if key == wanted:
                return sns._p(params, f"Attributes.entry.{number}.value")
            number += 1
        return None
