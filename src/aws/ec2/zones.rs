//! The zones of the region.

use tokio::sync::OnceCell;

use super::labels::filter;
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind};

/// The zones that the account has, once they were asked for.
pub(in crate::aws) type Zones = OnceCell<Vec<String>>;

/// The account's standard zones that are available, sorted by name (*Amazon EC2 API Reference*,
/// "DescribeAvailabilityZones"); Local Zones and Wavelength Zones are none of them.
pub(super) async fn standard(cx: &Cx) -> Result<&[String], Fault> {
    let zones = cx.zones().get_or_try_init(|| async {
        let answer = cx
            .call("ec2:DescribeAvailabilityZones", || {
                cx.ec2()
                    .describe_availability_zones()
                    .filters(filter("state", ["available"]))
                    .filters(filter("zone-type", ["availability-zone"]))
                    .filters(filter("opt-in-status", ["opt-in-not-required"]))
                    .send()
            })
            .await?;
        let names = answer.availability_zones().iter().filter_map(|zone| zone.zone_name());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        Ok::<_, Fault>(names)
    });
    Ok(zones.await?.as_slice())
}

/// The name of the `nth` zone, from 1.
pub(super) async fn nth(cx: &Cx, nth: u32) -> Result<&str, Fault> {
    require(cx, nth).await?;
    let at = usize::try_from(nth).unwrap_or(usize::MAX).saturating_sub(1);
    let zone = standard(cx).await?.get(at).map(String::as_str);
    zone.ok_or_else(|| Fault::new(FaultKind::Defect, "zones are counted from 1"))
}

/// Refuses a region with fewer zones.
pub(super) async fn require(cx: &Cx, number: u32) -> Result<(), Fault> {
    match lack(cx, number).await? {
        Some((message, advice)) => Err(Fault::new(FaultKind::Refused, message).advise(advice)),
        None => Ok(()),
    }
}

/// That the region has fewer zones, and what to do about it; none where it has as many.
pub(super) async fn lack(cx: &Cx, number: u32) -> Result<Option<(String, String)>, Fault> {
    let zones = standard(cx).await?;
    if zones.len() >= usize::try_from(number).unwrap_or(usize::MAX) {
        return Ok(None);
    }
    let message = format!(
        "{number} availability zones are asked for; {} has {} for this account: {}",
        cx.place().region,
        zones.len(),
        zones.join(", ")
    );
    let advice = format!("ask for `zones = {}` or use another region", zones.len());
    Ok(Some((message, advice)))
}
