//! The routes of each API, whichever instances they come from.

use std::collections::BTreeMap;

use crate::aws::{Authorizer, Permission, Route, Stage};
use crate::graph::{Address, Handle};
use crate::manifest::{self, Problem, Spanned};
use crate::patterns::expansion::Expansion;

/// A route that an instance adds to an API.
pub(in crate::patterns) struct NewRoute {
    pub api: Address,
    pub route: Handle<Route>,
    pub key: Spanned<manifest::Route>,
}

/// The part that is the stage of the API at `part`.
pub(in crate::patterns) fn stage_of(api_part: &str) -> String {
    format!("{api_part}.stage")
}

/// Refuses routes that an API has twice, puts those that other instances add behind the API's
/// authorizer, and lets each API's stage wait for its routes, so that it is deployed once.
pub(in crate::patterns) fn gather(all: &mut Expansion<'_>) {
    let mut seen: BTreeMap<(Address, String), Spanned<manifest::Route>> = BTreeMap::new();
    for NewRoute { api, route, key } in std::mem::take(&mut all.routes) {
        let api = all.graph.real(&api);
        let stage = Address::new(api.instance(), &stage_of(api.part()));
        all.graph.order(&Handle::<Stage>::at(stage), &route);
        guard(all, &api, &route);
        if let Some(before) = seen.insert((api, key.shape()), key.clone()) {
            let message = "An API has a route twice.";
            let problem = Problem::at(&key, "maas::patterns::route_twice", message)
                .label("this route is taken")
                .related(&before, "by this one")
                .help("Routes of one API differ in their method or in their path, apart from the names of its variables.");
            all.problems.push(problem);
        }
    }
}

/// Who guards an API guards what others add to it, too.
fn guard(all: &mut Expansion<'_>, api: &Address, route: &Handle<Route>) {
    let own = route.address().instance();
    let part = |part: &str| Address::new(api.instance(), part);
    if api.instance() == own
        || all.public.contains(own)
        || all.graph.get(&part("authorizer")).is_none()
    {
        return;
    }
    let authorizer: Handle<Authorizer> = Handle::at(part("authorizer"));
    let permission: Handle<Permission> = Handle::at(part("authorizer.permission"));
    all.graph.amend(route, move |inputs| {
        inputs.authorizer.get_or_insert_with(|| authorizer.id().into());
    });
    all.graph.order(route, &permission);
}
