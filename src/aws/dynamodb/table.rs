//! `aws:dynamodb/table`

use aws_sdk_dynamodb::types::{KeyType, TableDescription, TableStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::table_calls as calls;
use crate::aws::check::Check;
use crate::aws::{Cx, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Moves, Naming,
    Objection, Place, Resource, Scope, Seen, Tags,
};
use crate::outputs;

/// A DynamoDB table, paid by request. DynamoDB encrypts every table; this one with the keys that
/// AWS owns, which cost nothing.
#[derive(Debug)]
pub struct Table;

/// What a table is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableInputs {
    /// Its name; 3 to 255 letters, digits, `-`, `_` and `.`.
    pub name: Input<String>,
    /// The partition key.
    pub hash_key: Key,
    /// The sort key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_key: Option<Key>,
    /// How it is paid: `PAY_PER_REQUEST`.
    #[serde(default = "billing_mode")]
    pub billing_mode: String,
    /// What its stream tells of each change: `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or
    /// `NEW_AND_OLD_IMAGES`; none: no stream.
    #[serde(default)]
    pub stream: Option<String>,
    /// The attribute that holds the time, in seconds since 1970, after which an item is deleted.
    #[serde(default)]
    pub ttl_attribute: Option<String>,
    /// Whether it can be restored to any second of the last 35 days.
    #[serde(default)]
    pub point_in_time_recovery: bool,
    /// Whether DynamoDB refuses to delete it.
    #[serde(default)]
    pub deletion_protection: bool,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// One attribute of the primary key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The attribute's name; up to 255 characters.
    pub name: String,
    /// Its type: `S` for text, `N` for a number, `B` for bytes.
    pub kind: String,
}

fn billing_mode() -> String {
    "PAY_PER_REQUEST".to_owned()
}

impl Default for TableInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            hash_key: Key { name: "id".to_owned(), kind: "S".to_owned() },
            range_key: None,
            billing_mode: billing_mode(),
            stream: None,
            ttl_attribute: None,
            point_in_time_recovery: false,
            deletion_protection: false,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a table gives back.
    Table => TableOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
        /// The ARN of its stream; empty where it has none.
        stream_arn: String,
    }
}

impl Resource for Table {
    type Cloud = crate::aws::Aws;
    type Inputs = TableInputs;
    type Outputs = TableOutputs;

