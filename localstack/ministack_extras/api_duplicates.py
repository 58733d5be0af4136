"""A route of an API has a key of its own, and a stage a name of its own.

AWS refuses a second one with a ConflictException (API Gateway Version 2 API Reference, "/v2/apis/{apiId}/routes"
and "/v2/apis/{apiId}/stages"). MiniStack makes a second route, and puts a new stage in the old one's place.
"""

import seams


def install():
    gateway = seams.service("apigateway")
    seams.needs(gateway, "_routes", "_stages", "_apigw_error")

    def conflict(what, name):
        return gateway._apigw_error("ConflictException", f"{what} {name} already exists for this API", 409)

    @seams.wrap(gateway, "_create_route", "api_id", "data")
    def route(original):
        def create_route(api_id, data):
            key = data.get("routeKey", "$default")
            if any(made["routeKey"] == key for made in gateway._routes.get(api_id, {}).values()):
                return conflict("Route with key", key)
            return original(api_id, data)

        return create_route

    @seams.wrap(gateway, "_create_stage", "api_id", "data")
    def stage(original):
        def create_stage(api_id, data):
            name = data.get("stageName", "$default")
            if name in gateway._stages.get(api_id, {}):
                return conflict("Stage", name)
            return original(api_id, data)

        return create_stage
