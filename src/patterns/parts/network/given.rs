//! What a manifest says of a network.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::manifest::{Cidr, Either, InstanceName, Reference, Spanned};

/// A network's keys, or the network of another instance, as `${other.vpc}`.
pub type GivenNetwork = Either<Reference, NetworkKeys>;

/// A VPC of an instance's own (`cidr`, `zones`, `nat`, `secrets`), one that is there already (`vpc` and its
/// subnets), or another instance's (`from`).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkKeys {
    /// The VPC's addresses, a block of /16 to /27; `10.20.0.0/16` if nothing is said. Each subnet has
    /// 16 addresses or more: two zones of a data tier fit into a /27, with an application tier into a
    /// /26, with NAT into a /25. It is cut so that zones and tiers can be added later.
    pub cidr: Option<Spanned<Cidr>>,
    /// How many availability zones each tier spans, 2 to 6; 2 if nothing is said.
    #[schemars(range(min = 2, max = 6))]
    pub zones: Option<Spanned<u32>>,
    /// Whether functions reach the internet: `none`, by `one` NAT gateway, or by one `per-zone`;
    /// `none` if nothing is said. NAT gateways cost by the hour.
    pub nat: Option<Spanned<Nat>>,
    /// Whether the VPC has an interface endpoint for Secrets Manager that everything in it reaches, also
    /// what other projects put into it; if nothing is said, it has one where functions of this project
    /// need it and there is no NAT. Interface endpoints cost by the hour.
    pub secrets: Option<Spanned<bool>>,
    /// The id of a VPC that is there already, which is looked at and never changed.
    #[schemars(regex(pattern = r"^vpc-[0-9a-f]+$"), extend("examples" = ["vpc-0a1b2c3d4e5f67890"]))]
    pub vpc: Option<Spanned<String>>,
    /// The ids of that VPC's subnets for functions, in two zones or more.
    #[schemars(inner(regex(pattern = r"^subnet-[0-9a-f]+$")))]
    pub application_subnets: Vec<Spanned<String>>,
    /// The ids of that VPC's subnets for databases, in two zones or more.
    #[schemars(inner(regex(pattern = r"^subnet-[0-9a-f]+$")))]
    pub data_subnets: Vec<Spanned<String>>,
    /// The name of another instance, whose network this one shares.
    pub from: Option<Spanned<InstanceName>>,
}

/// How functions reach the internet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Nat {
    /// Not at all.
    #[default]
    None,
    /// By one NAT gateway, whose zone all depend on.
    One,
    /// By a NAT gateway in each zone.
    PerZone,
}
