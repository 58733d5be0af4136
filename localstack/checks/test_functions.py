import json

import cloud

LAMBDA = "lambda.amazonaws.com"
READING_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


class Roles(cloud.Check):
    def test_a_function_needs_a_role_that_lambda_may_assume(self):
        role = self.role("r", "apigateway.amazonaws.com")
        wanted = {
            "FunctionName": "f",
            "Runtime": "python3.12",
            "Handler": "index.handler",
            "Code": {"ZipFile": cloud.zipped("")},
            "Role": role,
        }
        refusal = self.refused("InvalidParameterValueException", self.client("lambda").create_function, **wanted)
        self.assertIn("cannot be assumed by Lambda", refusal)

    def test_a_dead_letter_target_needs_the_roles_permission(self):
        function, _ = self.witness("f")
        self.queue("dead")
        update = {"FunctionName": function, "DeadLetterConfig": {"TargetArn": self.arn("sqs", "dead")}}
        call = self.client("lambda").update_function_configuration
        self.refused("InvalidParameterValueException", call, **update)
        self.grant("f-role", cloud.allow("sqs:SendMessage", self.arn("sqs", "*")))
        call(**update)


class Workers(cloud.Check):
    def test_a_change_in_another_account_ends_no_process_here(self):
        self.function("namesake", "calls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n    return calls\n")
        here = self.client("lambda")

        def calls():
            return json.load(here.invoke(FunctionName="namesake")["Payload"])

        self.assertEqual((calls(), calls()), (1, 2))
        other = Workers()
        other.setUp()
        other.function("namesake", "def handler(event, context):\n    return 0\n")
        other.client("lambda").update_function_configuration(FunctionName="namesake", MemorySize=256)
        self.assertEqual(calls(), 3)
        here.update_function_configuration(FunctionName="namesake", MemorySize=256)
        self.assertEqual(calls(), 1)


class Logs(cloud.Check):
    def groups(self):
        found = self.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/f")["logGroups"]
        return [group["logGroupName"] for group in found]

    def test_a_log_group_is_made_only_if_the_role_may(self):
        function = self.function("f", "def handler(event, context):\n    return 1\n")
        self.client("lambda").invoke(FunctionName=function)
        self.assertEqual(self.groups(), [])
        self.grant("f-role", cloud.allow("logs:CreateLogGroup", "*"))
        self.client("lambda").invoke(FunctionName=function)
        self.until("the log group", self.groups)


class Destinations(cloud.Check):
    def test_a_failed_invocation_lands_in_the_queue_if_the_role_may_send(self):
        function, seen = self.witness("f", FAIL="yes")
        dead = self.queue("dead")
        config = {
            "FunctionName": function,
            "MaximumRetryAttempts": 1,
            "DestinationConfig": {"OnFailure": {"Destination": self.arn("sqs", "dead")}},
        }
        call = self.client("lambda").put_function_event_invoke_config
        self.refused("InvalidParameterValueException", call, **config)
        self.grant("f-role", cloud.allow("sqs:SendMessage", self.arn("sqs", "*")))
        call(**config)
        self.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=b'{"n": 1}')
        self.assertEqual(json.loads(self.next_message(dead))["requestPayload"], {"n": 1})
        self.assertEqual([json.loads(body) for body in self.received(seen)], [{"n": 1}] * 2)

    def test_a_dead_letter_target_gets_the_event_itself(self):
        function, _ = self.witness("f", cloud.allow("sqs:SendMessage", "*"), FAIL="yes")
        dead, failed = self.queue("dead"), self.queue("failed")
        functions = self.client("lambda")
        functions.update_function_configuration(
            FunctionName=function, DeadLetterConfig={"TargetArn": self.arn("sqs", "dead")}
        )
        functions.put_function_event_invoke_config(
            FunctionName=function,
            MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": self.arn("sqs", "failed")}},
        )
        functions.invoke(FunctionName=function, InvocationType="Event", Payload=b'{"n": 1}')
        self.assertEqual(json.loads(self.next_message(dead)), {"n": 1})
        self.assertEqual(json.loads(self.next_message(failed))["requestPayload"], {"n": 1})

    def test_what_a_topic_sends_is_tried_again_and_ends_in_the_destination(self):
        function, seen = self.witness("f", cloud.allow("sqs:SendMessage", "*"), FAIL="yes")
        failed, topic = self.queue("failed"), self.topic("t")
        self.client("lambda").put_function_event_invoke_config(
            FunctionName=function,
            MaximumRetryAttempts=1,
            DestinationConfig={"OnFailure": {"Destination": self.arn("sqs", "failed")}},
        )
        self.permit(function, "sns.amazonaws.com", topic)
        self.sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
        self.sns.publish(TopicArn=topic, Message="hello")
        record = json.loads(self.next_message(failed))["requestPayload"]["Records"][0]
        self.assertEqual((record["EventSource"], record["Sns"]["Message"]), ("aws:sns", "hello"))
        self.assertEqual(len(self.received(seen)), 2)


