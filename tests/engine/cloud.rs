//! A cloud in memory with four types, and faults at the nth call.

mod child;
mod nameless;

pub use child::{Child, ChildInputs};
pub use nameless::{Node, NodeInputs, OTHERS, Tie, TieInputs, numberless};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use maas::graph::{
    Arn, Catalogue, Charset, Created, Cx, Fault, FaultKind, Foretold, Held, Id, Input, Listed,
    Naming, Obstacle, Outputs, Place, Resource, Scope, Seen, Tags,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::time::{Duration, Instant};

/// What happens at a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// It is refused.
    #[default]
    Refused,
    /// It goes through, and its answer is lost.
    AnswerLost,
    /// The program dies before it.
    KillBefore,
    /// It goes through, and the program dies before it hears of it.
    KillAfter,
}

/// The cloud.
#[derive(Default)]
pub struct Cloud {
    inner: Mutex<Inner>,
    death: Notify,
}

#[derive(Default)]
struct Inner {
    things: BTreeMap<String, ThingInputs>,
    children: BTreeMap<String, ChildInputs>,
    nodes: BTreeMap<String, NodeInputs>,
    ties: BTreeMap<String, TieInputs>,
    /// How many nodes there ever were.
    made: u64,
    calls: u64,
    trouble: BTreeMap<u64, Trouble>,
    refused: Option<(String, FaultKind)>,
    /// Things that are not deleted as they are.
    full: BTreeSet<String>,
    /// Nothing is found before then.
    found_from: Option<Instant>,
    log: Vec<String>,
}

impl Inner {
    fn found(&self, id: &str) -> Option<&ThingInputs> {
        let lags = self.found_from.is_some_and(|from| Instant::now() < from);
        self.things.get(id).filter(|_| !lags)
    }

    /// What keeps a thing from being deleted.
    fn user(&self, id: &str, arn: &Arn) -> Option<&str> {
        let is = |used: &Option<Input<Arn>>| used.as_ref().and_then(Input::known) == Some(arn);
        // A link to a name that comes again may dangle for a while, as a function's role may.
        let thing = self
            .things
            .iter()
            .find(|(_, other)| is(&other.base) || (is(&other.link) && !id.starts_with("pinned-")));
        let node = || self.nodes.values().find(|node| node.on.known().is_some_and(|on| on == id));
        let thing = thing.map(|(user, _)| user.as_str());
        thing.or_else(|| node().map(|node| node.label.as_str()))
    }

    /// Refuses a thing without the part that lets it work.
    fn lets(&self, thing: &ThingInputs) -> Result<(), Fault> {
        let Some(through) = &thing.through else { return Ok(()) };
        match self.children.contains_key(through.get()?) {
            true => Ok(()),
            false => Err(Fault::new(FaultKind::Refused, "nothing lets it work")),
        }
    }

    /// Deletes whatever has that id, and what goes with it.
    fn remove(&mut self, id: &str) {
        let is = |owner: &Input<String>| owner.known().is_some_and(|owner| owner == id);
        self.things.remove(id);
        self.nodes.remove(id);
        self.children.retain(|key, child| key != id && !is(&child.owner));
        self.ties.retain(|key, tie| key != id && !is(&tie.on));
    }
}

impl Cloud {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// Everything that is there, in words.
    pub fn inventory(&self) -> Vec<String> {
        let inner = self.inner();
        let things = inner.things.iter().map(|(id, thing)| {
            format!("{id} {} {} {:?} {:?}", thing.shape, thing.size, thing.link, thing.base)
        });
        let children = inner.children.iter().map(|(id, child)| format!("{id} {}", child.weight));
        let nodes = inner.nodes.values().map(NodeInputs::told);
        let ties = inner.ties.iter().map(|(id, tie)| format!("{} {}", numberless(id), tie.weight));
        things.chain(children).chain(nodes).chain(ties).collect()
    }

    /// Returns when the program is to die.
    pub async fn dead(&self) {
        self.death.notified().await;
    }

    /// The calls that were sent, forgotten with this.
    pub fn take_log(&self) -> Vec<String> {
        std::mem::take(&mut self.inner().log)
    }

    /// Lets the nth call from now meet trouble; the first is 1.
    pub fn trouble_at(&self, nth: u64, trouble: Trouble) {
        let mut inner = self.inner();
        let at = inner.calls + nth;
        inner.trouble.insert(at, trouble);
    }

    /// Refuses this call.
    pub fn refuse(&self, call: &str) {
        self.fail(call, FaultKind::Refused);
    }

    /// Fails this call without carrying it out.
    pub fn fail(&self, call: &str, kind: FaultKind) {
        self.inner().refused = Some((call.to_owned(), kind));
    }

