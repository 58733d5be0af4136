use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use super::field;
use crate::aws::injected::{Injected, done, held, refuse, xml};
use crate::aws::{
    DbClusterParameterGroup, DbClusterParameterGroupInputs, DbClusterParameterGroupOutputs,
    DbSubnetGroup, DbSubnetGroupInputs, DbSubnetGroupOutputs,
};
use crate::graph::{Arn, FaultKind, Id, Input, Resource};

fn subnets() -> DbSubnetGroupInputs {
    DbSubnetGroupInputs {
        name: "sg".into(),
        subnets: BTreeSet::from([Input::from("subnet-a"), Input::from("subnet-b")]),
        ..DbSubnetGroupInputs::default()
    }
}

fn parameters(of: &[(&str, &str)]) -> DbClusterParameterGroupInputs {
    DbClusterParameterGroupInputs {
        name: "pg".into(),
        family: "aurora-postgresql16".into(),
        parameters: of.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        ..DbClusterParameterGroupInputs::default()
    }
}

#[tokio::test(start_paused = true)]
async fn subnets_that_were_just_made_are_seen_later() {
    let fresh = refuse("InvalidSubnet", "Some input subnets in :[subnet-a] are invalid.");
    let made = xml("<DBSubnetGroup><DBSubnetGroupArn>arn</DBSubnetGroupArn></DBSubnetGroup>");
    let aws = Injected::new().answers("rds:CreateDBSubnetGroup", [fresh.clone(), fresh, made]);
    DbSubnetGroup::create(&aws.cx(), &subnets()).await.unwrap();
    assert_eq!(aws.retries().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn subnets_of_one_zone_are_told_of() {
    let one = refuse(
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement.",
    );
    let aws = Injected::new().answers("rds:CreateDBSubnetGroup", [one]);
    let fault = DbSubnetGroup::create(&aws.cx(), &subnets()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.advice.unwrap().contains("two zones"));
}

#[tokio::test(start_paused = true)]
async fn a_group_in_use_is_deleted_afterwards() {
    let used = refuse(
        "InvalidDBSubnetGroupStateFault",
        "Cannot delete the subnet group 'sg' because at least one database instance is still using it.",
    );
    let aws = Injected::new().answers("rds:DeleteDBSubnetGroup", [used, done()]);
    let outputs = DbSubnetGroupOutputs { name: "sg".into(), arn: Arn::from("arn") };
    DbSubnetGroup::delete(&aws.cx(), &held("sg", subnets(), outputs)).await.unwrap();

    let used = refuse("InvalidDBParameterGroupState", "One or more clusters use it.");
    let aws = Injected::new().answers("rds:DeleteDBClusterParameterGroup", [used, done()]);
    let outputs = DbClusterParameterGroupOutputs { name: "pg".into(), arn: Arn::from("arn") };
    DbClusterParameterGroup::delete(&aws.cx(), &held("pg", parameters(&[]), outputs))
        .await
        .unwrap();
}

/// Its database goes first, and that takes longer than anything else.
#[tokio::test(start_paused = true)]
async fn a_group_is_waited_for_as_long_as_its_database_takes_to_go() {
    let going = |code| {
        let used = move || refuse(code, "A database instance is still using it.");
        std::iter::repeat_with(used).take(120).chain([done()])
    };
    let aws = Injected::new()
        .answers("rds:DeleteDBSubnetGroup", going("InvalidDBSubnetGroupStateFault"))
        .answers("rds:DeleteDBClusterParameterGroup", going("InvalidDBParameterGroupState"));
    let started = Instant::now();
    let outputs = DbSubnetGroupOutputs { name: "sg".into(), arn: Arn::from("arn") };
    DbSubnetGroup::delete(&aws.cx(), &held("sg", subnets(), outputs)).await.unwrap();
    assert!(started.elapsed().as_secs() > 600, "{:?}", started.elapsed());
    let outputs = DbClusterParameterGroupOutputs { name: "pg".into(), arn: Arn::from("arn") };
    let group = held("pg", parameters(&[]), outputs);
    DbClusterParameterGroup::delete(&aws.cx(), &group).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn parameters_are_put_once_the_group_is_recorded() {
    let fresh = refuse("DBParameterGroupNotFound", "DBClusterParameterGroup not found: pg");
    let aws = Injected::new()
        .answers("rds:CreateDBClusterParameterGroup", [done()])
        .answers("rds:ModifyDBClusterParameterGroup", [fresh, done()]);
    let want = parameters(&[("rds.force_ssl", "1")]);
    DbClusterParameterGroup::create(&aws.cx(), &want).await.unwrap();
    assert_eq!(aws.made(), [Id::from("pg")]);
    let sent = &aws.sent("rds:ModifyDBClusterParameterGroup")[1].body;
    assert_eq!(
        field(sent, "Parameters.Parameter.1.ParameterName").as_deref(),
        Some("rds.force_ssl")
    );
    assert_eq!(field(sent, "Parameters.Parameter.1.ApplyMethod").as_deref(), Some("immediate"));
}

#[tokio::test(start_paused = true)]
async fn every_page_of_parameters_is_read() {
    let page = |name: &str, marker: &str| {
        xml(&format!(
            "<Parameters><Parameter><ParameterName>{name}</ParameterName><ParameterValue>1</ParameterValue>\
             </Parameter></Parameters>{marker}"
        ))
    };
    let group = "<DBClusterParameterGroups><DBClusterParameterGroup>\
        <DBClusterParameterGroupName>pg</DBClusterParameterGroupName>\
        <DBParameterGroupFamily>aurora-postgresql16</DBParameterGroupFamily>\
        <Description>parameters for aurora-postgresql16</Description>\
        <DBClusterParameterGroupArn>arn</DBClusterParameterGroupArn>\
        </DBClusterParameterGroup></DBClusterParameterGroups>";
    let aws = Injected::new()
        .answers("rds:DescribeDBClusterParameterGroups", [xml(group)])
        .answers(
            "rds:DescribeDBClusterParameters",
            [page("one", "<Marker>more</Marker>"), page("two", "")],
        )
        .answers("rds:ListTagsForResource", [xml("<TagList></TagList>")]);
    let outputs = DbClusterParameterGroupOutputs { name: "pg".into(), arn: Arn::from("arn") };
    let held = held("pg", parameters(&[]), outputs);
    let seen = DbClusterParameterGroup::read(&aws.cx(), &held).await.unwrap().unwrap();
    let both = [("one".to_owned(), "1".to_owned()), ("two".to_owned(), "1".to_owned())];
    assert_eq!(seen.inputs.parameters, BTreeMap::from(both));
    assert_eq!(seen.inputs.description, "", "what was made up is no drift");
}

#[tokio::test(start_paused = true)]
async fn parameters_that_are_not_wanted_any_more_are_reset() {
    let aws = Injected::new().answers("rds:ResetDBClusterParameterGroup", [done()]);
    let outputs = DbClusterParameterGroupOutputs { name: "pg".into(), arn: Arn::from("arn") };
    let was = held("pg", parameters(&[("log_statement", "ddl")]), outputs);
    DbClusterParameterGroup::update(&aws.cx(), &was, &parameters(&[])).await.unwrap();
    let sent = &aws.sent("rds:ResetDBClusterParameterGroup")[0].body;
    assert_eq!(field(sent, "ResetAllParameters").as_deref(), Some("false"));
}
