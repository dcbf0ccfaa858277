//! Checks fields that the client writes, and fields that replace others.

use super::places::Places;
use crate::check::choice::parse_choice;
use crate::check::model::{Field, Fill, Kind};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::suggestion;
use crate::read::{Located, RawField};

/// Parses the source of a value that the client writes.
pub(super) fn parse_fill(
    raw: &RawField,
    kind: Option<Kind>,
    wires: &[String],
    diagnostics: &mut Diagnostics,
) -> Option<Fill> {
    if let Some(fill) = &raw.fill {
        let of = format!(" of the field `{}`", raw.wire.value);
        let found = parse_choice(fill, "fill", &of, &Fill::WORDS, diagnostics)?;
        let needed: Kind = match found {
            Fill::Endpoint => Kind::Url,
            Fill::MerchantId | Fill::CopyOf(_) => Kind::Text,
        };
        if kind.is_some_and(|kind| kind != needed) {
            let named = needed.built_in_name().unwrap_or_default();
            let message = format!("`fill: {}` of the field `{}` needs `type: {named}`", fill.value, raw.wire.value);
            diagnostics.report(Mistake::Misplaced, &fill.at, message, format!("write `type: {named}`"));
        }
        return Some(found);
    }
    let from = raw.copy_of.as_ref()?;
    require_other_field(raw, from, wires, "to copy", diagnostics);
    Some(Fill::CopyOf(from.value.clone()))
}

/// Returns the name of the field that this one replaces.
pub(super) fn parse_instead_of(raw: &RawField, wires: &[String], diagnostics: &mut Diagnostics) -> Option<String> {
    let from = raw.instead_of.as_ref()?;
    require_other_field(raw, from, wires, "to replace", diagnostics);
    Some(from.value.clone())
}

/// Rejects the name unless another field of the same request has it.
fn require_other_field(
    raw: &RawField,
    named: &Located<String>,
    wires: &[String],
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    let others = wires.iter().filter(|wire| **wire != raw.wire.value).map(String::as_str);
    if named.value == raw.wire.value {
        let message = format!("the field `{}` names itself {what}", named.value);
        diagnostics.report(Mistake::Mismatch, &named.at, message, "name another field of the request");
    } else if !wires.contains(&named.value) {
        let message = format!("the field `{}` finds no field `{}` {what}", raw.wire.value, named.value);
        let help = suggestion(&named.value, others);
        diagnostics.report(Mistake::UnknownField, &named.at, message, help);
    }
}

/// Rejects unsuitable copies and substitutes, and makes them sensitive if their source is.
pub(super) fn settle_fills(fields: &mut [Field], places: &[Places], diagnostics: &mut Diagnostics) {
    // A copy, because each field is changed while it is compared with the others.
    let all = fields.to_vec();
    let named = |wire: &str| all.iter().find(|field| field.wire == wire);
    for (field, places) in fields.iter_mut().zip(places) {
        let mut report = |at: &Position, message: String, help: &str| {
            diagnostics.report(Mistake::Mismatch, at, message, help);
        };
        if let Some(Fill::CopyOf(from)) = &field.fill
            // A field that names itself has been reported.
            && let Some(source) = named(from).filter(|source| source.wire != field.wire)
        {
            field.sensitive |= source.sensitive;
            if !source.is_given() {
                let message = format!("the field `{}` copies `{from}`, which the client writes", field.wire);
                report(&places.copy_of, message, "give this field the same `fill` or `const` as that field");
            } else if !source.required || source.may_omit || source.is_outer() || field.is_outer() {
                let message = format!("the field `{}` copies `{from}`, which may be absent", field.wire);
                report(&places.copy_of, message, "copy a field inside `data` that the caller must set");
            } else if source.kind != field.kind && field.kind != Kind::Text && !source.is_broken {
                let message = format!("the field `{}` copies `{from}`, which has another type", field.wire);
                report(&places.copy_of, message, "give both the same type");
            }
        }
        let Some(from) = &field.instead_of else { continue };
        if let Some(replaced) = named(from).filter(|replaced| replaced.wire != field.wire) {
            field.sensitive |= replaced.sensitive;
            let is_other = replaced.kind != field.kind && field.kind != Kind::Text;
            if is_other && !replaced.is_broken && !field.is_broken {
                let message = format!("the field `{}` replaces `{from}`, which has another type", field.wire);
                report(&places.instead_of, message, "remove its `type`, or give both the same");
            }
        }
        if let Some(other) = named(from)
            && (other.is_given() && other.required || other.instead_of.is_some() || other.side != field.side)
        {
            let message = format!("the field `{}` cannot replace `{from}`, which is always sent", field.wire);
            report(&places.instead_of, message, "name an optional field or a constant next to it");
        }
        // The later of the two is reported.
        let rival = |other: &&Field| other.instead_of == field.instead_of && other.source < field.source;
        if let Some(rival) = all.iter().find(rival) {
            let message = format!("the fields `{}` and `{}` both replace `{from}`", rival.wire, field.wire);
            report(&places.instead_of, message, "only one may: remove the other");
        }
    }
}
