import json

import cloud

S3 = "s3.amazonaws.com"


class Notifications(cloud.Check):
    def setUp(self):
        super().setUp()
        self.name = self.bucket("in")
        self.source = f"arn:aws:s3:::{self.name}"

    def notify(self, *rules):
        self.s3.put_bucket_notification_configuration(
            Bucket=self.name, NotificationConfiguration={"LambdaFunctionConfigurations": list(rules)}
        )

    def rule(self, function, prefix="", suffix="", events=("s3:ObjectCreated:*",)):
        filters = [{"Name": "prefix", "Value": prefix}, {"Name": "suffix", "Value": suffix}]
        return {"LambdaFunctionArn": function, "Events": list(events), "Filter": {"Key": {"FilterRules": filters}}}

    def test_a_function_must_admit_the_bucket(self):
        function, seen = self.witness("f")
        self.permit(function, S3, self.source + "-other")
        self.permit(function, S3, self.source, account="999999999999")
        refusal = self.refused("InvalidArgument", lambda: self.notify(self.rule(function)))
        self.assertIn("Unable to validate the following destination configurations", refusal)
        self.refused("InvalidArgument", lambda: self.notify(self.rule(function + "-gone")))
        self.permit(function, S3, self.source)
        self.notify(self.rule(function, prefix="in/"))
        for key in ("out/a", "in/b"):
            self.s3.put_object(Bucket=self.name, Key=key, Body=b"x")
        self.assertEqual(json.loads(self.next_message(seen))["Records"][0]["s3"]["object"]["key"], "in/b")

    def test_a_permission_that_is_taken_away_counts(self):
        function, seen = self.witness("f")
        self.permit(function, S3, self.source)
        self.notify(self.rule(function))
        policy = json.loads(self.client("lambda").get_policy(FunctionName=function)["Policy"])
        self.client("lambda").remove_permission(FunctionName=function, StatementId=policy["Statement"][0]["Sid"])
        self.s3.put_object(Bucket=self.name, Key="one", Body=b"x")
        # Deliveries run in the background: the first has been refused once this queue has its event.
        self.queue("q", S3, self.source)
        self.s3.put_bucket_notification_configuration(
            Bucket=self.name,
            NotificationConfiguration={
                "QueueConfigurations": [{"QueueArn": self.arn("sqs", "q"), "Events": ["s3:ObjectCreated:*"]}]
            },
        )
        self.s3.put_object(Bucket=self.name, Key="two", Body=b"x")
        queue = self.sqs.get_queue_url(QueueName="q")["QueueUrl"]
        self.until("the queue's event", lambda: any('"two"' in body for body in self.received(queue)))
        self.permit(function, S3, self.source)
        self.notify(self.rule(function))
        self.s3.put_object(Bucket=self.name, Key="three", Body=b"x")
        keys = []

        def got_three():
            keys.extend(json.loads(body)["Records"][0]["s3"]["object"]["key"] for body in self.received(seen))
            return "three" in keys

        self.until("the function's event", got_three)
        self.assertEqual(keys, ["three"])

    def test_rules_may_not_overlap(self):
        function, _ = self.witness("f")
        self.permit(function, S3, self.source)
        for other in (
            self.rule(function, "in/", ".csv"),
            self.rule(function, "in/deep/", "", ["s3:ObjectCreated:Put"]),
            self.rule(function, "", "v"),
        ):
            refusal = self.refused(
                "InvalidArgument", lambda other=other: self.notify(self.rule(function, "in/", ".csv"), other)
            )
            self.assertIn("overlapping", refusal)
        self.notify(
            self.rule(function, "in/", ".csv"),
            self.rule(function, "in/", ".png"),
            self.rule(function, "out/", ".csv"),
            self.rule(function, "in/", ".csv", ["s3:ObjectRemoved:*"]),
        )

    def test_the_policy_that_a_topic_has_from_the_start_does_not_admit_a_bucket(self):
        def notify(topic):
            self.s3.put_bucket_notification_configuration(
                Bucket=self.name,
                NotificationConfiguration={
                    "TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]
                },
            )

        closed, opened = self.topic("closed"), self.topic("open", S3, self.source)
        self.refused("InvalidArgument", lambda: notify(closed))
        notify(opened)


class Transport(cloud.Check):
    def test_requests_count_as_https_unless_they_say_otherwise(self):
        name = self.bucket("b")
        arn = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
        refuse = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": arn}
        refuse["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
        self.s3.put_bucket_policy(Bucket=name, Policy=cloud.policy(refuse))
        signer = self.iam.create_user(UserName="signer")["User"]["UserName"]
        putting = cloud.policy(cloud.allow("s3:PutObject", f"arn:aws:s3:::{name}/in/*"))
        self.iam.put_user_policy(UserName=signer, PolicyName="it", PolicyDocument=putting)
        key = self.iam.create_access_key(UserName=signer)["AccessKey"]
        own = self.client("s3", key["AccessKeyId"], key["SecretAccessKey"])

        def signed(at):
            return own.generate_presigned_url("put_object", Params={"Bucket": name, "Key": at})

        self.assertEqual(self.http("PUT", signed("in/a"), b"x", x_forwarded_proto="http")[0], 403)
        self.assertEqual(self.http("PUT", signed("out/a"), b"x")[0], 403)
        self.assertEqual(self.http("PUT", signed("in/a"), b"x")[0], 200)
        self.assertEqual(self.objects(name), {"in/a": b"x"})


class Forms(cloud.Check):
    def test_a_form_may_be_signed_with_a_roles_credentials(self):
        name = self.bucket("b")
        everyone = cloud.allow("s3:PutObject", f"arn:aws:s3:::{name}/in/*")
        role = self.role("signer", "lambda.amazonaws.com", everyone)
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        self.iam.update_assume_role_policy(RoleName="signer", PolicyDocument=cloud.policy(trust))
        queue = self.queue("told", S3, f"arn:aws:s3:::{name}")
        rule = {"QueueArn": self.arn("sqs", "told"), "Events": ["s3:ObjectCreated:*"]}
        self.s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"QueueConfigurations": [rule]}
        )
        own = self.client("sts").assume_role(RoleArn=role, RoleSessionName="it")["Credentials"]
        signer = self.client("s3", own["AccessKeyId"], own["SecretAccessKey"], own["SessionToken"])

        def put(key):
            form = signer.generate_presigned_post(name, key)
            parts = [
                f'--b\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
                for field, value in [*form["fields"].items(), ("file", "x")]
            ]
            body = "".join([*parts, "--b--\r\n"]).encode()
            return self.http("POST", form["url"], body, content_type="multipart/form-data; boundary=b")[0]

        self.assertEqual((put("in/a"), put("out/a")), (204, 403))
        self.until("the upload", lambda: "ObjectCreated:Post" in "".join(self.received(queue)))
        self.assertEqual(self.objects(name), {"in/a": b"x"})
