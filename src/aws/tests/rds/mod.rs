//! Databases: states that take minutes, protection, last snapshots, and what RDS refuses meanwhile.

mod clusters;
mod deletions;
mod groups;
mod instances;

use std::collections::BTreeSet;

use crate::aws::injected::{Answer, held, refuse, xml};
use crate::aws::{
    DbCluster, DbClusterInputs, DbClusterInstance, DbClusterInstanceInputs,
    DbClusterInstanceOutputs, DbClusterOutputs, DbInstance, DbInstanceInputs, DbInstanceOutputs,
};
use crate::graph::{Arn, Held, Input};

const ARN: &str = "arn:aws:rds:eu-west-1:123456789012:cluster:c";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!cluster-1-abcdef";

/// In a description: that its master user has no secret.
const NO_SECRET: &str = "<NoSecret></NoSecret>";

fn cluster_inputs() -> DbClusterInputs {
    DbClusterInputs {
        name: "c".into(),
        subnet_group: "sg".into(),
        security_groups: BTreeSet::from([Input::from("sg-1")]),
        parameter_group: "pg".into(),
        ..DbClusterInputs::default()
    }
}

fn cluster(inputs: DbClusterInputs) -> Held<DbCluster> {
    let outputs = DbClusterOutputs {
        name: "c".to_owned(),
        arn: Arn::from(ARN),
        endpoint: "c.cluster-x".to_owned(),
        reader_endpoint: "c.cluster-ro-x".to_owned(),
        port: "5432".to_owned(),
        database_name: "main".to_owned(),
        master_username: "master".to_owned(),
        secret_arn: SECRET.to_owned(),
        resource_id: "cluster-ID".to_owned(),
    };
    held("c", inputs, outputs)
}

/// A cluster as RDS describes it, in that state; `more` comes first, and so counts.
fn described(status: &str, more: &str) -> String {
    let whole = [
        ("DBClusterIdentifier", "c"),
        ("DBClusterArn", ARN),
        ("Status", status),
        ("Engine", "aurora-postgresql"),
        ("EngineVersion", "16.8"),
        ("DatabaseName", "main"),
        ("MasterUsername", "master"),
        ("Endpoint", "c.cluster-x"),
        ("ReaderEndpoint", "c.cluster-ro-x"),
        ("Port", "5432"),
        ("DBSubnetGroup", "sg"),
        ("DBClusterParameterGroup", "pg"),
        ("BackupRetentionPeriod", "1"),
        ("StorageEncrypted", "true"),
        ("CopyTagsToSnapshot", "true"),
        ("DeletionProtection", "false"),
        ("HttpEndpointEnabled", "false"),
        ("DbClusterResourceId", "cluster-ID"),
        ("IAMDatabaseAuthenticationEnabled", "false"),
        (
            "ServerlessV2ScalingConfiguration",
            "<MinCapacity>0.5</MinCapacity><MaxCapacity>1</MaxCapacity>",
        ),
        (
            "VpcSecurityGroups",
            "<VpcSecurityGroupMembership><VpcSecurityGroupId>sg-1</VpcSecurityGroupId></VpcSecurityGroupMembership>",
        ),
    ];
    let fields = whole
        .iter()
        .filter(|(name, _)| !more.contains(&format!("<{name}>")))
        .map(|(name, value)| format!("<{name}>{value}</{name}>"));
    let secret = format!("<MasterUserSecret><SecretArn>{SECRET}</SecretArn></MasterUserSecret>");
    let told = more.contains("<MasterUserSecret>") || more.contains(NO_SECRET);
    let secret = if told { String::new() } else { secret };
    format!("{more}{}{secret}", fields.collect::<String>())
}

fn clusters(status: &str, more: &str) -> Answer {
    let inside = described(status, more);
    xml(&format!("<DBClusters><DBCluster>{inside}</DBCluster></DBClusters>"))
}

