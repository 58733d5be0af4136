//! What is wrong with what a manifest says of a database, at its place.

use super::keys::{Credentials, DatabaseKeys, Engine};
use crate::manifest::{Problem, Span, Spanned, any_of};
use crate::patterns::Cx;

/// Major versions that RDS has (*Amazon Aurora User Guide*, "Aurora PostgreSQL releases"; *Amazon RDS
/// User Guide*, "Supported PostgreSQL versions").
const MAJORS: [u32; 6] = [13, 14, 15, 16, 17, 18];
/// Of each major version the first minor version of Aurora that pauses ("Scaling to Zero ACUs").
const PAUSES: [(u32, u32); 4] = [(13, 15), (14, 12), (15, 7), (16, 3)];
/// Of each major version the first minor version of Aurora Serverless v2 with the Data API ("Supported
/// Regions and Aurora DB engines for RDS Data API").
const DATA_API: [(u32, u32); 4] = [(13, 11), (14, 8), (15, 3), (16, 1)];

/// Words that RDS does not take for a database of PostgreSQL: its own, and PostgreSQL's reserved ones
/// (*PostgreSQL Documentation*, "SQL Key Words").
const DATABASES: &[&str] = &["db", "rdsadmin", "template0", "template1"];
/// Words that RDS does not take for its master user.
const USERS: &[&str] = &["admin", "administrator", "public", "rdsadmin", "root"];
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Reports what is wrong with these keys; `data_api` where functions use the Data API.
pub fn check(cx: &mut Cx<'_, '_>, keys: &DatabaseKeys, data_api: bool) {
    engine(cx, keys, data_api);
    version(cx, keys, data_api);
    capacity(cx, keys);
    storage(cx, keys);
    backup(cx, keys);
    match &keys.name {
        Some(name) => identifier(cx, name, name.span(), "database", DATABASES),
        None => derived(cx),
    }
    if let Some(user) = &keys.user {
        identifier(cx, user, user.span(), "user", USERS);
    }
    if let Some(class) = &keys.instance
        && (!class.starts_with("db.") || class.get_ref() == "db.serverless")
    {
        let problem = Problem::at(class, "maas::patterns::database", "There is no such class.")
            .label("a class of RDS begins with `db.` and names a machine")
            .help("Write `instance = \"db.t4g.micro\"`, or `db.m7g.large` for more load.");
        cx.problem(problem);
    }
}

fn engine(cx: &mut Cx<'_, '_>, keys: &DatabaseKeys, data_api: bool) {
    let engine = keys.engine();
    let asked = keys.data_api.as_ref().map(Spanned::span);
    let asked = asked.or(keys.engine.as_ref().map(Spanned::span));
    if let Some(asked) = asked.filter(|_| data_api && engine == Engine::Postgres) {
        let message = "This engine has no Data API.";
        let problem = Problem::at(asked, "maas::patterns::database", message)
            .label("only Aurora answers the Data API")
            .help("Write `engine = \"aurora-postgresql\"`, or use `api-database-postgres`.");
        cx.problem(problem);
    }
    if let Some(credentials) = &keys.credentials
        && data_api
        && *credentials.get_ref() == Credentials::Iam
    {
        let message = "The Data API signs in with a secret.";
        let problem = Problem::at(credentials, "maas::patterns::database", message)
            .label("IAM decides who may use the Data API, and the Data API needs the password")
            .help("Leave `credentials` out.");
        cx.problem(problem);
    }
    let not_of = match engine {
        Engine::AuroraPostgresql => [
            keys.instance.as_ref().map(|key| ("instance", key.span())),
            keys.storage.as_ref().map(|key| ("storage", key.span())),
            keys.max_storage.as_ref().map(|key| ("max_storage", key.span())),
        ],
        Engine::Postgres => {
            [keys.capacity.as_ref().map(|key| ("capacity", key.span())), None, None]
        }
    };
    for (name, place) in not_of.into_iter().flatten() {
        let (label, help) = match engine {
            Engine::AuroraPostgresql => (
                "Aurora scales by itself, and so does its storage",
                "Write `capacity = { min = 0.5, max = 4 }`, or take `engine = \"postgres\"`.",
            ),
            Engine::Postgres => (
                "a database of `postgres` is one machine",
                "Write `instance = \"db.t4g.micro\"`, or take `engine = \"aurora-postgresql\"`.",
            ),
        };
        let message = format!("`{name}` is not for this engine.");
        let problem =
            Problem::at(place, "maas::patterns::database", message).label(label).help(help);
        cx.problem(problem);
    }
}

