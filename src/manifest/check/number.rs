//! Numbers.

use serde_json::Value as Json;

use super::{Schema, Walk, with_about};
use crate::manifest::problem::Problem;
use crate::manifest::value::{Kind, Value};

impl Walk<'_> {
    pub(super) fn number(&mut self, schema: &Schema, value: &Value) {
        let given = match value.kind {
            Kind::Integer(number) => number as f64,
            Kind::Float(number) => number,
            _ => return,
        };
        let bound = |keyword: &str| schema.get(keyword).and_then(Json::as_f64);
        let (lowest, highest) = format_range(schema).unzip();
        let least = bound("minimum").or(lowest);
        let most = bound("maximum").or(highest);
        let above = bound("exclusiveMinimum");
        let below = bound("exclusiveMaximum");
        let fits = least.is_none_or(|least| given >= least)
            && most.is_none_or(|most| given <= most)
            && above.is_none_or(|above| given > above)
            && below.is_none_or(|below| given < below);
        let steps = bound("multipleOf").filter(|step| given % step != 0.0);
        let label = match (least, most, above, below) {
            _ if fits => match steps {
                Some(step) => format!("it has to be a multiple of {step}"),
                None => return,
            },
            (Some(least), Some(most), ..) => format!("it has to be {least} to {most}"),
            (Some(least), ..) if given < least => format!("the least is {least}"),
            (_, Some(most), ..) if given > most => format!("the most is {most}"),
            (_, _, Some(above), _) if given <= above => format!("it has to be above {above}"),
            (_, _, _, Some(below)) => format!("it has to be below {below}"),
            _ => return,
        };
        let message = "A value is out of its range.";
        let problem = Problem::at(value.span, "maas::manifest::out_of_range", message);
        self.problems.push(with_about(problem.label(label), schema));
    }
}

/// What the type behind an integer `format` can hold; schemars leaves out the larger bounds.
fn format_range(schema: &Schema) -> Option<(f64, f64)> {
    Some(match schema.get("format")?.as_str()? {
        "uint8" => (0.0, f64::from(u8::MAX)),
        "uint16" => (0.0, f64::from(u16::MAX)),
        "uint32" => (0.0, f64::from(u32::MAX)),
        "int8" => (f64::from(i8::MIN), f64::from(i8::MAX)),
        "int16" => (f64::from(i16::MIN), f64::from(i16::MAX)),
        "int32" => (f64::from(i32::MIN), f64::from(i32::MAX)),
        _ => return None,
    })
}
