import base64
import json
import unittest
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest import mock

from tests.fake_aws import ClientError, load, request


class Table:
    """Keeps items by id, as a table with a condition on the id does."""

    def __init__(self):
        self.items = {}
        self.largest = 400_000

    def __call__(self, _settings):
        return self

    def put_item(self, TableName, Item, ConditionExpression):
        assert (TableName, ConditionExpression) == ("hooks", "attribute_not_exists(id)")
        if len(json.dumps(Item)) > self.largest:
            raise ClientError("ValidationException")
        if Item["id"]["S"] in self.items:
            raise ClientError("ConditionalCheckFailedException")
        self.items[Item["id"]["S"]] = Item


class Bucket:
    """Keeps objects by key, and writes none twice where the header says so."""

    def __init__(self):
        self.objects = {}
        self.meta = self
        self.events = self
        self.hooks = {}

    def __call__(self, _settings):
        return self

    def register(self, event, hook):
        self.hooks[event] = hook

    def put_object(self, Bucket, Key, Body, ContentType):
        assert (Bucket, ContentType) == ("inbox", "application/json")
        self.headers = {}
        self.hooks["before-sign.s3.PutObject"](request=self)
        if Key in self.objects and self.headers.get("If-None-Match") == "*":
            raise ClientError("PreconditionFailed", 412)
        self.objects[Key] = json.loads(Body)


