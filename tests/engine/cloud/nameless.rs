//! Types without names: what gets a random id at each create, and what is known by what it is given.

use maas::graph::{
    Created, Cx, Fault, FaultKind, Held, Id, Input, Listed, Outputs, Resource, Scope, Seen, Tags,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cloud, Inner};

fn gone() -> Fault {
    Fault::new(FaultKind::Absent, "gone")
}

impl Inner {
    fn has(&self, thing: &Input<String>) -> Result<(), Fault> {
        let id = thing.get()?;
        match self.things.contains_key(id) || self.nodes.contains_key(id) {
            true => Ok(()),
            false => Err(Fault::new(FaultKind::Refused, "what it is on is not there")),
        }
    }
}

/// The id of what may be a node, without its number.
pub fn numberless(id: &str) -> String {
    match id.strip_prefix("node-") {
        Some(rest) => format!("node{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => id.to_owned(),
    }
}

/// Something on a thing or another node, as an API or a subnet is: each create makes another one, with an id that
/// nobody can foretell, and only its tags say whose it is.
pub struct Node;

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeInputs {
    pub on: Input<String>,
    pub label: String,
    pub width: u32,
    #[serde(default)]
    pub tags: Tags,
}

impl NodeInputs {
    pub fn told(&self) -> String {
        let on = self.on.known().map(|on| numberless(on));
        format!("node {} {} on {on:?}", self.label, self.width)
    }
}

/// A node of this width is made by one call, any other by two.
const WIDTH: u32 = 1;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NodeOutputs {
    pub id: String,
    /// Its id once it is wide, as a database's endpoint is there once it runs; empty before.
    pub reach: String,
}

impl NodeOutputs {
    fn of(id: &str, width: u32) -> Self {
        let reach = if width == 0 { String::new() } else { id.to_owned() };
        Self { id: id.to_owned(), reach }
    }
}

impl Outputs for NodeOutputs {
    const NAMES: &'static [&'static str] = &["id", "reach"];
}

impl Resource for Node {
    type Cloud = Cloud;
    type Inputs = NodeInputs;
    type Outputs = NodeOutputs;

    const KIND: &'static str = "fake:node";
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["on", "label"];

    async fn create(cx: &Cx<Cloud>, want: &NodeInputs) -> Result<Created<Self>, Fault> {
        let id = cx
            .call(format!("create node {}", want.label), |cloud| {
                cloud.has(&want.on)?;
                cloud.made += 1;
                let id = format!("node-{:06}", cloud.made);
                let width = if want.width == WIDTH { WIDTH } else { 0 };
                cloud.nodes.insert(id.clone(), NodeInputs { width, ..want.clone() });
                Ok(id)
            })
            .await?;
        if want.width != WIDTH {
            cx.made(&Id::from(id.as_str())).await?;
            widen(cx, &id, want).await?;
        }
        Ok(Created { id: Id::from(id.as_str()), outputs: NodeOutputs::of(&id, want.width) })
    }

    async fn read(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.0.clone();
        let found =
            cx.call(format!("read {id}"), |cloud| Ok(cloud.nodes.get(&id).cloned())).await?;
        let outputs = |node: &NodeInputs| NodeOutputs::of(&id, node.width);
        Ok(found.map(|inputs| Seen { outputs: outputs(&inputs), inputs }))
    }

    async fn update(
        cx: &Cx<Cloud>,
        held: &Held<Self>,
        want: &NodeInputs,
    ) -> Result<NodeOutputs, Fault> {
        widen(cx, held.id.as_str(), want).await?;
        Ok(NodeOutputs::of(held.id.as_str(), want.width))
    }

    async fn delete(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.0.clone();
        cx.call(format!("delete {id}"), |cloud| {
            if let Some(user) = cloud.nodes.values().find(|it| it.on.known() == Some(&id)) {
                return Err(Fault::new(FaultKind::Refused, format!("{} is on it", user.label)));
            }
            cloud.remove(&id);
            Ok(())
        })
        .await
    }

