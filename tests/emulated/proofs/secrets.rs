//! What is given from outside and is a secret: it reaches the function, and is written nowhere.

use std::path::Path;

use super::api_custom_authorizer::bearer;
use crate::support::Deployment;

const MARKER: &str = "marker-of-a-secret-5f3a";

/// The files below a folder that hold the text.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let found = files.filter(|entry| holds(entry.path()));
    found.map(|entry| entry.path().display().to_string()).collect()
}

#[tokio::test]
async fn a_secret_reaches_the_function_and_is_in_no_plan_state_or_event() {
    let given = format!("JWT_SECRET={MARKER}");
    let mut it = Deployment::of("api-custom-authorizer").await;
    // Production, in all but the name that later commands would have to be told.
    it.edit("", "[environments.prod.", "[environments.dev.");
    let plan = it.state().with_file_name("saved.plan");
    let saved = ["--out", plan.to_str().unwrap(), "--var", &given];
    let mut told = it.ends_with(0, "plan", &saved).await;
    for format in ["text", "json", "markdown"] {
        told += &it.ends_with(0, "plan", &["--format", format, "--var", &given]).await;
    }
    assert!(told.contains("JWT_SECRET") && !told.contains(MARKER), "{told}");
    it.apply(&["--var", &given]).await;
    let home = it.state().parent().unwrap().to_owned();
    assert_eq!(files_with(&home, MARKER), Vec::<String>::new());
    assert!(!files_with(&home, "JWT_SECRET").is_empty(), "the state is there to be looked at");

    let header = [("authorization", &*bearer(MARKER, "ada", 600))];
    assert_eq!(it.call("api", "GET /echo", &header, "").await.status, 200);
    let old = bearer("a key for development, and for nothing else", "ada", 600);
    let old = it.call("api", "GET /echo", &[("authorization", &*old)], "").await;
    assert_eq!(old.status, 403);
    it.apply(&["--var", "JWT_SECRET=another"]).await;
    // Another header, since a decision holds for a while for the same one.
    let header = [("authorization", &*bearer(MARKER, "grace", 600))];
    assert_eq!(it.call("api", "GET /echo", &header, "").await.status, 403, "it can be changed");
    it.destroy().await;
    it.cloud.is_empty().await;
}