    /// The ids of everything that is there, each with the address that its tags tell.
    pub fn ids(&self) -> BTreeMap<String, Option<String>> {
        let inner = self.inner();
        let tagged = |tags: &Tags| tags.get("maas:address").cloned();
        let things = inner.things.iter().map(|(id, it)| (id.clone(), tagged(&it.tags)));
        let nodes = inner.nodes.iter().map(|(id, it)| (id.clone(), tagged(&it.tags)));
        let parts = inner.children.keys().chain(inner.ties.keys()).map(|id| (id.clone(), None));
        things.chain(nodes).chain(parts).collect()
    }

    /// Puts something into a thing, so that it is not deleted as it is.
    pub fn fill(&self, id: &str) {
        self.inner().full.insert(id.to_owned());
    }

    /// Finds nothing for so long.
    pub fn lags(&self, time: Duration) {
        self.inner().found_from = Some(Instant::now() + time);
    }

    /// No more trouble.
    pub fn calm(&self) {
        let mut inner = self.inner();
        inner.refused = None;
        inner.trouble.clear();
    }

    /// Changes a thing by hand.
    pub fn by_hand(&self, id: &str, change: impl FnOnce(&mut ThingInputs)) {
        change(self.inner().things.get_mut(id).unwrap());
    }

    /// Narrows a node by hand, so that nothing reaches it.
    pub fn narrow(&self, id: &str) {
        self.inner().nodes.get_mut(id).unwrap().width = 0;
    }

    /// Deletes something by hand.
    pub fn lose(&self, id: &str) {
        self.inner().remove(id);
    }

    /// The same, unless something uses it.
    pub fn lose_unused(&self, id: &str) {
        let arn = thing_outputs(id, &crate::stage::Stage::place()).arn;
        let mut inner = self.inner();
        if inner.user(id, &arn).is_none() {
            inner.remove(id);
        }
    }

    async fn call<T>(
        &self,
        what: String,
        work: impl FnOnce(&mut Inner) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        tokio::task::yield_now().await;
        let (trouble, result) = {
            let mut inner = self.inner();
            // What is only read loses nothing.
            inner.calls += u64::from(!what.starts_with("read "));
            let at = inner.calls;
            let trouble = inner.trouble.get(&at).copied().filter(|_| !what.starts_with("read "));
            let refused = inner.refused.as_ref().filter(|(call, _)| *call == what);
            let refused = refused.map(|(_, kind)| *kind);
            let troubled = trouble.filter(|it| *it == Trouble::Refused);
            if let Some(kind) = refused.or(troubled.map(|_| FaultKind::Refused)) {
                inner.log.push(format!("{what} (refused)"));
                return Err(Fault::new(kind, "the test wants it so"));
            }
            let result =
                if trouble == Some(Trouble::KillBefore) { None } else { Some(work(&mut inner)) };
            inner.log.push(what);
            (trouble, result)
        };
        match (trouble, result) {
            (Some(Trouble::KillBefore | Trouble::KillAfter), _) | (_, None) => {
                self.death.notify_one();
                std::future::pending().await
            }
            (Some(Trouble::AnswerLost), _) => Err(Fault::new(FaultKind::Unanswered, "no answer")),
            (_, Some(result)) => result,
        }
    }
}

/// A thing with a name.
pub struct Thing;

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThingInputs {
    pub name: Input<String>,
    pub size: u32,
    /// Cannot be changed.
    pub shape: String,
    #[serde(default)]
    pub link: Option<Input<Arn>>,
    /// What it stands on. Cannot be changed.
    #[serde(default)]
    pub base: Option<Input<Arn>>,
    /// The part of another thing that lets it work: it is refused without.
    #[serde(default)]
    pub through: Option<Input<String>>,
    /// Whether it may not be deleted. The cloud does not know of it.
    #[serde(default)]
    pub kept: bool,
    #[serde(default)]
    pub secret: Option<Input<String>>,
    /// The word of another thing.
    #[serde(default)]
    pub word: Option<Input<String>>,
    #[serde(default)]
    pub tags: Tags,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ThingOutputs {
    pub id: String,
    pub arn: Arn,
    /// Empty for good, as is the secret of a database that has none.
    pub word: String,
}

impl Outputs for ThingOutputs {
    const NAMES: &'static [&'static str] = &["id", "arn", "word"];
}

fn thing_outputs(name: &str, place: &Place) -> ThingOutputs {
    let arn: Input<Arn> = place.arn("fake", name);
    let word = String::new();
    ThingOutputs { id: name.to_owned(), arn: arn.get().unwrap().clone(), word }
}

impl Resource for Thing {
    type Cloud = Cloud;
    type Inputs = ThingInputs;
    type Outputs = ThingOutputs;

