//! What all resources of one deployment share: its name and its tags.

use super::{Address, Tags};

/// So many of its first characters every generated name has, however short it was cut.
const SURE: usize = 32;

/// What all resources of one deployment share.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The project's name.
    pub project: String,
    /// The environment's name.
    pub environment: String,
    /// The manifest's own tags.
    pub tags: Tags,
    /// When the environment expires, in RFC 3339; for the tag `maas:expires`.
    pub expires: Option<String>,
}

impl Scope {
    /// The start of a physical name: `project-env-instance-part`.
    pub fn stem(&self, address: &Address) -> String {
        let part = address.part().replace('.', "-");
        format!("{}-{}-{}-{part}", self.project, self.environment, address.instance())
    }

    /// What the names of all its resources begin with, unless the manifest fixed them.
    pub fn prefix(&self) -> String {
        let whole = format!("{}-{}-", self.project, self.environment);
        whole.get(..SURE).map_or(whole.clone(), str::to_owned)
    }

    /// Whether these are tags of a resource of this deployment.
    pub fn owns(&self, tags: &Tags) -> bool {
        let is = |key, value: &String| tags.get(key) == Some(value);
        is("maas:project", &self.project) && is("maas:environment", &self.environment)
    }

    /// The tags of the resource at that address: the manifest's, and those that say whose it is.
    pub fn tags(&self, address: &Address) -> Tags {
        let mut tags = self.tags.clone();
        let own = [
            ("maas:project", self.project.as_str()),
            ("maas:environment", &self.environment),
            ("maas:instance", address.instance()),
            ("maas:address", address.as_str()),
        ];
        tags.extend(own.map(|(key, value)| (key.to_owned(), value.to_owned())));
        tags.extend(self.expires.iter().map(|at| ("maas:expires".to_owned(), at.clone())));
        tags
    }
}
