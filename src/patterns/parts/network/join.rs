//! Functions of other patterns in the network of a database that they use.

use super::groups::{APPLICATION, functions};
use super::owner::{CODE, Owned};
use super::{LOOK, Needs, Network, laid};
use crate::aws::SecurityGroup;
use crate::graph::Handle;
use crate::manifest::{Problem, Span};
use crate::patterns::Cx;

/// The network that another instance is in, for functions of this one, which use what is in it; `group`
/// is the one that they have there already. `secrets` where they need Secrets Manager;
/// `place` is what asks for all that. None where something is wrong, which has been told.
pub fn join(
    cx: &mut Cx<'_, '_>,
    other: &str,
    group: Option<&Handle<SecurityGroup>>,
    secrets: bool,
    place: Span,
) -> Option<Network> {
    let owned = Owned::of(cx, other)?;
    if owned.keys.vpc.is_some() && owned.keys.application_subnets.is_empty() {
        let message = "A function is to be in a VPC that is given without subnets for functions.";
        let problem = Problem::at(place, CODE, message)
            .label(format!("it has to be in the network of `{}` to use this", owned.owner()))
            .help("Give that network `application_subnets`, in two zones or more.");
        cx.problem(problem);
        return None;
    }
    let (look, part) = match group.map(|group| group.address().part()) {
        Some(APPLICATION) => (LOOK.to_owned(), APPLICATION.to_owned()),
        Some(part) => {
            (part.strip_suffix(".security-group").unwrap_or(part).to_owned(), part.to_owned())
        }
        None => {
            let look = format!("{LOOK}.{}", owned.owner());
            let part = format!("{look}.security-group");
            (look, part)
        }
    };
    let laid = laid(cx, &owned, Needs { application: true, data_port: None, secrets }, &look);
    let group = functions(cx, &part, &laid);
    Some(Network {
        owner: laid.owner,
        vpc_id: laid.vpc_id,
        application_subnets: laid.application_subnets,
        application_group: Some(group),
        data_subnets: laid.data_subnets,
        data_group: None,
        way_out: laid.way_out,
    })
}