    const KIND: &'static str = "fake:thing";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name", "shape", "base"];
    const ADDED: &'static [&'static str] = &["base"];
    const UNREAD: &'static [&'static str] = &["kept"];
    const TEARDOWN: &'static [&'static str] = &["kept"];
    const PROTECTED_BY: Option<&'static str> = Some("kept");
    const SENSITIVE: &'static [&'static str] = &["secret"];

    fn foretell(want: &ThingInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("fake", name);
        let foretold = Foretold::default().id(name.as_str()).output("id", name);
        foretold.output("arn", arn).output("word", "")
    }

    async fn create(cx: &Cx<Cloud>, want: &ThingInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?.clone();
        cx.call(format!("create {name}"), |cloud| {
            if cloud.things.contains_key(&name) {
                return Err(Fault::new(FaultKind::Exists, format!("{name} exists")));
            }
            cloud.lets(want)?;
            // As it is before its second call: half made.
            cloud.things.insert(name.clone(), ThingInputs { size: 0, ..want.clone() });
            Ok(())
        })
        .await?;
        let id = Id::from(name.as_str());
        cx.made(&id).await?;
        size(cx, &name, want.size).await?;
        Ok(Created { id, outputs: thing_outputs(&name, cx.place()) })
    }

    async fn read(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.0.clone();
        let found = cx.call(format!("read {id}"), |cloud| Ok(cloud.found(&id).cloned())).await?;
        Ok(found.map(|inputs| Seen { inputs, outputs: thing_outputs(&id, cx.place()) }))
    }

    async fn update(
        cx: &Cx<Cloud>,
        held: &Held<Self>,
        want: &ThingInputs,
    ) -> Result<ThingOutputs, Fault> {
        let id = held.id.0.clone();
        let rest = |inputs: &ThingInputs| {
            let ThingInputs { link, through, secret, word, tags, .. } = inputs.clone();
            (link, through, secret, word, tags)
        };
        if !held.finished || rest(&held.inputs) != rest(want) {
            cx.call(format!("change {id}"), |cloud| {
                cloud.lets(want)?;
                let thing = cloud
                    .things
                    .get_mut(&id)
                    .ok_or_else(|| Fault::new(FaultKind::Absent, "gone"))?;
                *thing = ThingInputs { size: thing.size, ..want.clone() };
                Ok(())
            })
            .await?;
        }
        if held.differs(want, |inputs| inputs.size) {
            size(cx, &id, want.size).await?;
        }
        Ok(thing_outputs(&id, cx.place()))
    }

    async fn delete(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.0.clone();
        let arn = thing_outputs(&id, cx.place()).arn;
        if held.inputs.kept {
            return Err(Fault::new(FaultKind::Refused, format!("{id} is kept")));
        }
        // As a role does, which is deleted only without its policies.
        if held.inputs.shape == "square" {
            cx.call(format!("strip {id}"), |cloud| {
                cloud.children.retain(|_, child| child.owner.known() != Some(&id));
                Ok(())
            })
            .await?;
        }
        cx.call(format!("delete {id}"), |cloud| {
            if let Some(user) = cloud.user(&id, &arn) {
                return Err(Fault::new(FaultKind::Refused, format!("{user} uses it")));
            }
            cloud.remove(&id);
            Ok(())
        })
        .await
    }

    async fn obstacle(cx: &Cx<Cloud>, held: &Held<Self>) -> Result<Option<Obstacle>, Fault> {
        let id = held.id.0.clone();
        let full = cx.call(format!("look into {id}"), |cloud| {
            Ok(cloud.things.contains_key(&id) && cloud.full.contains(&id))
        });
        let advice = "empty it".to_owned();
        let message = format!("{} is full", held.id);
        Ok(full.await?.then_some(Obstacle { message, advice }))
    }

    async fn list(cx: &Cx<Cloud>, _scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        let things = cx.call("list".to_owned(), |cloud| Ok(cloud.things.clone())).await?;
        let listed = |(name, thing): (String, ThingInputs)| Listed {
            id: Id::from(name.as_str()),
            inputs: ThingInputs { name: name.into(), tags: thing.tags, ..ThingInputs::default() },
        };
        Ok(Some(things.into_iter().map(listed).collect()))
    }
}

async fn size(cx: &Cx<Cloud>, name: &str, size: u32) -> Result<(), Fault> {
    cx.call(format!("size {name} {size}"), |cloud| {
        let thing =
            cloud.things.get_mut(name).ok_or_else(|| Fault::new(FaultKind::Absent, "gone"))?;
        thing.size = size;
        Ok(())
    })
    .await
}

/// All types.
pub fn catalogue() -> Catalogue {
    Catalogue::new().with::<Thing>().with::<Child>().with::<Node>().with::<Tie>()
}
