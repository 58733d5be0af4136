//! Resource types without their Rust types: what the planner and the executor see.

use std::any::Any;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use schemars::Schema;
use serde::de::DeserializeOwned;

use super::document::to_value;
use super::{
    Created, Cx, Document, Fault, FaultKind, Foretold, Held, Id, Listed, Moves, Naming, Objection,
    Obstacle, OrAbsent, Outputs, Paths, Place, Resource, Scope, Seen,
};

/// The constants of a type.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the constant of that name of `Resource`")]
pub struct Traits {
    pub kind: &'static str,
    pub name: Option<Naming>,
    pub tagged: bool,
    pub replace_on: Paths,
    pub added: Paths,
    pub one_at_a_time: bool,
    pub known_by: Paths,
    pub moves_on_update: Moves,
    pub unread: Paths,
    pub teardown: Paths,
    pub protected_by: Option<&'static str>,
    pub foreign: bool,
    pub sensitive: Paths,
    pub dies_with: Option<&'static str>,
    pub part_of: Option<&'static str>,
    pub seconds: u32,
    pub outputs: Paths,
}

impl Traits {
    /// Whether a document was recorded before the type had that input, so that it does not tell what it
    /// was (`ADDED`).
    pub fn is_untold(&self, recorded: &Document, input: &str) -> bool {
        self.added.contains(&input) && recorded.get(input).is_none()
    }

    /// The constants of `R`.
    pub const fn of<R: Resource>() -> Self {
        Self {
            kind: R::KIND,
            name: R::NAME,
            tagged: R::TAGGED,
            replace_on: R::REPLACE_ON,
            added: R::ADDED,
            one_at_a_time: R::ONE_AT_A_TIME,
            known_by: R::KNOWN_BY,
            moves_on_update: R::MOVES_ON_UPDATE,
            unread: R::UNREAD,
            teardown: R::TEARDOWN,
            protected_by: R::PROTECTED_BY,
            foreign: R::FOREIGN,
            sensitive: R::SENSITIVE,
            dies_with: R::DIES_WITH,
            part_of: R::PART_OF,
            seconds: R::SECONDS,
            outputs: <R::Outputs as Outputs>::NAMES,
        }
    }
}

/// [`Created`], as documents.
#[derive(Clone, Debug)]
pub struct CreatedDocument {
    /// The id.
    pub id: Id,
    /// The outputs.
    pub outputs: Document,
}

/// [`Seen`], as documents.
#[derive(Clone, Debug)]
pub struct SeenDocument {
    /// The inputs that would make it what it is.
    pub inputs: Document,
    /// The outputs.
    pub outputs: Document,
}

/// [`Held`], as documents.
#[derive(Clone, Debug)]
pub struct HeldDocument {
    /// The id.
    pub id: Id,
    /// The inputs as last sent, or as seen.
    pub inputs: Document,
    /// The outputs.
    pub outputs: Option<Document>,
    /// Whether all of the inputs got there.
    pub finished: bool,
}

/// [`Listed`], as documents.
#[derive(Clone, Debug)]
pub struct ListedDocument {
    /// The id.
    pub id: Id,
    /// The inputs as far as the list tells them.
    pub inputs: Document,
}

/// The cloud that calls go through, without its Rust type.
pub type AnyCx = Cx<Arc<dyn Any + Send + Sync>>;

