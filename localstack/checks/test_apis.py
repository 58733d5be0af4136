import json

import cloud

GATEWAY = "apigateway.amazonaws.com"
ECHO = """
import json
def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event["requestContext"].get("authorizer"))}
"""
AUTHORIZER = """
def handler(event, context):
    return {"isAuthorized": event["identitySource"] == ["yes"], "context": {"who": "ann"}}
"""
NODE_ECHO = """
export const handler = async (event) => ({ statusCode: 200, body: "node " + event.rawPath });
"""


class Functions(cloud.Check):
    def source(self, api, rest):
        return self.arn("execute-api", f"{api}/{rest}")

    def test_a_route_needs_the_functions_permission(self):
        api, function = self.api("a"), self.function("echo", ECHO)
        self.route(api, "GET /echo/{id}", function)
        self.permit(function, GATEWAY, self.source(api, "*/POST/echo/*"))
        self.permit(function, GATEWAY, self.source("another", "*/*"))
        self.permit(function, GATEWAY, self.source(api, "*/*"), account="999999999999")
        self.permit(function, "sns.amazonaws.com", self.source(api, "*/*"))
        self.assertEqual(self.call(api, "GET", "/echo/1")[0], 500)
        self.permit(function, GATEWAY, self.source(api, "*/GET/echo/*"))
        self.assertEqual(self.call(api, "GET", "/echo/1"), (200, b"null"))

    def test_the_default_route_and_routes_of_any_method(self):
        api, function = self.api("a"), self.function("echo", ECHO)
        self.route(api, "$default", function)
        self.route(api, "ANY /any", function)
        self.permit(function, GATEWAY, self.source(api, "$default/$default"))
        self.assertEqual(self.call(api, "GET", "/other")[0], 200)
        self.assertEqual(self.call(api, "PUT", "/any")[0], 500)
        self.permit(function, GATEWAY, self.source(api, "*/*/any"))
        self.assertEqual(self.call(api, "PUT", "/any")[0], 200)

    def test_a_role_of_the_integration_is_enough(self):
        api, function = self.api("a"), self.function("echo", ECHO)
        role = self.role("caller", GATEWAY)
        made = self.apigatewayv2.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=function,
            PayloadFormatVersion="2.0",
            CredentialsArn=role,
        )
        self.assertEqual(made["CredentialsArn"], role)
        self.apigatewayv2.create_route(ApiId=api, RouteKey="GET /", Target=f"integrations/{made['IntegrationId']}")
        self.assertEqual(self.call(api, "GET", "/")[0], 500)
        self.grant("caller", cloud.allow("lambda:InvokeFunction", function))
        self.assertEqual(self.call(api, "GET", "/")[0], 200)

    def test_node_functions_run(self):
        api, function = self.api("a"), self.function("node", NODE_ECHO, runtime="nodejs22.x")
        self.route(api, "GET /here", function)
        self.permit(function, GATEWAY, self.source(api, "*/*"))
        self.assertEqual(self.call(api, "GET", "/here"), (200, b"node /here"))


class Authorizers(cloud.Check):
    def test_an_authorizer_needs_the_functions_permission(self):
        api = self.api("a")
        echo, check = self.function("echo", ECHO), self.function("check", AUTHORIZER)
        made = self.apigatewayv2.create_authorizer(
            ApiId=api,
            Name="check",
            AuthorizerType="REQUEST",
            AuthorizerUri=f"arn:aws:apigateway:{cloud.REGION}:lambda:path/2015-03-31/functions/{check}/invocations",
            AuthorizerPayloadFormatVersion="2.0",
            EnableSimpleResponses=True,
            IdentitySource=["$request.header.Authorization"],
            AuthorizerResultTtlInSeconds=0,
        )["AuthorizerId"]
        self.route(api, "GET /", echo, AuthorizationType="CUSTOM", AuthorizerId=made)
        self.permit(echo, GATEWAY, self.arn("execute-api", f"{api}/*/*"))
        self.assertEqual(self.call(api, "GET", "/", authorization="yes")[0], 500)
        self.permit(check, GATEWAY, self.arn("execute-api", f"{api}/authorizers/{made}"))
        self.assertEqual(self.call(api, "GET", "/")[0], 401)
        self.assertEqual(self.call(api, "GET", "/", authorization="no")[0], 403)
        status, answer = self.call(api, "GET", "/", authorization="yes")
        self.assertEqual((status, json.loads(answer)), (200, {"lambda": {"who": "ann"}}))


class Stages(cloud.Check):
    def test_a_stage_outlives_its_access_log(self):
        api = self.api("a")
        log = {"DestinationArn": self.arn("logs", "log-group:a"), "Format": "$context.requestId"}
        self.apigatewayv2.create_stage(ApiId=api, StageName="logged", AccessLogSettings=log)
        self.apigatewayv2.delete_access_log_settings(ApiId=api, StageName="logged")
        stage = self.apigatewayv2.get_stage(ApiId=api, StageName="logged")
        self.assertNotIn("AccessLogSettings", stage)


class Tags(cloud.Check):
    def test_tags_show_where_a_thing_is_read(self):
        api = self.api("tagged")
        arn = f"arn:aws:apigateway:{self.apigatewayv2.meta.region_name}::/apis/{api}"
        for each in (arn, f"{arn}/stages/$default"):
            self.apigatewayv2.tag_resource(ResourceArn=each, Tags={"one": "1", "two": "2"})
            self.apigatewayv2.untag_resource(ResourceArn=each, TagKeys=["one"])
        self.assertEqual(self.apigatewayv2.get_api(ApiId=api)["Tags"], {"two": "2"})
        self.assertEqual(self.apigatewayv2.get_stage(ApiId=api, StageName="$default")["Tags"], {"two": "2"})


class Duplicates(cloud.Check):
    def test_a_second_route_or_stage_of_the_same_name_is_refused(self):
        api = self.api("a")
        self.apigatewayv2.create_route(ApiId=api, RouteKey="GET /")
        with self.assertRaises(self.apigatewayv2.exceptions.ConflictException):
            self.apigatewayv2.create_route(ApiId=api, RouteKey="GET /")
        with self.assertRaises(self.apigatewayv2.exceptions.ConflictException):
            self.apigatewayv2.create_stage(ApiId=api, StageName="$default")
        self.apigatewayv2.create_route(ApiId=api, RouteKey="GET /other")
