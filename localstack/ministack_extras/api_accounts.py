"""HTTP APIs answer callers without credentials, whatever account they are in.

MiniStack finds an API only in the account of the caller's access key, so that a plain request finds
none but those of the account 000000000000. An API's id says whose it is.
"""

import seams


def install():
    gateway = seams.service("apigateway")
    seams.needs(gateway, "_apis")

    @seams.wrap(gateway, "find_api_scope", "api_id")
    def find(original):
        def find_scope(api_id):
            found = original(api_id)
            if found is None:
                for (account, region, known), _ in gateway._apis.all_items():
                    if known == api_id:
                        return account, region
            return found

        return find_scope
