"""Lambda: mappings of DynamoDB streams give up, bisect and report as AWS does, each on its own.

MiniStack tries a failing batch for ever unless it gets too old, ignores `MaximumRetryAttempts`,
`BisectBatchOnFunctionError` and partial batch responses, and reads all mappings one after another, so
that one slow function holds up the rest. AWS Lambda developer guide, "Using AWS Lambda with Amazon
DynamoDB". Waits between tries are short: 0.1 s, doubling up to 2 s.
"""

import json
import logging
import time

import function_roles
import permissions
import seams

logger = logging.getLogger("ministack.extras")


class _Piece:
    """Records of a stream from `start` up to `end` that are to be handled, and how often they failed."""

    def __init__(self, start, end, tries=0):
        self.start, self.end, self.tries = start, end, tries
        self.not_before = 0.0


# Of each mapping, by its UUID: the pieces that failed before, first things first.
_failed = {}


def _first_reported(result, records):
    """The index of the first record that a partial batch response reports; None if it reports none."""
    body = result.get("body")
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return None
    reported = body.get("batchItemFailures") if isinstance(body, dict) else None
    if not reported:
        return None
    wanted = {str(item.get("itemIdentifier")) for item in reported}
    for index, record in enumerate(records):
        if record["dynamodb"]["SequenceNumber"] in wanted:
            return index
    return 0


def _too_old(mapping, records):
    limit = int(mapping.get("MaximumRecordAgeInSeconds") or -1)
    made = [float(record["dynamodb"].get("ApproximateCreationDateTime", time.time())) for record in records]
    return limit > 0 and time.time() - min(made) > limit


class _Reader:
    def __init__(self, functions, tables):
        self.functions, self.tables = functions, tables

    def poll(self):
        """One pass over all mappings; whether any had something to do."""
        worked, seen = False, set()
        for account, region, mapping in self.functions._iter_all_esms():
            seen.add(mapping["UUID"])
            with permissions.scope(account, region):
                worked = self.read(mapping) or worked
        for gone in set(_failed) - seen:
            _failed.pop(gone, None)
        return worked

    def read(self, mapping):
        """Sets to work on what a mapping has next, if it is one of a DynamoDB stream and idle."""
        identity, source = mapping["UUID"], mapping.get("EventSourceArn", "")
        functions, tables = self.functions, self.tables
        if not mapping.get("Enabled", True) or functions._esm_inflight.get(identity):
            return False
        if not source.startswith(f"arn:aws:dynamodb:{permissions.region()}:{permissions.account()}:table/"):
            return False
        name = source.split("/")[1]
        table = tables._tables.get(name)
        record, _ = functions._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
        if record is None or not table or table.get("LatestStreamArn") != source:
            return False
        piece = self.next_piece(mapping, name)
        if piece is None or piece.not_before > time.time():
            return False
        functions._dispatch_esm_batch(identity, self.handle, mapping, record, name, source, piece)
        return True

    def next_piece(self, mapping, name):
        functions, tables, identity = self.functions, self.tables, mapping["UUID"]
        if _failed.get(identity):
            return _failed[identity][0]
        first, end = tables.stream_start_position(name), tables.stream_end_position(name)
        with functions._dynamodb_stream_positions_lock:
            positions = functions._dynamodb_stream_positions
            if identity not in positions:
                positions[identity] = first if mapping.get("StartingPosition") == "TRIM_HORIZON" else end
            start = max(positions[identity], first)
        if start >= end:
            return None
        return _Piece(start, min(end, start + int(mapping.get("BatchSize", 100))))

    def handle(self, mapping, record, name, source, piece):
        """Calls the function with a piece; then the piece is done, given up, or to be tried again."""
        functions, identity = self.functions, mapping["UUID"]
        found = self.tables.stream_records_since(name, piece.start, piece.end - piece.start)
        batch = functions._apply_filter_criteria(list(found), mapping)
        failed_at, result = None, {}
        if batch:
            result = functions._execute_function(record, {"Records": batch})
            if result.get("error"):
                failed_at = 0
            elif "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or []):
                failed_at = _first_reported(result, batch)
        if failed_at is None:
            mapping["LastProcessingResult"] = f"OK - {len(batch)} records"
            return self.done(identity, piece, [])
        mapping["LastProcessingResult"] = "PROBLEM: Function call failed"
        logger.warning("mapping %s: %s failed: %s", identity, mapping["FunctionName"], result.get("body"))
        # The records before the one that was reported are done.
        piece.start += found.index(batch[failed_at])
        rest = batch[failed_at:]
        limit = int(mapping.get("MaximumRetryAttempts", -1) if mapping.get("MaximumRetryAttempts") is not None else -1)
        if _too_old(mapping, rest):
            self.give_up(mapping, record, rest, source, result, "RecordAgeExceeded")
            return self.done(identity, piece, [])
        if mapping.get("BisectBatchOnFunctionError") and len(rest) > 1 and failed_at == 0:
            middle = piece.start + (piece.end - piece.start) // 2
            return self.done(
                identity, piece, [_Piece(piece.start, middle, piece.tries), _Piece(middle, piece.end, piece.tries)]
            )
        piece.tries += 1
        if 0 <= limit < piece.tries:
            self.give_up(mapping, record, rest, source, result, "RetryAttemptsExhausted")
            return self.done(identity, piece, [])
        piece.not_before = time.time() + min(0.1 * 2 ** min(piece.tries, 10), 2)
        return self.done(identity, piece, [piece])

    def done(self, identity, piece, instead):
        """Puts pieces in place of the one that was handled; moves on where none is left before it."""
        waiting = _failed.get(identity, [])
        if waiting and waiting[0] is piece:
            waiting = waiting[1:]
        _failed[identity] = [*instead, *waiting]
        with self.functions._dynamodb_stream_positions_lock:
            positions = self.functions._dynamodb_stream_positions
            positions[identity] = max(positions.get(identity, 0), piece.end)

    def give_up(self, mapping, record, batch, source, result, condition):
        target = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
        if target and not function_roles.may_send(record["config"]["Role"], target):
            logger.warning("the role of %s may not send to %s", mapping["FunctionName"], target)
            return
        self.functions._send_ddb_stream_failure_record(mapping, record, batch, source, result, condition)


def install():
    functions, tables = seams.service("lambda_svc"), seams.service("dynamodb")
    seams.needs(
        functions,
        *("_iter_all_esms", "_esm_inflight", "_dispatch_esm_batch", "_apply_filter_criteria", "_execute_function"),
        *("_dynamodb_stream_positions", "_dynamodb_stream_positions_lock", "_get_func_record_for_qualifier"),
        "_send_ddb_stream_failure_record",
    )
    seams.needs(tables, "_tables", "stream_start_position", "stream_end_position", "stream_records_since")
    reader = _Reader(functions, tables)

    @seams.wrap(functions, "_poll_dynamodb_streams")
    def poll(_original):
        def poll_streams():
            return reader.poll()

        return poll_streams
