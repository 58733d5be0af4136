"""Databases are real: each cluster and each instance of PostgreSQL has a server of its own on 127.0.0.1.

MiniStack starts databases as containers of Docker; `postgres_servers` gives it processes instead. Beside
that, as the Amazon RDS API Reference has it:
- "CreateDBCluster": the endpoint and the port are those of the description from the beginning. MiniStack
  tells others once the first instance is there.
- "CreateDBInstance", `ManageMasterUserPassword`: RDS keeps the master user's password in Secrets Manager.
  MiniStack does so for clusters alone.
- "ServerlessV2ScalingConfiguration", `SecondsUntilAutoPause`: kept, and told.
- "CreateDBCluster", "CreateDBInstance", `MasterUserAuthenticationType`: a master user of IAM has the role
  `rds_iam`. What that means is in `database_tokens`.
- "DBInstance": one that is in no cluster has no `DBClusterIdentifier`; MiniStack gives it an empty one.
- "CreateDBInstance": a final snapshot is named or skipped when a database is deleted.
What is not as on AWS: the endpoint is `localhost` with a port of its own, the version of PostgreSQL is the
one that is installed, a cluster does not pause, and how the master user signs in is settled when a server is made.
"""

import contextvars
import json
import os
import re
import uuid

import database_tokens
import postgres_servers
import seams

# How the master user of the database that is being made proves who it is.
_authentication = contextvars.ContextVar("authentication", default="password")


def install():
    rds = seams.service("rds")
    needed = ("_get_docker", "_clusters", "_instances", "_next_port", "_error", "_xml", "_p", "_is_postgres_engine")
    seams.needs(rds, *needed, "_generate_master_user_password", "secretsmanager", "_MINISTACK_HOST")
    port = database_tokens.start()
    servers = postgres_servers.Servers(os.environ["MAAS_DATABASES"], lambda labels: database_tokens.rule(labels, port))

    @seams.wrap(rds, "_get_docker")
    def docker(_original):
        return lambda: servers

    @seams.wrap(rds, "_get_ministack_network", "docker_client")
    def network(_original):
        return lambda _client: None

    _clusters(rds)
    _passwords(rds)
    _master_users(rds, servers)
    _deletions(rds)


def _succeeded(answer):
    return answer[0] == 200


def _clusters(rds):
    @seams.wrap(rds, "_create_db_cluster_impl", "p")
    def create(original):
        def create_db_cluster(p):
            answer = original(p)
            cluster = rds._clusters.get(rds._p(p, "DBClusterIdentifier"))
            if not _succeeded(answer) or not rds._is_postgres_engine(cluster["Engine"]):
                return answer
            port = rds._next_port()
            host = rds._MINISTACK_HOST
            cluster.update({"_shared_host_port": port, "Port": port, "Endpoint": host, "ReaderEndpoint": host})
            body = f"<CreateDBClusterResult><DBCluster>{rds._cluster_xml(cluster)}</DBCluster></CreateDBClusterResult>"
            return rds._xml(200, "CreateDBClusterResponse", body)

        return create_db_cluster

    @seams.wrap(rds, "_serverlessv2_from_params", "p")
    def scaling(original):
        def serverlessv2_from_params(p):
            found = original(p)
            pause = rds._p(p, "ServerlessV2ScalingConfiguration.SecondsUntilAutoPause")
            if found and found.get("MinCapacity") == 0:
                found["SecondsUntilAutoPause"] = int(pause or 300)
            return found

        return serverlessv2_from_params

    @seams.wrap(rds, "_serverlessv2_xml", "c")
    def told(original):
        def serverlessv2_xml(c):
            pause = (c.get("ServerlessV2ScalingConfiguration") or {}).get("SecondsUntilAutoPause")
            added = f"<SecondsUntilAutoPause>{pause}</SecondsUntilAutoPause>" if pause else ""
            end = "</ServerlessV2ScalingConfiguration>"
            return original(c).replace(end, added + end)

        return serverlessv2_xml


