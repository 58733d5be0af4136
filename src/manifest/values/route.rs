//! Routes of an HTTP API.

use std::fmt;
use std::str::FromStr;

use super::format::{Malformed, StringType, string_type};
use crate::manifest::words::{any_of, did_you_mean};

/// A route key of an HTTP API: `GET /users/{id}`, `ANY /files/{path+}` or `$default`
/// ("Create routes for HTTP APIs in API Gateway" in the API Gateway Developer Guide).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// `$default`: takes what no other route does.
    Default,
    /// A method and a path.
    At {
        /// The method.
        method: Method,
        /// The path, from its `/` on.
        path: String,
    },
}

/// The method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Every method.
    Any,
    /// `DELETE`.
    Delete,
    /// `GET`.
    Get,
    /// `HEAD`.
    Head,
    /// `OPTIONS`.
    Options,
    /// `PATCH`.
    Patch,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Any,
        Self::Delete,
        Self::Get,
        Self::Head,
        Self::Options,
        Self::Patch,
        Self::Post,
        Self::Put,
    ];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "ANY",
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

const HELP: &str = "A route is a method, one space and a path: `GET /users/{id}`; or `$default`.";

impl Route {
    /// The route with the names of its path's variables left out: two routes of one API must
    /// differ in it.
    pub fn shape(&self) -> String {
        let Self::At { method, path } = self else {
            return self.to_string();
        };
        let blank = |segment: &str| match segment.strip_prefix('{') {
            Some(name) if name.ends_with("+}") => "{+}".to_owned(),
            Some(_) => "{}".to_owned(),
            None => segment.to_owned(),
        };
        let path: Vec<String> = path.split('/').map(blank).collect();
        format!("{} {}", method.as_str(), path.join("/"))
    }
}

impl FromStr for Route {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = |label: String| Malformed::new(label, HELP);
        if text == "$default" {
            return Ok(Self::Default);
        }
        let Some((method, path)) = text.split_once(' ') else {
            return Err(wrong("this is not a method and a path".into()));
        };
        let names = Method::ALL.map(Method::as_str);
        let Some(method) = Method::ALL.into_iter().find(|m| m.as_str() == method) else {
            let nearest = did_you_mean(method, names);
            return Err(Malformed::new(
                format!("`{method}` is not a method of a route{nearest}"),
                format!("The methods are {}.", any_of(names)),
            ));
        };
        check_path(path).map_err(wrong)?;
        Ok(Self::At { method, path: path.to_owned() })
    }
}

fn check_path(path: &str) -> Result<(), String> {
    let Some(inner) = path.strip_prefix('/') else {
        return Err("the path does not begin with `/`".into());
    };
    if let Some(c) = path.chars().find(|c| !is_path_character(*c)) {
        return Err(format!("a path cannot hold {c:?}"));
    }
    let mut names = Vec::new();
    let segments: Vec<&str> = inner.split('/').collect();
    for (i, segment) in segments.iter().enumerate() {
        if segment.is_empty() && i + 1 < segments.len() {
            return Err("the path holds `//`".into());
        }
        if !segment.contains(['{', '}']) {
            continue;
        }
        let name = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
        let name = name.ok_or_else(|| {
            format!("a variable is a whole segment of the path, as `{{name}}`, unlike `{segment}`")
        })?;
        let greedy = name.ends_with('+');
        let name = name.strip_suffix('+').unwrap_or(name);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if name.is_empty() || !name.chars().all(fits) {
            return Err(format!("`{segment}` is not a variable of a path"));
        }
        if greedy && i + 1 < segments.len() {
            return Err(format!("`{segment}` takes all that follows, so it can only be last"));
        }
        if names.contains(&name) {
            return Err(format!("the variable `{name}` is there twice"));
        }
        names.push(name);
    }
    Ok(())
}

fn is_path_character(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '|' | '?' | '#')
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("$default"),
            Self::At { method, path } => write!(f, "{method} {path}"),
        }
    }
}

impl StringType for Route {
    const FORMAT: &'static str = "maas-route";
    const PATTERN: &'static str =
        r"^((ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /\S*|\$default)$";
    const EXAMPLES: &'static [&'static str] = &["GET /users/{id}", "ANY /{proxy+}", "$default"];
}
string_type!(Route);
