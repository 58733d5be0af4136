//! Policies that a role has beside its own.

use crate::aws::{Role, RolePolicy, RolePolicyInputs};
use crate::graph::{Address, Handle};
use crate::patterns::expansion::Expansion;

/// The policy of that name of a role, without a statement where it was not there.
pub fn role_policy(all: &mut Expansion<'_>, role: &Handle<Role>, name: &str) -> Handle<RolePolicy> {
    let at = role.address();
    let part = match name {
        // The only one that there was at first.
        RolePolicy::DATABASES => format!("{}-policy", at.part()),
        _ => format!("{}-{name}-policy", at.part()),
    };
    all.graph.ensure::<RolePolicy>(Address::new(at.instance(), &part), || RolePolicyInputs {
        role: role.name().into(),
        policy_name: name.to_owned(),
        ..RolePolicyInputs::default()
    })
}
