use insta::assert_snapshot;

use super::*;

const BASE: &str = "[project]\nname = \"shop\"\n[functions]\nruntime = \"python3.12\"\nmemory = \"256 MB\"\n\
[patterns.jobs]\nuse = \"api-async\"\nroute = \"POST /jobs\"\ncapacity = { min = 0.5, max = 4 }\n\
consumer = { code = \"jobs\", handler = \"index.handler\", batch = 10 }\n";

fn of(name: &str) -> Context {
    Context { environment: name.into(), ..Context::default() }
}

fn read_for(name: &str, lines: &str) -> Manifest {
    let read = read_with(&format!("{BASE}{lines}"), &of(name));
    read.map_err(|problems| report(&problems)).unwrap()
}

fn wrong_for(name: &str, lines: &str) -> String {
    wrong_with(&format!("{BASE}{lines}"), &of(name))
}

#[test]
fn the_most_exact_name_holds() {
    let lines = "[environments.prod]\nprotect = true\n[environments.\"pr*\"]\nttl = \"1h\"\n\
                 [environments.\"pr-*\"]\nttl = \"72h\"\n[environments.\"{pr,qa}-1*\"]\nttl = \"2h\"\n";
    let of = |name: &str| read_for(name, lines).environment;
    assert!(of("prod").protect);
    assert_eq!(of("prod").ttl, None);
    assert_eq!(of("pr-123").ttl.unwrap().to_string(), "3d");
    assert_eq!(of("pr-123").matched.as_deref(), Some("pr-*"));
    assert_eq!(of("preview").matched.as_deref(), Some("pr*"));
    assert_eq!(of("qa-1").matched.as_deref(), Some("{pr,qa}-1*"));
    assert_eq!(of("dev").matched, None);
}

#[test]
fn globs_that_match_equally_well() {
    assert_snapshot!(wrong_for("pr-1", "[environments.\"pr-*\"]\n[environments.\"*r-1\"]\n"));
}

#[test]
fn an_overlay_is_laid_over_every_part() {
    let lines = "[environments.prod.project]\nregion = \"eu-west-1\"\n[environments.prod.tags]\nteam = \"ops\"\n\
                 [environments.prod.functions]\nmemory = \"1 GB\"\n[environments.prod.state]\npath = \"here\"\n\
                 [environments.prod.patterns.jobs]\ncapacity.max = 16\nconsumer.batch = 1\n\
                 [environments.prod.patterns.extra]\nuse = \"api-custom-authorizer\"\n";
    let prod = read_for("prod", lines);
    assert_eq!(prod.project.region.as_deref(), Some("eu-west-1"));
    assert_eq!(prod.tags["team"], "ops");
    assert_eq!(prod.functions.memory.unwrap().megabytes(), 1024);
    assert_eq!(prod.state.path.unwrap().get_ref(), "here");
    let jobs: Jobs = prod.instances[1].parameters().unwrap();
    let capacity = jobs.capacity.unwrap();
    assert_eq!((capacity.min, capacity.max), (0.5, 16.0));
    assert_eq!(jobs.consumer.keys.batch, Some(1));
    assert_eq!(prod.instances[0].name.get_ref(), "extra");
    assert_eq!(read_for("dev", lines).instances.len(), 1);
}

#[test]
fn a_value_may_depend_on_the_variables_of_its_environment_alone() {
    let lines = "tags = {}\n[environments.prod.tags]\nteam = \"${var.TEAM}\"\n";
    let lines = &lines.replace("tags = {}\n", "");
    read_for("dev", lines);
    assert_snapshot!(wrong_for("prod", lines));
}

#[test]
fn problems_of_an_overlay_point_into_it() {
    assert_snapshot!(wrong_for(
        "prod",
        "[environments.prod]\nttl = \"30s\"\n[environments.prod.patterns.jobs.capacity]\nmax = 300\nmost = 1\n"
    ));
}

#[test]
fn overlays_of_other_environments_are_checked_too() {
    assert_snapshot!(wrong_for(
        "dev",
        "[environments.prod]\nprotekt = true\n[environments.prod.functions]\nmemory = \"1 MB\"\n\
         [environments.prod.patterns.jobs.consumer]\nbatsh = 1\n[environments.prod.patterns.job]\n"
    ));
}

#[test]
fn an_overlay_may_leave_out_what_is_below_it() {
    let lines = "[environments.prod.patterns.jobs.consumer]\nbatch = 1\n";
    read_for("dev", lines);
    read_for("prod", lines);
}

#[test]
fn the_base_is_checked_where_an_overlay_covers_it() {
    let text = "[project]\nname = \"shop\"\n[functions]\nmemory = \"1\"\n[environments.dev.functions]\nmemory = \"1 GB\"\n";
    assert_snapshot!(wrong(text));
}

#[test]
fn names_of_environments() {
    assert_snapshot!(wrong_for(
        "dev",
        "[environments.Prod]\n[environments.\"pr-{a\"]\n[environments.\"pr *\"]\n"
    ));
}

#[test]
fn a_malformed_name_from_the_command_line() {
    assert_snapshot!(wrong_for("PR/1", ""));
}

#[test]
fn an_overlay_of_environments_is_refused() {
    assert_snapshot!(wrong_for("dev", "[environments.prod.environments.x]\n"));
}
