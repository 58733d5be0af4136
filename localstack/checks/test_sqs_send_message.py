import hashlib
import json

import cloud


class SqsSendMessage(cloud.Check):
    def setUp(self):
        super().setUp()
        self.url = self.queue("jobs")
        self.role_arn = self.role(
            "sender", "apigateway.amazonaws.com", cloud.allow("sqs:SendMessage", self.arn("sqs", "jobs"))
        )
        self.api_id = self.api("jobs")

    def integration(self, body="$request.body", role=None, **parameters):
        return {
            "ApiId": self.api_id,
            "IntegrationType": "AWS_PROXY",
            "IntegrationSubtype": "SQS-SendMessage",
            "PayloadFormatVersion": "1.0",
            "CredentialsArn": role or self.role_arn,
            "RequestParameters": {"QueueUrl": self.url, "MessageBody": body, **parameters},
        }

    def send_route(self, key, **integration):
        made = self.apigatewayv2.create_integration(**self.integration(**integration))["IntegrationId"]
        self.apigatewayv2.create_route(ApiId=self.api_id, RouteKey=key, Target=f"integrations/{made}")
        return made

    def test_everything_is_read_back(self):
        wanted = self.integration(MessageGroupId="$request.header.Group")
        made = self.apigatewayv2.create_integration(**wanted)
        one = self.apigatewayv2.get_integration(ApiId=self.api_id, IntegrationId=made["IntegrationId"])
        listed = self.apigatewayv2.get_integrations(ApiId=self.api_id)["Items"]
        for found in (made, one, *listed):
            for name in ("IntegrationSubtype", "CredentialsArn", "RequestParameters", "PayloadFormatVersion"):
                self.assertEqual(found[name], wanted[name], name)
            self.assertNotIn("IntegrationUri", found)

    def test_an_update_merges_and_an_empty_text_removes(self):
        made = self.send_route("POST /", MessageGroupId="g", DelaySeconds="1")
        changed = self.apigatewayv2.update_integration(
            ApiId=self.api_id,
            IntegrationId=made,
            RequestParameters={"MessageGroupId": "", "MessageBody": "$request.body.x"},
        )
        wanted = {"QueueUrl": self.url, "MessageBody": "$request.body.x", "DelaySeconds": "1"}
        self.assertEqual(changed["RequestParameters"], wanted)
        self.assertEqual(changed["IntegrationSubtype"], "SQS-SendMessage")

    def test_a_post_is_answered_with_the_message_id(self):
        self.send_route("POST /jobs")
        status, answer = self.call(self.api_id, "POST", "/jobs", b'{"n": 1}')
        self.assertEqual(status, 200, answer)
        result = json.loads(answer)["SendMessageResponse"]["SendMessageResult"]
        self.assertEqual(result["MD5OfMessageBody"], hashlib.md5(b'{"n": 1}').hexdigest())
        message = self.sqs.receive_message(QueueUrl=self.url)["Messages"][0]
        self.assertEqual((message["MessageId"], message["Body"]), (result["MessageId"], '{"n": 1}'))

    def test_a_function_gets_what_was_posted(self):
        reading = cloud.allow(
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], self.arn("sqs", "jobs")
        )
        function, seen = self.witness("consumer", reading)
        self.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=self.arn("sqs", "jobs"))
        self.send_route("POST /jobs")
        self.assertEqual(self.call(self.api_id, "POST", "/jobs", b"hello")[0], 200)
        self.assertEqual(json.loads(self.next_message(seen))["Records"][0]["body"], "hello")

    def test_mappings(self):
        cases = {
            "$request.body.order.lines[1].sku": "b",
            "$request.body.order": json.dumps({"lines": [{"sku": "a"}, {"sku": "b"}]}),
            "$request.header.X-Kind": "invoice",
            "$request.querystring.q": "1,2",
            "$request.path.id": "42",
            "$context.stage": "$default",
            "$context.identity.userAgent": "check",
            "always this": "always this",
        }
        for number, (source, wanted) in enumerate(cases.items()):
            self.send_route(f"POST /m{number}/{{id}}", body=source)
            body = json.dumps({"order": {"lines": [{"sku": "a"}, {"sku": "b"}]}}).encode()
            status, answer = self.call(
                self.api_id, "POST", f"/m{number}/42?q=1&q=2", body, x_kind="invoice", user_agent="check"
            )
            self.assertEqual(status, 200, (source, answer))
            self.assertEqual(self.received(self.url), [wanted], source)

    def test_a_request_without_what_is_mapped_is_a_bad_request(self):
        self.send_route("POST /a", body="$request.body.missing")
        self.send_route("POST /b", body="$request.header.missing")
        for path in ("/a", "/b"):
            self.assertEqual(self.call(self.api_id, "POST", path, b"{}")[0], 400, path)
        self.assertEqual(self.received(self.url), [])

    def test_a_role_that_may_not_send_is_refused(self):
        other = self.role(
            "other", "apigateway.amazonaws.com", cloud.allow("sqs:SendMessage", self.arn("sqs", "elsewhere"))
        )
        self.send_route("POST /jobs", role=other)
        status, answer = self.call(self.api_id, "POST", "/jobs", b"x")
        self.assertEqual(status, 403, answer)
        self.assertIn("AccessDenied", json.loads(answer)["Error"]["Code"])
        self.assertEqual(self.received(self.url), [])
        self.grant("other", cloud.allow("sqs:SendMessage", self.arn("sqs", "jobs")))
        self.assertEqual(self.call(self.api_id, "POST", "/jobs", b"x")[0], 200)

    def test_a_role_that_api_gateway_may_not_assume_is_refused(self):
        other = self.role("other", "lambda.amazonaws.com", cloud.allow("sqs:SendMessage", self.arn("sqs", "jobs")))
        self.send_route("POST /jobs", role=other)
        self.assertEqual(self.call(self.api_id, "POST", "/jobs", b"x")[0], 500)
        self.assertEqual(self.received(self.url), [])

    def test_a_queue_that_does_not_exist_is_refused(self):
        made = self.send_route("POST /jobs")
        self.grant("sender", cloud.allow("sqs:SendMessage", self.arn("sqs", "jobs*")))
        self.apigatewayv2.update_integration(
            ApiId=self.api_id, IntegrationId=made, RequestParameters={"QueueUrl": self.url + "-gone"}
        )
        status, answer = self.call(self.api_id, "POST", "/jobs", b"x")
        self.assertEqual(status, 400, answer)
        self.assertIn("NonExistentQueue", json.loads(answer)["Error"]["Code"])

    def test_what_api_gateway_would_refuse_is_refused(self):
        good = self.integration()
        parameters = good["RequestParameters"]
        cases = [
            {"CredentialsArn": None},
            {"PayloadFormatVersion": "2.0"},
            {"IntegrationType": "HTTP_PROXY"},
            {"RequestParameters": {"QueueUrl": self.url}},
            {"RequestParameters": {**parameters, "Nonsense": "x"}},
            {"RequestParameters": {**parameters, "MessageBody": "$request.nonsense"}},
            {"RequestParameters": {**parameters, "MessageBody": "$request.body..x"}},
        ]
        for case in cases:
            wrong = {name: value for name, value in {**good, **case}.items() if value is not None}
            self.refused("BadRequestException", self.apigatewayv2.create_integration, **wrong)
