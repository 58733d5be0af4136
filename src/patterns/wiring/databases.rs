//! Functions and the databases that they use: done when it is known what each database is.

use super::grants::{variable, words};
use super::wires::{Connected, Wire};
use crate::aws::{
    DbCluster, DbInstance, Function, GroupRule, IAM, Peer, Role, SecurityGroup, SecurityGroupRule,
    SecurityGroupRuleInputs, Statement,
};
use crate::graph::{Address, Handle, Input, Node, Output, Part, Place, Resource, Tags};
use crate::manifest::{Access, Problem, Span, Spanned};
use crate::patterns::expansion::Expansion;
use crate::patterns::parts::PORT;
use crate::text;

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

const DATA: [&str; 5] = [
    "rds-data:BatchExecuteStatement",
    "rds-data:BeginTransaction",
    "rds-data:CommitTransaction",
    "rds-data:ExecuteStatement",
    "rds-data:RollbackTransaction",
];

/// Gives functions the rights and the variables of the databases that their patterns gave them.
pub(in crate::patterns) fn connect(all: &mut Expansion<'_>) {
    for used in std::mem::take(&mut all.databases) {
        // One that is not there, or no database, has been told of.
        let Some(node) = all.graph.get(&used.database) else { continue };
        if !KINDS.contains(&node.traits.kind) {
            continue;
        }
        let rights = match Rights::of(node, used.way, all.place) {
            Ok(rights) => rights,
            // What is wrong with a database of the instance's own is told at the database.
            Err(_) if node.address.instance() == used.function.address().instance() => continue,
            Err(refusal) => {
                all.problems.push(refusal.at(used.place));
                continue;
            }
        };
        if used.way == Way::Network && node.address.instance() != used.function.address().instance()
        {
            let database = node.address.clone();
            if let Err(problem) = reach(all, &used, &database) {
                all.problems.push(problem);
                continue;
            }
        }
        let Rights { statements, variables } = rights;
        all.graph.amend(&used.function, move |inputs| {
            let variables = variables.into_iter();
            inputs
                .environment
                .extend(variables.map(|(name, value)| (format!("DATABASE_{name}"), value)));
        });
        all.graph.amend(&used.role, move |inputs| {
            for (name, statement) in statements {
                inputs.policy.insert(name, statement);
            }
        });
    }
}

/// Lets an instance's functions through to another instance's database: both groups have to allow it.
fn reach(all: &mut Expansion<'_>, used: &DatabaseUse, database: &Address) -> Result<(), Problem> {
    if vpc(all, used.function.address()) != vpc(all, database) {
        return Err(apart(used.place, database));
    }
    let own = |part: &str| Address::new(used.function.address().instance(), part);
    let rule = own(&format!("{}.ingress", database.instance()));
    if all.graph.nodes().contains_key(&rule) {
        return Ok(());
    }
    let functions: Handle<SecurityGroup> = Handle::at(own("application.security-group"));
    let data: Handle<SecurityGroup> =
        Handle::at(Address::new(database.instance(), "data.security-group"));
    let to = Peer::Group(data.id().into());
    all.graph.amend(&functions, move |inputs| {
        inputs.egress.insert(GroupRule::tcp(PORT, to, "The database"));
    });
    let from = Peer::Group(functions.id().into());
    let inputs = SecurityGroupRuleInputs {
        name: Input::default(),
        group: data.id().into(),
        egress: false,
        rule: GroupRule::tcp(PORT, from, "Functions to the database"),
        tags: Tags::new(),
    };
    all.graph.add::<SecurityGroupRule>(rule, inputs);
    Ok(())
}

/// The VPC that a function or a database is in: an output of ours, or the id of one that is there.
fn vpc(all: &Expansion<'_>, address: &Address) -> Option<Input<String>> {
    let vpc = all.graph.real_input(all.placed.get(address)?);
    let Input::Pending(expr) = &vpc else { return Some(vpc) };
    let Some(Part::Output { node, .. }) = expr.parts.first() else { return Some(vpc) };
    let given = all.graph.get(node).and_then(|node| node.wanted["vpc"].as_str());
    Some(given.map_or(vpc.clone(), Input::from))
}

