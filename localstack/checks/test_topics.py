import json

import cloud

SNS = "sns.amazonaws.com"


class Functions(cloud.Check):
    def test_a_topic_needs_the_functions_permission(self):
        topic = self.topic("t")
        function, seen = self.witness("f")
        dead = self.queue("dead", SNS, topic)
        redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": self.arn("sqs", "dead")})}
        self.sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function, Attributes=redrive)
        self.permit(function, SNS, topic + "-other")
        self.sns.publish(TopicArn=topic, Message="one")
        self.assertEqual(json.loads(self.next_message(dead))["Message"], "one")
        self.permit(function, SNS, topic)
        self.sns.publish(TopicArn=topic, Message="two")
        self.assertEqual(json.loads(self.next_message(seen))["Records"][0]["Sns"]["Message"], "two")
        self.assertEqual(self.received(dead), [])


class Queues(cloud.Check):
    def test_what_a_queue_does_not_admit_goes_to_the_dead_letter_queue(self):
        topic = self.topic("t")
        open_queue, closed = self.queue("open", SNS, topic), self.queue("closed")
        dead = self.queue("dead", SNS, topic)
        redrive = {
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": self.arn("sqs", "dead")}),
            "RawMessageDelivery": "true",
        }
        for name in ("open", "closed"):
            self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.arn("sqs", name), Attributes=redrive)
        self.sns.publish(TopicArn=topic, Message="hello")
        self.assertEqual(self.next_message(open_queue), "hello")
        self.assertEqual(self.next_message(dead), "hello")
        self.assertEqual(self.received(closed) + self.received(dead), [])

    def test_an_unknown_protocol_is_refused(self):
        self.refused("InvalidParameter", self.sns.subscribe, TopicArn=self.topic("t"), Protocol="pigeon", Endpoint="x")


    def test_filters_on_the_body_look_into_arrays(self):
        topic = self.topic("t")
        queue = self.queue("q", SNS, topic)
        rule = {"Records": {"s3": {"object": {"key": [{"suffix": ".pdf"}]}}, "eventName": ["put"]}}
        attributes = {
            "FilterPolicy": json.dumps(rule),
            "FilterPolicyScope": "MessageBody",
            "RawMessageDelivery": "true",
        }
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.arn("sqs", "q"), Attributes=attributes)

        def entry(key, event):
            return {"s3": {"object": {"key": key}}, "eventName": event}

        apart = [entry("a.pdf", "gone"), entry("a.png", "put")]
        for records in ([], [entry("a.png", "put")], apart, [entry("a.png", "put"), entry("b.pdf", "put")]):
            self.sns.publish(TopicArn=topic, Message=json.dumps({"Records": records}))
        (found,) = self.until("a message", lambda: self.received(queue))
        self.assertEqual(len(json.loads(found)["Records"]), 2)
        self.assertIn("b.pdf", found)
        self.assertEqual(self.received(queue), [])


class Streams(cloud.Check):
    def setUp(self):
        super().setUp()
        self.archive = self.bucket("archive")
        writer = self.role(
            "writer", "firehose.amazonaws.com", cloud.allow("s3:PutObject", f"arn:aws:s3:::{self.archive}/in/*")
        )
        self.stream = self.firehose.create_delivery_stream(
            DeliveryStreamName="archive",
            ExtendedS3DestinationConfiguration={
                "RoleARN": writer,
                "BucketARN": f"arn:aws:s3:::{self.archive}",
                "Prefix": "in/",
            },
        )["DeliveryStreamARN"]
        self.topic_arn = self.topic("t")

    def subscribe(self, role, **attributes):
        self.sns.subscribe(
            TopicArn=self.topic_arn,
            Protocol="firehose",
            Endpoint=self.stream,
            Attributes={"SubscriptionRoleArn": role, **attributes},
        )

    def putting(self):
        return cloud.allow(["firehose:PutRecord", "firehose:PutRecordBatch"], self.stream)

    def archived(self):
        return self.until("an object in the archive", lambda: list(self.objects(self.archive).values()))

    def test_envelopes(self):
        self.subscribe(self.role("subscriber", SNS, self.putting()))
        self.sns.publish(TopicArn=self.topic_arn, Message="hello", Subject="greeting")
        (line,) = self.archived()
        found = json.loads(line)
        self.assertTrue(line.endswith(b"\n"))
        self.assertEqual((found["Message"], found["Subject"], found["TopicArn"]), ("hello", "greeting", self.topic_arn))

    def test_raw_delivery_of_what_the_filter_lets_through(self):
        role = self.role("subscriber", SNS, self.putting())
        self.subscribe(role, RawMessageDelivery="true", FilterPolicy=json.dumps({"kind": ["invoice"]}))
        for kind in ("order", "invoice"):
            attributes = {"kind": {"DataType": "String", "StringValue": kind}}
            self.sns.publish(TopicArn=self.topic_arn, Message=f"the {kind}", MessageAttributes=attributes)
        self.assertEqual(self.archived(), [b"the invoice\n"])

    def test_a_role_is_needed_that_sns_may_assume(self):
        other = self.role("other", "lambda.amazonaws.com", self.putting())
        # AWS documents no such key for SNS.
        condition = {"StringEquals": {"aws:SourceAccount": self.account}}
        conditional = self.role("conditional", SNS, self.putting(), condition=condition)
        given = {"TopicArn": self.topic_arn, "Protocol": "firehose", "Endpoint": self.stream}
        self.refused("InvalidParameter", self.sns.subscribe, **given)
        for role in (other, conditional):
            self.refused("InvalidParameter", self.sns.subscribe, **given, Attributes={"SubscriptionRoleArn": role})
        self.subscribe(self.role("right", SNS))

    def test_a_role_is_needed_that_may_put_records(self):
        dead = self.queue("dead", SNS, self.topic_arn)
        redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": self.arn("sqs", "dead")})}
        self.subscribe(self.role("subscriber", SNS), RawMessageDelivery="true", **redrive)
        self.sns.publish(TopicArn=self.topic_arn, Message="one")
        self.assertEqual(self.next_message(dead), "one")
        self.grant("subscriber", self.putting())
        self.sns.publish(TopicArn=self.topic_arn, Message="two")
        self.assertEqual(self.archived(), [b"two\n"])


class DeliveryStreams(cloud.Check):
    def test_a_role_is_needed_that_firehose_may_assume_and_that_may_put(self):
        bucket = self.bucket("archive")
        config = {"BucketARN": f"arn:aws:s3:::{bucket}"}
        wrong = {**config, "RoleARN": self.role("wrong", "lambda.amazonaws.com")}
        self.refused(
            "InvalidArgumentException",
            self.firehose.create_delivery_stream,
            DeliveryStreamName="s",
            ExtendedS3DestinationConfiguration=wrong,
        )
        right = {**config, "RoleARN": self.role("writer", "firehose.amazonaws.com")}
        self.firehose.create_delivery_stream(DeliveryStreamName="s", ExtendedS3DestinationConfiguration=right)
        self.firehose.put_record(DeliveryStreamName="s", Record={"Data": b"one"})
        self.grant("writer", cloud.allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*"))
        self.firehose.put_record(DeliveryStreamName="s", Record={"Data": b"two"})
        self.assertEqual(list(self.objects(bucket).values()), [b"two"])
