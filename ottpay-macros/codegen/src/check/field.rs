//! Checks the fields of requests, replies, callbacks, objects and browser returns.

mod limits;
mod names;
mod role;

use super::example::value_problem;
use super::types::Types;
use super::{Evidence, Field, Fill, Kind, Side, Source, choice, page, text};
use crate::Diagnostics;
use crate::names::suggestion;
use crate::read::RawField;

/// Who says that a field exists, by its name in the language; without the key a page of the vendor does.
const EVIDENCE: [(&str, Evidence); 2] = [("clients", Evidence::Clients), ("assumed", Evidence::Assumed)];

/// What the fields belong to, for messages.
pub(super) struct Owner<'a> {
    pub(super) file: &'a str,
    /// "REFUND", "the callback `payment`".
    pub(super) name: &'a str,
    /// Names that generated methods have already.
    pub(super) taken: &'a [&'a str],
    /// Whether the fields travel without an envelope, where values may be encoded.
    pub(super) is_plain: bool,
}

pub(super) fn check_all(
    raw: impl Iterator<Item = (Side, RawField)>,
    owner: &Owner<'_>,
    types: &Types,
    diagnostics: &mut Diagnostics,
) -> Vec<Field> {
    let raw: Vec<_> = raw.collect();
    let wires: Vec<String> = raw.iter().map(|(_, raw)| raw.wire.value.clone()).collect();
    let fields: Vec<Field> =
        raw.into_iter().map(|(side, raw)| check(raw, side, &wires, owner, types, diagnostics)).collect();
    names::differ(&fields, owner, diagnostics);
    role::differ(&fields, owner, diagnostics);
    fields
}

/// Checks one field; `wires` are the names of all that stand beside it.
pub(super) fn check(
    raw: RawField,
    side: Side,
    wires: &[String],
    owner: &Owner<'_>,
    types: &Types,
    diagnostics: &mut Diagnostics,
) -> Field {
    let file = owner.file;
    let name = match side {
        Side::Shared => raw.wire.value.clone(),
        _ => names::of(&raw, owner, diagnostics),
    };
    let (kind, shared) = types.of_field(&raw, file, diagnostics);
    words_exist(&raw, kind, types, owner, diagnostics);
    forbid(&raw, side, kind, owner, diagnostics);
    let (limits, lenient) = limits::of(&raw, kind, shared, owner, diagnostics);
    let role = role::of(&raw, kind, shared, &types.enums, owner, diagnostics);
    let fill = fill(&raw, wires, owner, diagnostics);
    let encodings = [("base64", true)];
    let base64 = raw.encode.as_ref().and_then(|word| choice(word, "encoding", &encodings, file, diagnostics));
    let evidence = raw.evidence.as_ref().and_then(|word| choice(word, "evidence", &EVIDENCE, file, diagnostics));
    let content = raw.content.as_ref().and_then(|name| {
        let found = types.objects.iter().position(|object| object.name == name.value);
        if found.is_none() {
            let help = suggestion(&name.value, types.objects.iter().map(|object| object.name.as_str()));
            diagnostics.report_with_help(file, name.at, format!("unknown object `{}`", name.value), help);
        }
        found
    });
    let inherited = |own: Vec<String>, of: fn(&Field) -> &Vec<String>| match shared {
        Some(shared) if own.is_empty() => of(shared).clone(),
        _ => own,
    };
    let received = side.is_received();
    let words = |words: Vec<crate::read::Located<String>>| words.into_iter().map(|word| word.value).collect();
    let only = inherited(words(raw.only), |shared| &shared.only);
    let aliases = inherited(words(raw.aliases), |shared| &shared.aliases);
    let mut doc = text(raw.doc);
    if let Some(shared) = shared.filter(|_| doc.is_empty()) {
        doc.clone_from(&shared.doc);
    }
    if doc.is_empty() {
        let message = format!("the field `{}` has no `doc`", raw.wire.value);
        diagnostics.report_with_help(file, raw.at, message, "add `doc: …`");
    }
    let field = Field {
        name,
        kind,
        required: !raw.optional && !raw.opt_in,
        may_omit: raw.may_omit,
        side,
        sensitive: raw.sensitive || shared.is_some_and(|shared| shared.sensitive),
        constant: raw.constant.map(|constant| constant.value),
        opt_in: raw.opt_in,
        fill,
        // A shared type may serve both sides: what belongs to the other one is left behind.
        only: if received { Vec::new() } else { only },
        aliases: if received || side == Side::Shared { aliases } else { Vec::new() },
        limits,
        lenient,
        base64: base64.is_some(),
        evidence: evidence.or(shared.map(|shared| shared.evidence)).unwrap_or_default(),
        content: content.or(shared.and_then(|shared| shared.content)),
        role,
        page: page::check(raw.page, file, diagnostics).or_else(|| shared?.page.clone()),
        doc,
        source: Source { file: file.to_owned(), at: raw.wire.at },
        wire: raw.wire.value,
    };
    if let Some(constant) = &field.constant
        && let Some(problem) = value_problem(constant, &field, &types.enums)
    {
        let message = format!("the constant of the field `{}` {problem}", field.wire);
        diagnostics.report(file, field.source.at, message);
    }
    field
}

