//! Conversions between the caller's values and the strings on the wire.

use std::borrow::Cow;
use std::fmt;

use ottpay_vocabulary::{ValueError, number};

use super::problem::Problem;

/// A value that can be passed to the setter of a field of type `T`.
pub trait IntoField<T> {
    /// Appends the string that is sent. After an error, no part of it is sent.
    ///
    /// # Errors
    /// [`Problem`] states why the value does not fit, and never contains the value itself.
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem>;
}

/// The string of a field while it is written. The strings of all fields of a request share one buffer, so this type can
/// only append.
pub struct FieldText<'a>(&'a mut String);

impl<'a> FieldText<'a> {
    /// Appends to a string.
    pub fn new(text: &'a mut String) -> Self {
        Self(text)
    }

    /// Appends a string.
    pub fn push_str(&mut self, text: &str) {
        self.0.push_str(text);
    }
}

/// Shows none of the values.
impl fmt::Debug for FieldText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldText").finish_non_exhaustive()
    }
}

/// For `write!`, which cannot fail here.
impl fmt::Write for FieldText<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }
}

/// Reads a field of a reply or callback.
pub trait FromField: Sized {
    /// Parses a value; a number is passed as it was written.
    ///
    /// # Errors
    /// [`Problem`] never contains the value itself.
    fn from_field(text: &str) -> Result<Self, Problem>;
}

impl IntoField<String> for String {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        text.push_str(self);
        Ok(())
    }
}

impl IntoField<String> for str {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        text.push_str(self);
        Ok(())
    }
}

/// A reference to a suitable value is suitable as well.
impl<T, V: IntoField<T> + ?Sized> IntoField<T> for &V {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        V::write_to(self, text)
    }
}

impl IntoField<String> for Cow<'_, str> {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        text.push_str(self);
        Ok(())
    }
}

impl FromField for String {
    fn from_field(text: &str) -> Result<Self, Problem> {
        Ok(text.to_owned())
    }
}

impl IntoField<u64> for u64 {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        text.push_str(itoa::Buffer::new().format(*self));
        Ok(())
    }
}

/// Parses a whole number in any notation, never rounding.
impl FromField for u64 {
    fn from_field(text: &str) -> Result<Self, Problem> {
        number::parse_integer(text).ok_or(Problem::Value(ValueError::NotAnInteger))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn a_field_is_written_piece_by_piece() {
        let mut buffer = "before ".to_owned();
        let mut text = FieldText::new(&mut buffer);
        IntoField::<String>::write_to(&Cow::Borrowed("one "), &mut text).unwrap();
        write!(text, "{}", 2).unwrap();
        assert_eq!(buffer, "before one 2");
    }
}
