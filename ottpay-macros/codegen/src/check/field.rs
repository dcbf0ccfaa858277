//! Checks the fields of requests, replies, callbacks, objects and browser returns.

mod fill;
mod limits;
mod misplaced;
mod names;
mod only;
mod owner;
mod places;
mod role;

pub(super) use owner::Owner;

use std::collections::BTreeMap;

use ottpay_vocabulary::{Encoding, Evidence, WordSet as _};

use self::fill::{parse_fill, parse_instead_of, settle_fills};
use self::limits::parse_limits;
use self::misplaced::{reject_misplaced_keys, reject_misplaced_type};
use self::names::{parse_name, reject_clashing_names};
use self::only::reject_unknown_words;
use self::places::Places;
use self::role::{parse_role, reject_duplicate_roles};
use super::choice::parse_choice;
use super::example::find_problem;
use super::model::{Field, Kind, Side};
use super::page::parse_page;
use super::types::Types;
use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::{LOST, Located, RawField, text_or_empty};

/// The largest number of fields in a message. A builder has a type parameter for each, and each setter names them all.
pub(super) const MAX_FIELDS: usize = 100;

/// Checks the fields of a message.
pub(super) fn check_fields(
    raw: impl Iterator<Item = (Side, RawField)>,
    owner: &Owner<'_>,
    types: &Types,
    diagnostics: &mut Diagnostics,
) -> Vec<Field> {
    let mut raw: Vec<_> = raw.collect();
    // A field may refer to one that is beyond the limit.
    let wires: Vec<String> = raw.iter().map(|(_, raw)| raw.wire.value.clone()).collect();
    if let Some((_, field)) = raw.get(MAX_FIELDS) {
        let message = format!("{} has more than {MAX_FIELDS} fields in one message", owner.name);
        let help = "a builder tracks every field, and all fields are compared with each other: is this one message?";
        diagnostics.report(Mistake::TooMany, &field.wire.at, message, help);
        raw.truncate(MAX_FIELDS);
    }
    let places: Vec<Places> = raw.iter().map(|(_, raw)| Places::find(raw)).collect();
    let (alternatives, others): (Vec<_>, Vec<_>) =
        raw.into_iter().enumerate().partition(|(_, (_, raw))| raw.instead_of.is_some());
    let mut checked: BTreeMap<usize, Field> = BTreeMap::new();
    for (index, (side, raw)) in others {
        checked.insert(index, check_field(raw, side, None, &wires, owner, types, diagnostics));
    }
    // Checked last, because a substitute inherits from the field that it replaces.
    for (index, (side, raw)) in alternatives {
        let named = |field: &&Field| raw.instead_of.as_ref().is_some_and(|named| named.value == field.wire);
        let mut candidates = checked.values().filter(named);
        // Fields inside and outside `data` may have the same name, so one on the same side is preferred.
        let replaced = candidates.clone().find(|field| field.side == side).or_else(|| candidates.next()).cloned();
        checked.insert(index, check_field(raw, side, replaced.as_ref(), &wires, owner, types, diagnostics));
    }
    let mut fields: Vec<Field> = checked.into_values().collect();
    reject_clashing_names(&fields, &places, owner, diagnostics);
    reject_duplicate_roles(&fields, owner, diagnostics);
    settle_fills(&mut fields, &places, diagnostics);
    fields
}

