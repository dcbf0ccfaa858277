//! What a field accepts: its kind, its limits, and whether it may be empty.

use crate::{Kind, Limits, ValueError, currency, id, number, only, timestamp, url};

/// What a field accepts. Requests, examples in YAML, the sandbox and the command are all checked by it.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a, E, O> {
    /// What the value is.
    pub kind: Kind<E, O>,
    /// Limits on the string.
    pub limits: Limits,
    /// Whether a value may break the limits, because they are not certain.
    pub is_lenient: bool,
    /// The only words of an enum, or currencies, that are accepted; empty: all.
    pub only: &'a [&'a str],
    /// Whether the field has to be there.
    pub is_required: bool,
    /// Whether the field is sent in place of another.
    pub stands_in: bool,
}

impl<E, O> Rule<'_, E, O> {
    /// Checks a string that is sent. Stricter than what is received: amounts have digits only.
    ///
    /// JSON, the members of an object and the words of an open enum are not checked here.
    ///
    /// # Errors
    /// [`ValueError`] says what was expected.
    pub fn check_sent(&self, text: &str) -> Result<(), ValueError> {
        // To leave a field out is one thing, to send nothing in it another.
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

    /// Checks a string that was received: numbers may be written in any form of JSON, and most kinds are kept as they came.
    ///
    /// # Errors
    /// [`ValueError`] says what was expected.
    pub fn check_received(&self, text: &str) -> Result<(), ValueError> {
        match self.kind {
            Kind::Amount | Kind::Integer | Kind::RateE8 if number::whole(text).is_some() => Ok(()),
            Kind::Amount | Kind::Integer | Kind::RateE8 if number::is_digits(text) => Err(ValueError::TooLarge),
            Kind::Amount => Err(ValueError::NotAnAmount),
            Kind::Integer => Err(ValueError::NotAnInteger),
            Kind::RateE8 => Err(ValueError::NotARate),
            Kind::Decimal => number::decimal(text).map(drop).ok_or(ValueError::NotADecimal),
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

    /// Checks a string against the limits alone, unless they are not certain.
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
        // A string has at most as many characters as bytes.
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
