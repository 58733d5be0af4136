import io
import json
import unittest

from tests.fake_aws import ClientError, HTTPClientError, load

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:mailer:$LATEST"
ENVIRONMENT = {"DEAD_LETTER_QUEUE_URL": "https://queue", "FUNCTION": "mailer"}


class Queue:
    """Holds messages; what is received is hidden, as in SQS."""

    def __init__(self, *bodies):
        self.visible = [{"MessageId": str(n), "ReceiptHandle": f"r{n}", "Body": body} for n, body in enumerate(bodies)]
        self.hidden = {}
        self.timeouts = []

    def __call__(self, _settings):
        return self

    def receive_message(self, QueueUrl, MaxNumberOfMessages, WaitTimeSeconds, VisibilityTimeout):
        taken, self.visible = self.visible[:MaxNumberOfMessages], self.visible[MaxNumberOfMessages:]
        self.hidden.update({message["ReceiptHandle"]: message for message in taken})
        self.timeouts.append(VisibilityTimeout)
        return {"Messages": taken} if taken else {}

    def delete_message(self, QueueUrl, ReceiptHandle):
        del self.hidden[ReceiptHandle]

    def change_message_visibility(self, QueueUrl, ReceiptHandle, VisibilityTimeout):
        assert VisibilityTimeout == 0
        self.visible.append(self.hidden.pop(ReceiptHandle))

    def bodies(self):
        return sorted(message["Body"] for message in self.visible)


class Undeletable(Queue):
    """Refuses to delete."""

    def delete_message(self, QueueUrl, ReceiptHandle):
        raise ClientError("ReceiptHandleIsInvalid")


class Functions:
    """Fails payloads that say so; each invocation takes time from the run's clock."""

    def __init__(self, clock, seconds=0):
        self.clock, self.seconds = clock, seconds
        self.payloads, self.names = [], []

    def __call__(self, settings):
        self.config = settings["config"]
        return self

    def invoke(self, FunctionName, InvocationType, Payload):
        assert InvocationType == "RequestResponse"
        payload = json.loads(Payload)
        self.names.append(FunctionName)
        self.payloads.append(payload)
        self.clock.left -= self.seconds * 1000
        does = payload.get("does") if isinstance(payload, dict) else None
        if does == "fail":
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "no"}')}
        if does == "timeout":
            raise HTTPClientError("read timeout")
        if does:
            raise ClientError(does)
        return {"Payload": io.BytesIO(b"null")}


class Clock:
    """The run's context."""

    def __init__(self, seconds):
        self.left = seconds * 1000

    def get_remaining_time_in_millis(self):
        return self.left


def envelope(payload, function="mailer"):
    """As the on-failure destination of a function writes it."""
    return json.dumps(
        {
            "version": "1.0",
            "requestContext": {"functionArn": ARN.replace("mailer", function), "condition": "RetriesExhausted"},
            "requestPayload": payload,
            "responsePayload": {"errorMessage": "no"},
        }
    )


