//! The stored form of a tracked request.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::attempt::Attempt;
use super::tracked::Tracked;
use crate::field::{Amount, Currency};
use crate::spec::{Moves, Role, WordSet as _};

/// The version of the stored form. Later versions can read earlier ones.
const VERSION: u64 = 1;

/// Why a string is not a stored [`Tracked`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a stored order: expected {expected} in `{member}`")]
pub struct TrackedError {
    member: &'static str,
    expected: &'static str,
}

impl TrackedError {
    /// Returns the member of the object that is missing or wrong.
    pub fn member(&self) -> &'static str {
        self.member
    }
}

impl Tracked {
    /// Formats the value as a JSON object on one line, for a database column.
    pub fn to_json(&self) -> String {
        self.to_value().to_string()
    }

    /// Parses the output of [`to_json`](Self::to_json).
    ///
    /// # Errors
    /// [`TrackedError`] names the member that is missing or wrong, but never contains its value.
    pub fn from_json(text: &str) -> Result<Self, TrackedError> {
        let value = serde_json::from_str(text).map_err(|_| unexpected("v", "a JSON object"))?;
        Self::from_value(&value)
    }

    pub(super) fn to_value(&self) -> Value {
        let minor = |amount: Option<Amount>| amount.map(Amount::minor);
        json!({
            "v": VERSION,
            "method": self.method,
            "merchant": self.merchant_id,
            "environment": self.environment,
            "id": self.id,
            "role": self.own_role.word(),
            "fields": self.fields,
            "amount": minor(self.amount),
            "tip": minor(self.tip),
            "currency": self.currency.as_ref().map(Currency::code),
            "at_once": self.moves == Moves::AtOnce,
            "delivered": self.is_delivered,
            "reserves": self.reserves,
            "since": self.since,
            "attempts": self.attempts.iter().map(|attempt| attempt.as_str()).collect::<Vec<_>>(),
            "announced_fee": minor(self.announced_fee),
            "refunded_before": minor(self.refunded_before),
        })
    }

    pub(super) fn from_value(value: &Value) -> Result<Self, TrackedError> {
        let members = Members(value.as_object().ok_or_else(|| unexpected("v", "a JSON object"))?);
        let version = members.number("v")?;
        if version != Some(VERSION) {
            return Err(unexpected("v", "version 1"));
        }
        let role = members.text("role")?;
        let own_role = Role::from_word(&role).filter(|role| role.is_own_id());
        let currency = members.optional_text("currency")?;
        Ok(Self {
            method: members.text("method")?,
            // Looked up by its method, in the client that queries.
            info: None,
            merchant_id: members.text("merchant")?,
            environment: members.text("environment")?,
            id: members.text("id")?,
            own_role: own_role.ok_or_else(|| unexpected("role", "the role of an id"))?,
            fields: members.fields()?,
            amount: members.amount("amount")?,
            tip: members.amount("tip")?,
            currency: currency
                .map(|code| Currency::new(&code).map_err(|_| unexpected("currency", "a currency code")))
                .transpose()?,
            moves: if members.flag("at_once")? { Moves::AtOnce } else { Moves::ByBuyer },
            is_delivered: members.flag("delivered")?,
            reserves: members.flag("reserves")?,
            since: members.number("since")?.ok_or_else(|| unexpected("since", "seconds since 1970"))?,
            attempts: members.attempts()?,
            is_restored: true,
            announced_fee: members.amount("announced_fee")?,
            refunded_before: members.amount("refunded_before")?,
        })
    }
}

fn unexpected(member: &'static str, expected: &'static str) -> TrackedError {
    TrackedError { member, expected }
}

/// The members of a stored object.
struct Members<'a>(&'a Map<String, Value>);

impl Members<'_> {
    fn get(&self, member: &str) -> &Value {
        self.0.get(member).unwrap_or(&Value::Null)
    }

    fn optional_text(&self, member: &'static str) -> Result<Option<String>, TrackedError> {
        match self.get(member) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.clone())),
            _ => Err(unexpected(member, "a string")),
        }
    }

    fn text(&self, member: &'static str) -> Result<String, TrackedError> {
        self.optional_text(member)?.ok_or_else(|| unexpected(member, "a string"))
    }

    fn number(&self, member: &'static str) -> Result<Option<u64>, TrackedError> {
        match self.get(member) {
            Value::Null => Ok(None),
            value => value.as_u64().map(Some).ok_or_else(|| unexpected(member, "a whole number")),
        }
    }

    fn amount(&self, member: &'static str) -> Result<Option<Amount>, TrackedError> {
        Ok(self.number(member)?.map(Amount::from_minor))
    }

    fn flag(&self, member: &'static str) -> Result<bool, TrackedError> {
        self.get(member).as_bool().ok_or_else(|| unexpected(member, "true or false"))
    }

    fn fields(&self) -> Result<BTreeMap<String, String>, TrackedError> {
        let fields = self.get("fields").as_object().ok_or_else(|| unexpected("fields", "an object"))?;
        let texts = fields.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        texts.collect::<Option<_>>().ok_or_else(|| unexpected("fields", "strings"))
    }

    fn attempts(&self) -> Result<Vec<Attempt>, TrackedError> {
        let attempts = self.get("attempts").as_array().ok_or_else(|| unexpected("attempts", "a list"))?;
        let words = attempts.iter().map(|word| Attempt::from_word(word.as_str()?));
        words.collect::<Option<_>>().ok_or_else(|| unexpected("attempts", "the results of attempts"))
    }
}

/// Serializes the object of [`Tracked::to_json`].
#[cfg(feature = "serde")]
impl serde::Serialize for Tracked {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

/// Deserializes from a self-describing format, such as JSON.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Tracked {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_value(&value).map_err(serde::de::Error::custom)
    }
}
