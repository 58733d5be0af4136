"""A stage that deploys by itself tells how that went.

AWS deploys behind each change and has the outcome in the stage's lastDeploymentStatusMessage (API Gateway Version 2
API Reference, "/v2/apis/{apiId}/stages/{stageName}"). MiniStack serves what there is and says nothing.
"""

import uuid

import seams


def install():
    gateway = seams.service("apigateway")
    seams.needs(gateway, "_routes", "_stages")

    @seams.wrap(gateway, "_get_stage", "api_id", "stage_name")
    def get(original):
        def get_stage(api_id, stage_name):
            stage = gateway._stages.get(api_id, {}).get(stage_name)
            if stage and stage.get("autoDeploy"):
                if gateway._routes.get(api_id):
                    made = stage.setdefault("deploymentId", uuid.uuid4().hex[:6])
                    told = f"Successfully deployed stage with deployment ID '{made}'"
                else:
                    told = "Deployment attempt failed: Unable to deploy API because no routes exist in this API"
                stage["lastDeploymentStatusMessage"] = told
            return original(api_id, stage_name)

        return get_stage
