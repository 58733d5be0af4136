//! What is there of a deployment: page by page, by tags or by names.

use crate::aws::injected::{Answer, Injected, xml};
use crate::aws::{
    DbCluster, DbClusterInstance, DbClusterParameterGroup, DbInstance, DbParameterGroup,
    DbSubnetGroup, ElasticIp, GroupRule, InternetGateway, NatGateway, Peer, RouteTable,
    SecurityGroup, SecurityGroupRule, Subnet, Vpc, VpcEndpoint,
};
use crate::graph::{FaultKind, Resource, Scope};

fn scope() -> Scope {
    Scope { project: "shop".into(), environment: "dev".into(), ..Scope::default() }
}

/// An item of EC2's lists with the deployment's tags.
fn item(id: &str, value: &str, more: &str) -> String {
    let tag =
        |key: &str, value: &str| format!("<item><key>{key}</key><value>{value}</value></item>");
    let tags = [
        tag("Name", "shop-dev-x-thing"),
        tag("maas:project", "shop"),
        tag("maas:environment", "dev"),
        tag("maas:address", "x/thing"),
        tag("aws:made-by", "somebody"),
    ];
    format!("<item><{id}>{value}</{id}>{more}<tagSet>{}</tagSet></item>", tags.concat())
}

fn page(set: &str, items: &[String], token: &str) -> Answer {
    xml(&format!("<{set}>{}</{set}><nextToken>{token}</nextToken>", items.concat()))
}

/// Both pages are read, each thing has its id, its name and its tags without AWS's own, and EC2 was
/// asked for the deployment's only.
macro_rules! by_tags {
    ($($test:ident: $type:ident $call:literal $set:literal $id:literal $filter:literal $more:expr;)+) => {$(
        #[tokio::test]
        async fn $test() {
            let call = concat!("ec2:", $call);
            let first = page($set, &[item($id, "thing-1", $more)], "more");
            let second = page($set, &[item($id, "thing-2", $more)], "");
            let aws = Injected::new().answers(call, [first, second]);
            let found = $type::list(&aws.cx(), &scope()).await.unwrap().unwrap();
            let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
            assert_eq!(ids, ["thing-1", "thing-2"]);
            for one in &found {
                assert_eq!(one.inputs.name, "shop-dev-x-thing".into());
                assert!(scope().owns(&one.inputs.tags));
                assert_eq!(one.inputs.tags["maas:address"], "x/thing");
                assert_eq!(one.inputs.tags.len(), 3);
            }
            let sent = aws.sent(call);
            assert!(sent[1].body.contains("NextToken=more"), "{}", sent[1].body);
            for (at, key, value) in [(1, "project", "shop"), (2, "environment", "dev")] {
                let name = format!("{}.{at}.Name=tag%3Amaas%3A{key}", $filter);
                let value = format!("{}.{at}.Value.1={value}", $filter);
                let body = &sent[0].body;
                assert!(body.contains(&name) && body.contains(&value), "{body}");
            }
        }
    )+};
}

by_tags! {
    vpcs: Vpc "DescribeVpcs" "vpcSet" "vpcId" "Filter" "";
    subnets: Subnet "DescribeSubnets" "subnetSet" "subnetId" "Filter" "";
    route_tables: RouteTable "DescribeRouteTables" "routeTableSet" "routeTableId" "Filter" "";
    internet_gateways:
        InternetGateway "DescribeInternetGateways" "internetGatewaySet" "internetGatewayId" "Filter" "";
    nat_gateways: NatGateway "DescribeNatGateways" "natGatewaySet" "natGatewayId" "Filter" "";
    security_groups:
        SecurityGroup "DescribeSecurityGroups" "securityGroupInfo" "groupId" "Filter" "";
    endpoints: VpcEndpoint "DescribeVpcEndpoints" "vpcEndpointSet" "vpcEndpointId" "Filter" "";
    rules: SecurityGroupRule
        "DescribeSecurityGroupRules" "securityGroupRuleSet" "securityGroupRuleId" "Filter" RULE;
}

const RULE: &str = "<groupId>sg-1</groupId><isEgress>true</isEgress><ipProtocol>tcp</ipProtocol>\
     <fromPort>443</fromPort><toPort>443</toPort><prefixListId>pl-1</prefixListId>";

#[tokio::test]
async fn a_rule_is_listed_with_what_its_deletion_needs() {
    let answer = page("securityGroupRuleSet", &[item("securityGroupRuleId", "sgr-1", RULE)], "");
    let aws = Injected::new().answers("ec2:DescribeSecurityGroupRules", [answer]);
    let found = SecurityGroupRule::list(&aws.cx(), &scope()).await.unwrap().unwrap();
    let inputs = &found[0].inputs;
    assert_eq!((inputs.group.get().unwrap().as_str(), inputs.egress), ("sg-1", true));
    assert_eq!(inputs.rule, GroupRule::tcp(443, Peer::PrefixList("pl-1".into()), ""));
}

#[tokio::test]
async fn addresses_come_in_one_page() {
    let answer = page("addressesSet", &[item("allocationId", "eipalloc-1", "")], "");
    let aws = Injected::new().answers("ec2:DescribeAddresses", [answer]);
    let found = ElasticIp::list(&aws.cx(), &scope()).await.unwrap().unwrap();
    assert_eq!(found[0].id.as_str(), "eipalloc-1");
    assert!(scope().owns(&found[0].inputs.tags));
}