class Mappings(cloud.Check):
    def map(self, function, **more):
        source = self.arn("sqs", "q")
        return self.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=source, **more)

    def test_a_queue_must_be_there_and_readable_and_hide_long_enough(self):
        function, _ = self.witness("f")
        code = "InvalidParameterValueException"
        self.assertIn("NonExistentQueue", self.refused(code, lambda: self.map(function)))
        url = self.queue("q", VisibilityTimeout="5")
        self.assertIn("ReceiveMessage", self.refused(code, lambda: self.map(function)))
        self.grant("f-role", cloud.allow(READING_QUEUE[:2], self.arn("sqs", "q")))
        self.assertIn("GetQueueAttributes", self.refused(code, lambda: self.map(function)))
        self.grant("f-role", cloud.allow(READING_QUEUE, self.arn("sqs", "q")))
        self.assertIn("5 seconds", self.refused(code, lambda: self.map(function)))
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
        self.map(function)
        self.assertIn("already exists", self.refused("ResourceConflictException", lambda: self.map(function)))


class Streams(cloud.Check):
    def setUp(self):
        super().setUp()
        made = self.dynamodb.create_table(
            TableName="table",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        self.stream = made["TableDescription"]["LatestStreamArn"]
        self.failed = self.queue("failed")
        self.seen = self.queue("seen")

    # Fails with a batch that holds a poison record, having sent the ids that it got.
    CODE = """
import boto3, json, os
def handler(event, context):
    ids = [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]
    boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(ids))
    if os.environ.get("REPORT"):
        bad = [r["dynamodb"]["SequenceNumber"] for r in event["Records"] if "poison" in r["dynamodb"]["Keys"]["id"]["S"]]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in bad[:1]]}
    if any("poison" in id for id in ids):
        raise Exception("poison")
"""

    def reading(self):
        return cloud.allow(
            ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"],
            self.stream,
        )

    def consumer(self, **environment):
        sending = cloud.allow("sqs:SendMessage", self.arn("sqs", "*"))
        return self.function("f", self.CODE, self.reading(), sending, SEEN=self.seen, **environment)

    def put(self, *ids):
        items = [{"PutRequest": {"Item": {"id": {"S": id}}}} for id in ids]
        self.dynamodb.batch_write_item(RequestItems={"table": items})

    def map(self, function, **more):
        return self.client("lambda").create_event_source_mapping(
            FunctionName=function,
            EventSourceArn=self.stream,
            StartingPosition="TRIM_HORIZON",
            DestinationConfig={"OnFailure": {"Destination": self.arn("sqs", "failed")}},
            **more,
        )

    def batches(self, wanted):
        """The batches that the function got, once the last one is as wanted."""
        got = []

        def look():
            got.extend(json.loads(body) for body in self.received(self.seen))
            return got and got[-1] == wanted

        self.until(f"the batch {wanted}, having got {got}", look)
        return got

    def test_a_stream_must_be_readable(self):
        function, _ = self.witness("w")
        refusal = self.refused("InvalidParameterValueException", lambda: self.map(function))
        self.assertIn("Cannot access stream", refusal)
        self.grant("w-role", self.reading())
        self.map(function)

    def test_a_batch_is_given_up_after_the_retries(self):
        self.put("poison")
        self.map(self.consumer(), MaximumRetryAttempts=2)
        record = json.loads(self.next_message(self.failed))
        self.assertEqual(record["requestContext"]["condition"], "RetryAttemptsExhausted")
        self.assertEqual(record["DDBStreamBatchInfo"]["batchSize"], 1)
        self.put("good")
        self.assertEqual(self.batches(["good"]), [["poison"]] * 3 + [["good"]])
        self.assertEqual(self.received(self.failed), [])

    def test_a_failing_batch_is_bisected(self):
        self.put("a", "b", "poison", "c")
        self.map(self.consumer(), MaximumRetryAttempts=0, BisectBatchOnFunctionError=True)
        record = json.loads(self.next_message(self.failed))
        self.assertEqual(record["DDBStreamBatchInfo"]["batchSize"], 1)
        self.assertEqual(
            self.batches(["c"]), [["a", "b", "poison", "c"], ["a", "b"], ["poison", "c"], ["poison"], ["c"]]
        )

    def test_a_batch_goes_on_at_the_record_that_was_reported(self):
        self.put("a", "poison", "b")
        self.map(
            self.consumer(REPORT="yes"),
            MaximumRetryAttempts=1,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )
        record = json.loads(self.next_message(self.failed))
        self.assertEqual(record["DDBStreamBatchInfo"]["batchSize"], 2)
        self.put("good")
        self.assertEqual(self.batches(["good"]), [["a", "poison", "b"], ["poison", "b"], ["good"]])

    def test_filters_hold(self):
        pattern = json.dumps({"dynamodb": {"Keys": {"id": {"S": ["b", "d"]}}}})
        self.put("a", "b", "c", "d")
        self.map(self.consumer(), FilterCriteria={"Filters": [{"Pattern": pattern}]})
        self.assertEqual(self.batches(["b", "d"]), [["b", "d"]])
