//! Networks: states between, what is not seen everywhere yet, and what keeps a network alive.

mod endpoint;
mod gateways;
mod groups;
mod leftovers;
mod others;
mod vpc;

use crate::aws::injected::{Answer, refuse, xml};

/// An answer with a list of items.
fn list(name: &str, items: &[String]) -> Answer {
    let items: String = items.iter().map(|item| format!("<item>{item}</item>")).collect();
    xml(&format!("<{name}>{items}</{name}>"))
}

fn not_found(of: &str) -> Answer {
    refuse(&format!("Invalid{of}.NotFound"), "it does not exist")
}

fn held_by_others() -> Answer {
    refuse("DependencyViolation", "it has dependencies and cannot be deleted")
}

fn interface(id: &str, description: &str, status: &str) -> String {
    format!(
        "<networkInterfaceId>{id}</networkInterfaceId><description>{description}</description><status>{status}</status>"
    )
}

fn interfaces(items: &[String]) -> Answer {
    list("networkInterfaceSet", items)
}
