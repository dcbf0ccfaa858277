//! The project's known answers of the envelope, as seeds.

use serde_json::Value;

pub(crate) const ENVELOPE: &str = include_str!("../../ottpay-runtime/tests/vectors/envelope.json");
pub(crate) const FORGERY: &str = include_str!("../../ottpay-runtime/tests/vectors/forgery.json");

pub(crate) fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("a file of vectors is JSON")
}

/// Every vector of the envelope: published by the vendor, sent, and received.
pub(crate) fn all() -> Vec<Value> {
    let vectors = parse(ENVELOPE);
    let groups = ["published", "sent", "received"].iter().filter_map(|group| vectors[group].as_array());
    groups.flatten().cloned().collect()
}

/// This member of each vector that has it.
pub(crate) fn texts(name: &str) -> Vec<String> {
    all().iter().filter_map(|vector| vector[name].as_str().map(str::to_owned)).collect()
}
