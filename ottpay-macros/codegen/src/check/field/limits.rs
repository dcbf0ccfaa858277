//! Limits on the text of a value.

use super::Owner;
use crate::Diagnostics;
use crate::check::{Field, Kind, Limits, choice};
use crate::read::{Located, RawField};

/// Variants of the runtime's `Charset`, by their names in the language.
const CHARSETS: [(&str, &str); 2] = [("digits", "Digits"), ("alphanumeric", "Alphanumeric")];

/// The limits that the file gives, else those of the shared type; and whether only a strict client is held to them.
pub(super) fn of(
    raw: &RawField,
    kind: Kind,
    shared: Option<&Field>,
    owner: &Owner<'_>,
    diagnostics: &mut Diagnostics,
) -> (Limits, bool) {
    let file = owner.file;
    let charset = raw.charset.as_ref().and_then(|word| choice(word, "charset", &CHARSETS, file, diagnostics));
    let lengths = [&raw.len, &raw.min_len, &raw.max_len];
    let first = lengths.iter().find_map(|length| length.as_ref().map(|length| length.at));
    let Some(at) = first.or(raw.charset.as_ref().map(|charset| charset.at)) else {
        if raw.lenient {
            let message = format!("`lenient` of the field `{}` has no limits to be lenient about", raw.wire.value);
            diagnostics.report_with_help(file, raw.wire.at, message, "remove it, or add `max_len` or the like");
        }
        return shared.map_or((Limits::default(), false), |shared| (shared.limits, shared.lenient));
    };
    if !matches!(kind, Kind::Text | Kind::OrderId | Kind::Url) {
        let message = format!("the type of the field `{}` takes no limits on its text", raw.wire.value);
        diagnostics.report_with_help(file, at, message, "limits belong to text, order_id and url");
    }
    let value = |length: &Option<Located<usize>>| length.as_ref().map(|length| length.value);
    let (min_len, max_len) = match value(&raw.len) {
        Some(len) => (Some(len), Some(len)),
        None => (value(&raw.min_len), value(&raw.max_len)),
    };
    if let (Some(len), true) = (&raw.len, raw.min_len.is_some() || raw.max_len.is_some()) {
        diagnostics.report_with_help(file, len.at, "`len` is both limits at once", "remove `min_len` and `max_len`");
    }
    if let (Some(min), Some(max)) = (min_len, max_len)
        && min > max
    {
        let message = format!("the field `{}` would have to be at least {min} and at most {max} long", raw.wire.value);
        diagnostics.report(file, at, message);
    }
    (Limits { min_len, max_len, charset }, raw.lenient)
}
