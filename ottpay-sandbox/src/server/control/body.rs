//! Reads the body of a call: a JSON object whose members are read one by one, so that each error names its member.

use ottpay::spec::{FieldInfo, Kind};
use ottpay::{Amount, FromField as _};
use serde_json::{Map, Value};

use super::call::CallError;

/// Validates an amount in digits like a request to the gateway.
const AMOUNT: FieldInfo = FieldInfo { kind: Kind::Amount, ..FieldInfo::PLAIN };

/// The members of a body.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// Parses a body, which may be empty, and rejects members other than `known`.
    pub(super) fn read(body: &[u8], known: &[&str]) -> Result<Self, CallError> {
        let members = Self::read_any(body)?;
        match members.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                Err(CallError::invalid(format!("{name}: unknown member; expected one of {}", known.join(", "))))
            }
            None => Ok(members),
        }
    }

    /// Parses a body with any members.
    pub(super) fn read_any(body: &[u8]) -> Result<Self, CallError> {
        if body.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(CallError::invalid("the body: expected a JSON object, such as {}, found another JSON value")),
            Err(error) => Err(CallError::invalid(format!("the body: expected a JSON object, such as {{}}: {error}"))),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// Returns a member; `null` counts as absent.
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn read_text(&self, name: &str) -> Result<Option<String>, CallError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => {
                Err(CallError::invalid(format!("{name}: expected a string in quotation marks, found {other:.40}")))
            }
        }
    }

    /// Reads a whole number.
    pub(super) fn read_number(&self, name: &str) -> Result<Option<u32>, CallError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let expected = || CallError::invalid(format!("{name}: expected a whole number from 0 to {}", u32::MAX));
        number.ok_or_else(expected).map(Some)
    }

    /// Reads an amount in minor units, as a number or a string of digits.
    pub(super) fn read_amount(&self, name: &str) -> Result<Option<Amount>, CallError> {
        let amount = match self.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => {
                AMOUNT.check_value(text, true).ok().and_then(|()| Amount::from_field(text).ok())
            }
            // Even 1.0 is rejected, because the JSON parser may have rounded it.
            Some(value) => value.as_u64().map(Amount::from_minor),
        };
        let expected = || CallError::invalid(format!("{name}: expected minor units, a whole number: \"150\" is 1.50"));
        amount.ok_or_else(expected).map(Some)
    }
}
