//! The first start of an emulator on a machine, which finds no folders of earlier ones.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Emulator, http};

/// Where the databases are of the emulator at that endpoint.
fn databases_of(endpoint: &str) -> Option<PathBuf> {
    let name = format!("ministack-{}", port(endpoint));
    let all = std::fs::read_dir("/tmp").unwrap().map(|entry| entry.unwrap());
    let all = all.filter(|it| it.file_name().to_string_lossy().starts_with("maas-databases-"));
    all.map(|it| it.path().join(&name)).find(|folder| folder.is_dir())
}

fn port(endpoint: &str) -> &str {
    endpoint.trim().rsplit(':').next().unwrap()
}

/// It leaves the databases alone of emulators that were started from elsewhere.
#[tokio::test]
async fn an_emulator_starts_where_none_ever_ran() {
    let other = Emulator::MiniStack.endpoint();
    let databases = databases_of(other).expect("it has a folder for databases");
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
    assert!(databases.is_dir(), "{}", databases.display());
    let stop = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/localstack/stop"))
        .args(["moto", "--port", port(&endpoint)])
        .env("XDG_CACHE_HOME", fresh.path())
        .status()
        .unwrap();
    assert!(stop.success());
}
