//! The functions' code: the manifest's own commands that make it ready, and its packages.

use std::sync::Arc;

use super::Failure;
use crate::aws::Archives;
use crate::graph::Stop;
use crate::manifest::{Manifest, Problem};
use crate::package::{self, Built, Packages};
use crate::patterns;
use crate::report::{Console, Look, paint};

/// Runs the manifest's build commands, one after the other.
///
/// # Errors
/// Every command that failed, with the last lines that it wrote; that a stop was asked for.
pub(super) async fn build(
    manifest: &Manifest,
    console: Console,
    stop: &Stop,
) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for build in patterns::builds(manifest) {
        console.say(&paint(
            Look::Faint,
            format!("building {}: {}\n", build.code.display(), build.command),
        ));
        match package::build(&build.code, &build.command, stop.asked()).await {
            Ok(Built::Done) => {}
            Ok(Built::Stopped) => {
                return Err(Failure::stopped("Stopped during a build; nothing was touched."));
            }
            Err(failed) => {
                let message = "A function's code could not be built.";
                let label = format!("`{}`: {}", failed.command, failed.ended);
                problems.push(
                    Problem::at(build.place, "maas::build::failed", message)
                        .label(label)
                        .help(failed.output.join("\n")),
                );
            }
        }
    }
    manifest.explain(problems).into_result(())?;
    Ok(())
}

/// The packages of a manifest's code, empty at first: expanding the manifest fills them.
pub(super) fn packages(manifest: &Manifest) -> Packages {
    Packages::new(&manifest.folder)
}

/// The packages as the calls to AWS ask for them.
pub(super) fn archives(packages: &Packages) -> Archives {
    let packages = packages.clone();
    Arc::new(move |digest| packages.archive(digest))
}
