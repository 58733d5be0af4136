"""What the checks share: an account of one's own, and short ways to make things in it."""

import io
import itertools
import json
import time
import unittest
import urllib.error
import urllib.request
import zipfile

import boto3
import botocore.config
import botocore.exceptions

ENDPOINT = ""
REGION = "eu-west-1"

_accounts = itertools.count(100_000_000_001)
_CONFIG = botocore.config.Config(
    retries={"total_max_attempts": 1}, signature_version="v4", s3={"addressing_style": "path"}
)
_session = boto3.session.Session()

# Sends each event that it gets to the queue SEEN, then fails if FAIL is set.
WITNESS = """
import boto3, json, os
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(event))
    if os.environ.get("FAIL"):
        raise Exception("asked to fail")
    return {"ok": True}
"""


def allow(action, resource):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def zipped(text, name="index.py"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, text)
    return made.getvalue()


class Check(unittest.TestCase):
    def setUp(self):
        self.account = str(next(_accounts))
        self._clients = {}

    def __getattr__(self, service):
        """A client of a service, such as `self.sqs`, as the account's root."""
        if service.startswith("_") or service not in _SERVICES:
            raise AttributeError(service)
        return self.client(service.replace("_", "-"))

    def client(self, service, key=None, secret="test", token=None):
        which = (service, key)
        if which not in self._clients:
            self._clients[which] = _session.client(
                service,
                endpoint_url=ENDPOINT,
                region_name=REGION,
                config=_CONFIG,
                aws_access_key_id=key or self.account,
                aws_secret_access_key=secret,
                aws_session_token=token,
            )
        return self._clients[which]

    def arn(self, service, name):
        return f"arn:aws:{service}:{REGION}:{self.account}:{name}"

    def refused(self, code, call, **given):
        """Makes a call that must fail with an error code; its message."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**given)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def until(self, what, look, seconds=30):
        """What `look` gives as soon as it is truthy."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            if time.monotonic() > deadline:
                self.fail(f"not within {seconds} s: {what}")
            time.sleep(0.1)
        return found

    def role(self, name, service, *statements, condition=None):
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        if condition:
            trust["Condition"] = condition
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        if statements:
            self.grant(name, *statements)
        return arn

    def grant(self, role, *statements):
        self.iam.put_role_policy(RoleName=role, PolicyName="it", PolicyDocument=policy(*statements))

    def queue(self, name, sender=None, source=None, **attributes):
        """A queue, its URL; `sender` is a service that may send to it from `source`."""
        if sender:
            statement = {
                **allow("sqs:SendMessage", self.arn("sqs", name)),
                "Principal": {"Service": sender},
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": source},
                    "StringEquals": {"aws:SourceAccount": self.account},
                },
            }
            attributes["Policy"] = policy(statement)
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def received(self, url):
        """The bodies of what is in a queue now; takes them."""
        found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in found]

    def next_message(self, url, seconds=30):
        return self.until(f"a message in {url}", lambda: self.received(url), seconds)[0]

    def function(self, name, code, *statements, runtime="python3.12", **environment):
        """A function whose role has the statements; its ARN."""
        role = self.role(f"{name}-role", "lambda.amazonaws.com", *statements)
        file = "index.mjs" if runtime.startswith("nodejs") else "index.py"
        made = self.client("lambda").create_function(
            FunctionName=name,
            Runtime=runtime,
            Handler="index.handler",
            Role=role,
            Code={"ZipFile": zipped(code, file)},
            Environment={"Variables": environment},
            Timeout=10,
        )
        return made["FunctionArn"]

    def witness(self, name, *statements, **environment):
        """A function that sends its events to a queue: its ARN and the queue's URL."""
        seen = self.queue(f"{name}-seen")
        own = allow("sqs:SendMessage", self.arn("sqs", f"{name}-seen"))
        return self.function(name, WITNESS, own, *statements, SEEN=seen, **environment), seen

    def permit(self, function, principal, source, account=None):
        self.client("lambda").add_permission(
            FunctionName=function,
            StatementId=f"s{time.monotonic_ns()}",
            Action="lambda:InvokeFunction",
            Principal=principal,
            SourceArn=source,
            SourceAccount=account or self.account,
        )

    def topic(self, name, sender=None, source=None):
        """A topic, its ARN; `sender` is a service that may publish to it from `source`."""
        arn = self.sns.create_topic(Name=name)["TopicArn"]
        if sender:
            statement = {
                **allow("sns:Publish", arn),
                "Principal": {"Service": sender},
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": source},
                    "StringEquals": {"aws:SourceAccount": self.account},
                },
            }
            self.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy(statement))
        return arn

    def bucket(self, name):
        """A bucket whose name nobody else has; its name."""
        name = f"{name}-{self.account}"
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def objects(self, bucket):
        """What the objects of a bucket hold, by key."""
        listed = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {item["Key"]: self.s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read() for item in listed}

    def http(self, method, url, body=None, **headers):
        """Status and body of an answer."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, method=method, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def call(self, api, method, path, body=None, **headers):
        """Status and body of an answer of an HTTP API's `$default` stage."""
        return self.http(method, f"{ENDPOINT}/_aws/execute-api/{api}/$default{path}", body, **headers)

    def api(self, name):
        """An HTTP API with a `$default` stage; its id."""
        made = self.apigatewayv2.create_api(Name=name, ProtocolType="HTTP")["ApiId"]
        self.apigatewayv2.create_stage(ApiId=made, StageName="$default", AutoDeploy=True)
        return made

    def route(self, api, key, function, **more):
        """A route to a function."""
        made = self.apigatewayv2.create_integration(
            ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
        )
        target = f"integrations/{made['IntegrationId']}"
        self.apigatewayv2.create_route(ApiId=api, RouteKey=key, Target=target, **more)


_SERVICES = (
    "apigatewayv2", "cloudwatch", "dynamodb", "ec2", "firehose", "iam", "rds", "rds_data", "s3", "scheduler", "secretsmanager",
    "sns", "sqs", "sts",
)
