//! `aws:lambda/permission`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{ALL, Created, Fault, FaultKind, Foretold, Held, Input, Place, Resource, Seen};
use crate::outputs;

/// A statement of a function's policy that lets a service or an account invoke it.
#[derive(Debug)]
pub struct Permission;

/// What a permission is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PermissionInputs {
    /// The function's name.
    pub function: Input<String>,
    /// The statement's id, unique within the function; up to 100 letters, digits, `-` and `_`.
    pub statement_id: String,
    /// Who may invoke it: a service, as in `s3.amazonaws.com`, or an account's id.
    pub principal: String,
    /// The ARN of the thing on whose behalf it may be invoked; `*` and `?` stand for any characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<Input<String>>,
    /// The account that owns that thing; for ARNs that hold none, as buckets' do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_account: Option<Input<String>>,
}

outputs! {
    /// What a permission gives back.
    Permission => PermissionOutputs {
        /// The statement's id.
        statement_id: String,
    }
}

impl Resource for Permission {
    type Cloud = super::Aws;
    type Inputs = PermissionInputs;
    type Outputs = PermissionOutputs;

    const KIND: &'static str = "aws:lambda/permission";
    const REPLACE_ON: &'static [&'static str] = ALL;
    const ONE_AT_A_TIME: bool = true;
    const DIES_WITH: Option<&'static str> = Some("function");

    fn foretell(want: &PermissionInputs, _place: &Place) -> Foretold {
        let foretold = Foretold::default().output("statement_id", &want.statement_id);
        match want.function.known() {
            Some(function) => foretold.id(format!("{function}/{}", want.statement_id)),
            None => foretold,
        }
    }

    async fn create(_cx: &Cx, _want: &PermissionInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