def _passwords(rds):
    @seams.wrap(rds, "_create_db_instance_impl", "p")
    def create(original):
        def create_db_instance(p):
            managed = rds._p(p, "ManageMasterUserPassword") == "true" and not rds._p(p, "DBClusterIdentifier")
            if not managed:
                return original(p)
            if rds._p(p, "MasterUserPassword"):
                message = "You can't specify MasterUserPassword when ManageMasterUserPassword is enabled."
                return rds._error("InvalidParameterCombination", message, 400)
            password = rds._generate_master_user_password()
            answer = original({**p, "MasterUserPassword": [password]})
            if not _succeeded(answer):
                return answer
            instance = rds._instances.get(rds._p(p, "DBInstanceIdentifier"))
            secret = json.dumps({"username": instance["MasterUsername"], "password": password})
            arn = rds.secretsmanager.create_secret_in_process(f"rds!db-{uuid.uuid4()}", secret)
            instance["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "active"}
            return rds._single_instance_response("CreateDBInstanceResponse", "CreateDBInstanceResult", instance)

        return create_db_instance

    @seams.wrap(rds, "_instance_xml", "i")
    def told(original):
        def instance_xml(i):
            told = original(i).replace("<DBClusterIdentifier></DBClusterIdentifier>", "")
            secret = i.get("MasterUserSecret")
            if not secret:
                return told
            inside = "".join(f"<{name}>{value}</{name}>" for name, value in secret.items())
            return f"{told}<MasterUserSecret>{inside}</MasterUserSecret>"

        return instance_xml

    @seams.wrap(rds, "_delete_db_instance_impl", "p")
    def delete(original):
        def delete_db_instance(p):
            instance = rds._instances.get(rds._p(p, "DBInstanceIdentifier")) or {}
            answer = original(p)
            secret = instance.get("MasterUserSecret")
            if secret and _succeeded(answer):
                rds.secretsmanager.delete_secret_in_process(secret["SecretArn"])
            return answer

        return delete_db_instance


def _master_users(rds, servers):
    def asked(p):
        return rds._p(p, "MasterUserAuthenticationType") or "password"

    def during(authentication, work, *given, **more):
        token = _authentication.set(authentication)
        try:
            return work(*given, **more)
        finally:
            _authentication.reset(token)

    @seams.wrap(rds, "_create_db_cluster_impl", "p")
    def cluster(original):
        def create_db_cluster(p):
            answer = original(p)
            made = rds._clusters.get(rds._p(p, "DBClusterIdentifier"))
            if made and _succeeded(answer):
                made["_MasterUserAuthentication"] = asked(p)
            return answer

        return create_db_cluster

    @seams.wrap(rds, "_create_db_instance_impl", "p")
    def instance(original):
        return lambda p: during(asked(p), original, p)

    @seams.wrap(rds, "_start_cluster_shared_container", "cluster_id", "cluster")
    def member(original):
        def start_cluster(cluster_id, cluster, *more, **named):
            authentication = cluster.get("_MasterUserAuthentication", "password")
            return during(authentication, original, cluster_id, cluster, *more, **named)

        return start_cluster

    @seams.wrap(rds, "_wait_for_database_ready", "host", "port", "engine", "user", "password")
    def ready(original):
        def wait_for_database_ready(host, port, engine, user, password, *more, **named):
            found = (one.monitor for one in servers.containers.list() if one.port == port and one.monitor)
            return original(host, port, engine, *next(found, (user, password)), *more, **named)

        return wait_for_database_ready

    @seams.wrap(rds, "_docker_image_for_engine", "engine")
    def environment(original):
        def docker_image_for_engine(*given):
            image, variables, port, path = original(*given)
            if variables:
                variables["MASTER_USER_AUTHENTICATION"] = _authentication.get()
            return image, variables, port, path

        return docker_image_for_engine


def _deletions(rds):
    """A last snapshot is named or skipped, and nothing else."""

    def fault(p):
        skipped = rds._p(p, "SkipFinalSnapshot") == "true"
        name = rds._p(p, "FinalDBSnapshotIdentifier")
        if skipped and name:
            message = "FinalDBSnapshotIdentifier can not be specified when deleting with SkipFinalSnapshot."
            return rds._error("InvalidParameterCombination", message, 400)
        if not skipped and not re.fullmatch(r"[A-Za-z](-?[A-Za-z0-9])*", name):
            message = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
            return rds._error("InvalidParameterCombination", message, 400)
        return None

    @seams.wrap(rds, "_delete_db_instance", "p")
    def instance(original):
        def delete_db_instance(p):
            found = rds._instances.get(rds._p(p, "DBInstanceIdentifier")) or {}
            alone = found and not found.get("DBClusterIdentifier")
            return (fault(p) if alone else None) or original(p)

        return delete_db_instance

    @seams.wrap(rds, "_delete_db_cluster", "p")
    def cluster(original):
        def delete_db_cluster(p):
            known = rds._clusters.get(rds._p(p, "DBClusterIdentifier"))
            refused = fault(p) if known else None
            answer = refused or original(p)
            name = rds._p(p, "FinalDBSnapshotIdentifier")
            if known and name and _succeeded(answer):
                rds._create_cluster_snapshot_internal(name, known)
            return answer

        return delete_db_cluster
