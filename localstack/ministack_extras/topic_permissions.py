"""SNS: a function is called only if its policy allows the topic, and what cannot be delivered goes to
the subscription's dead-letter queue.

MiniStack calls the function regardless and has no dead-letter queues of subscriptions. It also takes
the policy that a topic has from the start for one that lets S3 publish: AWS does not, since S3 gives
no `aws:SourceOwner`. Amazon SNS developer guide, "Amazon SNS dead-letter queues".
"""

import json
import logging

import asynchronous_calls
import permissions
import seams

logger = logging.getLogger("ministack.extras")

_SERVICE = "sns.amazonaws.com"


def _account_of(arn):
    return arn.split(":")[4]


def dead_letter(topic_arn, endpoint, body):
    """Sends what a subscription's endpoint did not get to the subscription's dead-letter queue."""
    sns = seams.service("sns")
    topic = sns._topic_by_arn_any_scope(topic_arn) or {"subscriptions": []}
    for subscription in topic["subscriptions"]:
        policy = subscription["attributes"].get("RedrivePolicy")
        if subscription["endpoint"] == endpoint and policy:
            queue = json.loads(policy)["deadLetterTargetArn"]
            logger.warning("%s did not reach %s and goes to %s", topic_arn, endpoint, queue)
            _deliver_to_queue(queue, body, False, body, topic_arn=topic_arn)


# MiniStack's own delivery to a queue; set by `install`.
_deliver_to_queue = None


def install():
    global _deliver_to_queue
    sns, sqs = seams.service("sns"), seams.service("sqs")
    seams.needs(sns, "_topic_by_arn_any_scope", "_deliver_to_sqs")
    seams.needs(sqs, "queue_policy_allows", "_queue_by_arn")
    _deliver_to_queue = sns._deliver_to_sqs

    @seams.wrap(sns, "_deliver_to_lambda", "endpoint", "envelope", "topic_arn", "sub_arn")
    def to_function(_original):
        def deliver(endpoint, envelope, topic_arn, sub_arn, *_rest):
            if not permissions.function_admits(endpoint, _SERVICE, topic_arn, _account_of(topic_arn)):
                logger.warning("%s may not be called by %s", endpoint, topic_arn)
                return dead_letter(topic_arn, endpoint, envelope)
            notification = {"Subject": None, "MessageAttributes": {}, **json.loads(envelope)}
            record = {
                "EventVersion": "1.0",
                "EventSubscriptionArn": sub_arn,
                "EventSource": "aws:sns",
                "Sns": notification,
            }
            return asynchronous_calls.call(endpoint, {"Records": [record]})

        return deliver

    @seams.wrap(sns, "_deliver_to_sqs", "endpoint", "envelope", "raw", "raw_message")
    def to_queue(original):
        def deliver(endpoint, envelope, raw, raw_message, *rest, topic_arn="", **more):
            admitted = sqs._queue_by_arn(endpoint) is not None and sqs.queue_policy_allows(
                endpoint, _SERVICE, topic_arn, _account_of(topic_arn)
            )
            original(endpoint, envelope, raw, raw_message, *rest, topic_arn=topic_arn, **more)
            if not admitted:
                dead_letter(topic_arn, endpoint, envelope)

        return deliver

    @seams.wrap(sns, "topic_policy_allows", "topic_arn", "service", "source_arn", "source_account")
    def from_service(original):
        def allows(topic_arn, service, source_arn, source_account):
            topic = sns._topic_by_arn_any_scope(topic_arn)
            if not permissions.enforced() or topic is None:
                return original(topic_arn, service, source_arn, source_account)
            policy = topic.get("attributes", {}).get("Policy") or ""
            return permissions.service_may(policy, service, "sns:Publish", topic_arn, source_arn, source_account)

        return allows