fn made_cluster(status: &str, more: &str) -> Answer {
    xml(&format!("<DBCluster>{}</DBCluster>", described(status, more)))
}

fn no_cluster() -> Answer {
    refuse("DBClusterNotFoundFault", "DBCluster c not found.")
}

fn member_inputs() -> DbClusterInstanceInputs {
    DbClusterInstanceInputs { name: "i".into(), cluster: "c".into(), ..Default::default() }
}

fn member(inputs: DbClusterInstanceInputs) -> Held<DbClusterInstance> {
    let arn = Arn::from("arn:aws:rds:eu-west-1:123456789012:db:i");
    held("i", inputs, DbClusterInstanceOutputs { name: "i".to_owned(), arn })
}

fn instance_inputs() -> DbInstanceInputs {
    DbInstanceInputs {
        name: "i".into(),
        subnet_group: "sg".into(),
        security_groups: BTreeSet::from([Input::from("sg-1")]),
        parameter_group: "pg".into(),
        ..DbInstanceInputs::default()
    }
}

fn instance(inputs: DbInstanceInputs) -> Held<DbInstance> {
    let outputs = DbInstanceOutputs {
        name: "i".to_owned(),
        arn: Arn::from("arn:aws:rds:eu-west-1:123456789012:db:i"),
        endpoint: "i.x".to_owned(),
        port: "5432".to_owned(),
        database_name: "main".to_owned(),
        master_username: "master".to_owned(),
        secret_arn: SECRET.to_owned(),
        resource_id: "db-ID".to_owned(),
    };
    held("i", inputs, outputs)
}

/// An instance as RDS describes it, in that state; `more` comes first, and so counts.
fn instances(status: &str, more: &str) -> Answer {
    let whole = [
        ("DBInstanceIdentifier", "i"),
        ("DBInstanceArn", "arn:aws:rds:eu-west-1:123456789012:db:i"),
        ("DBInstanceStatus", status),
        ("DBInstanceClass", "db.t4g.micro"),
        ("Engine", "postgres"),
        ("EngineVersion", "16.8"),
        ("DBName", "main"),
        ("MasterUsername", "master"),
        ("Endpoint", "<Address>i.x</Address><Port>5432</Port>"),
        ("AllocatedStorage", "20"),
        ("StorageType", "gp3"),
        ("BackupRetentionPeriod", "1"),
        ("StorageEncrypted", "true"),
        ("CopyTagsToSnapshot", "true"),
        ("AutoMinorVersionUpgrade", "true"),
        ("DbiResourceId", "db-ID"),
        ("DBSubnetGroup", "<DBSubnetGroupName>sg</DBSubnetGroupName>"),
        (
            "DBParameterGroups",
            "<DBParameterGroup><DBParameterGroupName>pg</DBParameterGroupName></DBParameterGroup>",
        ),
        (
            "VpcSecurityGroups",
            "<VpcSecurityGroupMembership><VpcSecurityGroupId>sg-1</VpcSecurityGroupId></VpcSecurityGroupMembership>",
        ),
    ];
    let fields = whole
        .iter()
        .filter(|(name, _)| !more.contains(&format!("<{name}>")))
        .map(|(name, value)| format!("<{name}>{value}</{name}>"));
    let secret = format!("<MasterUserSecret><SecretArn>{SECRET}</SecretArn></MasterUserSecret>");
    let secret = if more.contains(NO_SECRET) { String::new() } else { secret };
    let inside = format!("{more}{}{secret}", fields.collect::<String>());
    xml(&format!("<DBInstances><DBInstance>{inside}</DBInstance></DBInstances>"))
}

fn no_instance() -> Answer {
    refuse("DBInstanceNotFound", "DBInstance i not found.")
}

/// The value of a field of a request in the query protocol.
fn field(body: &str, name: &str) -> Option<String> {
    let found = body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    Some(urlencoding::decode(found).unwrap().into_owned())
}
