//! The rules of security groups.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroupRule as Found, UserIdGroupPair,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::prefix_lists::Lists;
use crate::aws::check::Check;
use crate::graph::{Fault, Input};

/// All protocols, as EC2 writes it.
pub(super) const ALL_PROTOCOLS: &str = "-1";
/// All IPv4 addresses.
pub(super) const EVERYWHERE: &str = "0.0.0.0/0";

/// One rule of a security group: what may pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// Who is on the other side.
    pub peer: Peer,
    /// `tcp`, `udp`, `icmp`, or `-1` for all.
    pub protocol: String,
    /// The first port; -1 for protocols without any.
    pub from_port: i32,
    /// The last port; -1 for protocols without any.
    pub to_port: i32,
    /// What it is for; up to 255 characters.
    pub description: String,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// What has the security group of that id.
    Group(Input<String>),
    /// A block of addresses, as in `10.20.0.0/16`.
    Cidr(Input<String>),
    /// An AWS service of the region, as in `s3`, by the prefix list that AWS keeps of its addresses.
    Service(String),
    /// A prefix list, by its id.
    PrefixList(String),
}

impl GroupRule {
    /// A rule for one TCP port.
    pub fn tcp(port: u16, peer: Peer, description: &str) -> Self {
        Self {
            peer,
            protocol: "tcp".to_owned(),
            from_port: i32::from(port),
            to_port: i32::from(port),
            description: description.to_owned(),
        }
    }

    /// Whether it lets the same pass as another one, whatever they say of it. Of two such rules EC2
    /// refuses one.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let key = |rule: &Self| (rule.protocol.clone(), rule.from_port, rule.to_port);
        self.peer == other.peer && key(self) == key(other)
    }

    /// The rule that lets everything out, which EC2 gives each group.
    pub(super) fn is_everything(&self) -> bool {
        self.protocol == ALL_PROTOCOLS && self.peer == Peer::Cidr(EVERYWHERE.into())
    }

    /// Objections to it, as the input at `path`.
    pub(super) fn check(&self, check: Check, path: &str) -> Check {
        let plain = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
        check
            .one_of(path, &self.protocol, &["tcp", "udp", "icmp", ALL_PROTOCOLS])
            .that(
                self.from_port <= self.to_port && (-1..=65_535).contains(&self.to_port),
                path,
                "a rule's ports are 0 to 65,535, the lower one first",
            )
            .that(
                self.description.len() <= 255 && self.description.chars().all(plain),
                path,
                "a rule's description has up to 255 letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`",
            )
    }

    /// As EC2 takes it.
    pub(super) fn to_aws(&self, lists: &Lists) -> Result<IpPermission, Fault> {
        let permission = IpPermission::builder()
            .ip_protocol(&self.protocol)
            .from_port(self.from_port)
            .to_port(self.to_port);
        let text = &self.description;
        let list = |id: &str| PrefixListId::builder().prefix_list_id(id).description(text).build();
        Ok(match &self.peer {
            Peer::Group(id) => {
                let pair = UserIdGroupPair::builder().group_id(id.get()?).description(text);
                permission.user_id_group_pairs(pair.build())
            }
            Peer::Cidr(block) if block.get()?.contains(':') => {
                let range = Ipv6Range::builder().cidr_ipv6(block.get()?).description(text);
                permission.ipv6_ranges(range.build())
            }
            Peer::Cidr(block) => {
                let range = IpRange::builder().cidr_ip(block.get()?).description(text);
                permission.ip_ranges(range.build())
            }
            Peer::Service(name) => permission.prefix_list_ids(list(lists.id(name)?)),
            Peer::PrefixList(id) => permission.prefix_list_ids(list(id)),
        }
        .build())
    }

    /// As EC2 reports it; none for what no rule of ours can say.
    pub(in crate::aws) fn from_aws(found: &Found, lists: &Lists) -> Option<Self> {
        let group = found.referenced_group_info().and_then(|group| group.group_id());
        let peer = if let Some(id) = group {
            Peer::Group(id.into())
        } else if let Some(id) = found.prefix_list_id() {
            lists.service(id).map_or_else(|| Peer::PrefixList(id.to_owned()), Peer::Service)
        } else {
            Peer::Cidr(found.cidr_ipv4().or(found.cidr_ipv6())?.into())
        };
        Some(Self {
            peer,
            protocol: found.ip_protocol()?.to_owned(),
            from_port: found.from_port().unwrap_or(-1),
            to_port: found.to_port().unwrap_or(-1),
            description: found.description().unwrap_or_default().to_owned(),
        })
    }
}

/// The services that rules name.
pub(super) fn services<'r>(rules: impl IntoIterator<Item = &'r GroupRule>) -> Vec<&'r str> {
    let named: BTreeMap<&str, ()> = rules
        .into_iter()
        .filter_map(|rule| match &rule.peer {
            Peer::Service(name) => Some((name.as_str(), ())),
            _ => None,
        })
        .collect();
    named.into_keys().collect()
}
