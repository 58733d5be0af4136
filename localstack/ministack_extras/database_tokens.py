"""Tokens of IAM are passwords of databases, for users with the role `rds_iam`.

As the Amazon RDS User Guide has it ("IAM database authentication for MariaDB, MySQL, and PostgreSQL"):
- a user who was granted `rds_iam` signs in with a token and with nothing else, and only where the database
  has IAM authentication on;
- the token is signed by whoever signs in, for host, port and user, and is good for 15 minutes;
- that identity's policies must allow `rds-db:connect` on `dbuser:RESOURCE_ID/USER`.
MiniStack does so for MySQL alone. PostgreSQL asks an LDAP server about passwords where its pg_hba.conf says
so, and the one here looks at tokens. Unlike RDS it does not ask for TLS.
"""

import socketserver
import threading
import time

import permissions
import seams

_tokens = seams.module("core.rds_iam")
_evaluator = seams.module("core.iam_evaluator")
_rds = seams.service("rds")
_sts = seams.service("sts")
seams.needs(_tokens, "verify_rds_iam_token", "VerifiedRdsToken")
seams.needs(_evaluator, "EvalContext", "evaluate", "resolve_principal", "AuthError")
seams.needs(_rds, "_clusters", "_instances")

_SUCCESS, _INVALID_CREDENTIALS = 0, 49
_A_DAY = 24 * 60 * 60


def rule(labels, port):
    """The line of pg_hba.conf for the users with `rds_iam` of the database with these labels."""
    where = "/".join(str(labels.get(key, "")) for key in ("account_id", "region", "cluster_id", "db_id"))
    return f'host all +rds_iam 127.0.0.1/32 ldap ldapserver=127.0.0.1 ldapport={port} ldapprefix="{where}/"\n'


def start():
    """Starts the server that PostgreSQL asks; its port."""

    @seams.wrap(_sts, "register_session", "access_key", "session")
    def register(original):
        def register_session(access_key, session):
            # A function's credentials, of which MiniStack does not say when they end, are credentials too.
            session.setdefault("Expiration", time.time() + _A_DAY)
            original(access_key, session)

        return register_session

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Asked)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def admits(who, token):
    """Whether a token lets a user in; `who` is what `rule` told, and the user's name."""
    account, region, cluster, instance, user = who.split("/", 4)
    store, name = (_rds._clusters, cluster) if cluster else (_rds._instances, instance)
    database = store.get_scoped(account, region, name)
    if not database or not database.get("IAMDatabaseAuthenticationEnabled"):
        return False
    endpoint = database["Endpoint"]
    if isinstance(endpoint, dict):
        host, port = endpoint["Address"], endpoint["Port"]
    else:
        host, port = endpoint, database["Port"]
    signed = _tokens.verify_rds_iam_token(
        token, hostname=host, port=int(port), db_user=user, region=region, account_id=account
    )
    if not isinstance(signed, _tokens.VerifiedRdsToken):
        return False
    resource = database.get("DbClusterResourceId") or database.get("DbiResourceId")
    return not permissions.enforced() or _may(signed, account, region, f"{resource}/{user}")


def _may(signed, account, region, user):
    with permissions.scope(account, region):
        principal = _evaluator.resolve_principal(signed.access_key_id, account)
        if isinstance(principal, _evaluator.AuthError) or principal.account != account:
            return False
        # Root has no policies, and may everything.
        if principal.policies is None:
            return True
        asked = _evaluator.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=account,
            action="rds-db:connect",
            resource_arn=f"arn:aws:rds-db:{region}:{account}:dbuser:{user}",
            region=region,
            principal_keys=principal.keys,
        )
        return _evaluator.evaluate(asked, principal.policies, *principal.limits).decision == "Allow"


class _Asked(socketserver.StreamRequestHandler):
    """One connection of a client of LDAP (RFC 4511) that binds with a name and a password."""

    def handle(self):
        while message := self._read():
            _, content, _ = _element(message)
            _, number, rest = _element(content)
            kind, asked, _ = _element(rest)
            if kind != 0x60:
                return
            _, _version, rest = _element(asked)
            _, name, rest = _element(rest)
            _, password, _ = _element(rest)
            known = admits(name.decode(), password.decode())
            result = bytes((0x0A, 1, _SUCCESS if known else _INVALID_CREDENTIALS, 0x04, 0, 0x04, 0))
            self.wfile.write(_made(0x30, _made(0x02, number) + _made(0x61, result)))

    def _read(self):
        head = self.rfile.read(2)
        if len(head) < 2:
            return b""
        more = self.rfile.read(head[1] & 0x7F) if head[1] & 0x80 else b""
        size = int.from_bytes(more, "big") if more else head[1]
        return head + more + self.rfile.read(size)


def _element(data):
    """The first element of data in BER: its tag, its content, and what follows it."""
    size, at = data[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(data[2:at], "big")
    return data[0], data[at : at + size], data[at + size :]


def _made(tag, content):
    assert len(content) < 0x80
    return bytes((tag, len(content))) + content
