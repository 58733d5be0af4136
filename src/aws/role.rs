//! `aws:iam/role`

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cx, Policy};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Input, Naming, Place, Resource, Seen,
    Tags,
};
use crate::outputs;

/// An IAM role with one inline policy of its own.
#[derive(Debug)]
pub struct Role;

/// What a role is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleInputs {
    /// Its name; up to 64 letters, digits, `-` and `_`.
    pub name: Input<String>,
    /// Who may assume it; [`Policy::trust`] makes the usual one.
    pub trust: Policy,
    /// What it may do: its inline policy `maas`. Without statements it has none.
    #[serde(default)]
    pub policy: Policy,
    /// ARNs of managed policies that are attached to it.
    #[serde(default)]
    pub managed_policies: BTreeSet<String>,
    /// What it is for; up to 1,000 characters.
    #[serde(default)]
    pub description: String,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What a role gives back.
    Role => RoleOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for Role {
    type Cloud = super::Aws;
    type Inputs = RoleInputs;
    type Outputs = RoleOutputs;

    const KIND: &'static str = "aws:iam/role";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];
    const SECONDS: u32 = 10;

    fn foretell(want: &RoleInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.global_arn("iam", format!("role/{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    async fn create(_cx: &Cx, _want: &RoleInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
