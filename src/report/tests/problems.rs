use super::*;
use crate::graph::{Fault, FaultKind};
use crate::plan::{BadTarget, PlanError};
use crate::report::{Complaint, render};
use crate::state::{Holder, StateError};

fn shown(complaint: &Complaint) -> String {
    plain(&render(complaint, 80))
}

#[test]
fn a_fault_of_aws() {
    let fault = Fault {
        operation: "lambda:CreateFunction".into(),
        code: Some("InvalidParameterValueException".into()),
        request_id: Some("6c9f1f0c".into()),
        ..Fault::new(FaultKind::Refused, "The role defined for the function cannot be assumed.")
    }
    .advise("check the role's trust policy");
    let at = "jobs/consumer.function".parse().unwrap();
    insta::assert_snapshot!(shown(&Complaint::of_fault(Some(&at), "created", &fault)), @r"
    maas::aws::refused

      × jobs/consumer.function could not be created: The role defined for the
      │ function cannot be assumed.
      │ lambda:CreateFunction answered InvalidParameterValueException, request id
      │ 6c9f1f0c.
      help: Check the role's trust policy.
    ");
}

#[test]
fn a_state_that_another_run_holds() {
    let holder = Holder {
        run: "apply-1".into(),
        command: "apply".into(),
        pid: 42,
        host: "box".into(),
        user: "ann".into(),
        since: "2026-11-23T15:00:00.000Z".into(),
        doing: Some("at step 3 of 12".into()),
    };
    insta::assert_snapshot!(shown(&Complaint::of_state(&StateError::Busy(Box::new(holder)))), @r"
    maas::state

      × Another run holds the state: `maas apply` of ann (process 42 on box, run
      │ apply-1) since 2026-11-23T15:00:00.000Z, now at step 3 of 12.
      help: Wait until it ends, or stop it (process 42 on box); a run that has
            died is taken over without being asked.
    ");
}

#[test]
fn a_target_that_fits_nothing() {
    let known = ["hooks", "jobs"].map(str::to_owned).into();
    let (flag, given, among) = ("--target", "jbos".into(), "");
    let error = PlanError::Target(BadTarget { flag, given, among, known });
    insta::assert_snapshot!(shown(&Complaint::of_plan(&error)), @r"
    maas::plan

      × `--target jbos` fits no resource.
      help: Did you mean `jobs`? There are `hooks`, `jobs`.
    ");
}

#[test]
fn several_at_once() {
    let one = |text: &str| Complaint::new("maas::test", text);
    let both = Complaint::several(vec![one("The first."), one("The second.")], "Two.");
    insta::assert_snapshot!(shown(&both), @r"
    maas::test

      × The first.

    maas::test

      × The second.

    2 problems.
    ");
}
