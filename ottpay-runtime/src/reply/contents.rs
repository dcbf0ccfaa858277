//! The contents of a typed reply, callback or object: everything received, and the values of its fields. One type
//! serves all of them, because generated code would be compiled again for each.

use std::fmt;

use super::received::{FieldError, Received};
use crate::field::{FromField, Problem};
use crate::spec::FieldInfo;

/// Everything received, and the values that are kept of it.
#[derive(Clone)]
pub struct Contents<K> {
    /// Everything that was received.
    pub raw: Received,
    /// The descriptions of the fields.
    pub declared: &'static [FieldInfo],
    /// The values of the fields that are not read in place, see `Kept`.
    pub kept: K,
}

impl<K: Kept> Contents<K> {
    /// Reads the fields in the order of their descriptions.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that is missing or unreadable.
    pub(super) fn read(raw: Received, declared: &'static [FieldInfo]) -> Result<Self, FieldError> {
        let mut unread = Unread { received: &raw, fields: declared.iter() };
        let kept = K::read(&mut unread)?;
        unread.check_texts()?;
        Ok(Self { raw, declared, kept })
    }
}

impl<K> Contents<K> {
    /// Returns a string that is read in place, by the index of its field. Absent, `null` and empty are the same.
    pub fn optional_text(&self, index: usize) -> Option<&str> {
        self.raw.find(self.declared.get(index)?)
    }

    /// Returns a required string by the index of its field. Only an absent status is empty.
    pub fn text(&self, index: usize) -> &str {
        self.optional_text(index).unwrap_or_default()
    }

    /// For the `Debug` of the type with this name.
    ///
    /// # Errors
    /// Those of the formatter.
    pub fn fmt_debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt_debug(name, self.declared, f)
    }
}

/// The values that are kept. A tuple has a member for each field that is not read in place; if there are more than
/// twelve, the last member is a tuple of the rest.
///
/// The type decides how an absent or unreadable value is treated: as an error of the whole message for a required field
/// (`T`), as an error of the field if it is money and unreadable (`Result<Option<T>, FieldError>`), otherwise as
/// `None`.
pub trait Kept: Sized {
    /// Reads the next fields.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that is missing or unreadable.
    fn read(unread: &mut Unread<'_>) -> Result<Self, FieldError>;
}

/// The fields that have not been read yet.
pub struct Unread<'a> {
    received: &'a Received,
    fields: std::slice::Iter<'static, FieldInfo>,
}

impl Unread<'_> {
    /// Returns the next field whose value is kept, after checking that the required strings before it are present.
    fn next_kept(&mut self) -> Result<Option<&'static FieldInfo>, FieldError> {
        for field in self.fields.by_ref() {
            if !field.kind.is_read_in_place(field.encoding) {
                return Ok(Some(field));
            }
            if field.required {
                self.received.check_presence(field)?;
            }
        }
        Ok(None)
    }

    /// Like [`next_kept`](Self::next_kept), for a member: generated code has one for each such field.
    fn next_member(&mut self) -> Result<&'static FieldInfo, FieldError> {
        // The error is only built if needed: generated code takes this path for each value that is kept.
        match self.next_kept()? {
            Some(field) => Ok(field),
            None => Err(FieldError { field: "", problem: Problem::Missing }),
        }
    }

    /// Checks that the required strings after the last kept field are present.
    fn check_texts(&mut self) -> Result<(), FieldError> {
        self.next_kept().map(drop)
    }
}

/// Reads a required field.
impl<T: FromField> Kept for T {
    fn read(unread: &mut Unread<'_>) -> Result<Self, FieldError> {
        let field = unread.next_member()?;
        unread.received.read_required(field)
    }
}

/// Reads an optional field.
impl<T: FromField> Kept for Option<T> {
    fn read(unread: &mut Unread<'_>) -> Result<Self, FieldError> {
        let field = unread.next_member()?;
        Ok(unread.received.read_optional(field))
    }
}

/// Reads an optional field of money.
impl<T: FromField> Kept for Result<Option<T>, FieldError> {
    fn read(unread: &mut Unread<'_>) -> Result<Self, FieldError> {
        let field = unread.next_member()?;
        Ok(unread.received.optional_money(field))
    }
}

macro_rules! tuples {
    ($($member:ident)*) => {
        impl<$($member: Kept),*> Kept for ($($member,)*) {
            // The empty tuple does not use the argument.
            fn read(_unread: &mut Unread<'_>) -> Result<Self, FieldError> {
                Ok(($($member::read(_unread)?,)*))
            }
        }
    };
}

tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Fields;
    use crate::spec::Kind;

    fn declared(fields: impl IntoIterator<Item = (String, Kind)>) -> &'static [FieldInfo] {
        let field = |(name, kind): (String, Kind)| FieldInfo::required(name.leak(), kind, "", 1);
        fields.into_iter().map(field).collect::<Vec<_>>().leak()
    }

    fn received(texts: &[(&str, &str)]) -> Received {
        Received::from_fields(Fields::from_texts(texts.iter().map(|(name, text)| (*name, (*text).to_owned()))).unwrap())
    }

    #[test]
    fn more_than_twelve_values_are_read_in_the_order_of_their_fields() {
        type Many = (u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, (u64, Option<u64>, u64));
        let names: Vec<String> = (0..14).map(|index| format!("field_{index}")).collect();
        let texts: Vec<String> = (100..114).map(|value| value.to_string()).collect();
        let texts: Vec<(&str, &str)> = names.iter().zip(&texts).map(|(name, text)| (&**name, &**text)).collect();
        let fields = declared(names.iter().map(|name| (name.clone(), Kind::Integer)));
        let contents = Contents::<Many>::read(received(&texts), fields).unwrap();
        assert_eq!((contents.kept.0, contents.kept.10), (100, 110));
        assert_eq!(contents.kept.11, (111, Some(112), 113));
    }

    #[test]
    fn the_first_field_that_is_missing_is_named_whether_its_value_is_kept_or_not() {
        let fields = [("text", Kind::Text), ("number", Kind::Integer), ("last", Kind::Json)];
        let fields = declared(fields.map(|(name, kind)| (name.to_owned(), kind)));
        let read = |texts: &[(&str, &str)]| Contents::<(u64,)>::read(received(texts), fields);
        let missing = |texts: &[(&str, &str)]| read(texts).err().map(|error| error.to_string());
        assert_eq!(missing(&[("last", "{}")]).unwrap(), "text: required, but absent");
        assert_eq!(missing(&[("text", "a")]).unwrap(), "number: required, but absent");
        assert_eq!(missing(&[("text", "a"), ("number", "1")]).unwrap(), "last: required, but absent");
        assert!(missing(&[("text", "a"), ("number", "many"), ("last", "{}")]).unwrap().starts_with("number: "));
        let contents = read(&[("text", "a"), ("number", "1"), ("last", "{}")]).unwrap();
        assert_eq!((contents.text(0), contents.kept, contents.optional_text(2)), ("a", (1,), Some("{}")));
    }
}
