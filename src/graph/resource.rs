//! The contract of a resource type, with the semantics of a Pulumi provider.
//!
//! Terms, used everywhere: *wanted* inputs are what the manifest asks for, *applied* inputs are
//! as last sent, *seen* inputs are as the cloud reports them now, *outputs* are what the cloud
//! gave back.

use std::fmt;
use std::future::Future;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::document::to_value;
use super::{Cx, Fault, FaultKind, Naming, Place, Scope};

/// Names of inputs or outputs of a type.
pub type Paths = &'static [&'static str];

/// Outputs, each with the inputs that it follows.
pub type Moves = &'static [(&'static str, Paths)];

/// Every input: a type that nothing can be updated of.
pub const ALL: Paths = &["*"];

/// The id by which the cloud knows a resource, in the form that its type chose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(pub String);

impl Id {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two halves of an id that its type made of two: `api/route`.
    ///
    /// # Errors
    /// [`FaultKind::Defect`] where it has no two halves.
    pub fn halves(&self) -> Result<(&str, &str), Fault> {
        self.0.split_once('/').ok_or_else(|| {
            Fault::new(FaultKind::Defect, format!("the recorded id `{}` has no two parts", self.0))
        })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What a type gives back; made by [`outputs!`](crate::outputs).
pub trait Outputs:
    Serialize + DeserializeOwned + JsonSchema + Clone + fmt::Debug + Send + Sync + 'static
{
    /// The names of the outputs.
    const NAMES: Paths;
}

/// What is known of a resource before it exists.
#[derive(Clone, Debug, Default)]
pub struct Foretold {
    /// The id that it will have.
    pub id: Option<Id>,
    /// The outputs that it will have, as far as they follow from its inputs.
    pub outputs: Map<String, Value>,
}

impl Foretold {
    /// The id that it will have.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// An output that it will have: a plain value or an [`Input`](super::Input).
    #[must_use]
    pub fn output(mut self, name: &str, value: impl Serialize) -> Self {
        self.outputs.insert(name.to_owned(), to_value(&value));
        self
    }
}

/// A resource that was just made.
#[derive(Clone, Debug)]
pub struct Created<R: Resource> {
    /// Its id.
    pub id: Id,
    /// Its outputs.
    pub outputs: R::Outputs,
}

/// A resource as the cloud reports it.
#[derive(Clone, Debug)]
pub struct Seen<R: Resource> {
    /// The inputs that would make it what it is.
    pub inputs: R::Inputs,
    /// Its outputs.
    pub outputs: R::Outputs,
}

/// A resource that exists, as it was recorded.
#[derive(Clone, Debug)]
pub struct Held<R: Resource> {
    /// Its id.
    pub id: Id,
    /// Its inputs as last sent, or as seen where the cloud was read.
    pub inputs: R::Inputs,
    /// Its outputs; none where it was never finished.
    pub outputs: Option<R::Outputs>,
    /// Whether all of `inputs` got there. A create that stopped half way leaves `false`.
    pub finished: bool,
}

impl<R: Resource> Held<R> {
    /// Whether this part of the inputs has to be sent: it differs, or nobody knows.
    pub fn differs<'a, T: PartialEq>(
        &'a self,
        want: &'a R::Inputs,
        part: impl Fn(&'a R::Inputs) -> T,
    ) -> bool {
        !self.finished || part(&self.inputs) != part(want)
    }

    /// The recorded outputs.
    ///
    /// # Errors
    /// [`FaultKind::Defect`] where the resource was never finished.
    pub fn outputs(&self) -> Result<&R::Outputs, Fault> {
        self.outputs.as_ref().ok_or_else(|| {
            Fault::new(FaultKind::Defect, "the resource was never finished, so it has no outputs")
        })
    }
}

/// A thing that carries a deployment's tags, or is part of one that does.
#[derive(Clone, Debug)]
pub struct Listed<R: Resource> {
    /// Its id.
    pub id: Id,
    /// Its inputs, as far as the list tells them: the name where it has one, and the tags; of a part
    /// all that reading it needs.
    pub inputs: R::Inputs,
}

/// Something wrong with inputs, found without a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The input.
    pub path: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

/// What stands in the way of a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What it is: half a sentence.
    pub message: String,
    /// How it is got out of the way.
    pub advice: String,
}

/// One type of resource.
///
/// A type that AWS changes in nothing says `REPLACE_ON = ALL`; its `update` finishes what is half
/// made.
pub trait Resource: Sized + Send + Sync + 'static {
    /// What the calls go through: the clients.
    type Cloud: Send + Sync + 'static;
    /// What the resource is given.
    type Inputs: Serialize + DeserializeOwned + JsonSchema + Clone + fmt::Debug + Send + Sync;
    /// What it gives back.
    type Outputs: Outputs;