/// A resource type with documents in the place of its own types.
#[expect(missing_docs, reason = "each is the method of that name of `Resource`")]
pub trait AnyResource: Send + Sync {
    fn traits(&self) -> &Traits;
    fn inputs_schema(&self) -> Schema;
    fn outputs_schema(&self) -> Schema;
    fn foretell(&self, want: &Document, place: &Place) -> Foretold;
    /// The inputs as the type itself writes them: sets in order, defaults filled in. Documents are
    /// comparable only in this form.
    ///
    /// # Errors
    /// Where they are no inputs of this type.
    fn normal(&self, inputs: Document) -> Result<Document, Fault>;
    fn check(&self, want: &Document) -> Vec<Objection>;
    fn create<'a>(
        &'a self,
        cx: AnyCx,
        want: Document,
    ) -> BoxFuture<'a, Result<CreatedDocument, Fault>>;
    fn read<'a>(
        &'a self,
        cx: AnyCx,
        held: HeldDocument,
    ) -> BoxFuture<'a, Result<Option<SeenDocument>, Fault>>;
    fn update<'a>(
        &'a self,
        cx: AnyCx,
        held: HeldDocument,
        want: Document,
    ) -> BoxFuture<'a, Result<Document, Fault>>;
    fn delete<'a>(&'a self, cx: AnyCx, held: HeldDocument) -> BoxFuture<'a, Result<(), Fault>>;
    fn check_there<'a>(
        &'a self,
        cx: AnyCx,
        want: Document,
    ) -> BoxFuture<'a, Result<Vec<Objection>, Fault>>;
    fn obstacle<'a>(
        &'a self,
        cx: AnyCx,
        held: HeldDocument,
    ) -> BoxFuture<'a, Result<Option<Obstacle>, Fault>>;
    fn find<'a>(&'a self, cx: AnyCx, want: Document) -> BoxFuture<'a, Result<Option<Id>, Fault>>;
    fn is_ours(&self, scope: &Scope, want: &Document, seen: &Document) -> Result<bool, Fault>;
    fn list<'a>(
        &'a self,
        cx: AnyCx,
        scope: &'a Scope,
    ) -> BoxFuture<'a, Result<Option<Vec<ListedDocument>>, Fault>>;
    fn parts<'a>(
        &'a self,
        cx: AnyCx,
        scope: &'a Scope,
        whole: &'a Id,
    ) -> BoxFuture<'a, Result<Vec<ListedDocument>, Fault>>;
}

struct Of<R: Resource> {
    traits: Traits,
    resource: PhantomData<fn() -> R>,
}

fn typed<T: DeserializeOwned>(kind: &str, document: Document) -> Result<T, Fault> {
    serde_json::from_value(document)
        .map_err(|error| Fault::new(FaultKind::Defect, format!("{kind}: {error}")))
}

fn held<R: Resource>(held: HeldDocument) -> Result<Held<R>, Fault> {
    let outputs = held.outputs.map(|outputs| typed(R::KIND, outputs)).transpose()?;
    Ok(Held { id: held.id, inputs: typed(R::KIND, held.inputs)?, outputs, finished: held.finished })
}

fn context<R: Resource>(cx: &AnyCx) -> Result<Cx<R::Cloud>, Fault> {
    cx.with_cloud::<R::Cloud>().ok_or_else(|| {
        Fault::new(FaultKind::Defect, format!("{} belongs to another cloud", R::KIND))
    })
}

fn document<R: Resource>(Listed { id, inputs }: Listed<R>) -> ListedDocument {
    ListedDocument { id, inputs: to_value(&inputs) }
}

impl<R: Resource> AnyResource for Of<R> {
    fn traits(&self) -> &Traits {
        &self.traits
    }

    fn inputs_schema(&self) -> Schema {
        schemars::schema_for!(R::Inputs)
    }

    fn outputs_schema(&self) -> Schema {
        schemars::schema_for!(R::Outputs)
    }

    fn foretell(&self, want: &Document, place: &Place) -> Foretold {
        typed::<R::Inputs>(R::KIND, want.clone())
            .map(|want| R::foretell(&want, place))
            .unwrap_or_default()
    }

    fn normal(&self, inputs: Document) -> Result<Document, Fault> {
        typed::<R::Inputs>(R::KIND, inputs).map(|inputs| to_value(&inputs))
    }

    fn check(&self, want: &Document) -> Vec<Objection> {
        match typed::<R::Inputs>(R::KIND, want.clone()) {
            Ok(want) => R::check(&want),
            Err(fault) => vec![Objection { path: String::new(), message: fault.message }],
        }
    }

