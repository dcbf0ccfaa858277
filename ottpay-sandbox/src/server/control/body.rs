//! The body of a call: a JSON object, each member looked at by hand, so that what is wrong is said in words.

use axum::http::StatusCode;
use ottpay::Amount;
use serde_json::{Map, Value};

use super::Wrong;

/// The members of a body.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// Reads a body, which may be empty. It may have these members, and no others.
    pub(super) fn read(body: &[u8], known: &[&str]) -> Result<Self, Wrong> {
        let members = Self::any(body)?;
        match members.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(wrong(format!("{name}: no such member; the body may have {}", known.join(", ")))),
            None => Ok(members),
        }
    }

    /// Reads a body of any members.
    pub(super) fn any(body: &[u8]) -> Result<Self, Wrong> {
        if body.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(wrong("the body: expected a JSON object, such as {}, and not another JSON value".to_owned())),
            Err(error) => Err(wrong(format!("the body: expected a JSON object, such as {{}}: {error}"))),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// What is `null` counts as absent.
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Wrong> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(wrong(format!("{name}: expected text in quotation marks, found {other:.40}"))),
        }
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<u32>, Wrong> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let expected = || wrong(format!("{name}: expected a whole number from 0 to {}", u32::MAX));
        number.ok_or_else(expected).map(Some)
    }

    /// An amount in minor units, as a number or in digits.
    pub(super) fn amount(&self, name: &str) -> Result<Option<Amount>, Wrong> {
        let number = match self.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse::<u32>().ok(),
            Some(value) => value.as_u64().and_then(|number| u32::try_from(number).ok()),
        };
        let expected = || {
            let most = u32::MAX;
            wrong(format!("{name}: expected minor units, a whole number up to {most}: \"150\" stands for 1.50"))
        };
        number.map(|number| Amount::from_minor(u64::from(number))).ok_or_else(expected).map(Some)
    }
}

pub(super) fn wrong(text: String) -> Wrong {
    Wrong(StatusCode::BAD_REQUEST, text)
}
