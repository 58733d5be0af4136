//! `aws:iam/role`

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_iam::types::Tag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::role_policies::{self, OWN};
use crate::aws::built::OrDefect;
use crate::aws::check::Check;
use crate::aws::{Cx, Policy, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Naming, Objection,
    OrAbsent, Place, Resource, Scope, Seen, Tags, Waited,
};
use crate::outputs;

/// How long a role that was just made may take to be seen.
const SEEN: Duration = Duration::from_secs(60);

/// An IAM role with one inline policy of its own; [`RolePolicy`](super::RolePolicy) gives it others.
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
    type Cloud = crate::aws::Aws;
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

    fn check(want: &RoleInputs) -> Vec<Objection> {
        Check::default()
            .that(
                !want.trust.is_empty(),
                "trust",
                "nobody could assume the role; name a service or a role",
            )
            .that(role_policies::fits(&want.policy), "policy", role_policies::TOO_LONG)
            .that(
                want.description.chars().count() <= 1_000,
                "description",
                "IAM takes 1,000 characters at most",
            )
            .done()
    }

    async fn create(cx: &Cx, want: &RoleInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let trust = want.trust.to_json()?;
        let tags = sdk_tags(&want.tags)?;
        cx.call("iam:CreateRole", || {
            cx.iam()
                .create_role()
                .role_name(name)
                .assume_role_policy_document(&trust)
                .set_description((!want.description.is_empty()).then(|| want.description.clone()))
                .set_tags((!tags.is_empty()).then(|| tags.clone()))
                .send()
        })
        .await?;
        let id = Id::from(name.as_str());
        if !want.policy.is_empty() || !want.managed_policies.is_empty() {
            cx.made(&id).await?;
        }
        role_policies::put(cx, name, OWN, &want.policy).await?;
        role_policies::attach(cx, name, &want.managed_policies).await?;
        Ok(Created { id, outputs: outputs_of(name, cx.place())? })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        let answer = cx
            .call("iam:GetRole", || cx.iam().get_role().role_name(name).send())
            .await
            .or_absent()?;
        let Some(role) = answer.and_then(|answer| answer.role) else { return Ok(None) };
        let inputs = RoleInputs {
            name: Input::from(name),
            trust: role_policies::decoded(role.assume_role_policy_document())?,
            policy: role_policies::inline(cx, name, OWN).await?.unwrap_or_default(),
            managed_policies: role_policies::attached(cx, name).await?,
            description: role.description().unwrap_or_default().to_owned(),
            tags: tags::ours(role.tags().iter().map(|tag| (tag.key(), tag.value()))),
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(name, cx.place())? }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &RoleInputs) -> Result<RoleOutputs, Fault> {
        if held.finished {
            return change(cx, held, want).await;
        }
        // IAM may not see a role yet that was made just before an interruption.
        let (since, longest) = (Instant::now(), Duration::from_secs(2));
        cx.wait(format!("role {}", held.id), longest, SEEN, || async {
            match change(cx, held, want).await {
                Err(fault) if fault.kind == FaultKind::Absent && since.elapsed() < SEEN => {
                    Ok(Waited::Still("not seen yet".to_owned()))
                }
                changed => changed.map(Waited::Ready),
            }
        })
        .await
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        role_policies::detach(cx, name, &held.inputs.managed_policies).await?;
        if !held.inputs.policy.is_empty() {
            role_policies::remove(cx, name, OWN).await?;
        }
        match delete(cx, name).await {
            Err(fault) if fault.is(&["DeleteConflict"]) => {}
            result => return result,
        }
        // Somebody gave it more than we did, or IAM has not seen yet that all is gone.
        let (longest, deadline) = (Duration::from_secs(4), Duration::from_secs(120));
        cx.wait(format!("role {name} to lose what it holds"), longest, deadline, || async {
            role_policies::strip(cx, name).await?;
            match delete(cx, name).await {
                Err(fault) if fault.is(&["DeleteConflict"]) => Ok(Waited::Still(fault.message)),
                result => result.map(Waited::Ready),
            }
        })
        .await
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::roles(cx, scope).await.map(Some)
    }
}

/// Changes the role from what is held to what is wanted.
async fn change(cx: &Cx, held: &Held<Role>, want: &RoleInputs) -> Result<RoleOutputs, Fault> {
    let name = held.id.as_str();
    if held.differs(want, |inputs| &inputs.trust) {
        let trust = want.trust.to_json()?;
        cx.call("iam:UpdateAssumeRolePolicy", || {
            cx.iam().update_assume_role_policy().role_name(name).policy_document(&trust).send()
        })
        .await?;
    }
    if held.differs(want, |inputs| &inputs.description) {
        cx.call("iam:UpdateRole", || {
            cx.iam().update_role().role_name(name).description(&want.description).send()
        })
        .await?;
    }
    if held.differs(want, |inputs| &inputs.policy) {
        if want.policy.is_empty() {
            role_policies::remove(cx, name, OWN).await?;
        } else {
            role_policies::put(cx, name, OWN, &want.policy).await?;
        }
    }
    let mut more = want.managed_policies.clone();
    if held.finished {
        more.retain(|arn| !held.inputs.managed_policies.contains(arn));
    }
    role_policies::attach(cx, name, &more).await?;
    let fewer = &held.inputs.managed_policies - &want.managed_policies;
    role_policies::detach(cx, name, &fewer).await?;
    let (gone, put) = tags::difference(&held.inputs.tags, &want.tags);
    if !put.is_empty() {
        let put = sdk_tags(&put)?;
        cx.call("iam:TagRole", || {
            cx.iam().tag_role().role_name(name).set_tags(Some(put.clone())).send()
        })
        .await?;
    }
    if !gone.is_empty() {
        cx.call("iam:UntagRole", || {
            cx.iam().untag_role().role_name(name).set_tag_keys(Some(gone.clone())).send()
        })
        .await?;
    }
    outputs_of(name, cx.place())
}

async fn delete(cx: &Cx, name: &str) -> Result<(), Fault> {
    cx.call("iam:DeleteRole", || cx.iam().delete_role().role_name(name).send())
        .await
        .or_absent()?;
    Ok(())
}

fn outputs_of(name: &str, place: &Place) -> Result<RoleOutputs, Fault> {
    let arn: Input<Arn> = place.global_arn("iam", format!("role/{name}"));
    Ok(RoleOutputs { name: name.to_owned(), arn: arn.get()?.clone() })
}

fn sdk_tags(tags: &Tags) -> Result<Vec<Tag>, Fault> {
    let tag = |(key, value)| Tag::builder().key(key).value(value).build().or_defect();
    tags.iter().map(tag).collect()
}
