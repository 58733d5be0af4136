//! A VPC with its tiers, routes, gateways and endpoints.

use std::collections::{BTreeMap, BTreeSet};

use super::cut::{Cut, Tier};
use super::given::Nat;
use super::groups::{HTTPS, ingress};
use super::owner::{Owned, check_room};
use super::{Laid, Needs};
use crate::aws::{
    ElasticIp, ElasticIpInputs, EndpointType, GroupRule, InternetGateway, InternetGatewayInputs,
    NatGateway, NatGatewayInputs, Peer, Policy, Principal, RouteTable, RouteTableInputs,
    SecurityGroup, SecurityGroupInputs, SecurityGroupRule, Statement, Subnet, SubnetInputs, Vpc,
    VpcEndpoint, VpcEndpointInputs, VpcInputs,
};
use crate::graph::{Handle, Input, Resource};
use crate::patterns::Cx;

/// All IPv4 addresses.
const EVERYWHERE: &str = "0.0.0.0/0";

/// The part that is the subnet of a tier in a zone.
pub(super) fn subnet_part(tier: &str, zone: u32) -> String {
    format!("{tier}-{zone}.subnet")
}

/// A network at its owner's address. What is there already stays as it is: it says the same.
struct Site<'s, 'e, 'a> {
    cx: &'s mut Cx<'e, 'a>,
    owned: &'s Owned,
    vpc: Handle<Vpc>,
    /// None for a block that cannot be cut, which has been reported.
    cut: Option<Cut>,
}

impl Site<'_, '_, '_> {
    fn add<R: Resource>(&mut self, part: &str, inputs: R::Inputs) -> Handle<R> {
        let address = self.owned.address(part);
        self.cx.graph().ensure(address, || inputs)
    }

    fn vpc_id(&self) -> Input<String> {
        self.vpc.id().into()
    }

    fn zones(&self) -> impl Iterator<Item = u32> + use<> {
        1..=self.owned.zones()
    }

    fn tier(&mut self, tier: Tier) -> Vec<Handle<Subnet>> {
        let mut subnets = Vec::new();
        for zone in self.zones() {
            let block = self.cut.and_then(|cut| cut.subnet(tier, zone));
            let inputs = SubnetInputs {
                vpc: self.vpc_id(),
                cidr_block: block.map(|block| block.to_string()).unwrap_or_default(),
                zone,
                ..SubnetInputs::default()
            };
            subnets.push(self.add(&subnet_part(tier.as_str(), zone), inputs));
        }
        subnets
    }

    fn table(
        &mut self,
        part: &str,
        subnets: &[Handle<Subnet>],
        way_out: Option<Input<String>>,
    ) -> Handle<RouteTable> {
        let routes = way_out.map(|target| (EVERYWHERE.to_owned(), target));
        let inputs = RouteTableInputs {
            vpc: self.vpc_id(),
            routes: routes.into_iter().collect::<BTreeMap<_, _>>(),
            subnets: subnets.iter().map(|subnet| subnet.id().into()).collect(),
            ..RouteTableInputs::default()
        };
        self.add(part, inputs)
    }

    /// The NAT gateway of each zone, in subnets of a tier that has a way to the internet.
    fn nat_gateways(&mut self) -> Vec<Handle<NatGateway>> {
        let gateway =
            InternetGatewayInputs { vpc: self.vpc_id(), ..InternetGatewayInputs::default() };
        let gateway = self.add::<InternetGateway>("vpc.internet-gateway", gateway);
        let subnets = self.tier(Tier::Public);
        let table = self.table("public.route-table", &subnets, Some(gateway.id().into()));
        let number = if self.owned.nat() == Nat::PerZone { subnets.len() } else { 1 };
        let mut gateways = Vec::new();
        for (zone, subnet) in self.zones().zip(subnets.iter().take(number)) {
            let address = self
                .add::<ElasticIp>(&format!("public-{zone}.elastic-ip"), ElasticIpInputs::default());
            let inputs = NatGatewayInputs {
                subnet: subnet.id().into(),
                allocation: address.id().into(),
                ..NatGatewayInputs::default()
            };
            let nat = self.add::<NatGateway>(&format!("public-{zone}.nat-gateway"), inputs);
            // It fails where its subnet has no way to the internet.
            self.cx.graph().order(&nat, &table);
            gateways.push(nat);
        }
        gateways
    }

    /// The application tier, with the services that cost nothing to reach.
    fn application(&mut self) -> Vec<Handle<Subnet>> {
        let subnets = self.tier(Tier::Application);
        let nat = match self.owned.nat() {
            Nat::None => Vec::new(),
            Nat::One | Nat::PerZone => self.nat_gateways(),
        };
        let mut tables = BTreeSet::new();
        for (zone, subnet) in self.zones().zip(&subnets) {
            let at = usize::try_from(zone).unwrap_or(1) - 1;
            let way_out = nat.get(at).or(nat.first()).map(|nat| nat.id().into());
            let part = format!("application-{zone}.route-table");
            let table = self.table(&part, std::slice::from_ref(subnet), way_out);
            tables.insert(Input::from(table.id()));
        }
        for service in ["s3", "dynamodb"] {
            let inputs = VpcEndpointInputs {
                vpc: self.vpc_id(),
                service: service.to_owned(),
                route_tables: tables.clone(),
                ..VpcEndpointInputs::default()
            };
            self.add::<VpcEndpoint>(&format!("{service}.endpoint"), inputs);
        }
        subnets
    }

    /// The way to Secrets Manager: for functions of ours, whose groups are admitted one by one, or for
    /// everything in the VPC where the manifest asks for that.
    fn secrets(&mut self, subnets: &[Handle<Subnet>]) -> Handle<SecurityGroup> {
        let group = SecurityGroupInputs {
            description: "The endpoint of Secrets Manager".to_owned(),
            vpc: self.vpc_id(),
            ..SecurityGroupInputs::default()
        };
        let group = self.add::<SecurityGroup>("secrets.security-group", group);
        let inputs = VpcEndpointInputs {
            vpc: self.vpc_id(),
            service: "secretsmanager".to_owned(),
            endpoint_type: EndpointType::Interface,
            subnets: subnets.iter().map(|subnet| subnet.id().into()).collect(),
            security_groups: BTreeSet::from([group.id().into()]),
            private_dns: true,
            policy: Some(of_account(self.cx)),
            ..VpcEndpointInputs::default()
        };
        self.add::<VpcEndpoint>("secrets.endpoint", inputs);
        if let Some(block) = self.owned.cidr().filter(|_| self.owned.secrets()) {
            let everything = Peer::Cidr(block.to_string().into());
            let rule = GroupRule::tcp(HTTPS, everything, "The VPC to Secrets Manager");
            self.add::<SecurityGroupRule>("secrets.vpc-ingress", ingress(&group, rule));
        }
        group
    }
}

