//! A network that other instances use.

use super::parts::{NetworkKeys, bare_network};
use super::{Cx, Exports, Pattern};
use crate::manifest::Either;

/// The pattern.
pub struct Network;

impl Pattern for Network {
    const NAME: &'static str = "network";
    const SUMMARY: &'static str = "A network that other instances share: a VPC with an application tier and a data tier over two zones or more.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("vpc", "the VPC, with .internet-gateway where there is NAT"),
        (
            "application-N.subnet",
            "the application tier's subnet in each zone, with its .route-table",
        ),
        ("data-N.subnet", "the data tier's subnet in each zone, with one data.route-table"),
        ("s3.endpoint", "the way to S3, and dynamodb.endpoint to DynamoDB"),
        (
            "secrets.endpoint",
            "the way to Secrets Manager, where it is asked for, with its .security-group",
        ),
        ("public-N.nat-gateway", "a NAT gateway, with its .subnet and .elastic-ip"),
        ("network", "a VPC that is there already, which is only looked at"),
    ];
    const BILLED_BY_THE_HOUR: &'static [&'static str] = &[
        "NAT gateways, where `nat` asks for them: one, or one in each zone",
        "the interface endpoint of Secrets Manager in each zone, where `secrets = true`, or where functions of an instance need it and there is no NAT",
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  subgraph VPC
    application[Application tier] --> data[(Data tier)]
  end
  application --> services[S3 and DynamoDB]
  application -. NAT .-> internet((Internet))
";
    type Params = NetworkKeys;

    fn expand(cx: &mut Cx<'_, '_>, params: NetworkKeys) -> Exports {
        let network = Either::Long(params);
        bare_network(cx, Some(&network)).export(Exports::default())
    }
}