fn version(cx: &mut Cx<'_, '_>, keys: &DatabaseKeys, data_api: bool) {
    let Some(version) = &keys.version else { return };
    let numbers: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    let engine = keys.engine().as_str();
    let known = numbers.as_ref().is_some_and(|numbers| {
        numbers.len() <= 3 && numbers.first().is_some_and(|major| MAJORS.contains(major))
    });
    if !known {
        let majors: Vec<String> = MAJORS.iter().map(ToString::to_string).collect();
        let message = "The engine has no such version.";
        let problem = Problem::at(version, "maas::patterns::database", message)
            .label(format!("`{engine}` has no version `{}`", version.get_ref()))
            .help(format!(
                "Write {} for the minor version that RDS chooses, or a certain one such as `16.8`.",
                any_of(majors.iter().map(String::as_str))
            ));
        return cx.problem(problem);
    }
    let lacks = |table: &[(u32, u32)]| {
        let numbers = numbers.as_deref().unwrap_or_default();
        let (Some(major), Some(minor)) = (numbers.first(), numbers.get(1)) else { return None };
        let first = table.iter().find(|(known, _)| known == major)?.1;
        (*minor < first).then(|| format!("{major}.{first}"))
    };
    let pauses = keys.capacity.as_ref().is_some_and(|capacity| capacity.min == 0.0);
    let is_aurora = keys.engine() == Engine::AuroraPostgresql;
    let lacking = [
        (is_aurora && pauses, &PAUSES, "does not pause, as a least capacity of 0 asks for"),
        (is_aurora && data_api, &DATA_API, "has no Data API"),
    ];
    for (_, table, what) in lacking.into_iter().filter(|(asked, ..)| *asked) {
        let Some(first) = lacks(table) else { continue };
        let message = "The engine's version is too old.";
        let problem = Problem::at(version, "maas::patterns::database", message)
            .label(format!("`{engine}` {} {what}", version.get_ref()))
            .help(format!("Write `{first}` or a later one."));
        cx.problem(problem);
    }
}

fn capacity(cx: &mut Cx<'_, '_>, keys: &DatabaseKeys) {
    let Some(capacity) = &keys.capacity else { return };
    let step = |units: f64| (units * 2.0).fract() == 0.0;
    let (min, max) = (capacity.min, capacity.max);
    let wrong = if !(0.0..=256.0).contains(&min) || !(1.0..=256.0).contains(&max) {
        Some((
            "capacity is 0 to 256 units at least, and 1 to 256 at most",
            "Write `capacity = { min = 0.5, max = 4 }`.",
        ))
    } else if !step(min) || !step(max) {
        Some(("capacity goes in steps of 0.5", "Write `0.5`, `1`, `1.5` and so on."))
    } else if min > max {
        Some(("the least is more than the most", "Exchange `min` and `max`."))
    } else if capacity.pause_after.is_some() && min > 0.0 {
        Some((
            "only a database with a least of 0 pauses",
            "Set `min = 0`, or leave `pause_after` out.",
        ))
    } else {
        None
    };
    if let Some((label, help)) = wrong {
        let message = "Aurora does not scale so.";
        let problem =
            Problem::at(capacity, "maas::patterns::database", message).label(label).help(help);
        cx.problem(problem);
    }
}

fn storage(cx: &mut Cx<'_, '_>, keys: &DatabaseKeys) {
    let (Some(storage), Some(most)) = (&keys.storage, &keys.max_storage) else { return };
    if most.bytes() < storage.bytes() {
        let message = "The storage is more than the most that it may grow to.";
        let problem = Problem::at(most, "maas::patterns::database", message)
            .label(format!("this is less than `storage`, {}", storage.get_ref()))
            .help("Give a larger size, or leave `max_storage` out.");
        cx.problem(problem);
    }
}

fn backup(cx: &mut Cx<'_, '_>, keys: &DatabaseKeys) {
    let Some(backup) = keys.backup.filter(|backup| backup.seconds() % 86_400 != 0) else { return };
    let message = "Backups are kept for whole days.";
    let problem = Problem::at(&backup, "maas::patterns::days", message)
        .label("this is not a number of days")
        .help(format!("Write `{}d`.", backup.days() + 1));
    cx.problem(problem);
}

/// The name that a database has of its instance.
pub(super) fn derived_name(cx: &Cx<'_, '_>) -> String {
    cx.name().replace('-', "_")
}

fn derived(cx: &mut Cx<'_, '_>) {
    let name = derived_name(cx);
    let Some((label, _)) = refusal(&name, "database", DATABASES) else { return };
    let message = "RDS does not take an instance's name for a database.";
    let problem = Problem::at(cx.span(), "maas::patterns::database", message)
        .label(format!("the database would be called `{name}`: {label}"))
        .help(format!(
            "Give the database a name of its own in `[patterns.{}.database]`: `name = \"{name}_data\"`.",
            cx.name()
        ));
    cx.problem(problem);
}

fn identifier(cx: &mut Cx<'_, '_>, name: &str, place: Span, what: &str, own: &[&str]) {
    let Some((label, help)) = refusal(name, what, own) else { return };
    let message = format!("RDS does not take this name for a {what}.");
    cx.problem(Problem::at(place, "maas::patterns::database", message).label(label).help(help));
}

/// What is wrong with a name, and what would be right.
fn refusal(text: &str, what: &str, own: &[&str]) -> Option<(String, String)> {
    let charset = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let shaped = (1..=63).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(charset);
    let lower = text.to_ascii_lowercase();
    let reserved = RESERVED.contains(&lower.as_str())
        || own.contains(&lower.as_str())
        || lower.starts_with("pg_")
        || lower.starts_with("rds_");
    if !shaped {
        let label = "has 1 to 63 letters, digits and `_`, and begins with a letter";
        return Some((format!("a {what}'s name {label}"), "Write `accounts`, say.".to_owned()));
    }
    reserved.then(|| {
        let help = format!("Write another one, such as `{lower}_data`.");
        let label = format!("`{text}` is reserved by PostgreSQL or RDS");
        (label, help.replace("pg_", "").replace("rds_", ""))
    })
}
