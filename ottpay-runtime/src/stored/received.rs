//! The stored form of a received message: a map of names on the wire, each value as the string that was received.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::redaction::{HIDDEN, redact};
use crate::reply::Received;
use crate::reply::received::parse_object;
use crate::spec::{FieldInfo, Kind};

/// For generated code: serializes without sensitive and undeclared values.
pub fn serialize_received<S: Serializer>(
    received: &Received,
    declared: &'static [FieldInfo],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Form { received, declared, is_whole: false }.serialize(serializer)
}

/// A received message, and how much of it is serialized.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) received: &'a Received,
    pub(super) declared: &'static [FieldInfo],
    /// Whether nothing is hidden.
    pub(super) is_whole: bool,
}

impl Serialize for Form<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.received.fields();
        let mut out = serializer.serialize_map(Some(fields.len()))?;
        for (name, value) in fields.iter() {
            let field = self.declared.iter().find(|field| field.has_name(name));
            let is_shown = self.is_whole || field.is_some_and(|field| !field.sensitive);
            let Some(text) = value.as_text() else {
                out.serialize_entry(name, &None::<&str>)?;
                continue;
            };
            match field.map(|field| field.kind) {
                _ if !is_shown => out.serialize_entry(name, &HIDDEN)?,
                Some(Kind::Object(info)) => match parse_object(text) {
                    Ok(object) => {
                        let inner = Form { received: &object, declared: info.fields, is_whole: self.is_whole };
                        out.serialize_entry(name, &inner)?;
                    }
                    Err(_) if self.is_whole => out.serialize_entry(name, text)?,
                    Err(_) => out.serialize_entry(name, &HIDDEN)?,
                },
                Some(kind) if !self.is_whole => out.serialize_entry(name, &format_args!("{}", redact(kind, text)))?,
                _ => out.serialize_entry(name, text)?,
            }
        }
        out.end()
    }
}
