//! Notes leniencies about the outer message of a request.

use ottpay::Framing;
use ottpay::envelope::{Fields, Message, MessageError, Reading, Value};
use ottpay::spec::ActionInfo;
use ottpay_vocabulary::wire;

use super::framing::detect_framing;
use super::notes::Notes;
use crate::leniency::Leniency;

/// Notes a `Content-Type` header other than that of JSON.
pub(super) fn note_content_type(notes: &mut Notes, content_type: Option<&str>) {
    let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default();
    if !essence.trim().eq_ignore_ascii_case("application/json") {
        notes.add(Leniency::ContentType);
    }
}

/// Notes how the body was decoded before it was opened.
pub(super) fn note_body(notes: &mut Notes, body: &[u8]) {
    let text = body.trim_ascii();
    if text.starts_with(b"\xef\xbb\xbf") {
        notes.add(Leniency::ByteOrderMark);
    }
    if detect_framing(body) == Framing::Base64 && text.iter().any(u8::is_ascii_whitespace) {
        notes.add_detail(Leniency::WhiteSpace, || "the body".to_owned());
    }
}

/// Notes how `data` and `md5` were decoded.
pub(super) fn note_reading(notes: &mut Notes, message: &Message<'_>, reading: Reading) {
    let (data, md5) = (message.text("data").unwrap_or_default(), message.text("md5").unwrap_or_default());
    if reading.spaces_as_plus {
        notes.add(Leniency::SpacesForPlus);
    }
    if data.contains(['\t', '\r', '\n']) || (data.contains(' ') && !reading.spaces_as_plus) {
        notes.add_at(Leniency::WhiteSpace, "data");
    }
    if reading.upper_cased {
        notes.add(Leniency::UpperCased);
    } else if md5.bytes().any(|byte| byte.is_ascii_lowercase()) {
        notes.add(Leniency::LowerCase);
    }
    if reading.half_surrogate {
        notes.add(Leniency::HalfSurrogate);
    }
}

/// Notes leniencies about the members next to `data`, in strict JSON, for this action.
pub(super) fn note_members(notes: &mut Notes, members: &Result<Fields, MessageError>, info: &ActionInfo) {
    let members = match members {
        Ok(members) => members,
        Err(MessageError::DuplicateMember) => return notes.add(Leniency::DuplicateMember),
        Err(_) => return notes.add(Leniency::MalformedMember),
    };
    let is_declared = |name: &str| info.request.iter().any(|field| field.outer && field.name == name);
    for (name, value) in members.iter() {
        if !wire::ENVELOPE_MEMBERS.contains(&name) && !is_declared(name) {
            notes.add_at(Leniency::UnknownMember, name);
        } else if let Some(leniency) = find_leniency(&value) {
            notes.add_at(leniency, name);
        }
    }
}

/// Finds a leniency about the value of a declared member.
fn find_leniency(value: &Value<'_>) -> Option<Leniency> {
    match value {
        Value::Text("") => Some(Leniency::EmptyField),
        Value::Text(_) => None,
        Value::Number(_) => Some(Leniency::Number),
        Value::Null => Some(Leniency::Null),
        _ => Some(Leniency::OtherType),
    }
}
