//! The security groups of an instance: what its functions and its database may say to each other.

use std::collections::BTreeSet;

use super::{Laid, Needs, Network};
use crate::aws::{
    GroupRule, Peer, SecurityGroup, SecurityGroupInputs, SecurityGroupRule, SecurityGroupRuleInputs,
};
use crate::graph::{Address, Handle, Input, Tags};
use crate::patterns::Cx;

pub(super) const HTTPS: u16 = 443;

/// The group of the functions of a pattern that has an application tier.
pub(super) const APPLICATION: &str = "application.security-group";

fn peer(group: &Handle<SecurityGroup>) -> Peer {
    Peer::Group(group.id().into())
}

/// Adds the groups of the tiers. The rules that let in are resources of their own, since the groups
/// would name each other otherwise.
pub(super) fn add(cx: &mut Cx<'_, '_>, laid: Laid, needs: Needs) -> Network {
    let data = needs.data_port.map(|port| {
        let inputs = SecurityGroupInputs {
            description: "The database".to_owned(),
            vpc: laid.vpc_id.clone(),
            ..SecurityGroupInputs::default()
        };
        (cx.add::<SecurityGroup>("data.security-group", inputs), port)
    });
    let application = needs.application.then(|| {
        let group = functions(cx, APPLICATION, &laid);
        if let Some((data, port)) = &data {
            let to_data = GroupRule::tcp(*port, peer(data), "The database");
            cx.graph().amend(&group, move |inputs| inputs.egress.extend([to_data]));
            let rule = GroupRule::tcp(*port, peer(&group), "Functions to the database");
            cx.add::<SecurityGroupRule>("data.ingress", ingress(data, rule));
        }
        group
    });
    Network {
        owner: laid.owner,
        vpc_id: laid.vpc_id,
        application_subnets: laid.application_subnets,
        application_group: application,
        data_subnets: laid.data_subnets,
        data_group: data.map(|(group, _)| group),
        way_out: laid.way_out,
    }
}

/// Adds a group of functions, or lets one that is there reach what the network is laid for now.
pub(super) fn functions(cx: &mut Cx<'_, '_>, part: &str, laid: &Laid) -> Handle<SecurityGroup> {
    let inputs = SecurityGroupInputs {
        description: "The functions".to_owned(),
        vpc: laid.vpc_id.clone(),
        ..SecurityGroupInputs::default()
    };
    let address = cx.address(part);
    let group = cx.graph().ensure::<SecurityGroup>(address, || inputs);
    let reached = egress(laid);
    cx.graph().amend(&group, |inputs| inputs.egress.extend(reached));
    if let Some(secrets) = &laid.secrets {
        let rule = GroupRule::tcp(HTTPS, peer(&group), "Functions to Secrets Manager");
        let inputs = ingress(secrets, rule);
        let address = ingress_of(&group, "secrets");
        cx.graph().ensure::<SecurityGroupRule>(address, || inputs);
    }
    group
}

/// The address of the rule that admits a group of functions to what is called so.
pub fn ingress_of(functions: &Handle<SecurityGroup>, to: &str) -> Address {
    let at = functions.address();
    let part = match at.part().strip_suffix(".security-group") {
        Some(own) if at.part() != APPLICATION => format!("{own}.{to}-ingress"),
        _ => format!("{to}.ingress"),
    };
    Address::new(at.instance(), &part)
}

/// What functions may reach beside databases, and nothing else.
fn egress(laid: &Laid) -> BTreeSet<GroupRule> {
    let service =
        |name: &str, text: &str| GroupRule::tcp(HTTPS, Peer::Service(name.to_owned()), text);
    let mut rules = BTreeSet::from([service("s3", "S3"), service("dynamodb", "DynamoDB")]);
    if let Some(secrets) = &laid.secrets {
        rules.insert(GroupRule::tcp(HTTPS, peer(secrets), "Secrets Manager"));
    }
    if laid.way_out {
        let everywhere = Peer::Cidr("0.0.0.0/0".into());
        rules.insert(GroupRule::tcp(HTTPS, everywhere, "The internet and endpoints"));
    }
    rules
}

/// A rule that lets into a group.
pub fn ingress(group: &Handle<SecurityGroup>, rule: GroupRule) -> SecurityGroupRuleInputs {
    SecurityGroupRuleInputs {
        name: Input::default(),
        group: group.id().into(),
        egress: false,
        rule,
        tags: Tags::new(),
    }
}
