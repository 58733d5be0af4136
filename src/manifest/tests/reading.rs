use insta::assert_debug_snapshot;

use super::*;

const SHOP: &str = include_str!("shop.toml");

#[test]
fn reads_a_manifest_into_its_tables() {
    let manifest = read(SHOP);
    assert_eq!(manifest.project.name, "shop");
    assert_eq!(manifest.project.region.as_deref(), Some("eu-west-1"));
    assert_eq!(manifest.tags["team"], "payments");
    assert_eq!(manifest.environment.name, "dev");
    assert!(!manifest.environment.protect);
    assert_eq!(manifest.folder, Path::new("."));
    assert!(manifest.digest.starts_with("sha256:"));
    assert_eq!(manifest.digest.len(), 71);
    let names: Vec<&str> = manifest.instances.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["jobs", "orders"]);
}

#[test]
fn gives_the_parameters_of_an_instance_with_their_places() {
    let manifest = read(SHOP);
    let orders: Api = manifest.instance("orders").unwrap().parameters().unwrap();
    let routes: Vec<String> = orders.routes.keys().map(ToString::to_string).collect();
    assert_eq!(routes, ["GET /echo", "GET /health"]);
    let public: Vec<bool> = orders.routes.values().map(|route| route.keys.public).collect();
    assert_eq!(public, [false, true]);
    let place = |span: Span| &SHOP[span.start..span.end];
    let (route, echo) = orders.routes.iter().next().unwrap();
    assert_eq!(place(route.span()), "\"GET /echo\"");
    let authorizer = orders.authorizer.unwrap();
    let cache = authorizer.keys.cache.unwrap();
    assert_eq!((cache.seconds(), place(cache.span())), (300, "\"5m\""));
    let function = echo.function.resolve(&manifest.functions).unwrap();
    assert_debug_snapshot!(function);
}

#[test]
fn lists_what_an_instance_names_of_others() {
    let manifest = read(SHOP);
    let orders = manifest.instance("orders").unwrap();
    let references = orders.references().iter();
    let named: Vec<(String, &str)> =
        references.map(|r| (r.to_string(), &SHOP[r.span.start..r.span.end])).collect();
    let expected = [
        ("uploads.bucket".to_owned(), "\"uploads.bucket:read\""),
        ("images.topic.arn".to_owned(), "${images.topic.arn}"),
    ];
    assert_eq!(named, expected);
    let needs = |name: &str| -> Vec<String> {
        let needs = manifest.instance(name).unwrap().needs();
        needs.into_iter().map(Spanned::into_inner).collect()
    };
    assert_eq!(needs("orders"), ["images", "uploads"]);
    assert_eq!(needs("jobs"), ["orders"]);
}

#[test]
fn a_short_form_and_a_long_one_are_told_apart() {
    let with = |network: &str| {
        let text = format!(
            "[project]\nname = \"shop\"\n[patterns.a]\nuse = \"api-custom-authorizer\"\n\
             network = {network}\n"
        );
        let api: Api = read(&text).instance("a").unwrap().parameters().unwrap();
        format!("{:?}", api.network.unwrap())
    };
    assert_eq!(with("\"per-zone\""), "Short(PerZone)");
    assert_eq!(with("{ zones = 2 }"), "Long(Network { zones: 2 })");
}

#[test]
fn what_only_the_type_refuses_is_a_problem_at_its_place() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its refusal matters")]
    struct Strict {
        route: std::net::Ipv4Addr,
    }
    let manifest = read(SHOP);
    let refused = manifest.instance("jobs").unwrap().parameters::<Strict>().unwrap_err();
    let refused = manifest.explain([refused]);
    insta::assert_snapshot!(report(&refused));
}

#[test]
fn debug_of_a_context_does_not_show_the_values_of_variables() {
    let mut context = context();
    context.variables.insert("PASSWORD".into(), "hunter2".into());
    assert!(!format!("{context:?}").contains("hunter2"));
}

#[test]
fn looks_whether_code_is_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("functions/consumer")).unwrap();
    std::fs::create_dir_all(folder.path().join("functions/echo2")).unwrap();
    let manifest = parse(&folder.path().join("maas.toml"), SHOP.into(), &context(), &patterns());
    let missing = manifest.unwrap().missing_code();
    let labels: Vec<&str> = missing.iter().filter_map(Problem::label_text).collect();
    let none = "there is no such file or directory";
    let near = "there is no such file or directory; did you mean `echo2`?";
    assert_eq!(labels, [none, near, none]);
}

#[test]
fn finds_the_manifest_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let nothing = find(Some(folder.path())).unwrap_err();
    let help = nothing.help_text().unwrap();
    assert!(help.contains("`maas.toml`") && help.contains("`manifest.toml`"), "{help}");
    std::fs::write(at("manifest.toml"), "").unwrap();
    assert_eq!(find(Some(folder.path())).unwrap(), at("manifest.toml"));
    std::fs::write(at("maas.toml"), "").unwrap();
    assert_eq!(find(Some(folder.path())).unwrap(), at("maas.toml"));
    assert_eq!(find(Some(&at("manifest.toml"))).unwrap(), at("manifest.toml"));
    let absent = find(Some(&at("other.toml"))).unwrap_err();
    assert_eq!(absent.code(), "maas::manifest::not_found");
}

#[test]
fn a_file_that_is_not_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("maas.toml");
    std::fs::write(&path, b"[project]\nname = \"\xff\"\n").unwrap();
    let refused = load(&path, &context(), &patterns()).unwrap_err();
    let refused = refused.iter().next().unwrap();
    assert_eq!(refused.code(), "maas::manifest::not_utf8");
    let help = refused.help_text().unwrap();
    assert!(help.ends_with("in line 2, byte 18 of the file."), "{help}");
}
