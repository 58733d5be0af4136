//! What connects instances: done when all of them are expanded.

pub(super) mod cycles;
pub(super) mod databases;
mod grants;
pub(super) mod loops;
pub(super) mod notifications;
pub(super) mod outside;
pub(super) mod redrives;
pub(super) mod references;
mod rights;
pub(super) mod routes;
pub(super) mod wires;

pub(super) use databases::{DatabaseUse, Way};
pub(super) use notifications::NewRule;
pub(super) use outside::Outside;
pub(super) use redrives::{FUNCTIONS, LONGEST, NewFailing, NewRedrive};
pub(super) use routes::NewRoute;
pub(super) use wires::Wire;
