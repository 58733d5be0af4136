"""Networks tell what they were given, and what is in use stays.

As the Amazon EC2 API Reference has it:
- "AuthorizeSecurityGroupEgress", "IpPermission": a rule may name a prefix list. MiniStack drops it.
- "NatGateway", `NatGatewayAddressSet`: a NAT gateway tells the address that it was given. Until it is
  deleted the address is not released ("ReleaseAddress").
- "CreateVpcEndpoint", "ModifyVpcEndpoint": security groups, private names and the policy are kept and
  told; who gives no policy gets one that allows everything. "DescribeVpcEndpoints": filters count, and
  what is not there is `InvalidVpcEndpointId.NotFound`.
- "DeleteSecurityGroup", "DeleteSubnet", "DeleteVpc": refused (`DependencyViolation`) while another group's
  rule, an endpoint, a NAT gateway, a function or a database is in it.
What is not as on AWS: nothing takes time, and there are no network interfaces.
"""

import json
import re

import seams

EVERYTHING = {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}


def install():
    ec2 = seams.service("ec2")
    seams.needs(ec2, "_addresses", "_nat_gateways", "_security_groups", "_vpc_endpoints", "_error", "_esc", "_p", "_xml")
    seams.needs(ec2, "_parse_filters", "_parse_member_list", "_resource_matches_tag_filters")
    _prefix_lists(ec2)
    _nat_gateways(ec2)
    _endpoints(ec2)
    _uses(ec2)


def _prefix_lists(ec2):
    @seams.wrap(ec2, "_parse_ip_permissions", "params", "prefix")
    def parse(original):
        def parse_ip_permissions(params, prefix):
            rules = original(params, prefix)
            for number, rule in enumerate(rules, 1):
                at = f"{prefix}.{number}.PrefixListIds"
                nth = 1
                while named := ec2._p(params, f"{at}.{nth}.PrefixListId"):
                    text = ec2._p(params, f"{at}.{nth}.Description")
                    rule["PrefixListIds"].append({"PrefixListId": named, **({"Description": text} if text else {})})
                    nth += 1
            return rules

        return parse_ip_permissions

    @seams.wrap(ec2, "_sg_rule_xml", "sg_id", "rule", "is_egress")
    def told(original):
        def sg_rule_xml(sg_id, rule, is_egress=False):
            lists = rule.get("PrefixListIds", [])
            others = any(rule.get(kind) for kind in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs"))
            items = original(sg_id, rule, is_egress) if others or not lists else ""
            for one in lists:
                item = original(sg_id, {**rule, "IpRanges": [], "Ipv6Ranges": [], "UserIdGroupPairs": []}, is_egress)
                named = f"<prefixListId>{one['PrefixListId']}</prefixListId>"
                items += item.replace("</ipProtocol>", "</ipProtocol>" + named, 1)
            return items

        return sg_rule_xml


def _nat_gateways(ec2):
    def with_address(answer):
        status, headers, body = answer

        def address(found):
            nat = ec2._nat_gateways.get(found[1].decode())
            allocation = nat["AllocationId"] if nat else ""
            public = (ec2._addresses.get(allocation) or {}).get("PublicIp", "")
            item = f"<item><allocationId>{allocation}</allocationId><publicIp>{public}</publicIp></item>"
            return found[0].replace(b"<natGatewayAddressSet/>", f"<natGatewayAddressSet>{item}</natGatewayAddressSet>".encode())

        told = re.sub(rb"<natGatewayId>([^<]+)</natGatewayId>.*?<natGatewayAddressSet/>", address, body, flags=re.DOTALL)
        return status, headers, told

    for name in ("_create_nat_gateway", "_describe_nat_gateways"):

        @seams.wrap(ec2, name, "params")
        def told(original):
            return lambda params: with_address(original(params))

    @seams.wrap(ec2, "_release_address", "p")
    def release(original):
        def release_address(p):
            allocation = ec2._p(p, "AllocationId")
            nats = ec2._nat_gateways.values()
            if any(nat["AllocationId"] == allocation and nat["State"] != "deleted" for nat in nats):
                return ec2._error("AuthFailure", "You do not have permission to access the specified resource.", 400)
            return original(p)

        return release_address


def _endpoints(ec2):
    def is_true(p, name):
        return ec2._p(p, name) == "true"

    @seams.wrap(ec2, "_create_vpc_endpoint", "p")
    def create(original):
        def create_vpc_endpoint(p):
            before = set(ec2._vpc_endpoints)
            answer = original(p)
            for made in set(ec2._vpc_endpoints) - before:
                endpoint = ec2._vpc_endpoints[made]
                endpoint["Groups"] = ec2._parse_member_list(p, "SecurityGroupId")
                endpoint["PrivateDnsEnabled"] = is_true(p, "PrivateDnsEnabled")
                endpoint["PolicyDocument"] = ec2._p(p, "PolicyDocument") or json.dumps(EVERYTHING)
                body = ec2._vpce_fields_xml(endpoint, tag="vpcEndpoint")
                return ec2._xml(200, "CreateVpcEndpointResponse", body)
            return answer

        return create_vpc_endpoint

    @seams.wrap(ec2, "_modify_vpc_endpoint", "p")
    def modify(original):
        def modify_vpc_endpoint(p):
            answer = original(p)
            endpoint = ec2._vpc_endpoints.get(ec2._p(p, "VpcEndpointId"))
            if not endpoint:
                return answer
            gone = ec2._parse_member_list(p, "RemoveSecurityGroupId")
            kept = [group for group in endpoint.get("Groups", []) if group not in gone]
            more = ec2._parse_member_list(p, "AddSecurityGroupId")
            endpoint["Groups"] = kept + [group for group in more if group not in kept]
            if ec2._p(p, "PrivateDnsEnabled"):
                endpoint["PrivateDnsEnabled"] = is_true(p, "PrivateDnsEnabled")
            if is_true(p, "ResetPolicy"):
                endpoint["PolicyDocument"] = json.dumps(EVERYTHING)
            return answer

        return modify_vpc_endpoint

    @seams.wrap(ec2, "_describe_vpc_endpoints", "p")
    def describe(_original):
        def describe_vpc_endpoints(p):
            asked, filters = ec2._parse_member_list(p, "VpcEndpointId"), ec2._parse_filters(p)
            for missing in [one for one in asked if one not in ec2._vpc_endpoints]:
                message = f"The Vpc Endpoint Id '{missing}' does not exist"
                return ec2._error("InvalidVpcEndpointId.NotFound", message, 400)
            keys = {"vpc-id": "VpcId", "service-name": "ServiceName", "vpc-endpoint-type": "VpcEndpointType"}

            def fits(endpoint):
                named = all(endpoint[key] in filters[name] for name, key in keys.items() if name in filters)
                return named and ec2._resource_matches_tag_filters(endpoint["VpcEndpointId"], filters)

            found = [ec2._vpc_endpoints[one] for one in asked] if asked else list(ec2._vpc_endpoints.values())
            items = "".join(ec2._vpce_fields_xml(endpoint) for endpoint in found if fits(endpoint))
            return ec2._xml(200, "DescribeVpcEndpointsResponse", f"<vpcEndpointSet>{items}</vpcEndpointSet>")

        return describe_vpc_endpoints

    @seams.wrap(ec2, "_vpce_fields_xml", "ep", "tag")
    def told(original):
        def vpce_fields_xml(ep, tag="item"):
            groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in ep.get("Groups", []))
            added = f"<groupSet>{groups}</groupSet>"
            added += f"<privateDnsEnabled>{str(ep.get('PrivateDnsEnabled', False)).lower()}</privateDnsEnabled>"
            added += f"<policyDocument>{ec2._esc(ep.get('PolicyDocument', ''))}</policyDocument>"
            return original(ep, tag).replace("<subnetIdSet>", added + "<subnetIdSet>", 1)

        return vpce_fields_xml


