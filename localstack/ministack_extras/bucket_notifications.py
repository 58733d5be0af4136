"""S3: notifications to functions need the function's permission, and rules may not overlap.

MiniStack calls the function regardless, and takes a notification to a function that does not exist or
does not admit the bucket, and rules that overlap. Amazon S3 user guide, "Granting permissions to
publish event notification messages to a destination" and "Configuring event notifications using
object key name filtering".
"""

import itertools
import logging

import permissions
import seams

logger = logging.getLogger("ministack.extras")


def _admitted(s3, function_arn, bucket):
    owner = s3._bucket_owner_account(bucket) or permissions.account()
    return permissions.function_admits(function_arn, "s3.amazonaws.com", f"arn:aws:s3:::{bucket}", owner)


def _share_event(one, other):
    """Whether two event names cover a common event; `s3:ObjectCreated:*` covers each of its kind."""
    one, other = one.removesuffix("*"), other.removesuffix("*")
    return one.startswith(other) or other.startswith(one)


def _overlap(one, other):
    events = any(_share_event(*pair) for pair in itertools.product(one["events"], other["events"]))
    prefixes = one["filter_prefix"] or "", other["filter_prefix"] or ""
    suffixes = one["filter_suffix"] or "", other["filter_suffix"] or ""
    same_start = prefixes[0].startswith(prefixes[1]) or prefixes[1].startswith(prefixes[0])
    same_end = suffixes[0].endswith(suffixes[1]) or suffixes[1].endswith(suffixes[0])
    return events and same_start and same_end


def install():
    s3 = seams.service("s3")
    seams.needs(s3, "_bucket_owner_account", "_invalid_notification_config")

    @seams.wrap(s3, "_deliver_event_to_lambda", "arn", "event_payload", "bucket_region")
    def to_function(original):
        def deliver(arn, event_payload, bucket_region):
            bucket = event_payload["Records"][0]["s3"]["bucket"]["name"]
            if not _admitted(s3, arn, bucket):
                logger.warning("%s may not be called by bucket %s", arn, bucket)
                return None
            return original(arn, event_payload, bucket_region)

        return deliver

    @seams.wrap(
        s3, "_validate_notification_configs", "configs", "bucket_region", "bucket_name", "skip_destination_validation"
    )
    def validate(original):
        def validated(configs, bucket_region, bucket_name="", skip_destination_validation=False):
            for one, other in itertools.combinations(configs, 2):
                if _overlap(one, other):
                    return s3._invalid_notification_config(
                        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules "
                        "if the prefixes are overlapping for the same event type."
                    )
            fault = original(configs, bucket_region, bucket_name, skip_destination_validation)
            if fault or skip_destination_validation or not bucket_name:
                return fault
            functions = [config["arn"] for config in configs if config["type"] == "lambda"]
            refused = [arn for arn in functions if not _admitted(s3, arn, bucket_name)]
            if refused:
                return s3._invalid_notification_config(
                    f"Unable to validate the following destination configurations: {', '.join(refused)}"
                )
            return None

        return validated
