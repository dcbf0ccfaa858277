//! Verified fields as one line of JSON, with numbers as they came.

use ottpay::envelope::{Fields, Value};

use crate::failure::Failure;

/// The fields, in the order of the digest.
pub(crate) fn of_fields(fields: &Fields) -> Result<String, Failure> {
    let mut out = String::from("{");
    for (name, value) in fields.iter() {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&of(name)?);
        out.push(':');
        match value {
            Value::Text(text) => out.push_str(&of(text)?),
            Value::Null => out.push_str("null"),
            other => out.push_str(&other.as_text().unwrap_or_default()),
        }
    }
    out.push('}');
    Ok(out)
}

/// Anything in one line.
pub(crate) fn of<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::refused(format!("this cannot be written as JSON: {error}")))
}
