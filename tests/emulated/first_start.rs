//! The first start of an emulator on a machine, which finds no folders of earlier ones.

use std::path::Path;
use std::process::Command;

use crate::support::{Emulator, http};

#[tokio::test]
async fn an_emulator_starts_where_none_ever_ran() {
    // What is installed need not be installed once more.
    Emulator::Moto.endpoint();
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
        || Path::new(&std::env::var_os("HOME").unwrap()).join(".cache"),
        |cache| Path::new(&cache).to_owned(),
    );
    let fresh = tempfile::tempdir().unwrap();
    let emulators = fresh.path().join("maas/emulators");
    std::fs::create_dir_all(&emulators).unwrap();
    std::os::unix::fs::symlink(cache.join("maas/emulators/venvs"), emulators.join("venvs"))
        .unwrap();

    let start = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/localstack/start"))
        .args(["moto", "--port", "0", "--while", &std::process::id().to_string()])
        .env("XDG_CACHE_HOME", fresh.path())
        .output()
        .unwrap();
    let endpoint = String::from_utf8(start.stdout).unwrap();
    assert!(start.status.success(), "{}", String::from_utf8_lossy(&start.stderr));
    let answer = http("GET", &format!("{}/moto-api/config", endpoint.trim()), &[], b"").await;
    assert_eq!(answer.status, 201);
    let stop = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/localstack/stop"))
        .args(["moto", "--port", endpoint.trim().rsplit(':').next().unwrap()])
        .env("XDG_CACHE_HOME", fresh.path())
        .status()
        .unwrap();
    assert!(stop.success());
}
