use aws_config::SdkConfig;

use super::{Inventory, policy, sorted, unordered};

impl Inventory {
    pub(super) async fn roles(&mut self, config: &SdkConfig) {
        let iam = aws_sdk_iam::Client::new(config);
        let roles = iam.list_roles().into_paginator().items().send();
        for role in roles.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let name = role.role_name();
            let mut policies = Vec::new();
            let listed = iam.list_role_policies().role_name(name).send().await.unwrap();
            for inline in listed.policy_names() {
                let asked = iam.get_role_policy().role_name(name).policy_name(inline);
                let document = policy(asked.send().await.unwrap().policy_document());
                policies.push(format!("{inline} {document}"));
            }
            policies.sort();
            let attached = iam.list_attached_role_policies().role_name(name).send().await.unwrap();
            let attached: Vec<_> =
                attached.attached_policies().iter().map(|policy| policy.policy_arn()).collect();
            let tags = iam.list_role_tags().role_name(name).send().await.unwrap();
            let tags = unordered(tags.tags());
            let trust = role.assume_role_policy_document().map(policy);
            let rest = (role.description(), role.max_session_duration(), role.path());
            self.thing("role", Some(name), &[&trust, &policies, &attached, &tags, &rest]);
        }
    }

    pub(super) async fn functions(&mut self, config: &SdkConfig) {
        let lambda = aws_sdk_lambda::Client::new(config);
        let functions = lambda.list_functions().into_paginator().items().send();
        for function in functions.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let name = function.function_name().unwrap();
            let code = (function.code_sha256(), function.handler(), function.runtime());
            let limits = (function.memory_size(), function.timeout(), function.ephemeral_storage());
            let environment = function.environment().map(|it| sorted(it.variables()));
            let rest = (
                (function.role(), function.architectures(), function.layers(), environment),
                (function.dead_letter_config(), function.vpc_config(), function.tracing_config()),
                (function.logging_config(), function.description()),
            );
            let asked = lambda.get_function().function_name(name).send().await.unwrap();
            let reserved = asked.concurrency().and_then(|it| it.reserved_concurrent_executions());
            let allowed = lambda.get_policy().function_name(name).send().await;
            let allowed = allowed.ok().and_then(|answer| answer.policy().map(policy));
            let asynchronous = lambda.get_function_event_invoke_config().function_name(name);
            let asynchronous = asynchronous.send().await.ok().map(|it| {
                let limits = (it.maximum_retry_attempts(), it.maximum_event_age_in_seconds());
                (limits, it.destination_config().cloned())
            });
            let parts: [&dyn std::fmt::Debug; 7] =
                [&code, &limits, &rest, &reserved, &allowed, &asynchronous, &sorted(asked.tags())];
            self.thing("function", Some(name), &parts);
        }
    }

    pub(super) async fn mappings(&mut self, config: &SdkConfig) {
        let lambda = aws_sdk_lambda::Client::new(config);
        let mappings = lambda.list_event_source_mappings().into_paginator().items().send();
        for mut mapping in mappings.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let arn = mapping.event_source_mapping_arn().map(str::to_owned);
            let arn = arn.unwrap_or_else(|| {
                let function = mapping.function_arn().unwrap();
                let (place, _) = function.split_once(":function:").unwrap();
                format!("{place}:event-source-mapping:{}", mapping.uuid().unwrap())
            });
            let tags = lambda.list_tags().resource(arn).send().await.unwrap();
            mapping.uuid = None;
            mapping.last_modified = None;
            mapping.last_processing_result = None;
            mapping.state_transition_reason = None;
            let function = mapping.function_arn().map(str::to_owned);
            self.thing("mapping", function.as_deref(), &[&mapping, &sorted(tags.tags())]);
        }
    }
}
