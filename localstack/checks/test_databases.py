"""What databases.py adds: real databases, their endpoints, passwords and last snapshots."""

import json

import pg8000.native

import cloud

VERSION = "16.8"


class Databases(cloud.Check):
    def available(self, instance):
        def look():
            found = self.rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"][0]
            return found if found["DBInstanceStatus"] == "available" else None

        return self.until(f"{instance} available", look)

    def password(self, described):
        secret = self.secretsmanager.get_secret_value(SecretId=described["MasterUserSecret"]["SecretArn"])
        return json.loads(secret["SecretString"])["password"]

    def cluster(self, name, managed=True, **more):
        scaling = {"MinCapacity": 0, "MaxCapacity": 1, "SecondsUntilAutoPause": 600}
        made = self.rds.create_db_cluster(
            DBClusterIdentifier=name, Engine="aurora-postgresql", EngineVersion=VERSION, MasterUsername="keeper",
            ManageMasterUserPassword=managed, DatabaseName="shop", EnableHttpEndpoint=True,
            ServerlessV2ScalingConfiguration=scaling, **more,
        )["DBCluster"]
        self.rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-one", DBClusterIdentifier=name, Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
        )
        self.available(f"{name}-one")
        return made

    def drop(self, name, **last):
        self.rds.delete_db_instance(DBInstanceIdentifier=f"{name}-one", SkipFinalSnapshot=True)
        self.rds.delete_db_cluster(DBClusterIdentifier=name, **last)

    def test_a_cluster_has_its_endpoint_from_the_beginning_and_is_real(self):
        made = self.cluster("real")
        found = self.rds.describe_db_clusters(DBClusterIdentifier="real")["DBClusters"][0]
        self.assertEqual((made["Endpoint"], made["Port"]), (found["Endpoint"], found["Port"]))
        self.assertEqual(found["ServerlessV2ScalingConfiguration"]["SecondsUntilAutoPause"], 600)
        with pg8000.native.Connection(
            "keeper", host=made["Endpoint"], port=made["Port"], database="shop", password=self.password(made)
        ) as connection:
            connection.run("CREATE TABLE things (name text)")
            connection.run("INSERT INTO things VALUES ('lamp')")
        ran = self.rds_data.execute_statement(
            resourceArn=made["DBClusterArn"], secretArn=made["MasterUserSecret"]["SecretArn"], database="shop",
            sql="SELECT name FROM things",
        )
        self.assertEqual(ran["records"], [[{"stringValue": "lamp"}]])
        self.drop("real", SkipFinalSnapshot=True)
        with self.assertRaises(Exception):
            pg8000.native.Connection("keeper", host=made["Endpoint"], port=made["Port"], database="shop", password="x")

    def test_an_instance_in_no_cluster_names_none(self):
        alone = dict(DBInstanceIdentifier="alone", Engine="postgres", DBInstanceClass="db.t4g.micro", AllocatedStorage=20)
        self.rds.create_db_instance(**alone, MasterUsername="keeper", MasterUserPassword="long-enough-1")
        found = self.rds.describe_db_instances(DBInstanceIdentifier="alone")["DBInstances"][0]
        self.assertNotIn("DBClusterIdentifier", found)
        self.rds.delete_db_instance(DBInstanceIdentifier="alone", SkipFinalSnapshot=True)

    def test_a_wrong_password_is_refused(self):
        made = self.cluster("closed")
        with self.assertRaisesRegex(pg8000.exceptions.DatabaseError, "28P01"):
            pg8000.native.Connection("keeper", host=made["Endpoint"], port=made["Port"], database="shop", password="x")
        self.drop("closed", SkipFinalSnapshot=True)

    def token(self, made, as_client):
        return as_client.generate_db_auth_token(DBHostname=made["Endpoint"], Port=made["Port"], DBUsername="keeper")

    def connect(self, made, password):
        return pg8000.native.Connection(
            "keeper", host=made["Endpoint"], port=made["Port"], database="shop", password=password
        )

    def test_a_user_of_iam_signs_in_with_a_token_of_whoever_may(self):
        made = self.cluster(
            "signed", managed=False, MasterUserAuthenticationType="iam-db-auth", EnableIAMDatabaseAuthentication=True
        )
        with self.connect(made, self.token(made, self.rds)) as connection:
            self.assertEqual(connection.run("SELECT current_user"), [["keeper"]])
        user = f"arn:aws:rds-db:{cloud.REGION}:{self.account}:dbuser:{made['DbClusterResourceId']}/keeper"
        for name, statement, may in (
            ("may", cloud.allow("rds-db:connect", user), True),
            ("may-another", cloud.allow("rds-db:connect", user + "s"), False),
        ):
            role = self.role(name, "lambda.amazonaws.com", statement)
            taken = self.sts.assume_role(RoleArn=role, RoleSessionName="it")["Credentials"]
            key, secret, session = (taken[part] for part in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
            token = self.token(made, self.client("rds", key, secret, session))
            if may:
                self.connect(made, token).close()
            else:
                with self.assertRaisesRegex(pg8000.exceptions.DatabaseError, "28000"):
                    self.connect(made, token)
        for wrong in (self.token(made, self.rds)[:-1] + "x", "password"):
            with self.assertRaisesRegex(pg8000.exceptions.DatabaseError, "28000"):
                self.connect(made, wrong)
        self.rds.modify_db_cluster(
            DBClusterIdentifier="signed", EnableIAMDatabaseAuthentication=False, ApplyImmediately=True
        )
        with self.assertRaisesRegex(pg8000.exceptions.DatabaseError, "28000"):
            self.connect(made, self.token(made, self.rds))
        self.drop("signed", SkipFinalSnapshot=True)

    def test_an_instance_keeps_its_password_in_secrets_manager(self):
        self.rds.create_db_instance(
            DBInstanceIdentifier="single", Engine="postgres", EngineVersion="16.4", DBInstanceClass="db.t4g.micro",
            AllocatedStorage=20, MasterUsername="keeper", ManageMasterUserPassword=True, DBName="shop",
        )
        found = self.available("single")
        endpoint = found["Endpoint"]
        with pg8000.native.Connection(
            "keeper", host=endpoint["Address"], port=endpoint["Port"], database="shop", password=self.password(found)
        ) as connection:
            self.assertEqual(connection.run("SELECT rolsuper FROM pg_roles WHERE rolname = 'keeper'"), [[False]])
        self.rds.delete_db_instance(DBInstanceIdentifier="single", SkipFinalSnapshot=True)
        self.assertEqual(self.secretsmanager.list_secrets()["SecretList"], [])

    def test_a_last_snapshot_is_named_or_skipped(self):
        self.cluster("last")
        self.rds.delete_db_instance(DBInstanceIdentifier="last-one", SkipFinalSnapshot=True)
        self.refused("InvalidParameterCombination", self.rds.delete_db_cluster, DBClusterIdentifier="last")
        self.rds.delete_db_cluster(DBClusterIdentifier="last", FinalDBSnapshotIdentifier="last-final-1")
        kept = self.rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
        self.assertEqual([one["DBClusterSnapshotIdentifier"] for one in kept], ["last-final-1"])
