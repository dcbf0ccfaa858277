//! Serializes a payment for a shop's log or response. It cannot be deserialized: a value from storage confirms nothing.

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::confirmed::{CurrencyBasis, Echo, Payment};
use crate::spec::WordSet as _;

/// Serializes a map; money is `{"amount":1999,"currency":"CAD"}`.
///
/// ```compile_fail
/// # extern crate ottpay_runtime as ottpay;
/// fn read(text: &str) -> ottpay::payment::Payment {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
impl Serialize for Payment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Payment", 11)?;
        out.serialize_field("id", &self.id)?;
        out.serialize_field("asked", &self.asked)?;
        out.serialize_field("paid", &self.paid)?;
        out.serialize_field("fee", &self.fee())?;
        out.serialize_field("tip", &self.tip())?;
        out.serialize_field("refunded", &self.refunded)?;
        out.serialize_field("order", describe_echo(self.order))?;
        out.serialize_field("merchant", describe_echo(self.merchant))?;
        let currency = match self.currency {
            CurrencyBasis::Stated => "stated",
            CurrencyBasis::Assumed => "assumed",
        };
        out.serialize_field("currency", currency)?;
        out.serialize_field("query", self.query)?;
        out.serialize_field("evidence", self.evidence.word().unwrap_or_default())?;
        out.end()
    }
}

fn describe_echo(echo: Echo) -> &'static str {
    match echo {
        Echo::Echoed => "echoed",
        Echo::Unstated => "unstated",
    }
}
