//! A type that goes with its owner.

use maas::graph::{
    Created, Cx, Fault, FaultKind, Held, Id, Input, Listed, Outputs, Resource, Scope, Seen,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cloud, Thing};

/// A part of a thing, which goes with it.
pub struct Child;

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildInputs {
    pub owner: Input<String>,
    pub label: String,
    pub weight: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ChildOutputs {
    pub id: String,
}

impl Outputs for ChildOutputs {
    const NAMES: &'static [&'static str] = &["id"];
}

impl Resource for Child {
    type Cloud = Cloud;
    type Inputs = ChildInputs;
    type Outputs = ChildOutputs;

    const KIND: &'static str = "fake:child";
    const REPLACE_ON: &'static [&'static str] = &["owner", "label"];
    const KNOWN_BY: &'static [&'static str] = &["owner", "label"];
    const DIES_WITH: Option<&'static str> = Some("owner");
    const PART_OF: Option<&'static str> = Some(Thing::KIND);

    async fn create(cx: &Cx<Cloud>, want: &ChildInputs) -> Result<Created<Self>, Fault> {
        let id = format!("{}/{}", want.owner.get()?, want.label);
        cx.call(format!("create {id}"), |cloud| {
            if !cloud.things.contains_key(want.owner.get()?) {
                return Err(Fault::new(FaultKind::Refused, "its owner is not there"));
            }
            if cloud.children.contains_key(&id) {
                return Err(Fault::new(FaultKind::Exists, format!("{id} exists")));
            }
            cloud.children.insert(id.clone(), want.clone());
            Ok(())
        })
        .await?;
        Ok(Created { id: Id::from(id.as_str()), outputs: ChildOutputs { id } })
    }

    async fn read(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.0.clone();
        let found =
            cx.call(format!("read {id}"), |cloud| Ok(cloud.children.get(&id).cloned())).await?;
        Ok(found.map(|inputs| Seen { inputs, outputs: ChildOutputs { id } }))
    }

    async fn update(
        cx: &Cx<Cloud>,
        held: &Held<Self>,
        want: &ChildInputs,
    ) -> Result<ChildOutputs, Fault> {
        let id = held.id.0.clone();
        cx.call(format!("change {id}"), |cloud| {
            cloud.children.insert(id.clone(), want.clone());
            Ok(())
        })
        .await?;
        Ok(ChildOutputs { id })
    }

    async fn delete(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.0.clone();
        cx.call(format!("delete {id}"), |cloud| {
            cloud.children.remove(&id);
            Ok(())
        })
        .await
    }

    async fn find(cx: &Cx<Cloud>, want: &ChildInputs) -> Result<Option<Id>, Fault> {
        let id = format!("{}/{}", want.owner.get()?, want.label);
        let there =
            cx.call(format!("find {id}"), |cloud| Ok(cloud.children.contains_key(&id))).await?;
        Ok(there.then(|| Id::from(id)))
    }

    async fn parts(cx: &Cx<Cloud>, _: &Scope, whole: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let of = format!("{whole}/");
        cx.call(format!("list parts of {whole}"), |cloud| {
            let parts = cloud.children.iter().filter(|(id, _)| id.starts_with(&of));
            let listed = |(id, child): (&String, &ChildInputs)| Listed {
                id: Id::from(id.as_str()),
                inputs: child.clone(),
            };
            Ok(parts.map(listed).collect())
        })
        .await
    }
}