class Redrive(unittest.TestCase):
    def run_with(self, *bodies, seconds=100, each=0, queue=Queue, **environment):
        self.queue, self.clock = queue(*bodies), Clock(seconds)
        self.functions = Functions(self.clock, each)
        self.redrive = load(
            "redrive", {**ENVIRONMENT, **environment}, {"sqs": self.queue, "lambda": self.functions}
        )
        return self.redrive.handler({}, self.clock)

    def test_an_empty_queue_is_complete(self):
        self.assertEqual(
            self.run_with(), {"redriven": 0, "kept": 0, "unreadable": 0, "complete": True}
        )

    def test_the_payload_is_taken_out_of_the_envelope(self):
        self.run_with(envelope({"to": "a@example.com"}), envelope(None), envelope([1]))
        self.assertEqual(self.functions.payloads, [{"to": "a@example.com"}, None, [1]])
        self.assertEqual((self.queue.bodies(), self.queue.hidden), ([], {}))

    def test_a_dead_letter_targets_message_is_the_payload(self):
        api = {"version": "2.0", "requestContext": {"http": {"method": "GET"}}, "requestPayload": 1}
        self.run_with('{"to": "a"}', json.dumps(api))
        self.assertEqual(self.functions.payloads, [{"to": "a"}, api])

    def test_what_fails_again_is_kept_and_visible(self):
        failing = envelope({"does": "fail"})
        summary = self.run_with(envelope({"n": 1}), failing, envelope({"n": 2}))
        self.assertEqual(summary, {"redriven": 2, "kept": 1, "unreadable": 0, "complete": True})
        self.assertEqual((self.queue.bodies(), self.queue.hidden), ([failing], {}))
        self.assertEqual(len(self.functions.payloads), 3)

    def test_more_than_one_batch(self):
        summary = self.run_with(*[envelope({"n": n}) for n in range(13)], *[envelope({"does": "fail"})] * 12)
        self.assertEqual((summary["redriven"], summary["kept"], summary["complete"]), (13, 12, True))
        self.assertEqual((len(self.queue.visible), self.queue.hidden), (12, {}))

    def test_no_answer_counts_as_failed(self):
        summary = self.run_with(envelope({"does": "timeout"}), envelope({"n": 1}))
        self.assertEqual((summary["redriven"], summary["kept"]), (1, 1))

    def test_unreadable_messages_are_kept(self):
        bad = json.dumps({"version": "1.0", "requestContext": {"functionArn": ARN}})
        summary = self.run_with("not JSON", bad, envelope({"n": 1}))
        self.assertEqual(summary, {"redriven": 1, "kept": 0, "unreadable": 2, "complete": True})
        self.assertEqual(self.queue.bodies(), sorted(["not JSON", bad]))

    def test_what_another_function_failed_on_is_kept(self):
        other = envelope({"n": 1}, "other")
        summary = self.run_with(other, envelope({"n": 2}))
        self.assertEqual(summary, {"redriven": 1, "kept": 0, "unreadable": 1, "complete": True})
        self.assertEqual(self.queue.bodies(), [other])

    def test_each_payload_goes_to_the_function_that_failed_on_it(self):
        bodies = [envelope({"n": 1}, "other"), envelope({"n": 2}), '{"n": 3}', envelope({"n": 4}, "third")]
        summary = self.run_with(*bodies, FUNCTIONS="mailer,other")
        self.assertEqual(self.functions.names, ["other", "mailer", "mailer"])
        self.assertEqual(summary, {"redriven": 3, "kept": 0, "unreadable": 1, "complete": True})
        self.assertEqual(self.queue.bodies(), [bodies[3]])

    def test_a_function_that_takes_no_more_does_not_hold_up_the_others(self):
        full = [envelope({"does": "TooManyRequestsException"}), envelope({"n": 1})]
        summary = self.run_with(*full, envelope({"n": 2}, "other"), FUNCTIONS="mailer,other")
        self.assertEqual(summary, {"redriven": 1, "kept": 0, "unreadable": 0, "complete": False})
        self.assertEqual(self.functions.names, ["mailer", "other"])
        self.assertEqual((self.queue.bodies(), self.queue.hidden), (sorted(full), {}))

    def test_a_function_that_cannot_be_invoked_does_not_hold_up_the_others(self):
        gone = envelope({"does": "ResourceNotFoundException"}, "other")
        with self.assertRaises(ClientError):
            self.run_with(gone, envelope({"n": 1}), FUNCTIONS="mailer,other")
        self.assertEqual(self.functions.names, ["other", "mailer"])
        self.assertEqual((self.queue.bodies(), self.queue.hidden), ([gone], {}))

    def test_throttling_ends_the_run(self):
        summary = self.run_with(envelope({"does": "TooManyRequestsException"}), envelope({"n": 1}))
        self.assertEqual(summary, {"redriven": 0, "kept": 0, "unreadable": 0, "complete": False})
        self.assertEqual((len(self.queue.visible), self.queue.hidden), (2, {}))

    def test_a_function_that_cannot_be_invoked_fails_the_run_and_keeps_all(self):
        with self.assertRaises(ClientError):
            self.run_with(envelope({"does": "AccessDeniedException"}), envelope({"n": 1}))
        self.assertEqual((len(self.queue.visible), self.queue.hidden), (2, {}))

    def test_a_run_ends_before_its_time_does(self):
        summary = self.run_with(
            *[envelope({"n": n}) for n in range(9)], seconds=60, each=20, FUNCTION_TIMEOUT_SECONDS="20"
        )
        self.assertEqual((summary["redriven"], summary["complete"]), (2, False))
        self.assertEqual((len(self.queue.visible), self.queue.hidden), (7, {}))
        self.assertGreaterEqual(self.clock.left, 0)

    def test_a_short_run_still_does_one(self):
        summary = self.run_with(envelope({"n": 1}), envelope({"n": 2}), seconds=10, FUNCTION_TIMEOUT_SECONDS="60")
        self.assertEqual((summary["redriven"], len(self.queue.visible)), (1, 1))

    def test_messages_are_hidden_for_the_whole_run(self):
        self.run_with(envelope({"n": 1}), seconds=100)
        self.assertGreaterEqual(self.queue.timeouts[0], 100)

    def test_a_message_that_cannot_be_deleted_does_not_stop_the_run(self):
        summary = self.run_with(envelope({"n": 1}), envelope({"n": 2}), queue=Undeletable)
        self.assertEqual(summary["redriven"], 2)

    def test_an_invocation_is_never_repeated_by_the_sdk(self):
        self.run_with()
        self.assertEqual(self.functions.config["retries"], {"total_max_attempts": 1})
        self.assertGreaterEqual(self.functions.config["read_timeout"], 900)


if __name__ == "__main__":
    unittest.main()
