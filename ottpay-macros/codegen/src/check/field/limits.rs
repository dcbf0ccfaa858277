//! Checks the limits on the characters of a value.

use ottpay_vocabulary::{Charset, Limits, WordSet as _};

use crate::check::choice::parse_choice;
use crate::check::model::{Field, Kind};
use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::{Located, RawField};

/// Returns the limits of the field, else those of the shared type, and whether only a strict client enforces them.
pub(super) fn parse_limits(
    raw: &RawField,
    kind: Kind,
    shared: Option<&Field>,
    diagnostics: &mut Diagnostics,
) -> (Limits, bool) {
    let of = format!(" of the field `{}`", raw.wire.value);
    let charset = raw.charset.as_ref().and_then(|word| parse_choice(word, "charset", &of, Charset::WORDS, diagnostics));
    let lengths = [&raw.len, &raw.min_len, &raw.max_len];
    let first = lengths.iter().find_map(|length| length.as_ref().map(|length| &length.at));
    let Some(at) = first.or(raw.charset.as_ref().map(|charset| &charset.at)) else {
        if let Some(at) = raw.lenient.position() {
            let message = format!("`lenient` of the field `{}` has no effect without limits", raw.wire.value);
            diagnostics.report(Mistake::Misplaced, at, message, "remove it, or add a limit such as `max_len`");
        }
        return shared.map_or((Limits::default(), false), |shared| (shared.limits, shared.lenient));
    };
    if !kind.takes_limits() {
        let message = format!("the type of the field `{}` does not support limits", raw.wire.value);
        let help = "remove them: limits belong to `text`, `url` and ids";
        diagnostics.report(Mistake::NoLimits, at, message, help);
        return (Limits::default(), false);
    }
    let value = |length: &Option<Located<usize>>| length.as_ref().map(|length| length.value);
    let (min_len, max_len) = match value(&raw.len) {
        Some(len) => (Some(len), Some(len)),
        None => (value(&raw.min_len), value(&raw.max_len)),
    };
    if let (Some(len), true) = (&raw.len, raw.min_len.is_some() || raw.max_len.is_some()) {
        let message = format!("`len` of the field `{}` already sets both limits", raw.wire.value);
        diagnostics.report(Mistake::Contradiction, &len.at, message, "remove `min_len` and `max_len`, or `len`");
    }
    let limits = Limits {
        min_len: min_len.unwrap_or(Limits::NONE.min_len),
        max_len: max_len.unwrap_or(Limits::NONE.max_len),
        charset: charset.unwrap_or_default(),
    };
    if let (Some(min), Some(max)) = (min_len, max_len)
        && min > max
    {
        let message = format!("the field `{}`: `min_len: {min}` is greater than `max_len: {max}`", raw.wire.value);
        let help = "write the smaller number under `min_len`";
        diagnostics.report(Mistake::ImpossibleLimits, at, message, help);
        // No value could satisfy these limits.
        return (Limits::default(), false);
    }
    if let Some(zero) = [&raw.len, &raw.max_len].into_iter().flatten().find(|length| length.value == 0) {
        let message = format!("the field `{}` would always be empty", raw.wire.value);
        let help = "write the maximum length, or leave the field out";
        diagnostics.report(Mistake::ImpossibleLimits, &zero.at, message, help);
        return (Limits::default(), false);
    }
    (limits, raw.lenient.is_set())
}
