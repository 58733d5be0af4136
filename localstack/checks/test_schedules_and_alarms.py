import json

import cloud

SCHEDULER = "scheduler.amazonaws.com"


class Schedules(cloud.Check):
    def schedule(self, name, function, role, **more):
        self.scheduler.create_schedule(
            Name=name,
            ScheduleExpression="rate(1 hour)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": function, "RoleArn": role, "Input": json.dumps({"from": name})},
            **more,
        )

    def run_all(self):
        status, answer = self.http("POST", f"{cloud.ENDPOINT}/_maas/schedules/run", b"")
        self.assertEqual(status, 200, answer)
        return json.loads(answer)["fired"]

    def test_a_schedule_calls_its_function_if_its_role_may(self):
        function, seen = self.witness("f")
        calling = cloud.allow("lambda:InvokeFunction", function)
        self.schedule("denied", function, self.role("denied", SCHEDULER))
        self.schedule("allowed", function, self.role("allowed", SCHEDULER, calling))
        self.schedule("off", function, self.role("off", SCHEDULER, calling), State="DISABLED")
        fired = self.run_all()
        self.assertIn(self.arn("scheduler", "schedule/default/allowed"), fired)
        self.assertNotIn(self.arn("scheduler", "schedule/default/off"), fired)
        self.assertEqual(json.loads(self.next_message(seen)), {"from": "allowed"})
        self.grant("denied", calling)
        self.run_all()
        got = []
        self.until("both", lambda: got.extend(map(json.loads, self.received(seen))) or {"from": "denied"} in got)

    def test_the_scheduler_must_be_able_to_assume_the_role(self):
        function, _ = self.witness("f")
        self.scheduler.create_schedule_group(Name="g")
        group = self.arn("scheduler", "schedule-group/g")

        def trusting(name, arn):
            return self.role(name, SCHEDULER, condition={"ArnEquals": {"aws:SourceArn": arn}})

        wrong = [self.role("lambda", "lambda.amazonaws.com"), trusting("one", self.arn("scheduler", "schedule/g/s"))]
        for role in wrong:
            refusal = self.refused(
                "ValidationException", lambda role=role: self.schedule("s", function, role, GroupName="g")
            )
            self.assertIn("must allow AWS EventBridge Scheduler to assume the role", refusal)
        self.schedule("s", function, trusting("group", group), GroupName="g")


class Alarms(cloud.Check):
    def state(self):
        return self.cloudwatch.describe_alarms(AlarmNames=["depth"])["MetricAlarms"][0]["StateValue"]

    def test_an_alarm_on_a_queues_depth_follows_the_queue(self):
        dead, other = self.queue("dead"), self.queue("other")
        topic = self.topic("ops")
        told = self.queue("told", "sns.amazonaws.com", topic)
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.arn("sqs", "told"))
        self.cloudwatch.put_metric_alarm(
            AlarmName="depth",
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": "dead"}],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[topic],
            OKActions=[topic],
        )
        self.sqs.send_message(QueueUrl=other, MessageBody="x")
        self.until("OK", lambda: self.state() == "OK")
        self.sqs.send_message(QueueUrl=dead, MessageBody="x")
        self.until("ALARM", lambda: self.state() == "ALARM")
        messages = []

        def heard(state):
            messages.extend(json.loads(json.loads(body)["Message"])["NewStateValue"] for body in self.received(told))
            return state in messages

        self.until("the notification", lambda: heard("ALARM"))
        self.assertEqual(self.received(dead), ["x"])
        self.until("OK again", lambda: self.state() == "OK")
        metrics = self.cloudwatch.list_metrics(Namespace="AWS/SQS", Dimensions=[{"Name": "QueueName", "Value": "dead"}])
        self.assertIn("ApproximateNumberOfMessagesVisible", {found["MetricName"] for found in metrics["Metrics"]})
