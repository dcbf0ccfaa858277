//! Extracts the JSON text from a body.

use std::borrow::Cow;

use base64::Engine as _;

use super::message_error::MessageError;
use crate::encoding::standard_base64;

/// Returns the JSON text of a body, which may be encoded as Base64.
pub(super) fn json_of(body: &[u8]) -> Result<Cow<'_, [u8]>, MessageError> {
    let text = trim(body);
    match text.first() {
        None => Err(MessageError::Empty),
        Some(b'<') => Err(MessageError::Markup),
        Some(b'{') => Ok(Cow::Borrowed(text)),
        Some(b'[' | b'"') => Err(MessageError::NotObject),
        Some(_) => {
            let stripped: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let decoded = standard_base64().decode(stripped).map_err(|_| not_json(body))?;
            Ok(Cow::Owned(trim(&decoded).to_vec()))
        }
    }
}

/// Removes surrounding whitespace and byte order marks.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    // The usual body: nothing has to be removed, and its characters need not be examined.
    if let [b'{', .., b'}'] = text {
        return text;
    }
    let is_blank = |character: char| character.is_whitespace() || character == '\u{feff}';
    match std::str::from_utf8(text) {
        Ok(text) => text.trim_matches(is_blank).as_bytes(),
        Err(_) => {
            let text = text.trim_ascii();
            text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii()
        }
    }
}

/// Determines why the JSON text of a body is not an object.
pub(super) fn not_an_object(json: &[u8], body: &[u8]) -> MessageError {
    // Distinguishing a list or a number from arbitrary bytes makes the message more helpful.
    match !json.trim_ascii().starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(json).is_ok() {
        true => MessageError::NotObject,
        false => not_json(body),
    }
}

/// Determines why a body is not JSON.
pub(super) fn not_json(body: &[u8]) -> MessageError {
    if std::str::from_utf8(body).is_ok() { MessageError::NotJson } else { MessageError::NotText }
}
