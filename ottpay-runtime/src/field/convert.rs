//! Conversions between the caller's values and the strings on the wire.

use std::borrow::Cow;

use ottpay_vocabulary::{ValueError, number};

use super::problem::Problem;

/// Turns what a caller hands to a setter into the text that is sent for a field of type `T`.
pub trait IntoField<T> {
    /// The text, or why the value does not fit.
    ///
    /// # Errors
    /// [`Problem`] never holds the value itself.
    fn into_field(self) -> Result<String, Problem>;
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
    fn into_field(self) -> Result<String, Problem> {
        Ok(self)
    }
}

impl IntoField<String> for &str {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self.to_owned())
    }
}

/// A reference to what fits does as well.
impl<T, V: Clone + IntoField<T>> IntoField<T> for &V {
    fn into_field(self) -> Result<String, Problem> {
        self.clone().into_field()
    }
}

impl IntoField<String> for Cow<'_, str> {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self.into_owned())
    }
}

impl FromField for String {
    fn from_field(text: &str) -> Result<Self, Problem> {
        Ok(text.to_owned())
    }
}

impl IntoField<u64> for u64 {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self.to_string())
    }
}

/// A whole number however it is written, never rounded.
impl FromField for u64 {
    fn from_field(text: &str) -> Result<Self, Problem> {
        number::whole(text).ok_or(Problem::Value(ValueError::NotAnInteger))
    }
}
