//! What a function needs to use a database, and why it may be unable to.

use super::Way;
use crate::aws::{DbCluster, IAM, Statement};
use crate::graph::{Address, Handle, Input, Node, Output, Place, Resource};
use crate::manifest::{Problem, Span};
use crate::text;

const DATA: [&str; 5] = [
    "rds-data:BatchExecuteStatement",
    "rds-data:BeginTransaction",
    "rds-data:CommitTransaction",
    "rds-data:ExecuteStatement",
    "rds-data:RollbackTransaction",
];

/// Why a function cannot use a database in that way.
pub(super) enum Refusal {
    Closed(Address),
    NotAurora(Address),
    NoSecret(Address),
}

impl Refusal {
    /// What to tell at a place.
    pub fn at(self, place: Span) -> Problem {
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

/// Whether functions outside of its network reach a database.
pub(super) fn has_data_api(database: &Node) -> bool {
    database.wanted["http_endpoint"] == true
}

/// Whether functions need its secret.
pub(super) fn signs_in_with_secret(database: &Node) -> bool {
    database.wanted["master_user_authentication"] != IAM
}

/// What a function needs to use a database.
pub(super) struct Rights {
    pub statements: Vec<(&'static str, Statement)>,
    /// Ends of names, each with its value: all that the database has, whichever way it is reached.
    pub variables: Vec<(&'static str, Input<String>)>,
}

impl Rights {
    pub fn of(node: &Node, way: Way, place: &Place) -> Result<Self, Refusal> {
        let address = node.address.clone();
        let is_cluster = node.traits.kind == DbCluster::KIND;
        // Both types have outputs of the same names.
        let handle: Handle<DbCluster> = Handle::at(address.clone());
        let output = |name: &'static str| -> Output<String> { Output::of(&handle, name) };
        let iam = !signs_in_with_secret(node);
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
            if !has_data_api(node) {
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
