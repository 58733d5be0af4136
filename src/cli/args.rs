//! Arguments that several commands share. Their doc comments are the manual.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::graph::Address;
use crate::manifest::Malformed;
use crate::plan::Target;
use crate::report::Color;

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Where the state is: a folder
    ///
    /// Else the manifest's `[state]`, else the nearest folder `state` upwards from the manifest.
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub state: Option<String>,

    /// The endpoint of AWS, such as an emulator's
    ///
    /// Else that of the AWS configuration, such as `AWS_ENDPOINT_URL`.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        value_parser = endpoint,
        help_heading = "Everywhere"
    )]
    pub endpoint: Option<String>,

    /// When to colour; `NO_COLOR` is respected
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Everywhere"
    )]
    pub color: Color,

    /// Says more of what happens inside: where, as whom, which stage; twice for each call to AWS
    ///
    /// `MAAS_LOG` says it more finely, as in `MAAS_LOG=warn,maas=debug`. No request and no
    /// response is ever written whole, since secrets are in them.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    pub verbose: u8,

    /// Only results and problems
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
}

/// Which deployment a command is about.
#[derive(Args, Clone, Debug)]
pub struct Which {
    /// The manifest; else `maas.toml` or `manifest.toml` of the current directory
    #[arg(value_name = "MANIFEST")]
    pub manifest: Option<PathBuf>,

    #[command(flatten)]
    pub environment: Environment,
}

/// The environment, and the values of variables.
#[derive(Args, Clone, Debug)]
pub struct Environment {
    /// The environment: one deployment of the manifest; else `dev`
    #[arg(short, long = "env", value_name = "ENV", env = "MAAS_ENV", hide_env_values = true)]
    pub env: Option<String>,

    /// A value for `${var.NAME}`; else that of MAAS_VAR_NAME (repeatable)
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable)]
    pub variables: Vec<(String, String)>,
}

impl Environment {
    /// The environment's name.
    pub fn name(&self) -> &str {
        self.env.as_deref().unwrap_or("dev")
    }
}

/// What a plan is made from, beside the manifest.
#[derive(Args, Clone, Debug, Default)]
pub struct Planning {
    /// Reads the cloud first, so that what was changed by hand is put right
    #[arg(long)]
    pub refresh: bool,

    /// Only this instance, or this part of one, with what it needs (repeatable)
    #[arg(long = "target", value_name = "INSTANCE[/PART]", value_parser = target)]
    pub targets: Vec<Target>,

    /// Replaces this resource although nothing asks for it (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<Address>,

    /// Takes over what exists already under the name of this resource (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub adopt: Vec<Address>,

    /// How long the environment may stay after this apply, as in `72h`; `maas gc` then destroys it,
    /// with what its buckets hold
    #[arg(long, value_name = "DURATION", value_parser = time_to_live)]
    pub ttl: Option<crate::manifest::Duration>,

    #[command(flatten)]
    pub teardown: Teardown,
}

/// How things are deleted, whatever the manifest says.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teardown {
    /// Deletes buckets with the objects that they hold; without it, one that holds any stops the run
    /// before anything is touched
    #[arg(long)]
    pub empty_buckets: bool,

    /// Deletes databases without a last snapshot, and their automatic backups with them
    #[arg(long)]
    #[serde(default)]
    pub skip_final_snapshot: bool,
}

/// How a plan is shown.
#[derive(Args, Clone, Copy, Debug)]
pub struct Showing {
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// Shows the inputs of what is created, too
    #[arg(long)]
    pub full: bool,
}

/// The forms of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a pull request.
    Markdown,
}

/// The forms of a result that has no Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// How a run is carried out.
#[derive(Args, Clone, Debug)]
pub struct Running {
    /// Does not ask first; needed where there is no terminal
    #[arg(short, long)]
    pub yes: bool,

    #[command(flatten)]
    pub calling: Calling,
}

/// How calls are made, and told of.
#[derive(Args, Clone, Debug)]
pub struct Calling {
    /// How many steps run at once
    ///
    /// The budgets of AWS's APIs are kept whatever the number.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = parallelism)]
    pub parallelism: u16,

    /// Writes what happens into this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
}

fn parallelism(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(number @ 1..=256) => Ok(number),
        _ => Err("it is a number from 1 to 256".to_owned()),
    }
}

fn endpoint(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() => Ok(text.to_owned()),
        _ => Err("it is a URL, as in http://127.0.0.1:4566".to_owned()),
    }
}

/// As `ttl` of an environment.
fn time_to_live(text: &str) -> Result<crate::manifest::Duration, String> {
    let ttl: crate::manifest::Duration =
        text.parse().map_err(|malformed: Malformed| format!("{malformed}. {}", malformed.help))?;
    match ttl.seconds() {
        0..60 => Err("an environment lives for a minute, `1m`, or longer".to_owned()),
        _ => Ok(ttl),
    }
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it reads NAME=VALUE".to_owned()),
    }
}

fn target(text: &str) -> Result<Target, std::convert::Infallible> {
    text.parse()
}