/// A member of RDS's lists.
fn member(element: &str, id: &str, name: &str, more: &str) -> String {
    format!("<{element}><{id}>{name}</{id}>{more}</{element}>")
}

fn members(list: &str, members: &[String], marker: &str) -> Answer {
    xml(&format!("<{list}>{}</{list}><Marker>{marker}</Marker>", members.concat()))
}

fn tags(element: &str) -> String {
    let tags = [("project", "shop"), ("environment", "dev"), ("address", "x/thing")];
    let tag = |(key, value)| format!("<Tag><Key>maas:{key}</Key><Value>{value}</Value></Tag>");
    format!("<{element}>{}</{element}>", tags.map(tag).concat())
}

#[tokio::test]
async fn clusters_are_picked_by_tags_and_keep_a_last_snapshot() {
    let with = |name: &str, tags: &str| member("DBCluster", "DBClusterIdentifier", name, tags);
    let cluster = |name: &str| with(name, &tags("TagList"));
    let aws = Injected::new().answers(
        "rds:DescribeDBClusters",
        [
            members("DBClusters", &[cluster("shop-dev-x-thing"), cluster("pinned")], "m"),
            members("DBClusters", &[cluster("shop-dev-y-thing"), with("other", "")], ""),
        ],
    );
    let found = DbCluster::list(&aws.cx(), &scope()).await.unwrap().unwrap();
    let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["shop-dev-x-thing", "pinned", "shop-dev-y-thing"]);
    assert!(found.iter().all(|one| one.inputs.final_snapshot && scope().owns(&one.inputs.tags)));
    assert!(aws.sent("rds:DescribeDBClusters")[1].body.contains("Marker=m"));
}

#[tokio::test]
async fn instances_are_told_apart_by_their_cluster() {
    let of = "<DBClusterIdentifier>shop-dev-x-cluster</DBClusterIdentifier>";
    let instance = |name: &str, more: &str| {
        let more = format!("{more}{}", tags("TagList"));
        member("DBInstance", "DBInstanceIdentifier", name, &more)
    };
    let both = [instance("shop-dev-x-in", of), instance("shop-dev-x-alone", "")];
    let answer = || members("DBInstances", &both, "");
    let aws = Injected::new().answers("rds:DescribeDBInstances", [answer(), answer()]);
    let inside = DbClusterInstance::list(&aws.cx(), &scope()).await.unwrap().unwrap();
    assert_eq!((inside.len(), inside[0].id.as_str()), (1, "shop-dev-x-in"));
    assert_eq!(inside[0].inputs.cluster, "shop-dev-x-cluster".into());
    let alone = DbInstance::list(&aws.cx(), &scope()).await.unwrap().unwrap();
    assert_eq!((alone.len(), alone[0].id.as_str()), (1, "shop-dev-x-alone"));
    assert!(alone[0].inputs.final_snapshot);
}

/// Of groups that are named so the tags are asked for, and one that went meanwhile is left out.
macro_rules! groups {
    ($($test:ident: $type:ident $call:literal $list:literal $element:literal $name:literal $arn:literal;)+) => {$(
        #[tokio::test]
        async fn $test() {
            let group = |name: &str| {
                let arn = format!("<{0}>arn:{name}</{0}>", $arn);
                member($element, $name, name, &arn)
            };
            let groups = ["shop-dev-x-thing", "default", "shop-dev-x-gone"].map(group);
            let aws = Injected::new()
                .answers(concat!("rds:", $call), [members($list, &groups, "")])
                .answers(
                    "rds:ListTagsForResource",
                    [xml(&tags("TagList")), refuse_absent()],
                );
            let found = $type::list(&aws.cx(), &scope()).await.unwrap().unwrap();
            assert_eq!((found.len(), found[0].id.as_str()), (1, "shop-dev-x-thing"));
            assert!(scope().owns(&found[0].inputs.tags));
            let asked = aws.sent("rds:ListTagsForResource");
            assert!(asked[0].body.contains("ResourceName=arn%3Ashop-dev-x-thing"));
        }
    )+};
}

fn refuse_absent() -> Answer {
    crate::aws::injected::refuse("DBSubnetGroupNotFoundFault", "it is not there")
}

groups! {
    subnet_groups: DbSubnetGroup "DescribeDBSubnetGroups" "DBSubnetGroups" "DBSubnetGroup"
        "DBSubnetGroupName" "DBSubnetGroupArn";
    cluster_parameter_groups: DbClusterParameterGroup "DescribeDBClusterParameterGroups"
        "DBClusterParameterGroups" "DBClusterParameterGroup" "DBClusterParameterGroupName"
        "DBClusterParameterGroupArn";
    parameter_groups: DbParameterGroup "DescribeDBParameterGroups" "DBParameterGroups"
        "DBParameterGroup" "DBParameterGroupName" "DBParameterGroupArn";
}

#[tokio::test]
async fn a_list_that_is_refused_says_so() {
    let refused = crate::aws::injected::refuse("UnauthorizedOperation", "You are not authorized");
    let aws = Injected::new().always("ec2:DescribeVpcs", refused);
    let fault = Vpc::list(&aws.cx(), &scope()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
}