    const KIND: &'static str = "aws:dynamodb/table";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 255, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name", "hash_key", "range_key"];
    const MOVES_ON_UPDATE: Moves = &[("stream_arn", &["stream"])];
    const TEARDOWN: &'static [&'static str] = &["deletion_protection"];
    const PROTECTED_BY: Option<&'static str> = Some("deletion_protection");
    const SECONDS: u32 = 8;

    fn foretell(want: &TableInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("dynamodb", format!("table/{name}"));
        let foretold =
            Foretold::default().id(name.as_str()).output("name", name).output("arn", arn);
        if want.stream.is_some() { foretold } else { foretold.output("stream_arn", "") }
    }

    fn check(want: &TableInputs) -> Vec<Objection> {
        let fits = |name: &String| {
            let charset = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            (3..=255).contains(&name.len()) && name.bytes().all(charset)
        };
        let word = |name: &str| (1..=255).contains(&name.len());
        let range = want.range_key.as_ref();
        let mut check = Check::default()
            .that(
                want.name.known().is_none_or(fits),
                "name",
                "a table's name has 3 to 255 letters, digits, `-`, `_` and `.`",
            )
            .one_of("billing_mode", &want.billing_mode, &[&billing_mode()])
            .that(
                range.is_none_or(|range| range.name != want.hash_key.name),
                "range_key",
                "the two keys are two attributes",
            )
            .that(
                want.ttl_attribute.as_deref().is_none_or(word),
                "ttl_attribute",
                "an attribute's name has 1 to 255 characters",
            );
        for (path, key) in [("hash_key", Some(&want.hash_key)), ("range_key", range)] {
            let Some(key) = key else { continue };
            check = check.one_of(&format!("{path}.kind"), &key.kind, &["S", "N", "B"]).that(
                word(&key.name),
                &format!("{path}.name"),
                "an attribute's name has 1 to 255 characters",
            );
        }
        if let Some(view) = &want.stream {
            check = check.one_of("stream", view, &VIEWS);
        }
        check.done()
    }

    async fn create(cx: &Cx, want: &TableInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let id = Id::from(name.as_str());
        let mut table = match calls::create(cx, want).await {
            // One that is being deleted keeps the name for some seconds more. Waiting here rather
            // than in `delete` costs only those who want the same name again.
            Err(fault) if fault.kind == FaultKind::Exists => {
                calls::gone(cx, name, fault).await?;
                calls::create(cx, want).await?
            }
            made => made?,
        };
        // What follows needs an active table, and so do a stream's readers.
        if want.stream.is_some() || want.ttl_attribute.is_some() || want.point_in_time_recovery {
            cx.made(&id).await?;
            table = calls::active(cx, name, true).await?;
        }
        if let Some(attribute) = &want.ttl_attribute {
            calls::put_ttl(cx, name, attribute, true).await?;
        }
        if want.point_in_time_recovery {
            calls::put_recovery(cx, name, true).await?;
        }
        Ok(Created { id, outputs: outputs_of(&table) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        let table = calls::describe(cx, name).await?;
        let Some(table) =
            table.filter(|table| table.table_status() != Some(&TableStatus::Deleting))
        else {
            return Ok(None);
        };
        let outputs = outputs_of(&table);
        let (ttl, recovery, tags) = futures::try_join!(
            calls::ttl(cx, name),
            calls::recovery(cx, name),
            calls::tags(cx, outputs.arn.as_str()),
        )?;
        let key = |role: KeyType| {
            let key = table.key_schema().iter().find(|key| *key.key_type() == role)?;
            let name = key.attribute_name();
            let attribute =
                table.attribute_definitions().iter().find(|one| one.attribute_name() == name)?;
            let kind = attribute.attribute_type().as_str().to_owned();
            Some(Key { name: name.to_owned(), kind })
        };
        let billing = table.billing_mode_summary().and_then(|summary| summary.billing_mode());
        let inputs = TableInputs {
            name: Input::from(name),
            hash_key: key(KeyType::Hash).unwrap_or_default(),
            range_key: key(KeyType::Range),
            billing_mode: billing.map_or("PROVISIONED", |mode| mode.as_str()).to_owned(),
            stream: stream_of(&table),
            ttl_attribute: ttl,
            point_in_time_recovery: recovery,
            deletion_protection: table.deletion_protection_enabled().unwrap_or_default(),
            tags,
        };
        Ok(Some(Seen { inputs, outputs }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &TableInputs) -> Result<TableOutputs, Fault> {
        let name = held.id.as_str();
        // DynamoDB refuses to turn on what is on, so one that is half made is looked at first.
        let (was, mut outputs) = match &held.outputs {
            Some(outputs) if held.finished => (held.inputs.clone(), outputs.clone()),
            _ => {
                calls::active(cx, name, true).await?;
                let seen = Self::read(cx, held).await?.ok_or_else(|| absent(name))?;
                (seen.inputs, seen.outputs)
            }
        };
        if was.billing_mode != want.billing_mode {
            calls::put_on_demand(cx, name).await?;
        }
        if was.deletion_protection != want.deletion_protection {
            calls::put_protection(cx, name, want.deletion_protection).await?;
        }
        if was.stream != want.stream {
            if was.stream.is_some() {
                calls::put_stream(cx, name, None).await?;
                calls::active(cx, name, false).await?;
            }
            if want.stream.is_some() {
                calls::put_stream(cx, name, want.stream.as_deref()).await?;
            }
            outputs = outputs_of(&calls::active(cx, name, false).await?);
        }
        if was.ttl_attribute != want.ttl_attribute {
            let now = calls::ttl(cx, name).await?;
            if now != want.ttl_attribute {
                if let Some(attribute) = &now {
                    calls::put_ttl(cx, name, attribute, false).await?;
                }
                if let Some(attribute) = &want.ttl_attribute {
                    calls::put_ttl(cx, name, attribute, true).await?;
                }
            }
        }
        if was.point_in_time_recovery != want.point_in_time_recovery {
            calls::put_recovery(cx, name, want.point_in_time_recovery).await?;
        }
        let (gone, put) = tags::due(held.finished, &held.inputs.tags, &want.tags);
        calls::put_tags(cx, outputs.arn.as_str(), gone, put).await?;
        Ok(outputs)
    }

    /// Returns once DynamoDB has begun: nothing that is deleted after a table needs it gone, and
    /// `create` waits where the same name is wanted again.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        match calls::delete(cx, name).await {
            Err(fault) if calls::is_protected(&fault) && !held.inputs.deletion_protection => {
                calls::put_protection(cx, name, false).await?;
                calls::delete(cx, name).await
            }
            deleted => deleted,
        }
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::tables(cx, scope).await.map(Some)
    }
}

const VIEWS: [&str; 4] = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];

fn absent(name: &str) -> Fault {
    Fault::new(FaultKind::Absent, format!("the table {name} is gone"))
}

fn stream_of(table: &TableDescription) -> Option<String> {
    let stream = table.stream_specification().filter(|stream| stream.stream_enabled())?;
    Some(stream.stream_view_type()?.as_str().to_owned())
}

fn outputs_of(table: &TableDescription) -> TableOutputs {
    // The last stream's ARN stays when the stream was turned off.
    let stream = stream_of(table).and_then(|_| table.latest_stream_arn());
    TableOutputs {
        name: table.table_name().unwrap_or_default().to_owned(),
        arn: Arn::from(table.table_arn().unwrap_or_default()),
        stream_arn: stream.unwrap_or_default().to_owned(),
    }
}