/// Keys that have no meaning on this side, or contradict each other.
fn forbid(raw: &RawField, side: Side, kind: Kind, owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let received = side.is_received();
    let sent = matches!(side, Side::Request | Side::Outer);
    let written = if raw.constant.is_some() {
        "const"
    } else if raw.fill.is_some() {
        "fill"
    } else {
        "copy_of"
    };
    let is_written = raw.constant.is_some() || raw.fill.is_some() || raw.copy_of.is_some();
    let always = format!("contradicts `{written}`: the client always writes it");
    let in_received = "has no meaning in what is received";
    let in_shared = "belongs to the field, not to a type that fields share";
    for (present, key, why) in [
        (received && is_written, written, in_received),
        (received && !raw.only.is_empty(), "only", "has no meaning in what is received: the set is open"),
        (received && raw.may_omit, "may_omit", in_received),
        (received && raw.lenient, "lenient", in_received),
        (sent && !raw.aliases.is_empty(), "aliases", "has no meaning in a request: one name is sent"),
        (side == Side::Shared && is_written, written, in_shared),
        (side == Side::Shared && raw.optional, "optional", in_shared),
        (side == Side::Shared && raw.may_omit, "may_omit", in_shared),
        (raw.optional && is_written, "optional", always.as_str()),
        (raw.optional && raw.may_omit, "may_omit", "contradicts `optional`: the field may always be left out"),
        (raw.may_omit && (raw.fill.is_some() || raw.copy_of.is_some()), "may_omit", always.as_str()),
        (raw.opt_in && raw.constant.is_none(), "opt_in", "needs a `const`, which the caller may ask for"),
        (raw.opt_in && raw.may_omit, "may_omit", "contradicts `opt_in`: the field is left out unless asked for"),
        (raw.fill.is_some() && raw.constant.is_some(), "fill", "contradicts `const`"),
        (raw.copy_of.is_some() && (raw.constant.is_some() || raw.fill.is_some()), "copy_of", always.as_str()),
        (raw.encode.is_some() && !owner.is_plain, "encode", "is for links only"),
        (raw.content.is_some() && kind != Kind::Text, "content", "needs `type: text`"),
        (sent && is_for_received(kind), "type", "is for replies and callbacks only"),
        (received && kind == Kind::Timestamp, "type", "is for requests only: use `datetime`"),
    ] {
        if present {
            let message = format!("`{key}` of the field `{}` {why}", raw.wire.value);
            diagnostics.report_with_help(owner.file, raw.wire.at, message, "remove it");
        }
    }
}

fn is_for_received(kind: Kind) -> bool {
    matches!(kind, Kind::DateTime | Kind::RateE8 | Kind::Decimal | Kind::Json | Kind::Object(_))
}

fn fill(raw: &RawField, wires: &[String], owner: &Owner<'_>, diagnostics: &mut Diagnostics) -> Option<Fill> {
    let fills = [("merchant_id", false), ("endpoint", true)];
    if let Some(fill) = &raw.fill {
        let endpoint = choice(fill, "fill", &fills, owner.file, diagnostics)?;
        return Some(if endpoint { Fill::Endpoint } else { Fill::MerchantId });
    }
    let from = raw.copy_of.as_ref()?;
    let others = wires.iter().filter(|wire| **wire != raw.wire.value).map(String::as_str);
    if from.value == raw.wire.value {
        let message = format!("the field `{}` cannot be a copy of itself", from.value);
        diagnostics.report_with_help(owner.file, from.at, message, "name another field of the request");
    } else if !wires.contains(&from.value) {
        let message = format!("there is no field `{}` to copy", from.value);
        diagnostics.report_with_help(owner.file, from.at, message, suggestion(&from.value, others));
    }
    Some(Fill::CopyOf(from.value.clone()))
}

/// `only` and `const` of an enum must be words of it.
fn words_exist(raw: &RawField, kind: Kind, types: &Types, owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let Kind::Enum(index) = kind else {
        if let Some(first) = raw.only.first() {
            let message = format!("`only` of the field `{}` needs an enum as type", raw.wire.value);
            diagnostics.report_with_help(owner.file, first.at, message, "declare one in types.yaml, or remove `only`");
        }
        return;
    };
    let Some(declared) = types.enums.get(index) else { return };
    for word in raw.only.iter().chain(&raw.constant) {
        if !declared.words.iter().any(|known| known.word == word.value) {
            let help = suggestion(&word.value, declared.words.iter().map(|known| known.word.as_str()));
            let message = format!("`{}` is not a word of `{}`", word.value, declared.name);
            diagnostics.report_with_help(owner.file, word.at, message, help);
        }
    }
}