    /// The type's name: `aws:sqs/queue`.
    const KIND: &'static str;
    /// The input that is its physical name, where it has one.
    const NAME: Option<Naming> = None;
    /// Whether it takes tags, in an input named `tags`.
    const TAGGED: bool = false;
    /// Inputs whose change makes another resource of it.
    const REPLACE_ON: Paths = &[];
    /// Of those, inputs that the type has not always had: a record without one does not tell what it was,
    /// so that it makes no other resource of it, and is recorded with the next update.
    const ADDED: Paths = &[];
    /// Whether the old one has to go before the new one can come, whatever its name.
    const ONE_AT_A_TIME: bool = false;
    /// Inputs by which the cloud knows it where it has no name: of two with the same ones it makes one,
    /// or refuses the second. So one that keeps them goes before its replacement comes.
    const KNOWN_BY: Paths = &[];
    /// Outputs that an update may change, each with the inputs whose change moves it.
    const MOVES_ON_UPDATE: Moves = &[];
    /// Inputs that the cloud never gives back.
    const UNREAD: Paths = &[];
    /// Inputs that only say how it is deleted: whether with what it holds, or with a copy kept. Its
    /// deletion goes by the manifest of then, and by flags, not by what was applied last.
    const TEARDOWN: Paths = &[];
    /// The input that forbids its deletion while it is true. A plan that would delete it is refused
    /// before anything is touched.
    const PROTECTED_BY: Option<&'static str> = None;
    /// Whether it is somebody else's, which is looked at and never made: what its check objects to in
    /// what is seen makes a plan that reads the cloud impossible.
    const FOREIGN: bool = false;
    /// Inputs whose values may be secrets. Of a resource that nobody knows any more they are recorded
    /// as digests only.
    const SENSITIVE: Paths = &[];
    /// The input that names its owner, with which the cloud deletes it.
    const DIES_WITH: Option<&'static str> = None;
    /// The type that its things are parts of, where nothing on them says whose they are: what the
    /// manifest has lost of them is found under what it has.
    const PART_OF: Option<&'static str> = None;
    /// About how long its creation takes on AWS, in seconds; orders steps that could run at once.
    const SECONDS: u32 = 1;

    /// What is known before it exists.
    fn foretell(_want: &Self::Inputs, _place: &Place) -> Foretold {
        Foretold::default()
    }

    /// What is wrong with these inputs, as far as it shows without a call.
    fn check(_want: &Self::Inputs) -> Vec<Objection> {
        Vec::new()
    }

    /// Makes it.
    ///
    /// Where it takes several calls, [`Cx::made`] comes right after the one that makes it.
    ///
    /// # Errors
    /// [`FaultKind::Exists`] where a thing of that name is there already, and AWS's other refusals.
    fn create(
        cx: &Cx<Self::Cloud>,
        want: &Self::Inputs,
    ) -> impl Future<Output = Result<Created<Self>, Fault>> + Send;

    /// Reads it; `None` where it is gone.
    ///
    /// # Errors
    /// AWS's refusals. [`FaultKind::Absent`], as where it went between two of its calls, says the same as
    /// `None`.
    fn read(
        cx: &Cx<Self::Cloud>,
        held: &Held<Self>,
    ) -> impl Future<Output = Result<Option<Seen<Self>>, Fault>> + Send;

