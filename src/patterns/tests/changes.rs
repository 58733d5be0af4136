//! Whatever of a manifest has to be replaced, was lost or is not wanted any more: there is a plan.

use std::collections::BTreeSet;

use super::applied::{applied, plan_with, steps_before};
use super::manifests::{file, files};
use super::*;
use crate::graph::Address;
// Only a test of this room looks into the next ones.
#[cfg(test)]
use crate::plan::{Observations, Observed, Operation, Options, PlanError, StepId};
#[cfg(test)]
use crate::state::Snapshot;

/// There is a plan, or a reason against it that a user can understand.
fn has_a_plan(
    graph: &Graph,
    state: &Snapshot,
    replace: &[&Address],
    gone: &[&Address],
    told: &str,
) {
    let replace: BTreeSet<Address> = replace.iter().map(|at| (*at).clone()).collect();
    let seen: Observations = gone.iter().map(|at| ((*at).clone(), Observed::Gone)).collect();
    let options = Options { replace, ..Options::default() };
    if let Err(errors) = plan_with(graph, state, &seen, &options) {
        let defects = errors.iter().filter(|error| matches!(error, PlanError::Flawed(_)));
        let defects: Vec<String> = defects.map(ToString::to_string).collect();
        let (replace, gone) = (&options.replace, seen.keys());
        assert!(
            defects.is_empty(),
            "{told}: {defects:?}, replacing {replace:?} without {:?}",
            gone.collect::<Vec<_>>()
        );
    }
}

#[test]
fn anything_can_be_replaced_or_lost() {
    for name in files() {
        let graph = file(&name).graph;
        let state = applied(&graph);
        let addresses: Vec<&Address> = graph.nodes().keys().collect();
        has_a_plan(&graph, &state, &addresses, &[], &name);
        has_a_plan(&graph, &state, &[], &addresses, &name);
        for (at, one) in addresses.iter().enumerate() {
            has_a_plan(&graph, &state, &[one], &[], &name);
            has_a_plan(&graph, &state, &[], &[one], &name);
            // The large ones are made of the same.
            let most = if addresses.len() > 20 { 0 } else { usize::MAX };
            for other in addresses.iter().skip(at + 1).take(most) {
                has_a_plan(&graph, &state, &[one, other], &[], &name);
                has_a_plan(&graph, &state, &[one], &[other], &name);
                has_a_plan(&graph, &state, &[other], &[one], &name);
            }
        }
    }
}

#[test]
fn any_manifest_can_follow_any_other() {
    let graphs: Vec<(String, Graph)> =
        files().into_iter().map(|name| (name.clone(), file(&name).graph)).collect();
    for (before, old) in &graphs {
        let state = applied(old);
        for (after, new) in &graphs {
            let same: Vec<&Address> =
                new.nodes().keys().filter(|at| old.nodes().contains_key(*at)).collect();
            let told = format!("{before}, then {after}");
            has_a_plan(new, &state, &[], &[], &told);
            has_a_plan(new, &state, &same, &[], &told);
        }
    }
}

/// An API with its routes, a topic with its subscriptions, a function that may be invoked: until then the
/// old one serves.
#[test]
fn what_is_replaced_is_whole_before_its_old_one_goes() {
    for (name, replaced) in [
        ("api-custom-authorizer.toml", "api/api"),
        ("s3-multiple-subscriptions.toml", "images/topic"),
        ("s3-single-subscription.toml", "imports/subscriber.function"),
    ] {
        let graph = file(name).graph;
        let at: Address = replaced.parse().unwrap();
        let options = Options { replace: [at.clone()].into(), ..Options::default() };
        let plan = plan_with(&graph, &applied(&graph), &Observations::new(), &options).unwrap();
        let old = plan
            .numbered()
            .find(|(_, step)| step.key.address == at && step.operation == Operation::Delete);
        let (old, _) = old.unwrap();
        let before = steps_before(&plan, old);
        let parts = plan.numbered().filter(|(_, step)| {
            step.owner.as_ref() == Some(&at) && step.operation == Operation::Create
        });
        let parts: Vec<StepId> = parts.map(|(id, _)| id).collect();
        assert!(!parts.is_empty(), "{name}");
        for part in parts {
            let step = plan.step(part);
            assert!(before.contains(&part), "{name}: {} comes after {replaced} goes", step.key);
        }
    }
}