/// Lets the account's own identities read the account's own secrets, and nobody anything else.
fn of_account(cx: &Cx<'_, '_>) -> Policy {
    let secrets: Input<String> = cx.place().arn("secretsmanager", "secret:*");
    let read = Statement::allow(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"])
        .by(Principal::everybody())
        .on(secrets)
        .when("StringEquals", "aws:PrincipalAccount", cx.account());
    Policy::new().with("OwnSecrets", read)
}

/// Adds what is needed of a network at its owner's address.
pub fn lay(cx: &mut Cx<'_, '_>, owned: &Owned, needs: Needs) -> Laid {
    let with_application = needs.application || owned.secrets();
    let tiers: &[Tier] = match (with_application, owned.nat()) {
        (false, _) => &[Tier::Data],
        (true, Nat::None) => &[Tier::Application, Tier::Data],
        (true, Nat::One | Nat::PerZone) => &[Tier::Application, Tier::Data, Tier::Public],
    };
    check_room(cx, owned, tiers);
    let cut = owned.cidr().and_then(|cidr| Cut::of(cidr, owned.zones(), tiers).ok());
    let block = owned.cidr().map(|cidr| cidr.to_string()).unwrap_or_default();
    let inputs = VpcInputs { cidr_block: block, zones: owned.zones(), ..VpcInputs::default() };
    let vpc = cx.graph().ensure::<Vpc>(owned.address("vpc"), || inputs);
    if let Some(zones) = &owned.keys.zones {
        cx.origin(&vpc, "zones", zones);
    }
    let mut site = Site { cx, owned, vpc: vpc.clone(), cut };
    let data = site.tier(Tier::Data);
    site.table("data.route-table", &data, None);
    let application = if with_application { site.application() } else { Vec::new() };
    let blind = needs.application && needs.secrets && owned.nat() == Nat::None;
    let secrets = (blind || owned.secrets()).then(|| site.secrets(&application));
    let ids = |subnets: &[Handle<Subnet>]| subnets.iter().map(|it| it.id().into()).collect();
    Laid {
        owner: owned.owner().to_owned(),
        vpc_id: vpc.id().into(),
        application_subnets: ids(&application),
        data_subnets: ids(&data),
        secrets,
        way_out: owned.nat() != Nat::None,
    }
}
