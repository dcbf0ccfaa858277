//! The types of field values.

use crate::field::Encoding;

/// The type of a field's value. `E` refers to an enum and `O` to an object; built-in types need no declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<E, O> {
    /// Any string.
    Text,
    /// The id of an order, see [`id`](crate::id).
    OrderId,
    /// The id of a refund.
    RefundId,
    /// The merchant's id of a Checkout page.
    CheckoutId,
    /// Whole minor units of a currency.
    Amount,
    /// An absolute `http` or `https` URL, see [`url`](mod@crate::url).
    Url,
    /// A currency code of ISO 4217, see [`currency`](crate::currency).
    Currency,
    /// A whole number that is not money.
    Integer,
    /// `yyyyMMddHHmmss` in a request, see [`timestamp`](crate::timestamp).
    Timestamp,
    /// Date and time as the gateway writes them, in several formats.
    DateTime,
    /// An exchange rate times 10^8.
    RateE8,
    /// A decimal number.
    Decimal,
    /// Any JSON value, kept as compact JSON text because its structure is not documented.
    Json,
    /// A value of an enum.
    Enum(E),
    /// A JSON object, or a string that contains one.
    Object(O),
}

impl<E, O> Kind<E, O> {
    /// The types that need no declaration, by their names in the language.
    pub const BUILT_IN: [(&'static str, Self); 13] = [
        ("text", Self::Text),
        ("order_id", Self::OrderId),
        ("refund_id", Self::RefundId),
        ("checkout_id", Self::CheckoutId),
        ("amount", Self::Amount),
        ("url", Self::Url),
        ("currency", Self::Currency),
        ("integer", Self::Integer),
        ("timestamp", Self::Timestamp),
        ("datetime", Self::DateTime),
        ("rate_e8", Self::RateE8),
        ("decimal", Self::Decimal),
        ("json", Self::Json),
    ];

    /// The name in the language; `None` for an enum or an object, which are named in their declarations.
    pub fn built_in_name(&self) -> Option<&'static str> {
        // Without their contents, so that `E` and `O` need no `PartialEq`.
        let same = |other: &Self| std::mem::discriminant(other) == std::mem::discriminant(self);
        Self::BUILT_IN.iter().find(|(_, kind)| same(kind)).map(|(name, _)| *name)
    }

    /// Returns the object, if it is one.
    pub fn object(self) -> Option<O> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether the value describes money: an amount, its currency, or a number to convert it with. An unreadable value
    /// of this kind must never be treated like an absent one.
    pub fn is_of_money(&self) -> bool {
        matches!(self, Self::Amount | Self::Currency | Self::RateE8 | Self::Decimal)
    }

    /// Whether a received value is the string itself, and is therefore read in place instead of being stored again.
    pub fn is_read_in_place(&self, encoding: Encoding) -> bool {
        matches!(self, Self::Text | Self::Json) && encoding == Encoding::Plain
    }

    /// Whether limits on length and characters apply to this type.
    pub fn takes_limits(&self) -> bool {
        matches!(self, Self::Text | Self::Url) || self.is_id()
    }

    /// Whether it is an id that the merchant assigns: of an order, a refund or a Checkout page.
    pub fn is_id(&self) -> bool {
        matches!(self, Self::OrderId | Self::RefundId | Self::CheckoutId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_kind_has_a_name_of_its_own() {
        let names: Vec<_> = Kind::<(), ()>::BUILT_IN.iter().filter_map(|(_, kind)| kind.built_in_name()).collect();
        assert_eq!(names, Kind::<(), ()>::BUILT_IN.map(|(name, _)| name));
        assert_eq!(Kind::<(), ()>::Enum(()).built_in_name(), None);
    }
}
