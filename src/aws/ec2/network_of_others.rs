//! `aws:ec2/network-of-others`

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::network_of_others_check as verification;
use crate::aws::Cx;
use crate::aws::check::Check;
use crate::graph::{
    Created, Fault, FaultKind, Foretold, Held, Id, Objection, Place, Resource, Seen,
};
use crate::outputs;

/// A VPC and subnets that somebody else made and owns. It is looked at and never changed: its
/// creation checks that it is fit for what is put into it, and its deletion does nothing.
#[derive(Debug)]
pub struct NetworkOfOthers;

/// What such a network is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkOfOthersInputs {
    /// The VPC's id.
    pub vpc: String,
    /// The ids of the subnets for functions, in two zones or more; none where nothing needs them.
    #[serde(default)]
    pub application_subnets: BTreeSet<String>,
    /// The ids of the subnets for databases, in two zones or more, without a route to the internet.
    #[serde(default)]
    pub data_subnets: BTreeSet<String>,
    /// Whether functions in it have to reach Secrets Manager.
    #[serde(default)]
    pub secrets: bool,
    /// What makes it unfit: always nothing when it is wanted.
    #[serde(default)]
    pub problems: Vec<String>,
}

outputs! {
    /// What such a network gives back.
    NetworkOfOthers => NetworkOfOthersOutputs {
        /// The VPC's id.
        vpc_id: String,
    }
}

impl Resource for NetworkOfOthers {
    type Cloud = crate::aws::Aws;
    type Inputs = NetworkOfOthersInputs;
    type Outputs = NetworkOfOthersOutputs;

    const KIND: &'static str = "aws:ec2/network-of-others";
    const REPLACE_ON: &'static [&'static str] = &["vpc"];
    const FOREIGN: bool = true;

    fn foretell(want: &NetworkOfOthersInputs, _place: &Place) -> Foretold {
        Foretold::default().id(want.vpc.as_str()).output("vpc_id", &want.vpc)
    }

    fn check(want: &NetworkOfOthersInputs) -> Vec<Objection> {
        let subnets = |ids: &BTreeSet<String>| ids.iter().all(|id| id.starts_with("subnet-"));
        let apart = want.application_subnets.is_disjoint(&want.data_subnets);
        let message = "a subnet's id begins with `subnet-`";
        let advice = "name others in the manifest, or change what is there";
        Check::default()
            .that(want.vpc.starts_with("vpc-"), "vpc", "a VPC's id begins with `vpc-`")
            .that(subnets(&want.application_subnets), "application_subnets", message)
            .that(subnets(&want.data_subnets), "data_subnets", message)
            .that(apart, "data_subnets", "a subnet cannot be in both tiers")
            .that(want.problems.is_empty(), "problems", format!("{}; {advice}", unfit(want)))
            .done()
    }

    async fn create(cx: &Cx, want: &NetworkOfOthersInputs) -> Result<Created<Self>, Fault> {
        verify(cx, want).await?;
        Ok(Created { id: Id::from(want.vpc.as_str()), outputs: outputs_of(want) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let problems = verification::problems(cx, &held.inputs).await?;
        let inputs = NetworkOfOthersInputs { problems, ..held.inputs.clone() };
        Ok(Some(Seen { outputs: outputs_of(&inputs), inputs }))
    }

    async fn update(
        cx: &Cx,
        _held: &Held<Self>,
        want: &NetworkOfOthersInputs,
    ) -> Result<NetworkOfOthersOutputs, Fault> {
        verify(cx, want).await?;
        Ok(outputs_of(want))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Ok(())
    }
}

async fn verify(cx: &Cx, want: &NetworkOfOthersInputs) -> Result<(), Fault> {
    let problems = verification::problems(cx, want).await?;
    if problems.is_empty() {
        return Ok(());
    }
    let inputs = NetworkOfOthersInputs { problems, ..want.clone() };
    Err(Fault::new(FaultKind::Refused, unfit(&inputs))
        .advise("name other subnets in the manifest, or change the network"))
}

fn unfit(inputs: &NetworkOfOthersInputs) -> String {
    format!("{} is not fit: {}", inputs.vpc, inputs.problems.join("; "))
}

fn outputs_of(inputs: &NetworkOfOthersInputs) -> NetworkOfOthersOutputs {
    NetworkOfOthersOutputs { vpc_id: inputs.vpc.clone() }
}
