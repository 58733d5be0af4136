"""A create of a network's part that is sent twice makes one.

AWS refuses the second (Amazon EC2 Developer Guide, "Error codes for the Amazon EC2 API"): a subnet whose
addresses another one of the VPC has (InvalidSubnet.Conflict), a subnet's second route table
(Resource.AlreadyAssociated), a second route to a destination (RouteAlreadyExists). Where a call takes a
client token, it answers again as it did at first ("Ensuring idempotency in Amazon EC2 API requests").
MiniStack makes another one each time.
"""

import ipaddress

import seams

WITH_TOKEN = (
    ("_create_route_table", "p"),
    ("_create_vpc_endpoint", "p"),
    ("_create_nat_gateway", "params"),
)


def install():
    ec2 = seams.service("ec2")
    seams.needs(ec2, "_subnets", "_route_tables", "_p", "_error", "get_account_id", "get_region")
    answered = {}

    def remembering(name):
        def remember(original):
            def create(p):
                token = ec2._p(p, "ClientToken")
                key = (ec2.get_account_id(), ec2.get_region(), name, token)
                if token and key in answered:
                    return answered[key]
                answer = original(p)
                if token and answer[0] == 200:
                    answered[key] = answer
                return answer

            return create

        return remember

    for name, parameter in WITH_TOKEN:
        seams.wrap(ec2, name, parameter)(remembering(name))

    @seams.wrap(ec2, "_create_subnet", "p")
    def subnet(original):
        def create_subnet(p):
            vpc, block = ec2._p(p, "VpcId"), ec2._p(p, "CidrBlock")
            if block:
                wanted = ipaddress.ip_network(block)
                for other in ec2._subnets.values():
                    if other["VpcId"] == vpc and wanted.overlaps(ipaddress.ip_network(other["CidrBlock"])):
                        message = f"The CIDR '{block}' conflicts with another subnet"
                        return ec2._error("InvalidSubnet.Conflict", message, 400)
            return original(p)

        return create_subnet

    @seams.wrap(ec2, "_associate_route_table", "p")
    def associate(original):
        def associate_route_table(p):
            wanted = ec2._p(p, "SubnetId")
            for table in ec2._route_tables.values():
                for association in table["Associations"]:
                    if wanted and association.get("SubnetId") == wanted:
                        held = association["RouteTableAssociationId"]
                        message = f"the specified association for route table {table['RouteTableId']} conflicts with an existing association {held}"
                        return ec2._error("Resource.AlreadyAssociated", message, 400)
            return original(p)

        return associate_route_table

    @seams.wrap(ec2, "_create_route", "p")
    def route(original):
        def create_route(p):
            table = ec2._route_tables.get(ec2._p(p, "RouteTableId")) or {"Routes": []}
            to = ec2._p(p, "DestinationCidrBlock")
            if any(made.get("DestinationCidrBlock") == to for made in table["Routes"]):
                return ec2._error("RouteAlreadyExists", f"The route identified by {to} already exists.", 400)
            return original(p)

        return create_route
