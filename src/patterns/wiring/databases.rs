//! Functions and the databases that they use: done when it is known what each database is.

use super::Outside;
use super::grants::{variable, words};
use super::references::{Refused, find};
use super::rights::{Rights, has_data_api, signs_in_with_secret};
use super::wires::{Connected, Wire};
use crate::aws::{
    DbCluster, DbInstance, Function, GroupRule, Peer, Role, SecurityGroup, SecurityGroupRule,
    Statement,
};
use crate::graph::{Address, Handle, Input, Node, Part, Resource};
use crate::manifest::{Access, Problem, Reference, Span, Spanned};
use crate::patterns::Cx;
use crate::patterns::expansion::Expansion;
use crate::patterns::parts::{
    PORT, Purpose, ingress, ingress_of, join as join_network, role_policy,
};

/// The types that a database may be of.
pub(in crate::patterns) const KINDS: &[&str] = &[DbCluster::KIND, DbInstance::KIND];

/// How a function reaches a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::patterns) enum Way {
    /// By its host and port, within the network.
    Network,
    /// By the Data API.
    DataApi,
}

/// A function that uses a database of its pattern.
pub(in crate::patterns) struct DatabaseUse {
    pub function: Handle<Function>,
    pub role: Handle<Role>,
    /// The database, or what stands for one.
    pub database: Address,
    pub way: Way,
    /// The place that asks for it.
    pub place: Span,
}

/// Gives functions the rights and the variables of the databases that their patterns gave them.
pub(in crate::patterns) fn connect(all: &mut Expansion<'_>) {
    for used in std::mem::take(&mut all.databases) {
        // One that is not there, or no database, has been told of.
        let Some(node) = all.graph.get(&used.database) else { continue };
        if !KINDS.contains(&node.traits.kind) {
            continue;
        }
        let database = node.address.clone();
        let rights = match Rights::of(node, used.way, all.place) {
            Ok(rights) => rights,
            // What is wrong with a database of the instance's own is told at the database.
            Err(_) if database.instance() == used.function.address().instance() => continue,
            Err(refusal) => {
                all.problems.push(refusal.at(used.place));
                continue;
            }
        };
        if let Err(problem) = lead(all, &used.function, &database, used.way, used.place) {
            all.problems.push(problem);
            continue;
        }
        let Rights { statements, variables } = rights;
        all.graph.amend(&used.function, move |inputs| {
            let variables = variables.into_iter();
            inputs
                .environment
                .extend(variables.map(|(name, value)| (format!("DATABASE_{name}"), value)));
        });
        let statements = statements.into_iter().map(|(name, it)| (name.to_owned(), it));
        allow(all, &used.function, &used.role, statements.collect());
    }
}

/// Lets a role do something with databases, before its function comes. A database takes minutes to come
/// and to go, for which the role itself does not wait: the function's security group hangs on another of
/// its policies, and that one on Lambda's network interfaces.
pub(super) fn allow(
    all: &mut Expansion<'_>,
    function: &Handle<Function>,
    role: &Handle<Role>,
    statements: Vec<(String, Statement)>,
) {
    if statements.is_empty() {
        return;
    }
    let policy = role_policy(all, role, Purpose::Databases);
    all.graph.order(function, &policy);
    all.graph.amend(&policy, move |inputs| {
        statements.into_iter().for_each(|(sid, statement)| inputs.policy.insert(&sid, statement));
    });
}

/// Sees to it that a function reaches a database.
fn lead(
    all: &mut Expansion<'_>,
    function: &Handle<Function>,
    database: &Address,
    way: Way,
    place: Span,
) -> Result<(), Problem> {
    let at = function.address();
    match way {
        Way::DataApi => {
            all.outside.push(Outside { function: at.clone(), service: "the Data API", place });
            Ok(())
        }
        // The groups of an instance admit each other.
        Way::Network if database.instance() == at.instance() => Ok(()),
        Way::Network if together(all, at, database) => {
            reach(all, at, database);
            Ok(())
        }
        Way::Network => Err(apart(all, at, place, database)),
    }
}

/// Lets a function through to another instance's database: both groups have to allow it.
fn reach(all: &mut Expansion<'_>, function: &Address, database: &Address) {
    let placed = all.placed.get(function);
    let Some(functions) = placed.and_then(|placed| placed.group.clone()) else { return };
    // Instances may be called as what a network has.
    let rule = ingress_of(&functions, &format!("database.{}", database.instance()));
    if all.graph.nodes().contains_key(&rule) {
        return;
    }
    let data: Handle<SecurityGroup> =
        Handle::at(Address::new(database.instance(), "data.security-group"));
    let to = Peer::Group(data.id().into());
    all.graph.amend(&functions, move |inputs| {
        inputs.egress.insert(GroupRule::tcp(PORT, to, "The database"));
    });
    let from = Peer::Group(functions.id().into());
    let inputs = ingress(&data, GroupRule::tcp(PORT, from, "Functions to the database"));
    all.graph.add::<SecurityGroupRule>(rule, inputs);
}