    fn create<'a>(
        &'a self,
        cx: AnyCx,
        want: Document,
    ) -> BoxFuture<'a, Result<CreatedDocument, Fault>> {
        async move {
            let want = typed(R::KIND, want)?;
            let Created { id, outputs } = R::create(&context::<R>(&cx)?, &want).await?;
            Ok(CreatedDocument { id, outputs: to_value(&outputs) })
        }
        .boxed()
    }

    fn read<'a>(
        &'a self,
        cx: AnyCx,
        document: HeldDocument,
    ) -> BoxFuture<'a, Result<Option<SeenDocument>, Fault>> {
        async move {
            let seen = R::read(&context::<R>(&cx)?, &held(document)?).await.or_absent()?.flatten();
            Ok(seen.map(|Seen { inputs, outputs }| SeenDocument {
                inputs: to_value(&inputs),
                outputs: to_value(&outputs),
            }))
        }
        .boxed()
    }

    fn update<'a>(
        &'a self,
        cx: AnyCx,
        document: HeldDocument,
        want: Document,
    ) -> BoxFuture<'a, Result<Document, Fault>> {
        async move {
            let want = typed(R::KIND, want)?;
            let outputs = R::update(&context::<R>(&cx)?, &held(document)?, &want).await?;
            Ok(to_value(&outputs))
        }
        .boxed()
    }

    fn delete<'a>(&'a self, cx: AnyCx, document: HeldDocument) -> BoxFuture<'a, Result<(), Fault>> {
        async move { R::delete(&context::<R>(&cx)?, &held(document)?).await }.boxed()
    }

    fn check_there<'a>(
        &'a self,
        cx: AnyCx,
        want: Document,
    ) -> BoxFuture<'a, Result<Vec<Objection>, Fault>> {
        async move { R::check_there(&context::<R>(&cx)?, &typed(R::KIND, want)?).await }.boxed()
    }

    fn obstacle<'a>(
        &'a self,
        cx: AnyCx,
        document: HeldDocument,
    ) -> BoxFuture<'a, Result<Option<Obstacle>, Fault>> {
        async move { R::obstacle(&context::<R>(&cx)?, &held(document)?).await }.boxed()
    }

    fn find<'a>(&'a self, cx: AnyCx, want: Document) -> BoxFuture<'a, Result<Option<Id>, Fault>> {
        async move { R::find(&context::<R>(&cx)?, &typed(R::KIND, want)?).await }.boxed()
    }

    fn is_ours(&self, scope: &Scope, want: &Document, seen: &Document) -> Result<bool, Fault> {
        let typed = |inputs: &Document| typed::<R::Inputs>(R::KIND, inputs.clone());
        Ok(R::is_ours(scope, &typed(want)?, &typed(seen)?))
    }

    fn list<'a>(
        &'a self,
        cx: AnyCx,
        scope: &'a Scope,
    ) -> BoxFuture<'a, Result<Option<Vec<ListedDocument>>, Fault>> {
        async move {
            let listed = R::list(&context::<R>(&cx)?, scope).await?;
            Ok(listed.map(|listed| listed.into_iter().map(document).collect()))
        }
        .boxed()
    }

    fn parts<'a>(
        &'a self,
        cx: AnyCx,
        scope: &'a Scope,
        whole: &'a Id,
    ) -> BoxFuture<'a, Result<Vec<ListedDocument>, Fault>> {
        async move {
            let parts = R::parts(&context::<R>(&cx)?, scope, whole).await?;
            Ok(parts.into_iter().map(document).collect())
        }
        .boxed()
    }
}

/// The resource types that a program knows, by name.
#[derive(Clone, Default)]
pub struct Catalogue(BTreeMap<&'static str, Arc<dyn AnyResource>>);

impl Catalogue {
    /// A catalogue without types.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one type more.
    #[must_use]
    pub fn with<R: Resource>(mut self) -> Self {
        let of = Of::<R> { traits: Traits::of::<R>(), resource: PhantomData };
        self.0.insert(R::KIND, Arc::new(of));
        self
    }

    /// The type of that name.
    pub fn get(&self, kind: &str) -> Option<&Arc<dyn AnyResource>> {
        self.0.get(kind)
    }

    /// The constants of the type of that name.
    pub fn traits(&self, kind: &str) -> Option<&Traits> {
        self.0.get(kind).map(|resource| resource.traits())
    }

    /// All types, by name.
    pub fn types(&self) -> impl Iterator<Item = &Arc<dyn AnyResource>> {
        self.0.values()
    }
}
