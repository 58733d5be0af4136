//! Functions and what calls them.

use super::super::{
    Api, ApiInputs, Cx, EventSourceMapping, EventSourceMappingInputs, Function, FunctionInputs,
    Role, RoleInputs, tags,
};
use super::{is_named, known, pages};
use crate::graph::{Arn, Fault, Id, Listed, OrAbsent, Scope, Tags};

/// The functions (*Lambda API Reference*, ListFunctions).
pub async fn functions(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<Function>>, Fault> {
    let all = pages(|token| async move {
        let request = cx.lambda().list_functions().set_marker(token);
        let page = cx.call("lambda:ListFunctions", || request.clone().send()).await?;
        Ok((page.functions.unwrap_or_default(), page.next_marker))
    })
    .await?;
    let mut found = Vec::new();
    for function in all {
        let (Some(name), Some(arn)) = (function.function_name(), function.function_arn()) else {
            continue;
        };
        if is_named(scope, name)
            && let Some(tags) = of_lambda(cx, arn).await?
        {
            let inputs = FunctionInputs { name: known(name), tags, ..FunctionInputs::default() };
            found.push(Listed { id: Id::from(name), inputs });
        }
    }
    Ok(found)
}

/// The event source mappings of its functions, also of those that are gone (*Lambda API Reference*,
/// ListEventSourceMappings).
pub async fn mappings(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<EventSourceMapping>>, Fault> {
    let all = pages(|token| async move {
        let request = cx.lambda().list_event_source_mappings().set_marker(token);
        let page = cx.call("lambda:ListEventSourceMappings", || request.clone().send()).await?;
        Ok((page.event_source_mappings.unwrap_or_default(), page.next_marker))
    })
    .await?;
    let mut found = Vec::new();
    for mapping in all {
        let (Some(id), Some(function)) = (mapping.uuid(), mapping.function_arn()) else { continue };
        let function = function.split(":function:").last().unwrap_or_default();
        if !is_named(scope, function) || mapping.state() == Some("Deleting") {
            continue;
        }
        let arn = cx.place().arn::<Arn>("lambda", format!("event-source-mapping:{id}"));
        if let Some(tags) = of_lambda(cx, arn.get()?.as_str()).await? {
            let inputs = EventSourceMappingInputs { tags, ..EventSourceMappingInputs::default() };
            found.push(Listed { id: Id::from(id), inputs });
        }
    }
    Ok(found)
}

async fn of_lambda(cx: &Cx, arn: &str) -> Result<Option<Tags>, Fault> {
    let request = cx.lambda().list_tags().resource(arn);
    let answer = cx.call("lambda:ListTags", || request.clone().send()).await.or_absent()?;
    Ok(answer.map(|answer| tags::ours(answer.tags.unwrap_or_default())))
}

/// The APIs; the list tells their tags (*API Gateway V2 API Reference*, GetApis).
pub async fn apis(cx: &Cx) -> Result<Vec<Listed<Api>>, Fault> {
    let all = pages(|token| async move {
        let request = cx.apigatewayv2().get_apis().set_next_token(token);
        let page = cx.call("apigateway:GetApis", || request.clone().send()).await?;
        Ok((page.items.unwrap_or_default(), page.next_token))
    })
    .await?;
    let listed = all.into_iter().filter_map(|api| {
        let tags = tags::ours(api.tags.unwrap_or_default());
        let name = known(api.name.as_deref().unwrap_or_default());
        Some(Listed {
            id: Id(api.api_id?),
            inputs: ApiInputs { name, tags, ..ApiInputs::default() },
        })
    });
    Ok(listed.collect())
}

/// The roles (*IAM API Reference*, ListRoles: without tags).
pub async fn roles(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<Role>>, Fault> {
    let all = pages(|token| async move {
        let request = cx.iam().list_roles().set_marker(token);
        let page = cx.call("iam:ListRoles", || request.clone().send()).await?;
        Ok((page.roles, page.marker))
    })
    .await?;
    let mut found = Vec::new();
    for role in all {
        let name = role.role_name();
        if !is_named(scope, name) {
            continue;
        }
        let request = cx.iam().list_role_tags().role_name(name);
        let answer = cx.call("iam:ListRoleTags", || request.clone().send()).await.or_absent()?;
        let Some(answer) = answer else { continue };
        let tags = tags::ours(answer.tags.into_iter().map(|tag| (tag.key, tag.value)));
        let inputs = RoleInputs { name: known(name), tags, ..RoleInputs::default() };
        found.push(Listed { id: Id::from(name), inputs });
    }
    Ok(found)
}
