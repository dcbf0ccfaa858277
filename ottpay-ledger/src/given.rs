//! The part of a reply that is for the buyer, as it is stored before it is handed out.

use std::collections::BTreeMap;

use ottpay::reply::Received;
use ottpay::spec::{ActionInfo, FieldInfo, Kind};

/// Formats the declared fields of a reply as a JSON object, by their names on the wire. Sensitive fields are left out,
/// because the database is not the place for them.
pub(crate) fn write_given(info: &ActionInfo, received: &Received) -> String {
    let shown = info.reply.iter().filter(|field| !is_sensitive(field));
    let texts = shown.filter_map(|field| Some((field.name, find_text(received, field)?)));
    let texts: BTreeMap<&str, String> = texts.collect();
    serde_json::to_string(&texts).unwrap_or_default()
}

/// Whether the stored form of a reply is complete, so that the reply can be returned a second time.
pub(crate) fn is_stored_whole(info: &ActionInfo) -> bool {
    !info.reply.iter().any(is_sensitive)
}

/// Parses the stored form. If it cannot be parsed, the result is empty.
pub(crate) fn read_given(json: &str) -> BTreeMap<String, String> {
    serde_json::from_str(json).unwrap_or_default()
}

fn find_text(received: &Received, field: &FieldInfo) -> Option<String> {
    // Some fields have several names on the wire (docs/vendor-differences.md). The declared one wins.
    let names = std::iter::once(field.name).chain(field.aliases.iter().copied());
    names.into_iter().find_map(|name| received.text(name)).map(str::to_owned)
}

fn is_sensitive(field: &FieldInfo) -> bool {
    match field.kind {
        Kind::Object(info) => field.sensitive || info.fields.iter().any(is_sensitive),
        _ => field.sensitive,
    }
}