/// Whether a function and a database are in the same VPC.
fn together(all: &Expansion<'_>, function: &Address, database: &Address) -> bool {
    let function = vpc(all, function);
    function.is_some() && function == vpc(all, database)
}

/// The VPC that a function or a database is in: an output of ours, or the id of one that is there.
fn vpc(all: &Expansion<'_>, address: &Address) -> Option<Input<String>> {
    let vpc = all.graph.real_input(&all.placed.get(address)?.vpc);
    let Input::Pending(expr) = &vpc else { return Some(vpc) };
    let Some(Part::Output { node, .. }) = expr.parts.first() else { return Some(vpc) };
    let given = all.graph.get(node).and_then(|node| node.wanted["vpc"].as_str());
    Some(given.map_or(vpc.clone(), Input::from))
}

/// The database that `access` asks to connect to.
fn asked<'g>(all: &'g Expansion<'_>, access: &Spanned<Access>) -> Option<&'g Node> {
    let Access { instance, part, verb } = access.get_ref().clone();
    let reference = Reference { instance, part, attribute: None, span: access.span() };
    let found = find(all, &reference).ok().filter(|_| verb == "connect")?;
    Some(found.node).filter(|node| KINDS.contains(&node.traits.kind))
}

/// Puts a function that may connect to a database without a Data API into the database's network, and
/// lets one that is there already reach the database's secret. Before any grant, since it decides how
/// the function reaches the others.
pub(super) fn join(all: &mut Expansion<'_>, wire: &Wire, access: &Spanned<Access>) {
    let Some(node) = asked(all, access) else { return };
    let at = wire.function.address();
    let (database, secret) = (node.address.clone(), signs_in_with_secret(node));
    let placed = all.placed.get(at).cloned();
    let joins = match &placed {
        None => !has_data_api(node),
        Some(_) => secret && database.instance() != at.instance() && together(all, at, &database),
    };
    // What is wrong with an instance has been told.
    if !joins || all.lost.contains(database.instance()) {
        return;
    }
    let Some(instance) = all.manifest.instance(at.instance()) else { return };
    let mut cx = Cx::new(instance, all);
    let group = placed.as_ref().and_then(|placed| placed.group.as_ref());
    let network = join_network(&mut cx, database.instance(), group, secret, access.span());
    if let Some(network) = network.filter(|_| placed.is_none()) {
        network.house(all, &wire.function, &wire.role);
    }
}

/// Grants `connect` on a database.
pub(super) fn grant(
    all: &mut Expansion<'_>,
    wire: &Wire,
    access: &Spanned<Access>,
    connected: &mut Connected,
) -> Result<Vec<(String, Input<String>)>, Refused> {
    let Some(node) = asked(all, access) else { return Ok(Vec::new()) };
    let at = wire.function.address();
    let database = node.address.clone();
    let way = match has_data_api(node) && !together(all, at, &database) {
        true => Way::DataApi,
        false => Way::Network,
    };
    // Why it is in no network has been told.
    if way == Way::Network && !all.placed.contains_key(at) {
        return Err(None);
    }
    let rights = Rights::of(node, way, all.place);
    let rights = rights.map_err(|refusal| Some(refusal.at(access.span())))?;
    lead(all, &wire.function, &database, way, access.span()).map_err(Some)?;
    for (name, statement) in rights.statements {
        connected.databases.allow(format!("{}{name}", words(database.as_str())), statement);
    }
    let Access { instance, part, .. } = access.get_ref();
    let variables = rights.variables.into_iter();
    Ok(variables.map(|(name, value)| (variable(instance, part, name), value)).collect())
}

fn apart(all: &Expansion<'_>, function: &Address, place: Span, database: &Address) -> Problem {
    let message = "A function is in another network than the database.";
    let placed = all.placed.get(function).filter(|placed| placed.owner != function.instance());
    let (instance, from) = match placed {
        // It is there for the sake of another database.
        Some(placed) => (database.instance(), placed.owner.as_str()),
        None => (function.instance(), database.instance()),
    };
    Problem::at(place, "maas::patterns::access", message)
        .label(format!("nothing but the application tier of its network reaches `{database}`"))
        .help(format!(
            "Let both use the same network: `network = {{ from = \"{from}\" }}` in `[patterns.{instance}]`."
        ))
}
