use aws_config::SdkConfig;

use super::{Inventory, sorted};

impl Inventory {
    pub(super) async fn apis(&mut self, config: &SdkConfig) {
        let client = aws_sdk_apigatewayv2::Client::new(config);
        for api in client.get_apis().max_results("1000").send().await.unwrap().items() {
            let name = api.name();
            self.id(api.api_id(), format!("API({})", name.unwrap_or_default()));
            let settings = (api.description(), api.protocol_type(), api.cors_configuration());
            self.thing("api", name, &[&settings, &sorted(api.tags())]);
            self.parts(&client, api.api_id().unwrap()).await;
        }
    }

    async fn parts(&mut self, client: &aws_sdk_apigatewayv2::Client, api: &str) {
        let integrations = client.get_integrations().api_id(api).send().await.unwrap();
        for integration in integrations.items() {
            let target = (
                (integration.integration_type(), integration.integration_subtype()),
                (integration.integration_uri(), integration.credentials_arn()),
                (integration.payload_format_version(), integration.timeout_in_millis()),
                sorted(integration.request_parameters()),
            );
            let words = format!("INTEGRATION{target:?}");
            self.id(integration.integration_id(), words);
            self.thing("integration", Some(api), &[&target]);
        }
        let authorizers = client.get_authorizers().api_id(api).send().await.unwrap();
        for authorizer in authorizers.items() {
            self.id(
                authorizer.authorizer_id(),
                format!("AUTHORIZER({})", authorizer.name().unwrap_or_default()),
            );
            let mut authorizer = authorizer.clone();
            authorizer.authorizer_id = None;
            self.thing("authorizer", Some(api), &[&authorizer]);
        }
        for route in client.get_routes().api_id(api).send().await.unwrap().items() {
            let key = route.route_key().unwrap_or_default();
            self.id(route.route_id(), format!("ROUTE({key})"));
            let who = (route.authorization_type(), route.authorizer_id());
            self.thing("route", Some(api), &[&key, &route.target(), &who]);
        }
        for stage in client.get_stages().api_id(api).send().await.unwrap().items() {
            let settings = (stage.auto_deploy(), stage.access_log_settings(), stage.description());
            let limits = (stage.default_route_settings(), sorted(stage.route_settings()));
            let parts: [&dyn std::fmt::Debug; 4] =
                [&stage.stage_name(), &settings, &limits, &sorted(stage.tags())];
            self.thing("stage", Some(api), &parts);
        }
    }
}
