"""SNS: a filter on a message's body looks into arrays.

For MiniStack a nested rule never matches where the body has an array, so no filter could look into the
`Records` of an S3 notification. Here one element has to match all of the rule. Amazon SNS developer
guide, "Filter policy constraints" and "Amazon SNS subscription filter policies".
"""

import seams


class _Elements:
    """What the objects of an array hold, each by a lookup of its own."""

    def __init__(self, lookups):
        self.lookups = lookups


def install():
    sns = seams.service("sns")

    @seams.wrap(sns, "_body_lookup", "body")
    def look_up(original):
        def body_lookup(body):
            lookup = original(body)
            child = lookup.child

            def inside(key):
                if not isinstance(body.get(key), list):
                    return child(key)
                return _Elements([body_lookup(element) for element in body[key] if isinstance(element, dict)])

            lookup.child = inside
            return lookup

        return body_lookup

    @seams.wrap(sns, "_policy_matches", "policy", "lookup", "nested")
    def match(original):
        def policy_matches(policy, lookup, nested=False):
            if isinstance(lookup, _Elements):
                return any(policy_matches(policy, each, nested) for each in lookup.lookups)
            return original(policy, lookup, nested)

        return policy_matches
