//! Which entry of `[environments]` holds.

use super::problem::Problem;
use super::problems::Problems;
use super::value::{Entry, Table};
use super::values::EnvironmentName;

/// The name's own problem, which has no place in the text.
pub(crate) fn check_name(name: &str) -> Option<Problem> {
    let malformed = name.parse::<EnvironmentName>().err()?;
    let message = "The environment's name is malformed.";
    let help = format!("`{name}`: {}. {}", malformed.label, malformed.help);
    Some(Problem::new("maas::manifest::environment_name", message).help(help))
}

/// The entry that matches the environment most exactly: its own name, then the glob with the most
/// literal characters. Two globs that match equally well are a problem.
pub(crate) fn select<'a>(
    environments: Option<&'a Table>,
    name: &str,
    problems: &mut Problems,
) -> Option<&'a Entry> {
    let environments = environments?;
    let names = environments.entries().map(Entry::name);
    let best = environments.entry(best_match(names, name)?)?;
    let equal = |entry: &&Entry| {
        entry.name() != best.name()
            && best.name() != name
            && matches(entry.name(), name)
            && literal_characters(entry.name()) == literal_characters(best.name())
    };
    if let Some(other) = environments.entries().find(equal) {
        let (first, second) =
            if best.key.span < other.key.span { (best, other) } else { (other, best) };
        let code = "maas::manifest::environment_tie";
        problems.push(
            Problem::at(first.key.span, code, "Two globs match the environment equally well.")
                .label(format!("`{}` matches `{name}`", first.name()))
                .related(second.key.span, format!("so does `{}`", second.name()))
                .help(format!("Make one of them more exact, or add `[environments.{name}]`.")),
        );
    }
    Some(best)
}

/// Of the names of entries, the one that matches the environment most exactly: its own, else the
/// first glob of those with the most literal characters.
pub fn best_match<'a>(names: impl Iterator<Item = &'a str>, environment: &str) -> Option<&'a str> {
    let exactness = |name: &&str| (*name == environment, literal_characters(name));
    let fits = |name: &&str| *name == environment || matches(name, environment);
    names.filter(fits).min_by_key(|name| std::cmp::Reverse(exactness(name)))
}

fn matches(glob: &str, name: &str) -> bool {
    globset::Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

fn literal_characters(glob: &str) -> usize {
    let mut depth = 0_usize;
    let mut count = 0;
    for c in glob.chars() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '*' | '?' => {}
            _ => count += usize::from(depth == 0),
        }
    }
    count
}