/// Checks one field. `replaced` is the field that it replaces, and `wires` are the wire names of all fields in its
/// message.
pub(super) fn check_field(
    raw: RawField,
    side: Side,
    replaced: Option<&Field>,
    wires: &[String],
    owner: &Owner<'_>,
    types: &Types,
    diagnostics: &mut Diagnostics,
) -> Field {
    let name = match side {
        // It is named like a Rust type, so the rules for the names of fields do not apply.
        Side::Shared => raw.wire.value.clone(),
        _ => parse_name(&raw, owner, diagnostics),
    };
    let known = match (&raw.kind, replaced) {
        (None, Some(replaced)) => (!replaced.is_broken).then_some((replaced.kind, Some(replaced))),
        _ => types.resolve(&raw, diagnostics),
    };
    // With an unknown type, the rules that depend on the type are not checked.
    let (kind, shared) = known.unwrap_or((Kind::Text, None));
    if known.is_some() {
        if !side.is_received() {
            reject_unknown_words(&raw, kind, types, diagnostics);
        }
        reject_misplaced_type(&raw, side, kind, diagnostics);
    }
    reject_misplaced_keys(&raw, side, replaced, owner, diagnostics);
    let (limits, lenient) = parse_limits(&raw, kind, shared, diagnostics);
    let role = parse_role(&raw, known, &types.enums, diagnostics);
    // The replaced field, if this one inherits its type and rules.
    let followed = replaced.filter(|_| raw.kind.is_none());
    let constant = raw.constant.as_ref().map(|constant| constant.value.clone());
    let constant = constant.or_else(|| replaced?.constant.clone()).filter(|_| raw.fill.is_none());
    let is_alternative = raw.instead_of.is_some();
    let is_written = constant.is_some() || raw.copy_of.is_some();
    let fill = parse_fill(&raw, known.map(|(kind, _)| kind), wires, diagnostics);
    let instead_of = parse_instead_of(&raw, wires, diagnostics);
    let of = format!(" of the field `{}`", raw.wire.value);
    let encoding =
        raw.encode.as_ref().and_then(|word| parse_choice(word, "encoding", &of, Encoding::WORDS, diagnostics));
    let evidence =
        raw.evidence.as_ref().and_then(|word| parse_choice(word, "evidence", &of, Evidence::WORDS, diagnostics));
    let content = raw.content.as_ref().and_then(|name| types.resolve_object(name, &raw.wire.value, diagnostics));
    // The page and evidence of a field are not inherited from the field that it replaces.
    let of_type = shared.filter(|_| followed.is_none());
    let inherited = |own: Vec<String>, of: fn(&Field) -> &Vec<String>| match shared {
        Some(shared) if own.is_empty() => of(shared).clone(),
        _ => own,
    };
    let received = side.is_received();
    let words = |words: Vec<Located<String>>| words.into_iter().map(|word| word.value).collect();
    let only = inherited(words(raw.only), |shared| &shared.only);
    let aliases = inherited(words(raw.aliases), |shared| &shared.aliases);
    let mut doc = text_or_empty(raw.doc);
    if let Some(shared) = shared.filter(|_| doc.is_empty()) {
        doc.clone_from(&shared.doc);
    }
    // A shared type without a `doc` has been reported at its declaration.
    let is_misread = raw.misread.iter().any(|key| matches!(*key, "doc" | "type" | LOST));
    if doc.is_empty() && shared.is_none() && known.is_some() && !is_misread {
        let message = format!("the field `{}` has no `doc`", raw.wire.value);
        diagnostics.report(Mistake::MissingKey, &raw.at, message, "add `doc: …`");
    }
    let field = Field {
        name,
        kind,
        required: !raw.optional.is_set() && !raw.opt_in.is_set() && !is_alternative,
        may_omit: raw.may_omit.is_set(),
        side,
        sensitive: raw.sensitive.is_set() || shared.is_some_and(|shared| shared.sensitive),
        constant,
        opt_in: raw.opt_in.is_set() || is_alternative && is_written,
        fill,
        instead_of,
        // A shared type may serve requests and replies: rules for the other side are dropped.
        only: if received { Vec::new() } else { only },
        aliases: if received || side == Side::Shared { aliases } else { Vec::new() },
        limits,
        lenient,
        encoding: encoding.or_else(|| Some(followed?.encoding)).unwrap_or_default(),
        evidence: evidence.or(owner.evidence).or(of_type.map(|shared| shared.evidence)).unwrap_or_default(),
        content: content.or_else(|| followed?.content),
        role,
        page: parse_page(raw.page, diagnostics).or_else(|| of_type?.page.clone()),
        doc,
        source: raw.wire.at,
        wire: raw.wire.value,
        is_broken: known.is_none(),
    };
    // An empty constant, or one that is not a value of its enum, has been reported.
    if let Some(constant) = raw.constant.filter(|constant| !constant.value.is_empty())
        && (!matches!(field.kind, Kind::Enum(_)) || is_word(&constant.value, &field, types))
        && !field.is_broken
        && let Some(problem) = find_problem(&constant.value, &field, &types.enums)
    {
        let message = format!("the constant of the field `{}`: {problem}", field.wire);
        let help = "write the value as it is on the wire, or fix the rules of the field";
        diagnostics.report(Mistake::BadConstant, &constant.at, message, help);
    }
    field
}

/// Whether a string is a value of the field's enum.
fn is_word(text: &str, field: &Field, types: &Types) -> bool {
    let Kind::Enum(index) = field.kind else { return false };
    types.enums.get(index).is_some_and(|declared| declared.words.iter().any(|word| word.word == text))
}
