//! Whose network it is, and whether what the manifest says of it holds together.

use serde::Deserialize;

use super::cut::{Cut, Tier, Uncut, least};
use super::given::{GivenNetwork, Nat, NetworkKeys};
use super::own::subnet_part;
use crate::graph::Address;
use crate::manifest::{Cidr, Either, Instance, Problem, Span, Spanned, did_you_mean, list};
use crate::patterns::Cx;

pub(super) const CODE: &str = "maas::patterns::network";

/// A network's keys and the instance that they are of.
#[derive(Clone, Debug)]
pub struct Owned {
    owner: String,
    /// The keys, without `from`.
    pub(super) keys: NetworkKeys,
}

impl Owned {
    /// The network that is given, by way of all the instances that share it.
    pub(super) fn by_way_of(cx: &mut Cx<'_, '_>, given: Option<&GivenNetwork>) -> Self {
        let given = given.cloned().unwrap_or_else(|| Either::Long(NetworkKeys::default()));
        Self::followed(cx, cx.name().to_owned(), given)
    }

    /// The network that another instance is in; none where that is wrong, which has been told.
    pub(super) fn of(cx: &mut Cx<'_, '_>, instance: &str) -> Option<Self> {
        let given = network_of(cx.all.manifest.instance(instance)?)?.ok()?;
        Some(Self::followed(cx, instance.to_owned(), given))
    }

    fn followed(cx: &mut Cx<'_, '_>, mut owner: String, mut given: GivenNetwork) -> Self {
        let mut passed = vec![owner.clone()];
        while let Some((next, place)) = leads_to(&given) {
            if passed.contains(&next) {
                let problem = Problem::at(
                    place,
                    "maas::patterns::cycle",
                    "Networks are shared in a circle.",
                )
                .label("this leads back to where it came from")
                .help(
                    "One of the instances has to have the network itself: leave `from` out there.",
                );
                cx.problem(problem);
                break;
            }
            // What is wrong with it has been told.
            if cx.all.manifest.lost.contains(&next) {
                break;
            }
            match is_network(&given).and_then(|()| look_up(cx, &next, place)) {
                Ok(found) => given = found,
                Err(problem) => {
                    cx.problem(problem);
                    break;
                }
            }
            passed.push(next.clone());
            owner = next;
        }
        match given {
            Either::Long(keys) => Self { owner, keys: NetworkKeys { from: None, ..keys } },
            Either::Short(_) => Self { owner, keys: NetworkKeys::default() },
        }
    }

    /// Whether it is this instance's.
    pub(super) fn is_ours(&self, cx: &Cx<'_, '_>) -> bool {
        self.owner == cx.name()
    }

    /// The instance whose it is.
    pub(super) fn owner(&self) -> &str {
        &self.owner
    }

    pub(super) fn address(&self, part: &str) -> Address {
        Address::new(&self.owner, part)
    }

    /// Lets the parts of another instance's network stand for parts of this one.
    pub(super) fn stand_in(&self, cx: &mut Cx<'_, '_>) {
        if self.is_ours(cx) {
            return;
        }
        let subnets = |zone| ["application", "data"].map(|tier| subnet_part(tier, zone));
        let parts = (1..=self.zones()).flat_map(subnets).chain(["vpc".to_owned()]);
        for part in parts {
            let (alias, target) = (cx.address(&part), self.address(&part));
            if cx.graph().get(&target).is_some() {
                cx.graph().alias(alias, target);
            }
        }
    }

    pub(super) fn zones(&self) -> u32 {
        self.keys.zones.as_ref().map_or(2, |zones| *zones.get_ref())
    }

    pub(super) fn cidr(&self) -> Option<Cidr> {
        let default = || Cidr::new([10, 20, 0, 0].into(), 16);
        self.keys.cidr.as_ref().map(|cidr| *cidr.get_ref()).or_else(default)
    }

    /// Whether an endpoint for Secrets Manager is asked for.
    pub(super) fn secrets(&self) -> bool {
        self.keys.secrets.as_ref().is_some_and(|asked| *asked.get_ref())
    }

