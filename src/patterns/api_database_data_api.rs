//! An API whose functions ask a database over its Data API.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{
    CorsKeys, GivenDatabase, GivenNetwork, Needs, NewFunction, PORT, TAKEN, Throttling, api,
    database, label, lambda_route, network, refuse_network,
};
use super::wiring::Way;
use super::{Cx, Exports, Pattern};
use crate::manifest::{Either, FunctionTable, Reference, Route, Spanned};

/// An API whose functions ask a database over its Data API, and need no network for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The network that the database is in; one of its own, with a data tier alone, if it is left out.
    #[schemars(extend("examples" = ["${accounts.vpc}"]))]
    network: Option<Spanned<GivenNetwork>>,
    /// The database's own keys, or the database of another instance, as `${accounts.database}`.
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
pub struct ApiDatabaseDataApi;

impl Pattern for ApiDatabaseDataApi {
    const NAME: &'static str = "api-database-data-api";
    const SUMMARY: &'static str =
        "An API whose functions ask a database over its Data API, and need no network for it.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("api", "the HTTP API"),
        ("api.stage", "its `$default` stage, deployed by itself"),
        (
            "ROUTE.function",
            "a route's function, outside of the network, with .role, .role-policy, .log-group and .permission",
        ),
        ("ROUTE.route", "the route, with its .integration"),
        (
            "vpc",
            "the VPC with the data tier's subnets, unless it is given, and data.security-group",
        ),
        ("database", "the cluster of Aurora, with .subnet-group and .parameters"),
        ("database.instance", "its instance, and .standby in another zone where asked for"),
    ];
    const BILLED_BY_THE_HOUR: &'static [&'static str] = &[
        "the database: Aurora's least capacity, none while it is paused (`capacity = { min = 0, … }`); twice with a standby",
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  internet((Internet)) --> api[API Gateway]
  api --> function[Integration function]
  subgraph vpc [VPC]
    subgraph data [data tier]
      database[(Aurora PostgreSQL)]
    end
  end
  function -- Data API --> database
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        // Another instance's database is in that one's network, with which these functions have
        // nothing to do.
        let network = if let Some(Either::Short(reference)) = &params.database {
            if let Some(given) = &params.network {
                refuse_network(cx, reference, given.span());
            }
            None
        } else {
            let needs = Needs { application: false, data_port: Some(PORT), secrets: false };
            let given = params.network.as_ref().map(Spanned::get_ref);
            Some(network(cx, given, needs))
        };
        let database = database(cx, params.database.as_ref(), network.as_ref(), true);
        if params.public {
            cx.open_routes();
        }
        let api = api(cx, params.api.as_ref(), params.cors.as_ref(), params.throttle.as_ref(), &[]);
        for (key, route) in &params.routes {
            let function = route.resolve(cx.defaults());
            let Some(function) = cx.ok(function) else { continue };
            let lambda = NewFunction::new(&label(key.get_ref(), &TAKEN), function)
                .with_database(database.address(), Way::DataApi, key.span())
                .add(cx);
            lambda_route(cx, &api, &lambda, key, None);
        }
        let exports = Exports::default().with("url", api.url()).with("api_id", api.id());
        let exports = database.told(exports);
        match network {
            Some(network) => network.export(exports),
            None => exports,
        }
    }
}
