"""CloudWatch: the metrics of SQS queues, and alarms on them that change their state by themselves.

MiniStack has no metrics of queues. Here a thread looks at every queue each second. So that no test has
to wait for CloudWatch's minutes, an alarm on a queue compares what the queue holds now, whatever its
period, statistic and number of periods, and is back to OK within a second as well.
Amazon SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
"""

import logging
import operator
import threading
import time

import permissions
import seams

logger = logging.getLogger("ministack.extras")

_NAMESPACE = "AWS/SQS"
_COUNTS = {
    "ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed": "ApproximateNumberOfMessagesDelayed",
}
_AGE = "ApproximateAgeOfOldestMessage"
_COMPARE = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# Of each queue and metric: the value published last, and when.
_published = {}


def _values(sqs, queue):
    sqs._refresh_counts(queue)
    values = {metric: float(queue["attributes"][count]) for metric, count in _COUNTS.items()}
    sent = [message.get("sent_at", time.time()) for message in list(queue["messages"])]
    return {**values, _AGE: round(time.time() - min(sent)) if sent else 0.0}


def _publish(watch, sqs):
    now = time.time()
    for (account, region, url), queue in list(sqs._queues._data.items()):
        name = url.rsplit("/", 1)[-1]
        with permissions.scope(account, region):
            for metric, value in _values(sqs, queue).items():
                key = (account, region, name, metric)
                was, at = _published.get(key, (None, 0))
                if value != was and metric != _AGE or now - at >= 60:
                    unit = "Seconds" if metric == _AGE else "Count"
                    watch.record_metric(_NAMESPACE, metric, value, unit, {"QueueName": name})
                    _published[key] = (value, now)


def _queue_of(alarm):
    if alarm.get("Namespace") != _NAMESPACE:
        return None
    return next((given["Value"] for given in alarm.get("Dimensions") or [] if given["Name"] == "QueueName"), None)


def _evaluate(watch, sqs, alarm, name):
    queue = sqs._queues.get(sqs._queue_url(name))
    value = _values(sqs, queue).get(alarm["MetricName"]) if queue else None
    compare = _COMPARE.get(alarm.get("ComparisonOperator"))
    if value is None or compare is None:
        return
    was = alarm["StateValue"]
    now = "ALARM" if compare(value, alarm["Threshold"]) else "OK"
    if was == now:
        return
    reason = f"Threshold Crossed: {alarm['MetricName']} {value} {alarm['ComparisonOperator']} {alarm['Threshold']}"
    alarm.update(StateValue=now, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    watch._record_history(alarm["AlarmName"], was, now, reason)
    watch._dispatch_alarm_actions(alarm, was, now, reason)
    watch._evaluate_parent_alarms(alarm)


def _watch(watch, sqs):
    while True:
        time.sleep(1)
        try:
            _publish(watch, sqs)
            for (account, region, _), alarm in list(watch._alarms._data.items()):
                with permissions.scope(account, region):
                    name = _queue_of(alarm)
                    if name:
                        _evaluate(watch, sqs, alarm, name)
        except Exception:
            logger.exception("the watch over the queues failed")


def install():
    watch, sqs = seams.service("cloudwatch"), seams.service("sqs")
    seams.needs(
        watch, "_alarms", "record_metric", "_record_history", "_dispatch_alarm_actions", "_evaluate_parent_alarms"
    )
    seams.needs(sqs, "_queues", "_queue_url", "_refresh_counts")

    @seams.wrap(watch, "_evaluate_alarm", "alarm")
    def evaluate(original):
        def evaluate_alarm(alarm):
            name = _queue_of(alarm)
            if name is None:
                return original(alarm)
            return _evaluate(watch, sqs, alarm, name)

        return evaluate_alarm

    threading.Thread(target=_watch, args=(watch, sqs), daemon=True, name="maas-queue-alarms").start()