    pub(super) fn nat(&self) -> Nat {
        self.keys.nat.as_ref().map_or(Nat::None, |nat| *nat.get_ref())
    }
}

/// An instance's network among its other keys.
#[derive(Deserialize)]
struct Within {
    network: Option<GivenNetwork>,
}

/// The network that an instance of another pattern has; none where its pattern has none.
fn network_of(instance: &Instance) -> Option<Result<GivenNetwork, Problem>> {
    let own = || Either::Long(NetworkKeys::default());
    match instance.pattern.get_ref().as_str() {
        "network" => Some(instance.parameters().map(Either::Long)),
        "api-database-postgres" | "api-database-data-api" => {
            let within = instance.parameters::<Within>();
            Some(within.map(|within| within.network.unwrap_or_else(own)))
        }
        _ => None,
    }
}

fn leads_to(given: &GivenNetwork) -> Option<(String, Span)> {
    match given {
        Either::Short(reference) => Some((reference.instance.clone(), reference.span)),
        Either::Long(keys) => keys.from.as_ref().map(|from| (from.to_string(), from.span())),
    }
}

/// What a reference names has to be a network.
fn is_network(given: &GivenNetwork) -> Result<(), Problem> {
    let Either::Short(reference) = given else { return Ok(()) };
    if ["vpc", "network"].contains(&reference.part.as_str()) {
        return Ok(());
    }
    let message = "A part is of another type.";
    Err(Problem::at(reference.span, "maas::patterns::wrong_kind", message)
        .label(format!("`{reference}` is no network"))
        .help(format!("Write `${{{}.vpc}}`.", reference.instance)))
}

fn look_up(cx: &Cx<'_, '_>, name: &str, place: Span) -> Result<GivenNetwork, Problem> {
    let manifest = cx.all.manifest;
    let with: Vec<&str> = manifest
        .instances
        .iter()
        .filter(|instance| network_of(instance).is_some() && instance.name.get_ref() != cx.name())
        .map(|instance| instance.name.get_ref().as_str())
        .collect();
    let help = if with.is_empty() {
        "No other instance has a network; use the pattern `network` for one that instances share."
            .to_owned()
    } else {
        format!("Instances with a network are {}.", list(with.iter().copied()))
    };
    let Some(instance) = manifest.instance(name) else {
        let message = "There is no such instance.";
        let nearest = did_you_mean(name, with.iter().copied());
        return Err(Problem::at(place, "maas::patterns::unknown_reference", message)
            .label(format!("no instance is called `{name}`{nearest}"))
            .help(help));
    };
    network_of(instance).unwrap_or_else(|| {
        let message = "An instance has no network.";
        Err(Problem::at(place, "maas::patterns::unknown_reference", message)
            .label(format!("`{name}` uses `{}`, which has none", instance.pattern.get_ref()))
            .help(help))
    })
}

/// Reports what does not hold together in an instance's own keys.
pub fn check(cx: &mut Cx<'_, '_>, keys: &NetworkKeys) {
    let own = [
        keys.cidr.as_ref().map(|key| ("cidr", key.span())),
        keys.zones.as_ref().map(|key| ("zones", key.span())),
        keys.nat.as_ref().map(|key| ("nat", key.span())),
        keys.secrets.as_ref().map(|key| ("secrets", key.span())),
    ];
    let subnets =
        [("application_subnets", &keys.application_subnets), ("data_subnets", &keys.data_subnets)];
    let given = subnets.map(|(name, ids)| ids.first().map(|id| (name, id.span())));
    let mut mixed = Vec::new();
    if let Some(from) = &keys.from {
        let vpc = keys.vpc.as_ref().map(|key| ("vpc", key.span()));
        let others = own.into_iter().chain(given).chain([vpc]).flatten();
        mixed.extend(others.map(|(name, place)| (name, place, "from", from.span())));
    } else if let Some(vpc) = &keys.vpc {
        let others = own.into_iter().flatten();
        mixed.extend(others.map(|(name, place)| (name, place, "vpc", vpc.span())));
        if keys.data_subnets.is_empty() {
            cx.problem(without_subnets(vpc));
        }
        for (name, ids) in subnets {
            if let [only] = ids.as_slice() {
                cx.problem(one_subnet(name, only));
            }
        }
        twice(cx, keys);
    } else if let Some((name, place)) = given.into_iter().flatten().next() {
        let problem = Problem::at(place, CODE, "Subnets are given without their VPC.")
            .label(format!("`{name}` names subnets of a VPC that is there already"))
            .help("Give its id as well, as `vpc = \"vpc-…\"`, or leave the subnets out for a network of its own.");
        cx.problem(problem);
    }
    for (name, place, beside, related) in mixed {
        let problem = Problem::at(place, CODE, "A network is described in two ways.")
            .label(format!("`{name}` has no meaning beside `{beside}`"))
            .related(related, format!("`{beside}` is here"))
            .help("A network is its own (`cidr`, `zones`, `nat`, `secrets`), one that is there (`vpc`, `application_subnets`, `data_subnets`), or another instance's (`from`).");
        cx.problem(problem);
    }
}

