"""The tags of an API or a stage that were put or removed show where it is read.

AWS's GetApi, GetApis, GetStage and GetStages give the tags as they are (API Gateway Version 2 API
Reference, "/v2/apis" and "/v2/apis/{apiId}/stages"). MiniStack gives those that the thing was made with.
"""

import seams


def install():
    gateway = seams.service("apigateway")
    seams.needs(gateway, "_apis", "_stages", "_tag_store")

    def tagged(arn):
        """What is kept of the API or stage with that ARN; nothing for anything else."""
        match arn.partition("::/")[2].split("/"):
            case ["apis", api]:
                return gateway._apis.get(api)
            case ["apis", api, "stages", stage]:
                return gateway._stages.get(api, {}).get(stage)

    def change(name, *parameters):
        @seams.wrap(gateway, name, *parameters)
        def wrapped(original):
            def changed(resource_arn, given):
                answer = original(resource_arn, given)
                if answer[0] < 300:
                    if (record := tagged(resource_arn)) is not None:
                        tags = gateway._tag_store(resource_arn).get(resource_arn, {})
                        record["tags"] = dict(tags)
                return answer

            return changed

    change("_tag_resource", "resource_arn", "data")
    change("_untag_resource", "resource_arn", "tag_keys")
