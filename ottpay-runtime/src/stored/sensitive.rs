//! Serializes everything, because the caller requested it explicitly.

use std::fmt;

use serde::ser::{Serialize, Serializer};

use super::received::Form;
use super::request::serialize_values;
use crate::reply::Received;
use crate::request::Values;
use crate::spec::FieldInfo;

/// Serializes the whole content of a request, a reply, a callback or a browser return, including sensitive and
/// undeclared fields. Each of them creates it with `with_sensitive()`.
///
/// The output may be a secret: keep it out of logs.
#[derive(Clone, Copy)]
pub struct WithSensitive<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    Received(Form<'a>),
    Request(&'a Values),
}

/// For generated code: the result of `with_sensitive()` for a received message.
pub fn with_sensitive<'a>(received: &'a Received, declared: &'static [FieldInfo]) -> WithSensitive<'a> {
    WithSensitive(Source::Received(Form { received, declared, is_whole: true }))
}

/// For generated code: the result of `with_sensitive()` for a request.
pub fn request_with_sensitive(values: &Values) -> WithSensitive<'_> {
    WithSensitive(Source::Request(values))
}

/// Shows no value that may be sensitive.
impl fmt::Debug for WithSensitive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Source::Received(form) => form.received.fmt(f),
            Source::Request(values) => values.fmt(f),
        }
    }
}

impl Serialize for WithSensitive<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Source::Received(form) => form.serialize(serializer),
            Source::Request(values) => serialize_values(values, true, serializer),
        }
    }
}