class InTheTable(unittest.TestCase):
    def setUp(self):
        self.table = Table()
        self.receiver = load("receiver", {"TABLE": "hooks", "TTL_SECONDS": "60"}, {"dynamodb": self.table})

    def post(self, body="", headers=None, **more):
        answer = self.receiver.handler(request(body, headers, **more), None)
        return answer["statusCode"], json.loads(answer["body"])

    def stored(self, body, headers=None, **more):
        status, answer = self.post(body, headers, **more)
        self.assertEqual(status, 200)
        return self.table.items[answer["id"]]

    def test_payload_is_a_map_that_event_filters_can_see(self):
        item = self.stored('{"kind": "invoice", "total": 12.50, "lines": [{"n": 1}], "paid": true, "by": null}')
        self.assertEqual(
            item["payload"],
            {
                "M": {
                    "kind": {"S": "invoice"},
                    "total": {"N": "12.50"},
                    "lines": {"L": [{"M": {"n": {"N": "1"}}}]},
                    "paid": {"BOOL": True},
                    "by": {"NULL": True},
                }
            },
        )

    def test_which_fields_there_are_is_told_whatever_they_are(self):
        item = self.stored('{"kind": "", "by": null, "lines": [], "of": {"a": 1}, "n": 0}')
        there = {name: {"BOOL": True} for name in ("kind", "by", "lines", "of", "n")}
        self.assertEqual(item["has"], {"M": there})
        self.assertEqual(self.stored("text")["has"], {"M": {}})

    def test_body_is_kept_unchanged_for_signatures(self):
        body = '{ "kind":"invoice",\n "total":1.50 }'
        self.assertEqual(self.stored(body)["body"], {"S": body})

    def test_a_form_has_fields_too(self):
        item = self.stored(
            "kind=invoice&line=a&line=b&note=",
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        )
        self.assertEqual(
            item["payload"]["M"],
            {"kind": {"S": "invoice"}, "line": {"L": [{"S": "a"}, {"S": "b"}]}, "note": {"S": ""}},
        )

    def test_other_bodies_have_no_fields(self):
        for body in ("", "plain text", "[1, 2]", '"text"', "{broken", "[" * 100_000):
            with self.subTest(body=body[:10]):
                item = self.stored(body)
                self.assertEqual(item["payload"], {"M": {}})
                self.assertEqual(item["body"], {"S": body})

    def test_bytes_that_are_no_text_are_kept_as_base64(self):
        encoded = base64.b64encode(b"\xff\x00").decode()
        item = self.stored(encoded, encoded=True)
        self.assertEqual((item["body"], item["body_base64"]), ({"S": encoded}, {"BOOL": True}))

    def test_text_that_comes_as_base64_is_stored_as_text(self):
        item = self.stored(base64.b64encode(b'{"kind": "order"}').decode(), encoded=True)
        self.assertEqual(item["payload"]["M"]["kind"], {"S": "order"})
        self.assertNotIn("body_base64", item)

    def test_numbers_beyond_the_table_become_strings(self):
        long = "1" * 39
        item = self.stored('{"long": %s, "huge": 1E400, "many": %s, "nan": NaN}' % (long, "9" * 5000))
        fields = item["payload"]["M"]
        self.assertEqual(fields["long"], {"S": long})
        self.assertEqual(fields["huge"], {"S": "1E+400"})
        self.assertEqual(fields["many"], {"S": "9" * 5000})
        self.assertEqual(fields["nan"], {"S": "NaN"})

    def test_numbers_at_the_edge_stay_numbers(self):
        for text in ("1" * 38, "1E125", "1E-130", "0", "-0.0", "1" + "0" * 60):
            with self.subTest(text=text):
                self.assertIn("N", self.receiver.attribute(Decimal(text)))

    def test_what_is_nested_too_deep_becomes_text(self):
        value = self.stored('{"a":' * 40 + "1" + "}" * 40)["payload"]
        depth = 0
        while "M" in value:
            value, depth = value["M"]["a"], depth + 1
        self.assertLess(depth, 31)
        self.assertEqual(value["S"], '{"a": ' * (40 - depth) + "1" + "}" * (40 - depth))

    def test_credentials_are_not_stored(self):
        kept = {"x-hub-signature-256": "sha256=1", "x-github-event": "push", "content-type": "text/plain",
                "idempotency-key": "7"}
        dropped = {"Authorization": "Bearer a", "Cookie": "a=b", "X-Gitlab-Token": "t", "X-Api-Key": "k",
                   "X-Webhook-Secret": "s", "X-Forwarded-For": "1.2.3.4", "Proxy-Authorization": "x",
                   "x-amz-security-token": "y", "X-Key": "k"}
        headers = self.stored("", {**kept, **dropped})["headers"]["M"]
        self.assertEqual(headers, {name: {"S": value} for name, value in kept.items()})

    def test_expiry_is_epoch_seconds(self):
        item = self.stored("{}")
        self.assertRegex(item["expires_at"]["N"], r"^\d{10}$")

    def test_a_repetition_is_stored_once(self):
        first = self.post('{"n": 1}', {"X-GitHub-Delivery": "72d3162e"})
        second = self.post('{"n": 1}', {"X-GitHub-Delivery": "72d3162e"})
        self.assertEqual(first[1]["id"], second[1]["id"])
        self.assertEqual((first[1]["duplicate"], second[1]["duplicate"]), (False, True))
        self.assertEqual((second[0], len(self.table.items)), (200, 1))

    def test_another_body_or_no_id_is_another_delivery(self):
        self.post('{"n": 1}', {"Webhook-Id": "7"})
        self.post('{"n": 2}', {"Webhook-Id": "7"})
        self.post('{"n": 1}')
        self.post('{"n": 1}')
        self.assertEqual(len(self.table.items), 4)

    def test_too_large_for_both_keeps_the_payload(self):
        item = self.stored(json.dumps({"kind": "invoice", "text": "x" * 250_000}))
        self.assertEqual(item["payload"]["M"]["kind"], {"S": "invoice"})
        self.assertNotIn("body", item)

    def test_too_large_is_refused(self):
        status, answer = self.post(json.dumps({"text": "x" * 500_000}))
        self.assertEqual(status, 413)
        self.assertIn("400 KB", answer["message"])
        self.assertEqual(self.table.items, {})

    def test_other_failures_are_not_answered_200(self):
        def throttled(**_):
            raise ClientError("ThrottlingException")

        self.table.put_item = throttled
        with self.assertRaises(ClientError):
            self.post("{}")


