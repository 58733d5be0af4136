//! The prefix lists that AWS keeps of its services' addresses.

use std::collections::BTreeMap;

use super::labels::filter;
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind};

/// Services, each with the id of its prefix list in the region.
#[derive(Debug, Default)]
pub(in crate::aws) struct Lists(BTreeMap<String, String>);

impl Lists {
    /// Asks for the lists of these services (*Amazon VPC User Guide*, "AWS-managed prefix lists").
    pub async fn of(cx: &Cx, services: &[&str]) -> Result<Self, Fault> {
        if services.is_empty() {
            return Ok(Self::default());
        }
        let head = format!("com.amazonaws.{}.", cx.place().region);
        let names: Vec<String> = services.iter().map(|name| format!("{head}{name}")).collect();
        let answer = cx
            .call("ec2:DescribeManagedPrefixLists", || {
                let named = filter("prefix-list-name", names.iter());
                cx.ec2().describe_managed_prefix_lists().filters(named).send()
            })
            .await?;
        let known = answer.prefix_lists().iter().filter_map(|list| {
            let service = list.prefix_list_name()?.strip_prefix(&head)?;
            Some((service.to_owned(), list.prefix_list_id()?.to_owned()))
        });
        Ok(Self(known.collect()))
    }

    /// The id of a service's list.
    pub fn id(&self, service: &str) -> Result<&str, Fault> {
        self.0.get(service).map(String::as_str).ok_or_else(|| {
            let message = format!("AWS keeps no list of the addresses of `{service}` here");
            Fault::new(FaultKind::Refused, message)
        })
    }

    /// The service whose list has that id.
    pub fn service(&self, id: &str) -> Option<String> {
        self.0.iter().find(|(_, list)| *list == id).map(|(service, _)| service.clone())
    }
}
