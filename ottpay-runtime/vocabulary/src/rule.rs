//! The rule for a field: its type, its limits, and whether it may be empty.

use crate::{Kind, Limits, ValueError, currency, id, number, only, timestamp, url};

/// The rule for the values of a field. Requests, examples in YAML, the sandbox and the command all use it.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a, E, O> {
    /// The type of the value.
    pub kind: Kind<E, O>,
    /// Limits on length and characters.
    pub limits: Limits,
    /// Whether a value may violate the limits, because they are not certain.
    pub is_lenient: bool,
    /// The only values of an enum, or currencies, that are accepted; empty if all are.
    pub only: &'a [&'a str],
    /// Whether the field is required.
    pub is_required: bool,
    /// Whether the field is sent in place of another one.
    pub stands_in: bool,
}

impl<E, O> Rule<'_, E, O> {
    /// Checks a string that is to be sent. Stricter than for received strings: an amount must consist of digits.
    ///
    /// JSON, the members of an object and the values of an open enum are not checked here.
    ///
    /// # Errors
    /// [`ValueError`] states what was expected.
    pub fn check_sent(&self, text: &str) -> Result<(), ValueError> {
        // Leaving a field out and sending an empty value are different.
        if text.is_empty() && (self.is_required || self.stands_in) {
            return Err(ValueError::Empty);
        }
        self.check_limits(text)?;
        match self.kind {
            Kind::OrderId | Kind::RefundId | Kind::CheckoutId => id::check_id(text).map_err(ValueError::NotAnId)?,
            Kind::Amount if !number::is_digits(text) => return Err(ValueError::NotAnAmount),
            Kind::Integer if !number::is_digits(text) => return Err(ValueError::NotAnInteger),
            Kind::RateE8 if !number::is_digits(text) => return Err(ValueError::NotARate),
            Kind::Url => drop(url::Parts::parse(text).map_err(ValueError::NotAUrl)?),
            Kind::Currency if !currency::is_code(text) => return Err(ValueError::NotACurrency),
            Kind::Timestamp => timestamp::check_timestamp(text).map_err(|_| ValueError::NotATimestamp)?,
            _ => {}
        }
        if !only::is_accepted(self.only, text) {
            let accepted = self.only.iter().map(|word| Box::from(*word)).collect();
            return Err(ValueError::NotOneOf { accepted });
        }
        self.check_received(text)
    }

    /// Checks a received string: numbers may have any notation of JSON, and most types are kept as they were received.
    ///
    /// # Errors
    /// [`ValueError`] states what was expected.
    pub fn check_received(&self, text: &str) -> Result<(), ValueError> {
        match self.kind {
            Kind::Amount | Kind::Integer | Kind::RateE8 if number::parse_integer(text).is_some() => Ok(()),
            Kind::Amount | Kind::Integer | Kind::RateE8 if number::is_digits(text) => Err(ValueError::TooLarge),
            Kind::Amount => Err(ValueError::NotAnAmount),
            Kind::Integer => Err(ValueError::NotAnInteger),
            Kind::RateE8 => Err(ValueError::NotARate),
            Kind::Decimal => number::parse_decimal(text).map(drop).ok_or(ValueError::NotADecimal),
            Kind::Currency => currency::parse(text).map(drop).map_err(|_| ValueError::NotACurrency),
            Kind::Text
            | Kind::OrderId
            | Kind::RefundId
            | Kind::CheckoutId
            | Kind::Url
            | Kind::Timestamp
            | Kind::DateTime
            | Kind::Json
            | Kind::Enum(_)
            | Kind::Object(_) => Ok(()),
        }
    }

    /// Checks a string only against the limits, unless they are not certain.
    ///
    /// # Errors
    /// [`ValueError::Charset`] or [`ValueError::Length`].
    pub fn check_limits(&self, text: &str) -> Result<(), ValueError> {
        let Limits { min_len, max_len, charset } = self.limits;
        if self.is_lenient {
            return Ok(());
        }
        if !charset.contains_all(text) {
            return Err(ValueError::Charset(charset));
        }
        // The number of characters is never larger than the number of bytes.
        if min_len == 0 && text.len() <= max_len {
            return Ok(());
        }
        let found = text.chars().count();
        if found < min_len || found > max_len {
            return Err(ValueError::Length { limits: self.limits, found });
        }
        Ok(())
    }
}
