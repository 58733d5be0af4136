//! Whether the code holds what its handler names.

use super::Package;

/// The file that a handler needs and the package does not have, with the names it could have; none
/// where it is there, or where the runtime does not tell ("Define Lambda function handler" in the
/// AWS Lambda Developer Guide).
pub fn missing_handler(package: &Package, handler: &str, runtime: &str) -> Option<Vec<String>> {
    let wanted = candidates(handler, runtime);
    let has = |name: &String| package.files.iter().any(|file| file == name);
    if wanted.is_empty() || wanted.iter().any(has) { None } else { Some(wanted) }
}

fn candidates(handler: &str, runtime: &str) -> Vec<String> {
    let ends = |stem: &str, ends: &[&str]| ends.iter().map(|end| format!("{stem}{end}")).collect();
    if runtime.starts_with("provided") {
        return vec!["bootstrap".to_owned()];
    }
    let handler = handler.strip_prefix("./").unwrap_or(handler);
    if runtime.starts_with("python") {
        let module = handler.rsplit_once('.').map_or(handler, |(module, _)| module);
        return ends(&module.replace('.', "/"), &[".py", "/__init__.py", ".so"]);
    }
    let (folder, name) = match handler.rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), handler),
    };
    let stem = format!("{folder}{}", name.split_once('.').map_or(name, |(stem, _)| stem));
    if runtime.starts_with("nodejs") {
        ends(&stem, &[".js", ".mjs", ".cjs", "", "/index.js"])
    } else if runtime.starts_with("ruby") {
        ends(&stem, &[".rb"])
    } else {
        Vec::new()
    }
}
