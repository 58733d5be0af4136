//! The typed graph: what the patterns build and everything after them reads.
//!
//! In: resources with typed inputs, added by the patterns. Out: [`Graph`], a set of nodes whose
//! inputs are documents with references between them. Imports no other room.

mod address;
mod applied;
mod catalogue;
mod context;
pub mod document;
pub mod draw;
mod expr;
mod fault;
mod input;
mod name;
mod nodes;
mod order;
mod resource;
mod scope;

pub use address::{Address, BadAddress};
pub use applied::is_applied;
pub use catalogue::{
    AnyCx, AnyResource, Catalogue, CreatedDocument, HeldDocument, ListedDocument, SeenDocument,
    Traits,
};
pub use context::{Cx, Hooks, Place, Stop, Waited};
pub use document::Document;
pub use expr::{Expr, IntoParts, Part};
pub use fault::{Fault, FaultKind, OrAbsent};
pub use input::{Arn, Input, NotYetKnown, Output, Tags};
pub use name::{Charset, Naming, physical_name};
pub use nodes::{Graph, Handle, NameOrigin, Node};
pub use order::{Cycle, Needs, layers, topological};
pub use resource::{
    ALL, Created, Foretold, Held, Id, Listed, Moves, Objection, Obstacle, Outputs, Paths, Resource,
    Seen,
};
pub use scope::Scope;
