//! Checks the fields of requests, replies, callbacks, objects and browser returns.

mod limits;
mod names;
mod role;
mod written;

use super::example::value_problem;
use super::types::Types;
use super::{Evidence, Field, Kind, Side, Source, choice, page, text};
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
    let mut fields: Vec<Field> =
        raw.into_iter().map(|(side, raw)| check(raw, side, &wires, owner, types, diagnostics)).collect();
    names::differ(&fields, owner, diagnostics);
    role::differ(&fields, owner, diagnostics);
    written::settle(&mut fields, owner, diagnostics);
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
    let fill = written::fill(&raw, kind, wires, owner, diagnostics);
    let instead_of = written::instead_of(&raw, wires, owner, diagnostics);
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
    // A shared type without one has been reported where it stands.
    if doc.is_empty() && shared.is_none() {
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
        instead_of,
        // A shared type may serve both sides: what belongs to the other one is left behind.
        only: if received { Vec::new() } else { only },
        aliases: if received || side == Side::Shared { aliases } else { Vec::new() },
        limits,
        lenient,
        base64: base64.is_some(),
        evidence: evidence.or(shared.map(|shared| shared.evidence)).unwrap_or_default(),
        content,
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
        (received && raw.instead_of.is_some(), "instead_of", in_received),
        (sent && !raw.aliases.is_empty(), "aliases", "has no meaning in a request: one name is sent"),
        (side == Side::Shared && is_written, written, in_shared),
        (side == Side::Shared && raw.optional, "optional", in_shared),
        (side == Side::Shared && raw.name.is_some(), "name", in_shared),
        (side == Side::Shared && raw.encode.is_some(), "encode", in_shared),
        (side == Side::Shared && raw.content.is_some(), "content", in_shared),
        (side == Side::Shared && raw.instead_of.is_some(), "instead_of", in_shared),
        (side == Side::Shared && raw.may_omit, "may_omit", in_shared),
        (raw.optional && is_written, "optional", always.as_str()),
        (raw.optional && raw.may_omit, "may_omit", "contradicts `optional`: the field may always be left out"),
        (raw.may_omit && raw.copy_of.is_some(), "may_omit", always.as_str()),
        (
            raw.opt_in && raw.constant.is_none() && raw.copy_of.is_none(),
            "opt_in",
            "needs a `const` or `copy_of`, which the caller may ask for",
        ),
        (raw.constant.as_ref().is_some_and(|constant| constant.value.is_empty()), "const", "is empty"),
        (raw.opt_in && raw.may_omit, "may_omit", "contradicts `opt_in`: the field is left out unless asked for"),
        (raw.fill.is_some() && raw.constant.is_some(), "fill", "contradicts `const`"),
        (raw.copy_of.is_some() && (raw.constant.is_some() || raw.fill.is_some()), "copy_of", always.as_str()),
        (raw.encode.is_some() && !owner.is_plain && side != Side::Shared, "encode", "is for links only"),
        (raw.content.is_some() && kind != Kind::Text, "content", "needs `type: text`"),
    ] {
        if present {
            let message = format!("`{key}` of the field `{}` {why}", raw.wire.value);
            diagnostics.report_with_help(owner.file, raw.wire.at, message, "remove it");
        }
    }
    let Some(named) = &raw.kind else { return };
    let misplaced = match kind {
        Kind::DateTime if sent => Some(("is for replies and callbacks only", "use `timestamp`")),
        _ if sent && is_for_received(kind) => Some(("is for replies and callbacks only", "use `text` or the like")),
        Kind::Timestamp if received => Some(("is for requests only", "use `datetime`")),
        _ => None,
    };
    if let Some((why, help)) = misplaced {
        let message = format!("the type `{}` of the field `{}` {why}", named.value, raw.wire.value);
        diagnostics.report_with_help(owner.file, named.at, message, help);
    }
}

fn is_for_received(kind: Kind) -> bool {
    matches!(kind, Kind::DateTime | Kind::RateE8 | Kind::Decimal | Kind::Json | Kind::Object(_))
}

/// `only` and `const` of an enum must be words of it.
fn words_exist(raw: &RawField, kind: Kind, types: &Types, owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let Kind::Enum(index) = kind else {
        if let Some(first) = raw.only.first().filter(|_| kind != Kind::Currency) {
            let message = format!("`only` of the field `{}` needs an enum or `currency` as type", raw.wire.value);
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
