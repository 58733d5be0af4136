use super::*;
use crate::graph::Place;
use crate::manifest::Context;
use crate::package::Packages;

#[test]
fn every_pattern_starts_with_a_manifest_that_is_right() {
    let names: Vec<String> =
        patterns::schemas().iter().map(|schema| schema.name.to_owned()).collect();
    let mut chosen: Vec<Vec<String>> = names.iter().map(|name| vec![name.clone()]).collect();
    chosen.push(names);
    for names in chosen {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &files("shop", "eu-west-1", &names).unwrap()).unwrap();
        let context = Context { environment: "dev".into(), ..Context::default() };
        let path = folder.path().join("maas.toml");
        let manifest = manifest::load(&path, &context, &patterns::schemas()).unwrap();
        let place = Place { account: None, region: "eu-west-1".into() };
        let packages = Packages::new(folder.path());
        let expanded = patterns::expand(&manifest, &place, None, &packages).unwrap();
        assert!(!expanded.graph.nodes().is_empty(), "{names:?}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.toml"), "mine").unwrap();
    let files = files("shop", "eu-west-1", &["api-async".to_owned()]).unwrap();
    assert_eq!(write(folder.path(), &files).unwrap_err().exit(), Exit::Wrong);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn directories_give_usable_names() {
    let of = ["My Shop!", "2024-api", "-", "a-very-long-name-of-a-directory"].map(usable);
    assert_eq!(of, ["my-shop", "api", "shop", "a-very-long-name-of-a-di"]);
}
