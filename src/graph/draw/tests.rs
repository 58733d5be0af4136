use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;
use crate::graph::{Created, Cx, Fault, Held, Input, Resource, Scope, Seen};

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct ThingInputs {
    needs: Option<Input<String>>,
    names: Option<Input<String>>,
}

struct Thing;

crate::outputs! {
    /// What a thing gives back.
    Thing => ThingOutputs {
        /// Its id.
        id: String,
    }
}

impl Resource for Thing {
    type Cloud = ();
    type Inputs = ThingInputs;
    type Outputs = ThingOutputs;
    const KIND: &'static str = "test:a/thing";

    async fn create(_: &Cx<()>, _: &ThingInputs) -> Result<Created<Self>, Fault> {
        unreachable!()
    }

    async fn read(_: &Cx<()>, _: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        unreachable!()
    }

    async fn update(_: &Cx<()>, _: &Held<Self>, _: &ThingInputs) -> Result<ThingOutputs, Fault> {
        unreachable!()
    }

    async fn delete(_: &Cx<()>, _: &Held<Self>) -> Result<(), Fault> {
        unreachable!()
    }
}

fn graph() -> Graph {
    let mut graph = Graph::new(Scope::default());
    let first = graph.add::<Thing>(Address::new("jobs", "queue"), ThingInputs::default());
    graph.add::<Thing>(
        Address::new("jobs", "role"),
        ThingInputs { names: Some(first.id().foretold()), ..Default::default() },
    );
    graph.add::<Thing>(
        Address::new("api", "route"),
        ThingInputs { needs: Some(first.id().into()), ..Default::default() },
    );
    graph.finish().unwrap()
}

#[test]
fn mermaid_tells_needs_from_names() {
    insta::assert_snapshot!(mermaid(&graph()), @r#"
    flowchart LR
      subgraph i0["api"]
        n0["route<br>test:a/thing"]
      end
      subgraph i1["jobs"]
        n1["queue<br>test:a/thing"]
        n2["role<br>test:a/thing"]
      end
      n1 --> n0
      n1 -.-> n2
    "#);
}

#[test]
fn dot_has_a_cluster_an_instance() {
    insta::assert_snapshot!(dot(&graph()), @r#"
    digraph {
      rankdir = LR
      node [shape = box, style = rounded, fontname = "sans-serif"]
      subgraph cluster_0 {
        label = "api"
        "api/route" [label = "route\ntest:a/thing"]
      }
      subgraph cluster_1 {
        label = "jobs"
        "jobs/queue" [label = "queue\ntest:a/thing"]
        "jobs/role" [label = "role\ntest:a/thing"]
      }
      "jobs/queue" -> "api/route"
      "jobs/queue" -> "jobs/role" [style = dotted]
    }
    "#);
}

#[test]
fn a_picture_has_a_box_for_each_and_needs_to_the_left() {
    let graph = graph();
    let sketch = Sketch::of(&graph);
    assert_eq!(sketch.columns(), [vec![1, 2], vec![0]]);
    let picture = svg(&graph);
    assert_eq!(picture.matches("<rect").count(), 3);
    assert_eq!(picture.matches("marker-end").count(), 2);
}
