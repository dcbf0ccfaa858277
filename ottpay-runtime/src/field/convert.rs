//! Conversions between the caller's values and the strings on the wire.

use std::borrow::Cow;
use std::fmt;

use ottpay_vocabulary::{ValueError, number};

use super::problem::Problem;

/// What a caller hands to the setter of a field of type `T`.
pub trait IntoField<T> {
    /// Writes the text that is sent. Nothing of it is sent after an error.
    ///
    /// # Errors
    /// [`Problem`] says why the value does not fit, and never holds the value itself.
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem>;
}

/// The text of a field, while it is written. In one request the texts of all fields follow each other, so this only appends.
pub struct FieldText<'a>(&'a mut String);

impl<'a> FieldText<'a> {
    /// Writes to the end of a string.
    pub fn new(text: &'a mut String) -> Self {
        Self(text)
    }

    /// Appends a string.
    pub fn push_str(&mut self, text: &str) {
        self.0.push_str(text);
    }
}

/// Shows nothing of the texts.
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
    /// Reads the text of a value; numbers come as they were written.
    ///
    /// # Errors
    /// [`Problem`] never holds the value itself.
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

/// A reference to what fits does as well.
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

/// A whole number however it is written, never rounded.
impl FromField for u64 {
    fn from_field(text: &str) -> Result<Self, Problem> {
        number::whole(text).ok_or(Problem::Value(ValueError::NotAnInteger))
    }
}