fn without_subnets(vpc: &Spanned<String>) -> Problem {
    Problem::at(vpc, CODE, "A VPC is given without its subnets.")
        .label("where in it the database belongs is not said")
        .help("Give `data_subnets`, and `application_subnets` for functions, each with subnets in two zones or more.")
}

fn one_subnet(name: &str, only: &Spanned<String>) -> Problem {
    Problem::at(only, CODE, "A tier has one subnet.")
        .label("a subnet is in one zone, and each tier needs two")
        .help(format!("Give `{name}` the ids of subnets in two zones or more."))
}

fn twice(cx: &mut Cx<'_, '_>, keys: &NetworkKeys) {
    for id in &keys.data_subnets {
        let same = keys.application_subnets.iter().find(|other| other.get_ref() == id.get_ref());
        if let Some(other) = same {
            let problem = Problem::at(id, CODE, "A subnet is in both tiers.")
                .label("functions and databases would share it")
                .related(other, "it is given for functions here")
                .help("Give the data tier subnets of its own.");
            cx.problem(problem);
        }
    }
}

/// Reports that the network's own block has no room for these tiers.
pub(super) fn check_room(cx: &mut Cx<'_, '_>, owned: &Owned, tiers: &[Tier]) {
    let Some(cidr) = owned.keys.cidr.as_ref() else { return };
    if let Err(uncut) = Cut::of(*cidr.get_ref(), owned.zones(), tiers) {
        let asked_by = (!owned.is_ours(cx)).then(|| cx.name().to_owned());
        cx.problem(no_room(cidr, owned.keys.zones.as_ref(), uncut, tiers, asked_by.as_deref()));
    }
}

fn no_room(
    cidr: &Spanned<Cidr>,
    zones: Option<&Spanned<u32>>,
    uncut: Uncut,
    tiers: &[Tier],
    asked_by: Option<&str>,
) -> Problem {
    let size = cidr.get_ref().size();
    let message = "A network's block of addresses has the wrong size.";
    let at = |label: String| Problem::at(cidr, CODE, message).label(label);
    let names: Vec<&str> = tiers.iter().map(|tier| tier.as_str()).collect();
    let tiers_of = match names.as_slice() {
        [one] => format!("the {one} tier"),
        several => format!("the tiers {}", list(several.iter().copied())),
    };
    let asked = asked_by.map(|name| format!(", which `{name}` asks for")).unwrap_or_default();
    let help = |least: u8| {
        format!(
            "A block of /16 to /{least} has that room, with 16 addresses in each subnet; /16 leaves the \
             most room to grow."
        )
    };
    match uncut {
        Uncut::TooLarge => {
            at(format!("a VPC is /16 at most, and this is /{size}")).help(help(least(tiers)))
        }
        Uncut::TooSmall(least) => {
            at(format!("/{size} has no room for two zones of {tiers_of}{asked}")).help(help(least))
        }
        Uncut::Zones(most) => {
            let problem = at(format!("/{size} has room for {most} zones of {tiers_of}{asked}"));
            let problem = match zones {
                Some(zones) => problem.related(zones, "more are asked for here"),
                None => problem,
            };
            problem.help("Give a larger block, such as a /16, or ask for fewer `zones`.")
        }
    }
}
