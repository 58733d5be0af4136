//! Networks: a VPC of an instance's own, one that somebody else made, or another instance's.
//!
//! What belongs to the network (VPC, subnets, routes, gateways, endpoints) is added at the address of
//! the instance that owns it, by whichever instance needs it first. Security groups are each
//! instance's own, so that instances which share a network do not reach each other's databases.

mod cut;
mod given;
mod groups;
mod house;
mod join;
mod own;
mod owner;

pub use given::{GivenNetwork, NetworkKeys};
pub use groups::{ingress, ingress_of};
pub use join::join;

use std::collections::BTreeSet;

use own::lay;
use owner::{Owned, check};

use crate::aws::{NetworkOfOthers, NetworkOfOthersInputs, SecurityGroup};
use crate::graph::{Handle, Input};
use crate::manifest::{Either, Problem, Spanned};
use crate::patterns::{Cx, Exports};

/// The part that looks at an instance's network where somebody else made it.
const LOOK: &str = "network";

/// What an instance needs of its network beside the data tier.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// An application tier, for functions.
    pub application: bool,
    /// The port of the database that the instance has in the data tier.
    pub data_port: Option<u16>,
    /// That functions in the application tier reach Secrets Manager.
    pub secrets: bool,
}

/// A network with an instance's own security groups in it.
#[derive(Clone, Debug)]
pub struct Network {
    /// The instance whose network it is.
    pub owner: String,
    /// The VPC's id.
    pub vpc_id: Input<String>,
    /// The ids of the subnets for functions; none where they are not needed.
    pub application_subnets: Vec<Input<String>>,
    /// The group of the functions, where there is an application tier.
    pub application_group: Option<Handle<SecurityGroup>>,
    /// The ids of the subnets for databases.
    pub data_subnets: Vec<Input<String>>,
    /// The group of the instance's own database: it admits the functions' group on the database's
    /// port.
    pub data_group: Option<Handle<SecurityGroup>>,
    /// Whether functions have a way to the internet, or to endpoints that are not ours.
    pub way_out: bool,
}

/// A network before anything of an instance is put into it.
#[derive(Clone, Debug)]
pub struct Laid {
    owner: String,
    vpc_id: Input<String>,
    application_subnets: Vec<Input<String>>,
    data_subnets: Vec<Input<String>>,
    /// The group of Secrets Manager's endpoint, where there is one of ours.
    secrets: Option<Handle<SecurityGroup>>,
    /// Whether functions have a way to the internet, or to endpoints that are not ours.
    way_out: bool,
}

impl Laid {
    /// Tells the network among the outputs.
    pub fn export(&self, exports: Exports) -> Exports {
        export(exports, &self.vpc_id, &self.application_subnets, &self.data_subnets)
    }
}

fn export(
    exports: Exports,
    vpc: &Input<String>,
    application: &[Input<String>],
    data: &[Input<String>],
) -> Exports {
    let exports = exports.with("vpc_id", vpc.clone()).with_list("data_subnets", data);
    if application.is_empty() {
        return exports;
    }
    exports.with_list("application_subnets", application)
}

impl Network {
    /// Tells the network among the outputs.
    pub fn export(&self, exports: Exports) -> Exports {
        export(exports, &self.vpc_id, &self.application_subnets, &self.data_subnets)
    }
}

/// The network that the manifest gives an instance, or one of its own, with security groups for the
/// instance.
pub fn network(cx: &mut Cx<'_, '_>, given: Option<&GivenNetwork>, needs: Needs) -> Network {
    let owned = owned(cx, given);
    if needs.application && owned.keys.vpc.is_some() && owned.keys.application_subnets.is_empty() {
        without_application(cx, &owned);
    }
    let laid = laid(cx, &owned, needs, LOOK);
    owned.stand_in(cx);
    groups::add(cx, laid, needs)
}

/// The network that the manifest gives an instance, or one of its own, with both tiers and nothing in
/// them.
pub fn bare_network(cx: &mut Cx<'_, '_>, given: Option<&GivenNetwork>) -> Laid {
    let owned = owned(cx, given);
    let laid = laid(cx, &owned, Needs { application: true, ..Needs::default() }, LOOK);
    owned.stand_in(cx);
    laid
}

fn owned(cx: &mut Cx<'_, '_>, given: Option<&GivenNetwork>) -> Owned {
    if let Some(Either::Long(keys)) = given {
        check(cx, keys);
    }
    Owned::by_way_of(cx, given)
}

/// Adds what is needed of a network; `look` is the part that looks at one that somebody else made.
fn laid(cx: &mut Cx<'_, '_>, owned: &Owned, needs: Needs, look: &str) -> Laid {
    if owned.keys.vpc.is_some() { look_at(cx, owned, needs, look) } else { lay(cx, owned, needs) }
}

fn without_application(cx: &mut Cx<'_, '_>, owned: &Owned) {
    let vpc = owned.keys.vpc.as_ref().filter(|_| owned.is_ours(cx));
    let place = vpc.map_or(cx.span(), Spanned::span);
    let message = "A VPC is given without subnets for functions.";
    let problem = Problem::at(place, owner::CODE, message)
        .label("where in it the functions belong is not said")
        .help("Give `application_subnets`, in two zones or more.");
    cx.problem(problem);
}

/// A network that somebody else made. Each instance that uses it looks at it for itself, since each
/// needs something else of it.
fn look_at(cx: &mut Cx<'_, '_>, owned: &Owned, needs: Needs, part: &str) -> Laid {
    let plain = |ids: &[Spanned<String>]| -> BTreeSet<String> {
        ids.iter().map(|id| id.get_ref().clone()).collect()
    };
    let keys = &owned.keys;
    let application = if needs.application { keys.application_subnets.as_slice() } else { &[] };
    let (application, data) = (plain(application), plain(&keys.data_subnets));
    let ids = |ids: &BTreeSet<String>| ids.iter().cloned().map(Input::from).collect();
    let (application_subnets, data_subnets) = (ids(&application), ids(&data));
    let secrets = needs.application && needs.secrets;
    let inputs = NetworkOfOthersInputs {
        vpc: keys.vpc.as_ref().map(|vpc| vpc.get_ref().clone()).unwrap_or_default(),
        data_subnets: data,
        ..NetworkOfOthersInputs::default()
    };
    let address = cx.address(part);
    let network = cx.graph().ensure::<NetworkOfOthers>(address, || inputs);
    cx.graph().amend(&network, move |inputs| {
        inputs.application_subnets.extend(application);
        inputs.secrets |= secrets;
    });
    Laid {
        owner: owned.owner().to_owned(),
        vpc_id: network.vpc_id().into(),
        application_subnets,
        data_subnets,
        secrets: None,
        way_out: true,
    }
}