    async fn find(cx: &Cx<Cloud>, want: &NodeInputs) -> Result<Option<Id>, Fault> {
        let address = want.tags.get("maas:address").cloned();
        cx.call(format!("find node {}", want.label), |cloud| {
            let mut ids = cloud
                .nodes
                .iter()
                .filter(|(_, node)| node.tags.get("maas:address") == address.as_ref());
            let is_new = |id: &&String| !cx.hooks().is_older(&Id::from(id.as_str()));
            Ok(ids.by_ref().map(|(id, _)| id).find(is_new).map(|id| Id::from(id.as_str())))
        })
        .await
    }

    async fn list(cx: &Cx<Cloud>, _scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        let nodes = cx.call("list nodes".to_owned(), |cloud| Ok(cloud.nodes.clone())).await?;
        let listed = |(id, node): (String, NodeInputs)| Listed {
            id: Id(id),
            inputs: NodeInputs { tags: node.tags, ..NodeInputs::default() },
        };
        Ok(Some(nodes.into_iter().map(listed).collect()))
    }
}

async fn widen(cx: &Cx<Cloud>, id: &str, want: &NodeInputs) -> Result<(), Fault> {
    cx.call(format!("widen {id}"), |cloud| {
        *cloud.nodes.get_mut(id).ok_or_else(gone)? = want.clone();
        Ok(())
    })
    .await
}

/// Something between a thing or a node and a label, as a subscription is: to make it once more gives back the
/// one that is there.
pub struct Tie;

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TieInputs {
    pub on: Input<String>,
    pub label: String,
    pub weight: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TieOutputs {
    pub id: String,
}

impl Outputs for TieOutputs {
    const NAMES: &'static [&'static str] = &["id"];
}

/// Ties of this weight and above are put there by others.
pub const OTHERS: u32 = 1_000;

fn tied(want: &TieInputs) -> Result<String, Fault> {
    Ok(format!("{}/tie-{}", want.on.get()?, want.label))
}

impl Resource for Tie {
    type Cloud = Cloud;
    type Inputs = TieInputs;
    type Outputs = TieOutputs;

    const KIND: &'static str = "fake:tie";
    const REPLACE_ON: &'static [&'static str] = &["on", "label"];
    const KNOWN_BY: &'static [&'static str] = &["on", "label"];
    const DIES_WITH: Option<&'static str> = Some("on");

    async fn create(cx: &Cx<Cloud>, want: &TieInputs) -> Result<Created<Self>, Fault> {
        let id = tied(want)?;
        cx.call(format!("create {id}"), |cloud| {
            cloud.has(&want.on)?;
            cloud.ties.entry(id.clone()).or_insert_with(|| want.clone());
            Ok(())
        })
        .await?;
        Ok(Created { id: Id::from(id.as_str()), outputs: TieOutputs { id } })
    }

    async fn read(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.0.clone();
        let found = cx.call(format!("read {id}"), |cloud| Ok(cloud.ties.get(&id).cloned())).await?;
        Ok(found.map(|inputs| Seen { inputs, outputs: TieOutputs { id } }))
    }

    async fn update(
        cx: &Cx<Cloud>,
        held: &Held<Self>,
        want: &TieInputs,
    ) -> Result<TieOutputs, Fault> {
        let id = held.id.0.clone();
        cx.call(format!("change {id}"), |cloud| {
            *cloud.ties.get_mut(&id).ok_or_else(gone)? = want.clone();
            Ok(())
        })
        .await?;
        Ok(TieOutputs { id })
    }

    async fn delete(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.0.clone();
        cx.call(format!("delete {id}"), |cloud| {
            cloud.ties.remove(&id);
            Ok(())
        })
        .await
    }

    async fn find(cx: &Cx<Cloud>, want: &TieInputs) -> Result<Option<Id>, Fault> {
        let id = tied(want)?;
        let there = cx.call(format!("find {id}"), |cloud| Ok(cloud.ties.contains_key(&id))).await?;
        Ok(there.then(|| Id::from(id)))
    }

    fn is_ours(_scope: &Scope, _want: &TieInputs, seen: &TieInputs) -> bool {
        seen.weight < OTHERS
    }
}
