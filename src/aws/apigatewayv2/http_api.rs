//! What the types of an HTTP API share.

use tokio::sync::OwnedMutexGuard;

use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Id, Tags};

/// Keeps every other change of that API out. API Gateway refuses changes that are made at once with
/// "concurrent modification".
pub(super) async fn alone(cx: &Cx, api: &str) -> OwnedMutexGuard<()> {
    cx.exclusive(&format!("api/{api}")).await
}

/// The id of a part of an API.
pub(super) fn child(api: &str, id: &str) -> Id {
    Id(format!("{api}/{id}"))
}

/// The id that API Gateway gave.
pub(super) fn given(id: Option<String>) -> Result<String, Fault> {
    id.ok_or_else(|| Fault::new(FaultKind::Defect, "API Gateway gave no id"))
}

/// Whether a part of that API is the old one of a replacement.
pub(super) fn is_older(cx: &Cx, api: &str, id: Option<&str>) -> bool {
    id.is_some_and(|id| cx.hooks().is_older(&child(api, id)))
}

/// It was there a moment ago.
pub(super) fn gone(id: &Id) -> Fault {
    Fault::new(FaultKind::Absent, format!("{id} is gone"))
}

/// Removes and puts these tags of the API or stage of that path (*API Gateway Developer Guide*, "ARN formats").
pub(super) async fn tag(
    cx: &Cx,
    path: &str,
    (removed, put): (Vec<String>, Tags),
) -> Result<(), Fault> {
    let (partition, region) = (cx.place().partition(), &cx.place().region);
    let arn = format!("arn:{partition}:apigateway:{region}::{path}");
    if !put.is_empty() {
        let request = cx
            .apigatewayv2()
            .tag_resource()
            .resource_arn(&arn)
            .set_tags(Some(put.into_iter().collect()));
        cx.call("apigateway:TagResource", || request.clone().send()).await?;
    }
    if !removed.is_empty() {
        let request =
            cx.apigatewayv2().untag_resource().resource_arn(&arn).set_tag_keys(Some(removed));
        cx.call("apigateway:UntagResource", || request.clone().send()).await?;
    }
    Ok(())
}
