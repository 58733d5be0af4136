//! Whose database it is, by way of all the instances that share it.

use serde::Deserialize;

use super::keys::{DatabaseKeys, GivenDatabase};
use crate::manifest::{Either, Reference};
use crate::patterns::Cx;

/// An instance's database among its other keys.
#[derive(Deserialize)]
struct Within {
    database: Option<GivenDatabase>,
}

/// The instance that a reference to a database leads to, and its keys. None where it leads nowhere,
/// which is told when all instances are expanded.
pub fn owner(cx: &Cx<'_, '_>, reference: &Reference) -> Option<(Reference, DatabaseKeys)> {
    let mut at = reference.clone();
    let mut passed = vec![cx.name().to_owned()];
    loop {
        if passed.contains(&at.instance) {
            return None;
        }
        let instance = cx.all.manifest.instance(&at.instance)?;
        let has = ["api-database-postgres", "api-database-data-api"];
        if !has.contains(&instance.pattern.get_ref().as_str()) {
            return None;
        }
        passed.push(at.instance.clone());
        match instance.parameters::<Within>().ok()?.database {
            Some(Either::Short(next)) => at = Reference { span: reference.span, ..next },
            Some(Either::Long(keys)) => return Some((at, keys)),
            None => return Some((at, DatabaseKeys::default())),
        }
    }
}
