//! The stored forms of values.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::text::deserialize_text;
use crate::error::Outcome;
use crate::field::{Amount, CheckoutId, Currency, DateTime, Money, OrderId, Rate, RefundId, Timestamp, Url};

/// Values that are stored as they are displayed. They are checked again when they are read.
macro_rules! texts {
    ($($name:ident: $expected:literal, $read:expr;)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = deserialize_text(deserializer, $expected)?;
                $read(text).map_err(D::Error::custom)
            }
        }
    )*};
}

texts! {
    OrderId: "an order id", Self::new;
    RefundId: "the id of a refund", Self::new;
    CheckoutId: "the id of a Checkout page", Self::new;
    Currency: "a currency code", Self::try_from;
    Timestamp: "a time of 14 digits", Self::new;
    DateTime: "a date and time", Self::try_from;
    Rate: "an exchange rate", |text: String| text.parse::<Self>();
    Outcome: "an outcome", |text: String| text.parse::<Self>();
    // Any URL is accepted, like one from the gateway: a wallet's payment link has a scheme of its own. A setter checks
    // it later.
    Url: "a URL", |text| Ok::<_, &str>(Self::new_unchecked(text));
}

/// Serializes a whole number of minor units.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.minor())
    }
}

/// Reads a whole number of minor units only: a fraction, a negative number or a string is an error.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(MinorUnits)
    }
}

struct MinorUnits;

impl Visitor<'_> for MinorUnits {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount in whole minor units, such as 1999")
    }

    fn visit_u64<E: Error>(self, minor: u64) -> Result<Amount, E> {
        Ok(Amount::from_minor(minor))
    }

    /// Some formats have a single type for all integers.
    fn visit_i64<E: Error>(self, minor: i64) -> Result<Amount, E> {
        Amount::try_from(minor).map_err(E::custom)
    }
}

const MONEY: [&str; 2] = ["amount", "currency"];

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [amount, currency] = MONEY;
        let mut out = serializer.serialize_struct("Money", MONEY.len())?;
        out.serialize_field(amount, &self.amount())?;
        out.serialize_field(currency, &self.currency())?;
        out.end()
    }
}

/// Requires both members exactly once, and no others.
impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Money", &MONEY, Pair)
    }
}

struct Pair;

impl<'de> Visitor<'de> for Pair {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount and its currency")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Money, A::Error> {
        let (mut amount, mut currency) = (None::<Amount>, None::<Currency>);
        while let Some(name) = map.next_key::<String>()? {
            match &*name {
                "amount" if amount.is_some() => return Err(A::Error::duplicate_field("amount")),
                "amount" => amount = Some(map.next_value()?),
                "currency" if currency.is_some() => return Err(A::Error::duplicate_field("currency")),
                "currency" => currency = Some(map.next_value()?),
                other => return Err(A::Error::unknown_field(other, &MONEY)),
            }
        }
        let amount = amount.ok_or_else(|| A::Error::missing_field("amount"))?;
        Ok(amount.in_currency(currency.ok_or_else(|| A::Error::missing_field("currency"))?))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Money, A::Error> {
        let amount: Amount = items.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let currency = items.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        Ok(amount.in_currency(currency))
    }
}
