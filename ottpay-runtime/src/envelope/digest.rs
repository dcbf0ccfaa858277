//! The digest over values, in every form in which the gateway is known or assumed to write them.

use std::borrow::Cow;

use md5::{Digest, Md5};
use subtle::{Choice, ConstantTimeEq};

use super::java;
use super::json::Value;

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

    pub(super) fn write<'a>(self, value: &'a Value) -> Cow<'a, str> {
        let java = matches!(self, Self::JavaNullWord | Self::JavaNullEmpty);
        match value {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Number(_) | Value::Nested(_) if java => {
                let mut out = String::new();
                java::write_value(value, &mut out);
                Cow::Owned(out)
            }
            Value::Null if matches!(self, Self::JavaNullWord | Self::TextNullWord) => Cow::Borrowed("null"),
            other => other.as_text().unwrap_or_default(),
        }
    }

    pub(super) fn digest(self, members: &[(String, Value)]) -> String {
        let mut md5 = Md5::new();
        for (_, value) in members {
            md5.update(self.write(value).as_bytes());
        }
        hex(md5)
    }
}

/// 32 upper-case hex digits.
pub(super) fn hex(md5: Md5) -> String {
    base16ct::upper::encode_string(&md5.finalize())
}

/// Whether `md5` is the digest of `members` (already in digest order) in one of the forms. Every form is computed and
/// compared, whichever fits, and case does not matter.
pub(super) fn matches(members: &[(String, Value)], md5: &str) -> bool {
    let received = md5.to_ascii_uppercase();
    let forms = if members.iter().all(|(_, value)| matches!(value, Value::Text(_))) {
        // Strings look the same in every form.
        &[DigestForm::TextNullEmpty][..]
    } else {
        &DigestForm::ALL
    };
    forms
        .iter()
        .fold(Choice::from(0), |found, form| found | form.digest(members).as_bytes().ct_eq(received.as_bytes()))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_fits_as_a_whole_or_not_at_all() {
        let members = [("order_id".to_owned(), Value::Text("T1".to_owned()))];
        let digest = DigestForm::TextNullEmpty.digest(&members);
        assert!(matches(&members, &digest) && matches(&members, &digest.to_ascii_lowercase()));
        for length in 0..digest.len() {
            assert!(!matches(&members, &digest[..length]), "{length}");
        }
        assert!(!matches(&members, &format!("{digest}0")));
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
