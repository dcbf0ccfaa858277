//! JSON on one line; numbers of a message keep their digits.

use ottpay::envelope::{Fields, Value};

use crate::failure::Failure;

/// Formats fields in the order of the digest.
pub(crate) fn format_fields(fields: &Fields) -> Result<String, Failure> {
    let mut out = String::from("{");
    for (name, value) in fields.iter() {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&format_value(name)?);
        out.push(':');
        match value {
            Value::Text(text) => out.push_str(&format_value(text)?),
            Value::Null => out.push_str("null"),
            other => out.push_str(other.as_text().unwrap_or_default()),
        }
    }
    out.push('}');
    Ok(out)
}

/// Formats any value.
pub(crate) fn format_value<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::refused(format!("cannot be written as JSON: {error}")))
}
