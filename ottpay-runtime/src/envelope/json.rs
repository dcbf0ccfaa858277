//! Reads a JSON object in place: names and values become positions in its text, and numbers keep the notation in which
//! they were written.
//!
//! This is a parser of our own because the digest needs numbers as they were written, which a general parser provides
//! only if each value is parsed twice. It accepts what `serde_json` accepts, which a test verifies. What it does not
//! read, such as a value that is nested too deep, is left to `serde_json`.

use serde::de::IgnoredAny;

use super::json_error::JsonError;
use super::reader::{MAX_MEMBERS, Reader};
use super::span::Member;

/// The number of members of the longest documented message, and a few more.
const USUAL_MEMBERS: usize = 24;

/// The members of an object in the order received, including duplicates.
pub(super) struct Object {
    pub(super) members: Vec<Member>,
    /// Appended to the text that was read: strings without their escapes, and compact nested values. The members are
    /// positions in both together.
    pub(super) decoded: String,
    /// Whether there is neither an escape nor whitespace between two tokens.
    pub(super) is_plain: bool,
}

/// Reads an object. `stand_in` replaces each half of a surrogate pair.
pub(super) fn read_object(text: &str, stand_in: Option<&str>) -> Result<Object, JsonError> {
    let mut reader = Reader::new(text, stand_in);
    reader.skip_white_space();
    if reader.peek() != Some(b'{') {
        // Distinguishing a list or a number from arbitrary bytes makes the message more helpful.
        let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
        return Err(if is_json { JsonError::NotObject } else { JsonError::NotJson });
    }
    // Counting the members first costs more than it saves (docs/performance.md).
    let mut members = Vec::with_capacity(USUAL_MEMBERS);
    let count = reader.read_members(&mut members).ok_or(JsonError::NotJson)?;
    reader.skip_white_space();
    if reader.at < text.len() {
        return Err(JsonError::NotJson);
    }
    // An object with too many members is reported before a fault inside it, because it begins first.
    match reader.fault {
        _ if count > MAX_MEMBERS => Err(JsonError::TooMany),
        Some(fault) => Err(fault),
        None => Ok(Object { members, decoded: reader.decoded, is_plain: reader.is_plain }),
    }
}

/// Whether the text is a number in JSON's notation.
pub(super) fn is_number(text: &str) -> bool {
    let mut reader = Reader::new(text, None);
    reader.skip_number().is_some() && reader.at == text.len()
}

/// Compares names as the gateway sorts them: by UTF-16 code units, never by a locale.
pub(super) fn code_units(a: &str, b: &str) -> std::cmp::Ordering {
    // Adjacent names in a message usually differ in the first byte.
    if let ([a, ..], [b, ..]) = (a.as_bytes(), b.as_bytes())
        && a != b
        && a.max(b).is_ascii()
    {
        return a.cmp(b);
    }
    match a.bytes().zip(b.bytes()).find(|(a, b)| a != b) {
        // UTF-8 and UTF-16 order differ only for characters that begin with these bytes, U+E000 and higher.
        Some((0xee.., 0xee..)) => a.encode_utf16().cmp(b.encode_utf16()),
        Some((a, b)) => a.cmp(&b),
        None => a.len().cmp(&b.len()),
    }
}
