"""Starts MiniStack with the extras of this folder: `python localstack/ministack_extras`.

MiniStack is left as it is installed. Each module beside this one adds one thing that AWS does and
MiniStack does not, at functions of MiniStack named in its `install`; a function that is missing or
takes other arguments than expected ends the start with a message, so that a new version of MiniStack
cannot drop an extra unnoticed.
"""

import importlib
import sys

import seams

EXTRAS = (
    "front_door",
    "api_accounts",
    "sqs_send_message",
    "access_logs",
    "api_tags",
    "api_duplicates",
    "api_permissions",
    "topic_permissions",
    "topic_filters",
    "topic_to_firehose",
    "bucket_notifications",
    "signed_forms",
    "function_roles",
    "function_logs",
    "function_workers",
    "asynchronous_calls",
    "event_source_mappings",
    "stream_retries",
    "schedules",
    "delivery_streams",
    "queue_alarms",
    "databases",
    "networks",
    "network_repeats",
)


def install():
    seams.check_version()
    for name in EXTRAS:
        importlib.import_module(name).install()


def main():
    try:
        install()
    except seams.SeamMissing as missing:
        sys.exit(f"ministack_extras: {missing}")
    sys.argv = sys.argv[:1]
    from ministack import app

    app.main()


if __name__ == "__main__":
    main()
