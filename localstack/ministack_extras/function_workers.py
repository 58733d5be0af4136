"""A change of a function ends the processes of that function alone.

MiniStack ends those of every function of that name, in all accounts: also one that is answering there.
"""

import seams


def install():
    functions, responses = seams.service("lambda_svc"), seams.module("core.responses")
    seams.needs(responses, "get_account_id", "get_region")

    @seams.wrap(functions, "invalidate_worker", "func_name", "qualifier", "account", "region")
    def invalidate(original):
        def invalidate_worker(func_name, qualifier=None, account=None, region=None):
            original(func_name, qualifier, account or responses.get_account_id(), region or responses.get_region())

        return invalidate_worker
