import base64
import json
import unittest
from datetime import datetime, timedelta, timezone

from tests.fake_aws import load, request

ENVIRONMENT = {"BUCKET": "files", "PREFIX": "uploads/", "EXPIRES_SECONDS": "900", "MAX_SIZE_BYTES": "1000"}


class S3:
    """Records how it was made and what it was asked to sign."""

    def __call__(self, settings):
        self.config = settings["config"]
        return self

    def generate_presigned_url(self, operation, Params, ExpiresIn, HttpMethod):
        self.signed = (operation, Params, ExpiresIn, HttpMethod)
        return "https://files.example/signed"


class Signer(unittest.TestCase):
    def setUp(self):
        self.s3 = S3()

    def post(self, body, encoded=False, **environment):
        signer = load("signer", {**ENVIRONMENT, **environment}, {"s3": self.s3})
        body = body if isinstance(body, str) else json.dumps(body)
        if encoded:
            body = base64.b64encode(body.encode()).decode()
        answer = signer.handler(request(body, encoded=encoded), None)
        return answer["statusCode"], json.loads(answer["body"])

    def test_signs_a_put_of_this_size_and_type(self):
        status, answer = self.post({"name": "photo.png", "type": "image/png", "size": 10})
        operation, params, expires, method = self.s3.signed
        self.assertEqual((status, operation, expires, method), (200, "put_object", 900, "PUT"))
        self.assertEqual(
            params, {"Bucket": "files", "Key": answer["key"], "ContentLength": 10, "ContentType": "image/png"}
        )
        self.assertEqual(answer["method"], "PUT")
        self.assertEqual(answer["headers"], {"content-type": "image/png", "content-length": "10"})
        self.assertRegex(answer["key"], r"^uploads/[0-9a-f]{32}/photo\.png$")
        left = datetime.fromisoformat(answer["expires_at"]) - datetime.now(timezone.utc)
        self.assertLessEqual(abs(left - timedelta(minutes=15)), timedelta(seconds=60))

    def test_two_uploads_of_one_name_have_two_keys(self):
        first = self.post({"name": "a.txt", "size": 1})[1]["key"]
        second = self.post({"name": "a.txt", "size": 1})[1]["key"]
        self.assertNotEqual(first, second)

    def test_a_name_cannot_leave_the_prefix(self):
        names = {
            "../../etc/passwd": "passwd", "/abs/x.csv": "x.csv", "..": "file", "a/..": "file", "dir/": "file",
            "C:\\temp\\b.doc": "b.doc", ".hidden": "hidden", "ä b?.png": "b.png",
            "x" * 200 + ".csv": "x" * 80 + ".csv",
            "%2e%2e%2fsecret": "2e-2e-2fsecret", "a\nb.txt": "a-b.txt", "日本.png": "file.png",
        }
        for name, expected in names.items():
            with self.subTest(name=name[:20]):
                key = self.post({"name": name, "size": 1})[1]["key"]
                prefix, _unique, last = key.split("/")
                self.assertEqual(prefix, "uploads")
                self.assertRegex(last, r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$")
                self.assertEqual(last, expected)

    def test_the_largest_size_is_taken_and_the_next_is_not(self):
        self.assertEqual(self.post({"name": "a", "size": 1000})[0], 200)
        status, answer = self.post({"name": "a", "size": 1001})
        self.assertEqual(status, 413)
        self.assertIn("1000 bytes", answer["message"])

    def test_wrong_requests_are_explained(self):
        for body, word in (
            ("", "JSON object"), ("[]", "JSON object"), ("{", "JSON object"), ({"size": 1}, '"name"'),
            ({"name": " ", "size": 1}, '"name"'), ({"name": "a"}, '"size"'), ({"name": "a", "size": "1"}, '"size"'),
            ({"name": "a", "size": True}, '"size"'), ({"name": "a", "size": -1}, '"size"'),
            ({"name": "a", "size": 1, "type": "png"}, '"type"'),
            ({"name": "a", "size": 1, "type": "a/b\r\nx-evil: 1"}, '"type"'),
        ):
            with self.subTest(body=body):
                status, answer = self.post(body)
                self.assertEqual(status, 400)
                self.assertIn(word, answer["message"])

    def test_content_types_can_be_limited(self):
        taken = {"CONTENT_TYPES": "image/*, application/pdf"}
        for kind, expected in (("image/png", 200), ("IMAGE/PNG", 200), ("application/pdf", 200),
                               ("text/plain; charset=utf-8", 415), ("imagery/x", 415)):
            with self.subTest(kind=kind):
                self.assertEqual(self.post({"name": "a", "size": 1, "type": kind}, **taken)[0], expected)
        self.assertEqual(self.post({"name": "a", "size": 1}, **taken)[0], 415)

    def test_a_body_in_base64_is_read(self):
        self.assertEqual(self.post({"name": "a", "size": 1}, encoded=True)[0], 200)

    def test_the_endpoint_is_regional_and_virtual_hosted_unless_one_is_given(self):
        self.post({"name": "a", "size": 1})
        self.assertEqual(self.s3.config["signature_version"], "s3v4")
        self.assertEqual(
            self.s3.config["s3"], {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
        )
        self.post({"name": "a", "size": 1}, AWS_ENDPOINT_URL="http://127.0.0.1:4566")
        self.assertEqual(self.s3.config["s3"]["addressing_style"], "path")


if __name__ == "__main__":
    unittest.main()
