"""Firehose: a stream needs a role that Firehose may assume, and that may put objects.

MiniStack writes to the bucket whatever the role. Amazon Data Firehose developer guide, "Controlling
access with Amazon Data Firehose".
"""

import logging

import permissions
import seams

logger = logging.getLogger("ministack.extras")


def _trusted(role, stream):
    account = permissions.account()
    arn = f"arn:aws:firehose:{permissions.region()}:{account}:deliverystream/{stream}"
    return permissions.role_trusts(role, "firehose.amazonaws.com", arn, account, **{"sts:ExternalId": account})


def _fixed(prefix):
    """A prefix up to its first expression."""
    return prefix.split("!{", 1)[0]


def install():
    firehose = seams.service("firehose")
    seams.needs(firehose, "_resolve_dest_type_and_config", "_invalid")

    @seams.wrap(firehose, "_create_delivery_stream", "data")
    def create(original):
        def create_stream(data):
            kind, config = firehose._resolve_dest_type_and_config(data)
            role = (config or {}).get("RoleARN", "")
            if kind in ("S3", "ExtendedS3") and not _trusted(role, data.get("DeliveryStreamName", "")):
                return firehose._invalid(f"Firehose is unable to assume role {role}. Please check the role provided.")
            return original(data)

        return create_stream

    @seams.wrap(firehose, "_deliver_to_s3", "stream", "dest", "record_data", "lambda_keys")
    def deliver(original):
        def deliver_to_bucket(stream, dest, record_data, lambda_keys=None):
            config = dest["config"]
            role, key = config.get("RoleARN", ""), f"{config['BucketARN']}/{_fixed(config.get('Prefix', ''))}object"
            if _trusted(role, stream["name"]) and permissions.role_may(role, "s3:PutObject", key):
                return original(stream, dest, record_data, lambda_keys)
            logger.warning("Firehose may not put %s as %s", key, role)
            return None

        return deliver_to_bucket
