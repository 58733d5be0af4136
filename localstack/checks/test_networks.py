"""What networks.py and network_repeats.py add: rules of prefix lists, addresses of NAT gateways, endpoints, and what holds what."""

import json

import cloud

SECRETS = f"com.amazonaws.{cloud.REGION}.secretsmanager"
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": []})


class Networks(cloud.Check):
    def setUp(self):
        super().setUp()
        self.vpc = self.ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]

    def subnet(self, number=1):
        block = f"10.20.{number}.0/24"
        return self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=block)["Subnet"]["SubnetId"]

    def group(self, name):
        return self.ec2.create_security_group(VpcId=self.vpc, GroupName=name, Description=name)["GroupId"]

    def endpoint(self, subnet, group, **more):
        return self.ec2.create_vpc_endpoint(
            VpcId=self.vpc, ServiceName=SECRETS, VpcEndpointType="Interface", SubnetIds=[subnet],
            SecurityGroupIds=[group], **more,
        )["VpcEndpoint"]["VpcEndpointId"]

    def described(self, endpoint):
        return self.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]

    def test_a_rule_of_a_prefix_list_is_kept_and_taken_back(self):
        group = self.group("functions")
        named = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{cloud.REGION}.s3"]}]
        listed = self.ec2.describe_managed_prefix_lists(Filters=named)["PrefixLists"][0]["PrefixListId"]
        to = {"PrefixListId": listed, "Description": "S3"}
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [to]}
        made = self.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[rule])["SecurityGroupRules"]
        self.assertEqual([one["PrefixListId"] for one in made], [listed])

        def rules():
            found = self.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
            return [one for one in found["SecurityGroupRules"] if "PrefixListId" in one]

        self.assertEqual([(one["PrefixListId"], one["Description"], one["IsEgress"]) for one in rules()], [(listed, "S3", True)])
        self.ec2.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=[made[0]["SecurityGroupRuleId"]])
        self.assertEqual(rules(), [])

    def test_a_nat_gateway_tells_its_address_and_keeps_it(self):
        subnet = self.subnet()
        address = self.ec2.allocate_address(Domain="vpc")
        made = self.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address["AllocationId"])["NatGateway"]
        told = self.ec2.describe_nat_gateways(NatGatewayIds=[made["NatGatewayId"]])["NatGateways"][0]
        for one in (made, told):
            given = one["NatGatewayAddresses"][0]
            self.assertEqual(given["AllocationId"], address["AllocationId"])
            self.assertEqual(given["PublicIp"], address["PublicIp"])
        self.refused("AuthFailure", self.ec2.release_address, AllocationId=address["AllocationId"])
        self.refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=subnet)
        self.ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
        self.ec2.release_address(AllocationId=address["AllocationId"])
        self.ec2.delete_subnet(SubnetId=subnet)

    def test_an_endpoint_tells_what_it_was_given_and_changes(self):
        one, other, subnet = self.group("one"), self.group("other"), self.subnet()
        made = self.endpoint(subnet, one, PrivateDnsEnabled=True, PolicyDocument=NOTHING)
        found = self.described(made)
        self.assertEqual([group["GroupId"] for group in found["Groups"]], [one])
        self.assertTrue(found["PrivateDnsEnabled"])
        self.assertEqual(json.loads(found["PolicyDocument"]), json.loads(NOTHING))
        self.ec2.modify_vpc_endpoint(
            VpcEndpointId=made, AddSecurityGroupIds=[other], RemoveSecurityGroupIds=[one], PrivateDnsEnabled=False,
            ResetPolicy=True,
        )
        found = self.described(made)
        self.assertEqual([group["GroupId"] for group in found["Groups"]], [other])
        self.assertFalse(found["PrivateDnsEnabled"])
        self.assertEqual(json.loads(found["PolicyDocument"])["Statement"][0]["Action"], "*")

    def test_endpoints_are_found_by_filters(self):
        made = self.endpoint(self.subnet(), self.group("one"))

        def found(name, value):
            answer = self.ec2.describe_vpc_endpoints(Filters=[{"Name": name, "Values": [value]}])
            return [one["VpcEndpointId"] for one in answer["VpcEndpoints"]]

        self.assertEqual(found("vpc-id", self.vpc), [made])
        self.assertEqual(found("vpc-id", "vpc-0"), [])
        self.assertEqual(found("service-name", SECRETS), [made])
        self.assertEqual(found("service-name", SECRETS + "x"), [])
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
        self.refused("InvalidVpcEndpointId.NotFound", self.ec2.describe_vpc_endpoints, VpcEndpointIds=[made])

    def test_what_is_used_is_not_deleted(self):
        one, other, subnet = self.group("one"), self.group("other"), self.subnet()
        made = self.endpoint(subnet, one)
        for call, given in (
            (self.ec2.delete_security_group, {"GroupId": one}),
            (self.ec2.delete_subnet, {"SubnetId": subnet}),
            (self.ec2.delete_vpc, {"VpcId": self.vpc}),
        ):
            self.refused("DependencyViolation", call, **given)
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
        self.ec2.delete_subnet(SubnetId=subnet)
        rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": one}]}
        self.ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=one)
        self.ec2.delete_security_group(GroupId=other)
        self.ec2.delete_security_group(GroupId=one)
        self.ec2.delete_vpc(VpcId=self.vpc)

    def test_what_a_function_is_in_is_not_deleted(self):
        group, subnet = self.group("functions"), self.subnet()
        role = self.role("in-network", "lambda.amazonaws.com")
        functions = self.client("lambda")
        functions.create_function(
            FunctionName="inside", Runtime="python3.12", Handler="index.handler", Role=role,
            Code={"ZipFile": cloud.zipped("def handler(event, context):\n    return {}\n")},
            VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]},
        )
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=group)
        self.refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=subnet)
        functions.delete_function(FunctionName="inside")
        self.ec2.delete_security_group(GroupId=group)
        self.ec2.delete_subnet(SubnetId=subnet)

    def refused(self, code, call, **given):
        with self.assertRaises(cloud.botocore.exceptions.ClientError) as refused:
            call(**given)
        self.assertEqual(refused.exception.response["Error"]["Code"], code)

    def test_what_is_there_already_is_refused(self):
        subnet = self.subnet()
        self.refused("InvalidSubnet.Conflict", self.ec2.create_subnet, VpcId=self.vpc, CidrBlock="10.20.0.0/22")
        self.subnet(2)
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        tables = [self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
        self.assertNotEqual(*tables)
        self.ec2.associate_route_table(RouteTableId=tables[0], SubnetId=subnet)
        for table in tables:
            self.refused("Resource.AlreadyAssociated", self.ec2.associate_route_table, RouteTableId=table, SubnetId=subnet)
        route = {"RouteTableId": tables[0], "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
        self.ec2.create_route(**route)
        self.refused("RouteAlreadyExists", self.ec2.create_route, **route)

    def test_a_token_makes_one_thing(self):
        made = [self.ec2.create_route_table(VpcId=self.vpc, ClientToken="one")["RouteTable"] for _ in range(2)]
        self.assertEqual(made[0]["RouteTableId"], made[1]["RouteTableId"])
        endpoints = [self.endpoint(self.subnet(number), self.group(f"g{number}"), ClientToken="two") for number in (1, 2)]
        self.assertEqual(*endpoints)
