//! What must not be shown: the values of sensitive fields, and sign keys.

use ottpay::envelope::Fields;
use ottpay::spec::FieldInfo;

/// The values of sensitive fields that appear nowhere else in the message, and that are long and unusual enough not to
/// appear in one of our own messages by chance.
pub(crate) fn secrets<'a>(fields: &'a Fields, declared: &[FieldInfo]) -> Vec<&'a str> {
    let is_sensitive = |name: &str| declared.iter().any(|field| field.has_name(name) && field.sensitive);
    let open: Vec<&str> = fields
        .iter()
        .flat_map(|(name, value)| {
            let shown = if is_sensitive(name) { None } else { value.as_text() };
            [Some(name), shown].into_iter().flatten()
        })
        .collect();
    let hidden = fields.iter().filter(|(name, _)| is_sensitive(name)).filter_map(|(_, value)| value.as_text());
    hidden.filter(|text| is_odd(text) && !open.iter().any(|open| open.contains(text))).collect()
}

/// Whether the string is so unusual that no message of the project contains it by chance.
pub(crate) fn is_odd(text: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    text.len() >= 10 && text.chars().all(is_plain) && text.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// Asserts that a text shows none of these.
pub(crate) fn assert_hidden(shown: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret:?} is shown: {shown}");
    }
}
