//! The security groups of an instance: what its functions and its database may say to each other.

use std::collections::BTreeSet;

use super::{Laid, Needs, Network};
use crate::aws::{
    GroupRule, Peer, SecurityGroup, SecurityGroupInputs, SecurityGroupRule, SecurityGroupRuleInputs,
};
use crate::graph::{Handle, Input, Tags};
use crate::patterns::Cx;

const HTTPS: u16 = 443;

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
        let inputs = SecurityGroupInputs {
            description: "The functions".to_owned(),
            vpc: laid.vpc_id.clone(),
            egress: egress(&laid, data.as_ref()),
            ..SecurityGroupInputs::default()
        };
        cx.add::<SecurityGroup>("application.security-group", inputs)
    });
    if let Some(application) = &application {
        let from = peer(application);
        if let Some((data, port)) = &data {
            let rule = GroupRule::tcp(*port, from.clone(), "Functions to the database");
            admit(cx, "data.ingress", data, rule);
        }
        if let Some(secrets) = &laid.secrets {
            let rule = GroupRule::tcp(HTTPS, from, "Functions to Secrets Manager");
            admit(cx, "secrets.ingress", secrets, rule);
        }
    }
    Network {
        vpc_id: laid.vpc_id,
        application_subnets: laid.application_subnets,
        application_group: application,
        data_subnets: laid.data_subnets,
        data_group: data.map(|(group, _)| group),
    }
}

/// What functions may reach, and nothing else.
fn egress(laid: &Laid, data: Option<&(Handle<SecurityGroup>, u16)>) -> BTreeSet<GroupRule> {
    let service =
        |name: &str, text: &str| GroupRule::tcp(HTTPS, Peer::Service(name.to_owned()), text);
    let mut rules = BTreeSet::from([service("s3", "S3"), service("dynamodb", "DynamoDB")]);
    if let Some((data, port)) = data {
        rules.insert(GroupRule::tcp(*port, peer(data), "The database"));
    }
    if let Some(secrets) = &laid.secrets {
        rules.insert(GroupRule::tcp(HTTPS, peer(secrets), "Secrets Manager"));
    }
    if laid.way_out {
        let everywhere = Peer::Cidr("0.0.0.0/0".into());
        rules.insert(GroupRule::tcp(HTTPS, everywhere, "The internet and endpoints"));
    }
    rules
}

fn admit(cx: &mut Cx<'_, '_>, part: &str, group: &Handle<SecurityGroup>, rule: GroupRule) {
    let inputs = SecurityGroupRuleInputs {
        name: Input::default(),
        group: group.id().into(),
        egress: false,
        rule,
        tags: Tags::new(),
    };
    cx.add::<SecurityGroupRule>(part, inputs);
}