/// Grants `connect` on another instance's database.
pub(super) fn grant(
    all: &mut Expansion<'_>,
    wire: &Wire,
    access: &Spanned<Access>,
    database: &Address,
    connected: &mut Connected,
) -> Result<Vec<(String, Input<String>)>, Problem> {
    let node = all.graph.get(database).filter(|node| KINDS.contains(&node.traits.kind));
    let Some(node) = node else { return Ok(Vec::new()) };
    let way = match vpc(all, wire.function.address()) {
        Some(_) => Way::Network,
        None => Way::DataApi,
    };
    let rights = Rights::of(node, way, all.place);
    let rights = rights.map_err(|refusal| refusal.at(access.span()))?;
    if way == Way::Network {
        let (function, role) = (wire.function.clone(), wire.role.clone());
        let place = access.span();
        let used = DatabaseUse { function, role, database: database.clone(), way, place };
        reach(all, &used, database)?;
    }
    for (name, statement) in rights.statements {
        connected.allow(format!("{}{name}", words(database.as_str())), statement);
    }
    let Access { instance, part, .. } = access.get_ref();
    let variables = rights.variables.into_iter();
    Ok(variables.map(|(name, value)| (variable(instance, part, name), value)).collect())
}

fn apart(place: Span, database: &Address) -> Problem {
    let message = "A function is in another network than the database.";
    Problem::at(place, "maas::patterns::access", message)
        .label(format!("nothing but the application tier of its network reaches `{database}`"))
        .help(format!(
            "Let this instance use the same network: `network = {{ from = \"{}\" }}`.",
            database.instance()
        ))
}

/// Why a function cannot use a database in that way.
enum Refusal {
    Closed(Address),
    NotAurora(Address),
    NoSecret(Address),
}

impl Refusal {
    fn at(self, place: Span) -> Problem {
        let problem = |message: &str| Problem::at(place, "maas::patterns::database", message);
        match self {
            Self::Closed(database) => problem("The database is out of the function's reach.")
                .label(format!("the function is outside of the network of `{database}`, which has no Data API"))
                .help(format!(
                    "Set `data_api = true` in `[patterns.{0}.database]`, or move the function behind a route of \
                     `api-database-postgres` with `database = \"${{{0}.database}}\"`.",
                    database.instance()
                )),
            Self::NotAurora(database) => problem("The database has no Data API.")
                .label(format!("`{database}` is no cluster of Aurora"))
                .help(format!(
                    "Use `api-database-postgres` with `database = \"${{{}.database}}\"`.",
                    database.instance()
                )),
            Self::NoSecret(database) => problem("The Data API signs in with a secret.")
                .label(format!("`{database}` has none: IAM signs its users in"))
                .help(format!("Take `credentials = \"iam\"` out of `[patterns.{}.database]`.", database.instance())),
        }
    }
}

/// What a function needs to use a database.
struct Rights {
    statements: Vec<(&'static str, Statement)>,
    /// Ends of names, each with its value: all that the database has, whichever way it is reached.
    variables: Vec<(&'static str, Input<String>)>,
}

impl Rights {
    fn of(node: &Node, way: Way, place: &Place) -> Result<Self, Refusal> {
        let address = node.address.clone();
        let is_cluster = node.traits.kind == DbCluster::KIND;
        // Both types have outputs of the same names.
        let handle: Handle<DbCluster> = Handle::at(address.clone());
        let output = |name: &'static str| -> Output<String> { Output::of(&handle, name) };
        let iam = node.wanted["master_user_authentication"] == IAM;
        let secret = || {
            let arn: Input<String> = output("secret_arn").into();
            Statement::allow(["secretsmanager:GetSecretValue"]).on(arn)
        };
        let statements = if way == Way::DataApi {
            if !is_cluster {
                return Err(Refusal::NotAurora(address));
            }
            if iam {
                return Err(Refusal::NoSecret(address));
            }
            if node.wanted["http_endpoint"] != true {
                return Err(Refusal::Closed(address));
            }
            vec![
                ("Database", Statement::allow(DATA).on(handle.arn().foretold())),
                ("DatabaseSecret", secret()),
            ]
        } else if iam {
            let rest: Input<String> =
                text!("dbuser:", output("resource_id"), "/", output("master_username"));
            let user: Input<String> = place.arn("rds-db", rest);
            vec![("Database", Statement::allow(["rds-db:connect"]).on(user))]
        } else {
            vec![("DatabaseSecret", secret())]
        };
        let mut variables: Vec<(&'static str, Input<String>)> = vec![
            ("HOST", output("endpoint").into()),
            ("PORT", output("port").into()),
            ("NAME", output("database_name").into()),
            ("USER", output("master_username").into()),
        ];
        if is_cluster {
            variables.push(("CLUSTER_ARN", handle.arn().into()));
        }
        if !iam {
            variables.push(("SECRET_ARN", output("secret_arn").into()));
        }
        Ok(Self { statements, variables })
    }
}
