//! Commands as stories: each file of `tests/sessions` is run, and its output compared.
//!
//! `TRYCMD=overwrite cargo test --test sessions` writes what comes out now.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_maas");

#[test]
fn commands_say_what_they_said_before() {
    let nothing = tempfile::tempdir().unwrap();
    trycmd::TestCases::new()
        .case("tests/sessions/*.md")
        .register_bin("maas", std::path::Path::new(BINARY))
        .env("COLUMNS", "80")
        .env("HOME", nothing.path().display().to_string())
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_REGION", "")
        .env("MAAS_ENV", "dev")
        .run();
}

#[test]
fn the_schema_beside_the_manifests_is_of_this_version() {
    let output = Command::new(BINARY).arg("schema").output().unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/manifests/maas.schema.json");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let current = String::from_utf8(output.stdout).unwrap();
    assert!(written == current, "write it again: maas schema > manifests/maas.schema.json");
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = Command::new(BINARY).args(["completions", shell]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        for command in ["apply", "destroy", "drift", "graph", "init", "outputs", "plan"] {
            assert!(text.contains(command), "{shell} does not know {command}");
        }
    }
}
