//! The digest over values, in every form in which the gateway is known or assumed to write them.

#[cfg(feature = "explain")]
use std::borrow::Cow;

use md5::{Digest, Md5};
use subtle::{Choice, ConstantTimeEq};

use super::fields::Fields;
use super::java;
use super::span::Form;
use super::value::Value;

/// How values that are not strings enter the digest. The vendor's samples contain strings only. Public clients digest
/// numbers as Java prints a double or as written, and `null` and nested values as nothing and as compact JSON. The word
/// `null` and the nested values in Java's form are inferred from what Java prints. Opening tries all forms.
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

    /// A value in this form; nothing if it looks otherwise than it arrived, as Java prints it.
    fn as_it_is(self, value: Value<'_>) -> Option<&str> {
        let is_java = matches!(self, Self::JavaNullWord | Self::JavaNullEmpty);
        match value {
            Value::Number(_) | Value::Nested(_) if is_java => None,
            Value::Null if matches!(self, Self::JavaNullWord | Self::TextNullWord) => Some("null"),
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
        for (_, value) in fields.iter() {
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
pub(super) fn hex(md5: &[u8]) -> String {
    base16ct::upper::encode_string(md5)
}

/// A digest as 32 upper-case hex digits, without an allocation.
pub(super) struct HexDigest([u8; 32]);

impl HexDigest {
    pub(super) fn new(digest: &[u8; 16]) -> Self {
        let mut digits = [0; 32];
        // Twice as many digits as bytes: this cannot fail.
        let _ = base16ct::upper::encode(digest, &mut digits);
        Self(digits)
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Whether `md5` is the digest of the fields in one of the forms. Every form is computed and compared, whichever fits, and
/// case does not matter.
pub(super) fn matches(fields: &Fields, md5: &str) -> bool {
    let mut received = [0; 16];
    let Ok(received) = base16ct::mixed::decode(md5, &mut received)
        .and_then(|received| <[u8; 16]>::try_from(received).map_err(|_| base16ct::Error::InvalidLength))
    else {
        return false;
    };
    // Strings look the same in every form, and without `null` two and two do.
    let forms: &[DigestForm] = if !fields.has_form(|form| !matches!(form, Form::Text)) {
        &[DigestForm::TextNullEmpty]
    } else if !fields.has_form(|form| matches!(form, Form::Null)) {
        &[DigestForm::JavaNullEmpty, DigestForm::TextNullEmpty]
    } else {
        &DigestForm::ALL
    };
    forms.iter().fold(Choice::from(0), |found, form| found | form.digest(fields).ct_eq(&received)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_fits_as_a_whole_or_not_at_all() {
        let fields = Fields::from_texts([("order_id", "T1".to_owned())]).unwrap();
        let digest = hex(&DigestForm::TextNullEmpty.digest(&fields));
        assert!(matches(&fields, &digest) && matches(&fields, &digest.to_ascii_lowercase()));
        for length in 0..digest.len() {
            assert!(!matches(&fields, &digest[..length]), "{length}");
        }
        assert!(!matches(&fields, &format!("{digest}0")));
        assert!(!matches(&fields, &format!("{digest}00")));
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
