//! VPCs, subnets and route tables.

use std::collections::BTreeSet;

use super::{list, not_found};
use crate::aws::injected::{Answer, Injected, done, refuse, xml};
use crate::aws::{RouteTable, RouteTableInputs, Subnet, SubnetInputs, Vpc, VpcInputs};
use crate::graph::{FaultKind, Id, Resource, Tags};

fn inputs() -> VpcInputs {
    let owner = [("maas:project", "p"), ("maas:environment", "e"), ("maas:address", "a/vpc")];
    let tags = owner.map(|(key, value)| (key.to_owned(), value.to_owned()));
    VpcInputs { name: "p-e-a-vpc".into(), tags: Tags::from(tags), ..VpcInputs::default() }
}

fn zones(names: &[&str]) -> Answer {
    let items: Vec<String> =
        names.iter().map(|name| format!("<zoneName>{name}</zoneName>")).collect();
    list("availabilityZoneInfo", &items)
}

fn made() -> Answer {
    xml("<vpc><vpcId>vpc-1</vpcId></vpc>")
}

fn found() -> Answer {
    found_named("p-e-a-vpc", &["vpc-1"])
}

fn found_named(name: &str, ids: &[&str]) -> Answer {
    let tag =
        |(key, value): (&str, &str)| format!("<item><key>{key}</key><value>{value}</value></item>");
    let mut tags: String = inputs().tags.iter().map(|(k, v)| tag((k, v))).collect();
    tags += &tag(("Name", name));
    let vpc = |id: &&str| format!("<vpcId>{id}</vpcId><tagSet>{tags}</tagSet>");
    list("vpcSet", &ids.iter().map(vpc).collect::<Vec<String>>())
}

fn default_group() -> Answer {
    let all = "<item><ipProtocol>-1</ipProtocol></item>";
    list(
        "securityGroupInfo",
        &[format!(
            "<groupId>sg-1</groupId><ipPermissions>{all}</ipPermissions><ipPermissionsEgress>{all}</ipPermissionsEgress>"
        )],
    )
}

#[tokio::test(start_paused = true)]
async fn a_region_with_too_few_zones_is_refused_before_anything_is_made() {
    let aws = Injected::new().answers("ec2:DescribeAvailabilityZones", [zones(&["eu-west-1a"])]);
    let want = VpcInputs { zones: 2, ..inputs() };
    let fault = Vpc::create(&aws.cx(), &want).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("has 1 for this account: eu-west-1a"), "{}", fault.message);
    assert_eq!(aws.calls(), ["ec2:DescribeAvailabilityZones"]);
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_the_region_lacks_is_known_before_a_plan_is_carried_out() {
    let aws = Injected::new()
        .answers("ec2:DescribeAvailabilityZones", [zones(&["eu-west-1a", "eu-west-1b"])]);
    let of = |zones| VpcInputs { zones, ..inputs() };
    assert_eq!(Vpc::check_there(&aws.cx(), &of(2)).await.unwrap(), []);
    let objections = Vpc::check_there(&aws.cx(), &of(3)).await.unwrap();
    assert_eq!(objections[0].path, "zones");
    assert!(objections[0].message.ends_with("ask for `zones = 2` or use another region"));
    assert_eq!(aws.calls(), ["ec2:DescribeAvailabilityZones"]);
}

