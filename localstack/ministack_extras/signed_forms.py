"""S3: a form for an upload may be signed with a role's credentials, and its upload is announced.

MiniStack takes the form's access key for an account of its own unless it belongs to an IAM user, and
refuses the upload as one from another account. It looks for the destinations of the bucket's
notification in the region of the request, and a form is none's. Amazon S3 API reference, "POST Object".
"""

import seams


def install():
    storage, sessions = seams.service("s3"), seams.service("sts")
    seams.needs(sessions, "_sessions")
    seams.needs(storage, "request_scope", "get_account_id", "get_region", "bucket_region")

    @seams.wrap(storage, "find_iam_access_key_account", "access_key_id")
    def account(original):
        def find(access_key_id):
            session = sessions._sessions.get(access_key_id)
            return session["Arn"].split(":")[4] if session else original(access_key_id)

        return find

    @seams.wrap(storage, "_post_object", "bucket_name", "body", "headers")
    def region(original):
        def post(bucket_name, body, headers):
            home = storage.bucket_region(bucket_name) or storage.get_region()
            with storage.request_scope(storage.get_account_id(), home):
                return original(bucket_name, body, headers)

        return post
