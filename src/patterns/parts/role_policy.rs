//! Policies that a role has beside its own.

use crate::aws::{Role, RolePolicy, RolePolicyInputs};
use crate::graph::{Address, Handle};
use crate::patterns::expansion::Expansion;

/// What a role has a policy for that comes and goes at another time than the role.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// To use databases, which take minutes to come and to go.
    Databases,
    /// To let Lambda make and delete a function's network interfaces, which outlive its leaving.
    Network,
}

/// The role's policy for that; a new one is empty.
pub fn role_policy(
    all: &mut Expansion<'_>,
    role: &Handle<Role>,
    purpose: Purpose,
) -> Handle<RolePolicy> {
    let (part, name) = match purpose {
        Purpose::Databases => ("policy", RolePolicy::DATABASES),
        Purpose::Network => ("network-policy", RolePolicy::NETWORK),
    };
    let at = role.address();
    let address = Address::new(at.instance(), &format!("{}-{part}", at.part()));
    all.graph.ensure::<RolePolicy>(address, || RolePolicyInputs {
        role: role.name().into(),
        policy_name: name.to_owned(),
        ..RolePolicyInputs::default()
    })
}