#[tokio::test(start_paused = true)]
async fn zones_are_asked_for_once_and_sorted() {
    let aws = Injected::new()
        .answers("ec2:DescribeAvailabilityZones", [zones(&["eu-west-1c", "eu-west-1a"])])
        .always("ec2:CreateSubnet", xml("<subnet><subnetId>subnet-1</subnetId></subnet>"));
    let of = |zone| SubnetInputs { vpc: "vpc-1".into(), zone, ..SubnetInputs::default() };
    for (zone, name) in [(1, "eu-west-1a"), (2, "eu-west-1c")] {
        let created = Subnet::create(&aws.cx(), &of(zone)).await.unwrap();
        assert_eq!(created.outputs.zone, name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_vpc_is_recorded_before_its_settings_wait_until_it_is_seen() {
    let aws = Injected::new()
        .answers("ec2:DescribeAvailabilityZones", [zones(&[])])
        .answers("ec2:CreateVpc", [made()])
        .answers("ec2:ModifyVpcAttribute", [not_found("VpcID"), done()])
        .answers("ec2:DescribeSecurityGroups", [default_group()])
        .answers("ec2:RevokeSecurityGroupIngress", [done()])
        .answers("ec2:RevokeSecurityGroupEgress", [done()]);
    Vpc::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(aws.made(), [Id::from("vpc-1")]);
    assert!(aws.sent("ec2:ModifyVpcAttribute")[0].body.contains("EnableDnsHostnames.Value=true"));
    assert!(aws.sent("ec2:CreateVpc")[0].body.contains("Key=maas%3Aaddress"));
}

/// What names no group of its own lands in it, so it must not stay open unseen.
#[tokio::test(start_paused = true)]
async fn the_default_group_of_a_vpc_is_closed_also_where_it_is_seen_late() {
    let bare = list("securityGroupInfo", &["<groupId>sg-1</groupId>".to_owned()]);
    let gone = || refuse("InvalidPermission.NotFound", "The specified rule does not exist");
    let aws = Injected::new()
        .always("ec2:DescribeAvailabilityZones", zones(&[]))
        .answers("ec2:CreateVpc", [made()])
        .answers("ec2:ModifyVpcAttribute", [done()])
        .answers(
            "ec2:DescribeSecurityGroups",
            [list("securityGroupInfo", &[]), bare, default_group(), default_group()],
        )
        .answers("ec2:RevokeSecurityGroupIngress", [not_found("Group"), gone()])
        .answers("ec2:RevokeSecurityGroupEgress", [done()]);
    Vpc::create(&aws.cx(), &inputs()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_vpc_whose_default_group_is_never_seen_is_not_finished() {
    let aws = Injected::new()
        .always("ec2:DescribeAvailabilityZones", zones(&[]))
        .answers("ec2:CreateVpc", [made()])
        .answers("ec2:ModifyVpcAttribute", [done()])
        .always("ec2:DescribeSecurityGroups", list("securityGroupInfo", &[]));
    let fault = Vpc::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
    assert_eq!(aws.made(), [Id::from("vpc-1")]);
}

#[tokio::test(start_paused = true)]
async fn a_vpc_whose_answer_was_lost_is_looked_for_and_not_made_twice() {
    let closed = VpcInputs { dns_hostnames: false, default_group_closed: false, ..inputs() };
    let aws = Injected::new()
        .always("ec2:DescribeAvailabilityZones", zones(&[]))
        .answers("ec2:CreateVpc", [Answer::Lost])
        .answers("ec2:DescribeVpcs", [found()]);
    let created = Vpc::create(&aws.cx(), &closed).await.unwrap();
    assert_eq!(created.id, Id::from("vpc-1"));

    let aws = Injected::new()
        .always("ec2:DescribeAvailabilityZones", zones(&[]))
        .answers("ec2:CreateVpc", [Answer::Lost, made()])
        .answers("ec2:DescribeVpcs", [list("vpcSet", &[])]);
    Vpc::create(&aws.cx(), &closed).await.unwrap();
    assert_eq!(aws.sent("ec2:CreateVpc").len(), 2);
}

/// With a tag `Name` of the manifest's own, the old one and the new one have the same tags.
#[tokio::test(start_paused = true)]
async fn a_vpc_that_replaces_another_one_is_not_taken_for_it() {
    let mut want = VpcInputs { dns_hostnames: false, default_group_closed: false, ..inputs() };
    want.tags.insert("Name".to_owned(), "main".to_owned());
    let replacing = || {
        Injected::new()
            .replaces("vpc-0")
            .always("ec2:DescribeAvailabilityZones", zones(&[]))
            .answers("ec2:DescribeVpcs", [found_named("main", &["vpc-0"])])
    };
    let aws = replacing().answers("ec2:CreateVpc", [Answer::Lost, made()]);
    let created = Vpc::create(&aws.cx(), &want).await.unwrap();
    assert_eq!(created.id, Id::from("vpc-1"));

    let both = found_named("main", &["vpc-0", "vpc-1"]);
    let aws = replacing().answers("ec2:DescribeVpcs", [both]);
    assert_eq!(Vpc::find(&aws.cx(), &want).await.unwrap(), None);
    assert_eq!(Vpc::find(&aws.cx(), &want).await.unwrap(), Some(Id::from("vpc-1")));
}

#[tokio::test(start_paused = true)]
async fn the_quota_of_vpcs_is_told_with_what_to_do() {
    let aws = Injected::new()
        .always("ec2:DescribeAvailabilityZones", zones(&[]))
        .answers("ec2:CreateVpc", [refuse("VpcLimitExceeded", "The maximum number of VPCs")]);
    let fault = Vpc::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("share one with `from`"));
}

#[tokio::test(start_paused = true)]
async fn a_subnet_that_goes_by_another_table_is_moved() {
    let taken = refuse("Resource.AlreadyAssociated", "the subnet is associated already");
    let association = "<routeTableAssociationId>rtbassoc-1</routeTableAssociationId><subnetId>subnet-1</subnetId>";
    let other = format!(
        "<routeTableId>rtb-0</routeTableId><associationSet><item>{association}</item></associationSet>"
    );
    let aws = Injected::new()
        .answers(
            "ec2:CreateRouteTable",
            [xml("<routeTable><routeTableId>rtb-1</routeTableId></routeTable>")],
        )
        .answers("ec2:AssociateRouteTable", [not_found("RouteTableID"), taken])
        .answers("ec2:DescribeRouteTables", [list("routeTableSet", &[other])])
        .answers("ec2:ReplaceRouteTableAssociation", [done()]);
    let want = RouteTableInputs {
        vpc: "vpc-1".into(),
        subnets: BTreeSet::from(["subnet-1".into()]),
        ..RouteTableInputs::default()
    };
    RouteTable::create(&aws.cx(), &want).await.unwrap();
    let sent = &aws.sent("ec2:ReplaceRouteTableAssociation")[0].body;
    assert!(
        sent.contains("AssociationId=rtbassoc-1") && sent.contains("RouteTableId=rtb-1"),
        "{sent}"
    );
}
