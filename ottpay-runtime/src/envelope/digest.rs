//! The digest of the values, in every form in which the gateway is known or assumed to write them.

#[cfg(feature = "explain")]
use std::borrow::Cow;

use md5::{Digest, Md5};
use subtle::{Choice, ConstantTimeEq};

use super::fields::Fields;
use super::java;
use super::span::Form;
use super::value::Value;

/// How values other than strings are digested.
///
/// The vendor's samples contain only strings. Public clients digest numbers as Java prints a double or as written,
/// `null` as nothing, and nested values as compact JSON. The word `null`, and nested values in Java's form, are
/// inferred from what Java prints. Opening tries all forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigestForm {
    /// Numbers as Java prints a double (`1.0E7`), `null` as the word, lists and objects as Java prints its collections.
    JavaNullWord,
    /// Numbers as written, `null` as nothing, lists and objects as compact JSON.
    TextNullEmpty,
    /// Numbers, lists and objects as Java prints them, `null` as nothing.
    JavaNullEmpty,
    /// Numbers as written, lists and objects as compact JSON, `null` as the word.
    TextNullWord,
}

impl DigestForm {
    /// Every form, in the order in which they are tried.
    pub const ALL: [Self; 4] = [Self::JavaNullWord, Self::TextNullEmpty, Self::JavaNullEmpty, Self::TextNullWord];

    /// Returns a value in this form, or `None` if Java prints it in a different form than the one received.
    fn as_it_is(self, value: Value<'_>) -> Option<&str> {
        let is_java = matches!(self, Self::JavaNullWord | Self::JavaNullEmpty);
        match value {
            Value::Number(_) | Value::Nested(_) if is_java => None,
            Value::Null if matches!(self, Self::JavaNullWord | Self::TextNullWord) => Some("null"),
            // Only `null` has no text, and here it is digested as nothing.
            other => Some(other.as_text().unwrap_or_default()),
        }
    }

    #[cfg(feature = "explain")]
    pub(super) fn write(self, value: Value<'_>) -> Cow<'_, str> {
        self.as_it_is(value).map_or_else(
            || {
                let mut printed = String::new();
                java::write_value(value, &mut printed);
                Cow::Owned(printed)
            },
            Cow::Borrowed,
        )
    }

    pub(super) fn digest(self, fields: &Fields) -> [u8; 16] {
        let mut md5 = Md5::new();
        let mut printed = String::new();
        for value in fields.values() {
            md5.update(self.as_it_is(value).unwrap_or_else(|| {
                printed.clear();
                java::write_value(value, &mut printed);
                &printed
            }));
        }
        md5.finalize().into()
    }
}

/// 32 upper-case hex digits.
pub(super) fn encode_hex(md5: &[u8]) -> String {
    base16ct::upper::encode_string(md5)
}

/// A digest as 32 upper-case hex digits, without an allocation.
pub(super) struct HexDigest([u8; 32]);

impl HexDigest {
    pub(super) fn new(digest: &[u8; 16]) -> Self {
        let mut digits = [0; 32];
        // The buffer has two digits for each byte, so this cannot fail.
        let _ = base16ct::upper::encode(digest, &mut digits);
        Self(digits)
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Parses a digest of 32 hex digits in any case.
pub(super) fn read(text: &str) -> Option<[u8; 16]> {
    let mut digest = [0; 16];
    // A shorter text also decodes, but into fewer bytes.
    let whole = base16ct::mixed::decode(text, &mut digest).is_ok_and(|read| read.len() == 16);
    whole.then_some(digest)
}

/// Whether a string has the form of a digest.
#[cfg(feature = "explain")]
pub(super) fn is_md5(text: &str) -> bool {
    read(text).is_some()
}

/// Whether this is the digest of the fields in one of the forms. Every form is computed and compared, so that the time
/// does not depend on which of them matches.
pub(super) fn matches(fields: &Fields, stated: &[u8; 16]) -> bool {
    // Strings are the same in every form, and without `null` only two forms differ.
    let forms: &[DigestForm] = if !fields.has_form(|form| !matches!(form, Form::Text)) {
        &[DigestForm::TextNullEmpty]
    } else if !fields.has_form(|form| matches!(form, Form::Null)) {
        &[DigestForm::JavaNullEmpty, DigestForm::TextNullEmpty]
    } else {
        &DigestForm::ALL
    };
    forms.iter().fold(Choice::from(0), |found, form| found | form.digest(fields).ct_eq(stated)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_fits_as_a_whole_or_not_at_all() {
        let fields = Fields::from_texts([("order_id", "T1".to_owned())]).unwrap();
        let digest = encode_hex(&DigestForm::TextNullEmpty.digest(&fields));
        let matches = |text: &str| read(text).is_some_and(|stated| matches(&fields, &stated));
        assert!(matches(&digest) && matches(&digest.to_ascii_lowercase()));
        for at in 0..digest.len() {
            assert!(read(&digest[..at]).is_none(), "{at}");
            let mut other = digest.clone().into_bytes();
            other[at] ^= 1;
            assert!(!matches(&String::from_utf8(other).unwrap()), "{at}");
        }
        assert_eq!([read(&format!("{digest}0")), read(&format!("{digest}00")), read(&"g".repeat(32))], [None; 3]);
    }

    /// How long a comparison takes cannot be measured reliably in a test, so this reads how it is written.
    #[test]
    fn digests_are_compared_in_constant_time() {
        let source = include_str!("digest.rs");
        let (_, body) = source.split_once("pub(super) fn matches(").unwrap();
        let (body, _) = body.split_once("\n}\n").unwrap();
        assert!(body.contains(".ct_eq("), "{body}");
        for shortcut in ["==", "!=", ".eq(", ".any(", ".all(|form", ".find(", ".cmp(", ".starts_with("] {
            assert!(!body.contains(shortcut), "{shortcut} ends a comparison early: {body}");
        }
    }
}