    /// Changes it in place from `held.inputs` to `want`, or finishes one that is half made.
    ///
    /// # Errors
    /// AWS's refusals.
    fn update(
        cx: &Cx<Self::Cloud>,
        held: &Held<Self>,
        want: &Self::Inputs,
    ) -> impl Future<Output = Result<Self::Outputs, Fault>> + Send;

    /// Deletes it. One that is gone already is a success.
    ///
    /// # Errors
    /// AWS's refusals.
    fn delete(
        cx: &Cx<Self::Cloud>,
        held: &Held<Self>,
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// What is wrong with these inputs in that region and account, as far as one cheap call tells that
    /// changes nothing. A plan that reads the cloud asks for what it would make or
    /// change.
    ///
    /// # Errors
    /// AWS's refusals.
    fn check_there(
        _cx: &Cx<Self::Cloud>,
        _want: &Self::Inputs,
    ) -> impl Future<Output = Result<Vec<Objection>, Fault>> + Send {
        async { Ok(Vec::new()) }
    }

    /// What stands in the way of its deletion, as far as one cheap call tells that changes nothing; `None`
    /// where it is gone. It is asked before a run touches anything, and the deletion looks again.
    ///
    /// # Errors
    /// AWS's refusals.
    fn obstacle(
        _cx: &Cx<Self::Cloud>,
        _held: &Held<Self>,
    ) -> impl Future<Output = Result<Option<Obstacle>, Fault>> + Send {
        async { Ok(None) }
    }

    /// Finds the one that was made of `want`: by an interrupted create, or by one that is recorded
    /// nowhere any more.
    ///
    /// The default is the id that is foretold; a type whose ids AWS makes up looks under the
    /// parent, or by the tag `maas:address`.
    ///
    /// # Errors
    /// AWS's refusals.
    fn find(
        cx: &Cx<Self::Cloud>,
        want: &Self::Inputs,
    ) -> impl Future<Output = Result<Option<Id>, Fault>> + Send {
        async { Ok(Self::foretell(want, cx.place()).id) }
    }

    /// Whether what was found where `want` would be is the deployment's, for a type without tags: for what
    /// others may put on something of the deployment's.
    fn is_ours(_scope: &Scope, _want: &Self::Inputs, _seen: &Self::Inputs) -> bool {
        true
    }

    /// Lists all that may be this deployment's, by name or by tags, each with its tags; `None` where
    /// the service cannot tell.
    ///
    /// # Errors
    /// AWS's refusals.
    fn list(
        _cx: &Cx<Self::Cloud>,
        _scope: &Scope,
    ) -> impl Future<Output = Result<Option<Vec<Listed<Self>>>, Fault>> + Send {
        async { Ok(None) }
    }

    /// Lists the things of this type that are parts of the deployment's thing with that id, for
    /// types with [`PART_OF`](Self::PART_OF): those that only the deployment can have made.
    ///
    /// # Errors
    /// AWS's refusals.
    fn parts(
        _cx: &Cx<Self::Cloud>,
        _scope: &Scope,
        _whole: &Id,
    ) -> impl Future<Output = Result<Vec<Listed<Self>>, Fault>> + Send {
        async { Ok(Vec::new()) }
    }
}

/// Declares a type's outputs: the struct, and a typed handle method for each output.
///
/// ```ignore
/// outputs! {
///     /// What a queue gives back.
///     Queue => QueueOutputs {
///         /// Its URL.
///         url: String,
///     }
/// }
/// ```
#[macro_export]
macro_rules! outputs {
    ($(#[$doc:meta])* $resource:ident => $name:ident {
        $( $(#[$field_doc:meta])* $field:ident : $type:ty ),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub struct $name {
            $( $(#[$field_doc])* pub $field: $type, )*
        }

        impl $crate::graph::Outputs for $name {
            const NAMES: $crate::graph::Paths = &[$(stringify!($field)),*];
        }

        impl $crate::graph::Handle<$resource> {
            $(
                $(#[$field_doc])*
                pub fn $field(&self) -> $crate::graph::Output<$type> {
                    $crate::graph::Output::of(self, stringify!($field))
                }
            )*
        }
    };
}
