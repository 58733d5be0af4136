//! Versions of database engines: what is asked for, and what RDS made of it.

use crate::aws::Cx;
use crate::aws::check::Check;
use crate::graph::Fault;

/// Whether a version is one of those that `asked` names: `16` is fulfilled by 16.8, `16.8` by 16.8.1
/// and not by 16.80. RDS upgrades minor versions by itself.
pub fn fulfils(version: &str, asked: &str) -> bool {
    version.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The version to report: what was asked for as long as it is fulfilled.
pub fn seen(version: &str, asked: &str) -> String {
    if fulfils(version, asked) { asked } else { version }.to_owned()
}

/// The number before the first point.
pub fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// Objects to what is no version.
pub fn check(check: Check, version: &str) -> Check {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    check.that(
        version.split('.').all(number),
        "engine_version",
        format!("`{version}` is no version; write `16`, or `16.8` for a certain one"),
    )
}

/// The version to send for what is asked for: RDS's default of that major version, where only that is
/// asked for (*Amazon RDS API Reference*, "DescribeDBEngineVersions", `DefaultOnly`).
///
/// # Errors
/// RDS's refusals.
pub async fn resolve(cx: &Cx, engine: &str, asked: &str) -> Result<String, Fault> {
    if asked.contains('.') {
        return Ok(asked.to_owned());
    }
    let answer = cx
        .call("rds:DescribeDBEngineVersions", || {
            cx.rds()
                .describe_db_engine_versions()
                .engine(engine)
                .engine_version(asked)
                .default_only(true)
                .send()
        })
        .await?;
    let found = answer.db_engine_versions().iter().find_map(|one| one.engine_version());
    // Where RDS knows no default, its own refusal tells best what is wrong.
    Ok(found.unwrap_or(asked).to_owned())
}
