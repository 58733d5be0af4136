//! `aws:iam/role-policy`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Role, role_policies};
use crate::aws::check::Check;
use crate::aws::{Cx, Policy};
use crate::graph::{
    Created, Fault, Foretold, Held, Id, Input, Listed, Objection, Place, Resource, Scope, Seen,
};
use crate::outputs;

/// An inline policy of a role, beside the role's own: for rights that come and go at another time than the
/// role and what needs it.
///
/// It goes with its role, which takes all its inline policies off itself before it is deleted.
#[derive(Debug)]
pub struct RolePolicy;

impl RolePolicy {
    /// The name of the policy with a role's rights on databases.
    pub const DATABASES: &'static str = "databases";

    /// The name of the policy with a role's rights on network interfaces.
    pub const NETWORK: &'static str = "maas-network";
}

/// What a role's policy is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RolePolicyInputs {
    /// The role's name.
    pub role: Input<String>,
    /// The policy's name, unique within the role; up to 128 letters, digits, `-` and `_`. The role's own
    /// one is called `maas`.
    pub policy_name: String,
    /// What the role may do by it.
    pub policy: Policy,
}

outputs! {
    /// What a role's policy gives back.
    RolePolicy => RolePolicyOutputs {
        /// The policy's name.
        policy_name: String,
    }
}

impl Resource for RolePolicy {
    type Cloud = crate::aws::Aws;
    type Inputs = RolePolicyInputs;
    type Outputs = RolePolicyOutputs;

    const KIND: &'static str = "aws:iam/role-policy";
    const REPLACE_ON: &'static [&'static str] = &["role", "policy_name"];
    const KNOWN_BY: &'static [&'static str] = &["role", "policy_name"];
    const DIES_WITH: Option<&'static str> = Some("role");
    const PART_OF: Option<&'static str> = Some(Role::KIND);

    fn foretell(want: &RolePolicyInputs, _place: &Place) -> Foretold {
        let foretold = Foretold::default().output("policy_name", &want.policy_name);
        match want.role.known() {
            Some(role) => foretold.id(format!("{role}/{}", want.policy_name)),
            None => foretold,
        }
    }

    fn check(want: &RolePolicyInputs) -> Vec<Objection> {
        let name = &want.policy_name;
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        Check::default()
            .that(
                (1..=128).contains(&name.len()) && name.chars().all(is_word),
                "policy_name",
                format!(
                    "a policy's name has 1 to 128 letters, digits, `-` and `_`; this is `{name}`"
                ),
            )
            .that(
                name != role_policies::OWN,
                "policy_name",
                format!("`{name}` is the role's own policy"),
            )
            .that(!want.policy.is_empty(), "policy", "a policy has a statement at least")
            .that(role_policies::fits(&want.policy), "policy", role_policies::TOO_LONG)
            .done()
    }

    async fn create(cx: &Cx, want: &RolePolicyInputs) -> Result<Created<Self>, Fault> {
        let role = want.role.get()?;
        role_policies::put(cx, role, &want.policy_name, &want.policy).await?;
        let id = Id::from(format!("{role}/{}", want.policy_name));
        Ok(Created { id, outputs: outputs_of(&want.policy_name) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let (role, name) = held.id.halves()?;
        let policy = role_policies::inline(cx, role, name).await?;
        Ok(policy.map(|policy| Seen {
            inputs: RolePolicyInputs {
                role: Input::from(role),
                policy_name: name.to_owned(),
                policy,
            },
            outputs: outputs_of(name),
        }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &RolePolicyInputs,
    ) -> Result<RolePolicyOutputs, Fault> {
        let (role, name) = held.id.halves()?;
        if held.differs(want, |inputs| &inputs.policy) {
            role_policies::put(cx, role, name, &want.policy).await?;
        }
        Ok(outputs_of(name))
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (role, name) = held.id.halves()?;
        role_policies::remove(cx, role, name).await
    }

    /// What else a role of the deployment's has was given to it by hand.
    async fn parts(cx: &Cx, _scope: &Scope, role: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let names = role_policies::names(cx, role.as_str()).await?;
        let listed = |name: String| Listed {
            id: Id::from(format!("{role}/{name}")),
            inputs: RolePolicyInputs {
                role: role.as_str().into(),
                policy_name: name,
                ..RolePolicyInputs::default()
            },
        };
        let ours = |name: &String| [Self::DATABASES, Self::NETWORK].contains(&name.as_str());
        Ok(names.into_iter().filter(ours).map(listed).collect())
    }
}

fn outputs_of(name: &str) -> RolePolicyOutputs {
    RolePolicyOutputs { policy_name: name.to_owned() }
}