class InTheBucket(unittest.TestCase):
    def setUp(self):
        self.bucket = Bucket()

    def post(self, body, headers=None, now=None, **environment):
        environment = {"BUCKET": "inbox", **environment}
        receiver = load("receiver", environment, {"s3": self.bucket})
        if now:
            receiver.datetime = mock.Mock(now=lambda zone: now.astimezone(zone))
        answer = receiver.handler(request(body, headers), None)
        self.assertEqual(answer["statusCode"], 200)
        return json.loads(answer["body"])

    def only(self):
        (key, value), = self.bucket.objects.items()
        return key, value

    def test_the_object_holds_the_delivery(self):
        identity = self.post('{"kind": "invoice", "total": 12.5, "n": 3}')["id"]
        key, value = self.only()
        self.assertRegex(key, rf"^hooks/{identity}\.json$")
        self.assertEqual(value["payload"], {"kind": "invoice", "total": 12.5, "n": 3})
        self.assertEqual(value["body"], '{"kind": "invoice", "total": 12.5, "n": 3}')

    def test_the_field_that_is_filtered_on_is_in_the_key(self):
        self.post('{"kind": "pull_request/é-1"}', FILTER_FIELD="kind", PREFIX="in/")
        self.assertRegex(self.only()[0], r"^in/kind/pull_request-2F-C3-A9-2D1/[0-9a-f]{32}\.json$")

    def test_without_that_field_the_key_is_plain(self):
        for body in ('{"sort": "x"}', "text"):
            with self.subTest(body=body):
                self.bucket.objects.clear()
                self.post(body, FILTER_FIELD="kind")
                self.assertRegex(self.only()[0], r"^hooks/[0-9a-f]{32}\.json$")

    def test_that_field_is_told_to_exist_whatever_it_is(self):
        for value in ('{"a": 1}', "[1]", "[]", "null", '""'):
            with self.subTest(value=value):
                self.bucket.objects.clear()
                self.post('{"kind": %s}' % value, FILTER_FIELD="kind")
                self.assertRegex(self.only()[0], r"^hooks/kind/-/[0-9a-f]{32}\.json$")

    def test_numbers_and_booleans_can_be_filtered_on(self):
        self.post('{"kind": true}', FILTER_FIELD="kind")
        self.assertIn("/kind/true/", self.only()[0])
        self.bucket.objects.clear()
        self.post('{"kind": 12}', FILTER_FIELD="kind")
        self.assertIn("/kind/12/", self.only()[0])

    def test_a_repetition_is_stored_once(self):
        first = self.post("{}", {"webhook-id": "1"})
        second = self.post("{}", {"webhook-id": "1"})
        self.assertEqual((first["duplicate"], second["duplicate"]), (False, True))
        self.assertEqual(len(self.bucket.objects), 1)

    def test_a_repetition_on_a_later_day_is_stored_once(self):
        late = datetime(2026, 1, 31, 23, 59, 59, tzinfo=timezone.utc)
        for seconds, known in ((0, False), (2, True), (40 * 86_400, True)):
            now = late + timedelta(seconds=seconds)
            answer = self.post('{"kind": "a"}', {"webhook-id": "1"}, now, FILTER_FIELD="kind")
            self.assertEqual(answer["duplicate"], known)
        self.assertEqual(self.only()[1]["received_at"], "2026-01-31T23:59:59.000+00:00")

    def test_numbers_that_a_float_would_change_become_text(self):
        self.post('{"a": 0.12345678901234567890, "b": 1E400, "c": 12345678901234567890123}')
        self.assertEqual(
            self.only()[1]["payload"],
            {"a": "0.12345678901234567890", "b": "1E+400", "c": 12345678901234567890123},
        )


class Setup(unittest.TestCase):
    def test_one_store_is_needed(self):
        for environment in ({}, {"TABLE": "a", "BUCKET": "b"}):
            with self.subTest(environment), self.assertRaisesRegex(RuntimeError, "TABLE or BUCKET"):
                load("receiver", environment, {})

    def test_the_id_headers_can_be_turned_off(self):
        receiver = load("receiver", {"TABLE": "hooks", "ID_HEADERS": ""}, {"dynamodb": Table()})
        ids = {receiver.delivery_id({"webhook-id": "1"}, b"") for _ in range(2)}
        self.assertEqual(len(ids), 2)


if __name__ == "__main__":
    unittest.main()
