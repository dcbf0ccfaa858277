//! Reads a JSON object where it is: names and values become places in its text, and numbers keep the form in which they
//! were written.
//!
//! A parser of our own, because the digest needs numbers as they were written, and a general one gives them only if each
//! value is parsed twice. It accepts what `serde_json` accepts, which a test compares. What it will not read, such as a
//! value that is nested too deep, it leaves to `serde_json`.

use serde::de::IgnoredAny;

use super::json_error::JsonError;
use super::reader::{MAX_MEMBERS, Reader};
use super::span::Member;

/// How many members the longest documented message has, and a few.
const USUAL_MEMBERS: usize = 24;

/// The members of an object, in the order received, duplicates included.
pub(super) struct Object {
    pub(super) members: Vec<Member>,
    /// What follows the text that was read: strings without their escapes, and nested values made compact. The members are
    /// places in the two together.
    pub(super) decoded: String,
    /// Whether there is neither an escape nor white space between two tokens.
    pub(super) is_plain: bool,
}

/// Reads an object. `stand_in` is put in the place of each half of a surrogate pair.
pub(super) fn read_object(text: &str, stand_in: Option<&str>) -> Result<Object, JsonError> {
    let mut reader = Reader::new(text, stand_in);
    reader.skip_white_space();
    if reader.peek() != Some(b'{') {
        // Telling a list or a number from rubbish makes the message more helpful.
        let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
        return Err(if is_json { JsonError::NotObject } else { JsonError::NotJson });
    }
    let mut members = Vec::with_capacity(USUAL_MEMBERS);
    let count = reader.read_members(&mut members).ok_or(JsonError::NotJson)?;
    reader.skip_white_space();
    if reader.at < text.len() {
        return Err(JsonError::NotJson);
    }
    match reader.fault {
        _ if count > MAX_MEMBERS => Err(JsonError::TooMany),
        Some(fault) => Err(fault),
        None => Ok(Object { members, decoded: reader.decoded, is_plain: reader.is_plain }),
    }
}

/// Whether the text is a number as JSON writes it.
pub(super) fn is_number(text: &str) -> bool {
    let mut reader = Reader::new(text, None);
    reader.skip_number().is_some() && reader.at == text.len()
}

/// Compares names the way the gateway sorts them: by UTF-16 code units, never by a locale.
pub(super) fn code_units(a: &str, b: &str) -> std::cmp::Ordering {
    // Neighbours in a message mostly differ in the first byte.
    if let ([a, ..], [b, ..]) = (a.as_bytes(), b.as_bytes())
        && a != b
        && a.max(b).is_ascii()
    {
        return a.cmp(b);
    }
    match a.bytes().zip(b.bytes()).find(|(a, b)| a != b) {
        // Only what begins with these bytes, from U+E000 on, is in another order than its bytes.
        Some((0xee.., 0xee..)) => a.encode_utf16().cmp(b.encode_utf16()),
        Some((a, b)) => a.cmp(&b),
        None => a.len().cmp(&b.len()),
    }
}