def _uses(ec2):
    """What holds a group, a subnet or a VPC, of what MiniStack does not look at."""
    functions, databases = seams.service("lambda_svc"), seams.service("rds")
    seams.needs(functions, "_functions")
    seams.needs(databases, "_clusters", "_instances", "_subnet_groups")

    def networks_of_functions():
        for function in list(functions._functions.values()):
            yield (function.get("config") or {}).get("VpcConfig") or {}

    def holders_of_group(group):
        for other in ec2._security_groups.values():
            rules = [*other["IpPermissions"], *other["IpPermissionsEgress"]] if other["GroupId"] != group else []
            pairs = [pair for rule in rules for pair in rule.get("UserIdGroupPairs", [])]
            if any(pair.get("GroupId") == group for pair in pairs):
                yield other["GroupId"]
        yield from (one["VpcEndpointId"] for one in ec2._vpc_endpoints.values() if group in one.get("Groups", []))
        yield from ("a function" for one in networks_of_functions() if group in one.get("SecurityGroupIds", []))
        for store in (databases._clusters, databases._instances):
            groups = [json.dumps(one.get("VpcSecurityGroups", [])) for one in store.values()]
            yield from ("a database" for text in groups if f'"{group}"' in text)

    def holders_of_subnet(subnet):
        yield from (one["VpcEndpointId"] for one in ec2._vpc_endpoints.values() if subnet in one["SubnetIds"])
        nats = [one for one in ec2._nat_gateways.values() if one["State"] != "deleted"]
        yield from (one["NatGatewayId"] for one in nats if one["SubnetId"] == subnet)
        yield from ("a function" for one in networks_of_functions() if subnet in one.get("SubnetIds", []))

    def holders_of_vpc(vpc):
        yield from (one["VpcEndpointId"] for one in ec2._vpc_endpoints.values() if one["VpcId"] == vpc)

    for call, name, holders in (
        ("_delete_security_group", "GroupId", holders_of_group),
        ("_delete_subnet", "SubnetId", holders_of_subnet),
        ("_delete_vpc", "VpcId", holders_of_vpc),
    ):

        @seams.wrap(ec2, call, "p")
        def delete(original, name=name, holders=holders):
            def refuse_used(p):
                asked = ec2._p(p, name)
                held_by = next(iter(holders(asked)), None)
                if held_by:
                    message = f"resource {asked} has a dependent object ({held_by}) and cannot be deleted"
                    return ec2._error("DependencyViolation", message, 400)
                return original(p)

            return refuse_used
