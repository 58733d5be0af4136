//! An API whose functions speak PostgreSQL to a database in their network.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{
    CorsKeys, GivenDatabase, GivenNetwork, Needs, NewFunction, PORT, TAKEN, Throttling, api,
    database, label, lambda_route, network, owner,
};
use super::wiring::Way;
use super::{Cx, Exports, Pattern};
use crate::manifest::{Either, FunctionTable, Reference, Route, Spanned};

/// An API whose functions speak PostgreSQL to a database in their network.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The network that functions and database are in; one of its own if it is left out.
    #[schemars(extend("examples" = ["${accounts.vpc}"]))]
    network: Option<GivenNetwork>,
    /// The database's own keys, or the database of another instance, as `${accounts.database}`, whose
    /// network the functions are in then.
    #[schemars(extend("examples" = ["${accounts.database}"]))]
    database: Option<GivenDatabase>,
    /// The functions behind the API, by their routes. Each finds in its environment all that the database
    /// has of `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME`, `DATABASE_USER`, `DATABASE_SECRET_ARN`
    /// and `DATABASE_CLUSTER_ARN`.
    #[serde(default)]
    routes: BTreeMap<Spanned<Route>, FunctionTable>,
    /// What browsers may do from other origins; nothing if it is left out.
    cors: Option<Spanned<CorsKeys>>,
    /// How many requests each route lets through; as many as the account does if it is left out.
    throttle: Option<Spanned<Throttling>>,
    /// The API of another instance, as `${orders.api}`, in place of one of its own.
    #[schemars(extend("examples" = ["${orders.api}"]))]
    api: Option<Reference>,
    /// Whether the routes are not behind that API's authorizer, where it has one.
    #[serde(default)]
    public: bool,
}

/// The pattern.
pub struct ApiDatabasePostgres;

impl Pattern for ApiDatabasePostgres {
    const NAME: &'static str = "api-database-postgres";
    const SUMMARY: &'static str =
        "An API whose functions speak PostgreSQL to a database in their network.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("api", "the HTTP API"),
        ("api.stage", "its `$default` stage, deployed by itself"),
        (
            "ROUTE.function",
            "a route's function, in the application tier, with .role, .role-policy, .log-group and .permission",
        ),
        ("ROUTE.route", "the route, with its .integration"),
        ("vpc", "the VPC, with the parts of a `network`, unless it is given"),
        (
            "application.security-group",
            "what functions may reach, and data.security-group and .ingress what reaches the database",
        ),
        ("database", "the database, in the data tier, with .subnet-group and .parameters"),
        ("database.instance", "Aurora's instance, and .standby in another zone where asked for"),
    ];
    const BILLED_BY_THE_HOUR: &'static [&'static str] = &[
        "the database: Aurora's least capacity, none while it is paused (`capacity = { min = 0, … }`), or the machine of `postgres`; twice with a standby",
        "the interface endpoint of Secrets Manager in each zone, in a network of its own without NAT; none with `credentials = \"iam\"`",
        "NAT gateways, where `nat` asks for them",
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  internet((Internet)) --> api[API Gateway]
  subgraph vpc [VPC]
    subgraph application [application tier]
      function[Integration function]
    end
    subgraph data [data tier]
      database[(PostgreSQL)]
    end
  end
  api --> function
  function --> database
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        let own = Default::default();
        let (given, keys) = match &params.database {
            // Another instance's database is reached from the network that it is in.
            Some(Either::Short(reference)) => match owner(cx, reference) {
                Some((at, keys)) => {
                    let its = Reference { part: "vpc".to_owned(), attribute: None, ..at };
                    (params.network.or(Some(Either::Short(its))), keys)
                }
                None => (params.network, own),
            },
            Some(Either::Long(keys)) => (params.network, keys.clone()),
            None => (params.network, own),
        };
        let is_borrowed = matches!(&params.database, Some(Either::Short(_)));
        let needs = Needs {
            application: true,
            data_port: (!is_borrowed).then_some(PORT),
            secrets: keys.needs_secret(),
        };
        let network = network(cx, given.as_ref(), needs);
        let database = database(cx, params.database.as_ref(), Some(&network), false);
        if params.public {
            cx.open_routes();
        }
        let api = api(cx, params.api.as_ref(), params.cors.as_ref(), params.throttle.as_ref(), &[]);
        for (key, route) in &params.routes {
            let function = route.resolve(cx.defaults());
            let Some(function) = cx.ok(function) else { continue };
            let lambda = NewFunction::new(&label(key.get_ref(), &TAKEN), function)
                .with_database(database.address(), Way::Network, key.span())
                .add(cx);
            network.house(cx.all, &lambda.function, &lambda.role);
            lambda_route(cx, &api, &lambda, key, None);
        }
        let exports = Exports::default().with("url", api.url()).with("api_id", api.id());
        network.export(database.told(exports))
    }
}
