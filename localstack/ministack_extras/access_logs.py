"""The access log of a stage can be removed: DeleteAccessLogSettings of API Gateway V2.

AWS removes the stage's access log settings and answers 204 (API Gateway Version 2 API Reference,
"/v2/apis/{apiId}/stages/{stageName}/accesslogsettings"). MiniStack takes the path for the stage's own
and deletes the stage.
"""

import urllib.parse

import seams


def install():
    gateway = seams.service("apigateway")
    seams.needs(gateway, "_stages", "_get_stage")

    @seams.wrap(gateway, "handle_request", "method", "path")
    def handle(original):
        async def handle_request(method, path, *rest, **named):
            parts = [urllib.parse.unquote(part) for part in path.strip("/").split("/")]
            match (method, parts):
                case ("DELETE", ["v2", "apis", api, "stages", stage, "accesslogsettings"]):
                    found = gateway._stages.get(api, {}).get(stage)
                    if found is None:
                        return gateway._get_stage(api, stage)
                    found.pop("accessLogSettings", None)
                    return 204, {}, b""
            return await original(method, path, *rest, **named)

        return handle_request
