//! The ways to read a decrypted text, and the choice among them.

use std::borrow::Cow;

use crate::envelope::digest;
use crate::envelope::fields::Fields;
use crate::envelope::json_error::JsonError;
use crate::envelope::open::{OpenError, STAND_INS};
use crate::envelope::surrogate;

/// A way to read a decrypted text.
pub(super) struct Reading<'a> {
    /// The JSON text.
    pub(super) text: Cow<'a, str>,
    /// The replacement for each half of a surrogate pair, if the text has any.
    pub(super) stand_in: Option<&'static str>,
}

/// Returns the text as it is, or, if it has halves of surrogate pairs, with the replacements of Node and of Java.
pub(super) fn readings(text: &str) -> Vec<Reading<'_>> {
    let replaced = STAND_INS.into_iter().filter_map(|stand_in| {
        let text = Cow::Owned(surrogate::replace_halves(text, stand_in)?);
        Some(Reading { text, stand_in: Some(stand_in) })
    });
    let replaced: Vec<_> = replaced.collect();
    if replaced.is_empty() { vec![Reading { text: Cow::Borrowed(text), stand_in: None }] } else { replaced }
}

/// A reading and its result.
pub(super) struct Chosen<'a, 'b> {
    pub(super) reading: &'a Reading<'b>,
    pub(super) object: Result<Fields, JsonError>,
    /// Why the text does not open; `None` if it matches the digest.
    pub(super) error: Option<OpenError>,
}

/// Returns the reading that matches the digest, else the first that is an object, else the first.
pub(super) fn choose_reading<'a, 'b>(readings: &'a [Reading<'b>], md5: &str) -> Option<Chosen<'a, 'b>> {
    let mut best: Option<Chosen<'_, '_>> = None;
    let stated = digest::read(md5);
    for reading in readings {
        let object = Fields::parse_object(&reading.text);
        let error = match &object {
            Ok(fields) if stated.is_some_and(|stated| digest::matches(fields, &stated)) => {
                return Some(Chosen { reading, object, error: None });
            }
            // The replacement may make two names equal.
            Ok(_) | Err(JsonError::Duplicate) if reading.stand_in.is_some() => OpenError::LoneSurrogate,
            Ok(_) => OpenError::Digest,
            Err(error) => OpenError::from(*error),
        };
        if best.as_ref().is_none_or(|best| best.object.is_err() && object.is_ok()) {
            best = Some(Chosen { reading, object, error: Some(error) });
        }
    }
    best
}
