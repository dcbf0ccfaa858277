//! Checks the fields of requests, replies, callbacks, objects and browser returns.

mod fill;
mod limits;
mod names;
mod role;

use std::collections::BTreeMap;

use super::example::value_problem;
use super::types::Types;
use super::{Field, Kind, Side, choice, page, text};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::suggestion;
use crate::read::{LOST, Located, RawField};
use crate::word_sets::{ENCODINGS, EVIDENCE};

/// The greatest number of fields of a message. A builder has a type parameter for each, and each setter names them all.
const MAX_FIELDS: usize = 100;

/// What the fields belong to, for messages.
pub(super) struct Owner<'a> {
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
    let mut raw: Vec<_> = raw.collect();
    if let Some((_, field)) = raw.get(MAX_FIELDS) {
        let message = format!("{} has more than {MAX_FIELDS} fields in one message", owner.name);
        let help = "a builder keeps track of each, and they are compared with each other: is this one message?";
        diagnostics.report(Mistake::TooMany, &field.wire.at, message, help);
        raw.truncate(MAX_FIELDS);
    }
    let places: Vec<Places> = raw.iter().map(|(_, raw)| Places::of(raw)).collect();
    let wires: Vec<String> = raw.iter().map(|(_, raw)| raw.wire.value.clone()).collect();
    let mut fields: Vec<Field> =
        raw.into_iter().map(|(side, raw)| check(raw, side, &wires, owner, types, diagnostics)).collect();
    names::differ(&fields, &places, owner, diagnostics);
    role::differ(&fields, owner, diagnostics);
    fill::settle(&mut fields, &places, diagnostics);
    fields
}

/// Where a field names others.
struct Places {
    copy_of: Position,
    instead_of: Position,
    /// The alias and where it stands; one of a shared type stands elsewhere.
    aliases: Vec<Located<String>>,
}

impl Places {
    fn of(raw: &RawField) -> Self {
        let at = |named: &Option<Located<String>>| {
            named.as_ref().map_or_else(|| raw.wire.at.clone(), |named| named.at.clone())
        };
        Self { copy_of: at(&raw.copy_of), instead_of: at(&raw.instead_of), aliases: raw.aliases.clone() }
    }

    fn alias<'a>(&'a self, alias: &str, field: &'a Field) -> &'a Position {
        self.aliases.iter().find(|known| known.value == alias).map_or(&field.source, |known| &known.at)
    }
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
    let name = match side {
        Side::Shared => raw.wire.value.clone(),
        _ => names::of(&raw, owner, diagnostics),
    };
    let known = types.of_field(&raw, diagnostics);
    // What depends on a type that is not known is not judged.
    let (kind, shared) = known.unwrap_or((Kind::Text, None));
    if known.is_some() {
        if !side.is_received() {
            words_exist(&raw, kind, types, diagnostics);
        }
        fits_side(&raw, side, kind, diagnostics);
    }
    forbid(&raw, side, owner, diagnostics);
    let (limits, lenient) = limits::of(&raw, kind, shared, diagnostics);
    let role = role::of(&raw, known, &types.enums, diagnostics);
    let fill = fill::fill(&raw, known.map(|(kind, _)| kind), wires, diagnostics);
    let instead_of = fill::instead_of(&raw, wires, diagnostics);
    let of = format!(" of the field `{}`", raw.wire.value);
    let base64 = raw.encode.as_ref().and_then(|word| choice(word, "encoding", &of, &ENCODINGS, diagnostics));
    let evidence = raw.evidence.as_ref().and_then(|word| choice(word, "evidence", &of, &EVIDENCE, diagnostics));
    let content = raw.content.as_ref().and_then(|name| types.object(name, &raw.wire.value, diagnostics));
    let inherited = |own: Vec<String>, of: fn(&Field) -> &Vec<String>| match shared {
        Some(shared) if own.is_empty() => of(shared).clone(),
        _ => own,
    };
    let received = side.is_received();
    let words = |words: Vec<Located<String>>| words.into_iter().map(|word| word.value).collect();
    let only = inherited(words(raw.only), |shared| &shared.only);
    let aliases = inherited(words(raw.aliases), |shared| &shared.aliases);
    let mut doc = text(raw.doc);
    if let Some(shared) = shared.filter(|_| doc.is_empty()) {
        doc.clone_from(&shared.doc);
    }
    // A shared type without one has been reported where it stands.
    let is_misread = raw.misread.iter().any(|key| matches!(*key, "doc" | "type" | LOST));
    if doc.is_empty() && shared.is_none() && known.is_some() && !is_misread {
        let message = format!("the field `{}` has no `doc`", raw.wire.value);
        diagnostics.report(Mistake::MissingKey, &raw.at, message, "add `doc: …`");
    }
    let field = Field {
        name,
        kind,
        required: !raw.optional.is_set() && !raw.opt_in.is_set(),
        may_omit: raw.may_omit.is_set(),
        side,
        sensitive: raw.sensitive.is_set() || shared.is_some_and(|shared| shared.sensitive),
        constant: raw.constant.as_ref().map(|constant| constant.value.clone()),
        opt_in: raw.opt_in.is_set(),
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
        page: page::check(raw.page, diagnostics).or_else(|| shared?.page.clone()),
        doc,
        source: raw.wire.at,
        wire: raw.wire.value,
        is_broken: known.is_none(),
    };
    // An empty constant, or one that is no word of its enum, has been reported.
    if let Some(constant) = raw.constant.filter(|constant| !constant.value.is_empty())
        && (!matches!(field.kind, Kind::Enum(_)) || is_word(&constant.value, &field, types))
        && !field.is_broken
        && let Some(problem) = value_problem(&constant.value, &field, &types.enums)
    {
        let message = format!("the constant of the field `{}` {problem}", field.wire);
        let help = "write the value as it goes over the wire, or mend the rules of the field";
        diagnostics.report(Mistake::BadConstant, &constant.at, message, help);
    }
    field
}

/// Whether a text is a word of the field's enum.
fn is_word(text: &str, field: &Field, types: &Types) -> bool {
    let Kind::Enum(index) = field.kind else { return false };
    types.enums.get(index).is_some_and(|declared| declared.words.iter().any(|word| word.word == text))
}

/// Keys that have no meaning on this side, or contradict each other.
fn forbid(raw: &RawField, side: Side, owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let received = side.is_received();
    let sent = matches!(side, Side::Request | Side::Outer);
    let shared = side == Side::Shared;
    let (constant, fill, copy_of) = (position_of(&raw.constant), position_of(&raw.fill), position_of(&raw.copy_of));
    let (optional, may_omit, opt_in) = (raw.optional.at(), raw.may_omit.at(), raw.opt_in.at());
    let (written, written_at) = match (constant, fill) {
        (Some(at), _) => ("const", Some(at)),
        (None, Some(at)) => ("fill", Some(at)),
        (None, None) => ("copy_of", copy_of),
    };
    let always = format!("contradicts `{written}`: the client always writes it");
    let in_received = "has no meaning in what is received";
    let in_shared = "belongs to the field, not to a type that fields share";
    let no_list = "has no meaning in what is received: the set is open";
    let needs = "needs a `const` or `copy_of`, which the caller may ask for";
    let (misplaced, contradiction) = (Mistake::Misplaced, Mistake::Contradiction);
    let is_empty = raw.constant.as_ref().is_some_and(|constant| constant.value.is_empty());
    let rules: [(bool, Option<&Position>, &str, &str, Mistake); 23] = [
        (received, written_at, written, in_received, misplaced),
        (received, first_position(&raw.only), "only", no_list, misplaced),
        (received, may_omit, "may_omit", in_received, misplaced),
        (received, raw.lenient.at(), "lenient", in_received, misplaced),
        (received, position_of(&raw.instead_of), "instead_of", in_received, misplaced),
        (sent, first_position(&raw.aliases), "aliases", "has no meaning in a request: one name is sent", misplaced),
        (shared, written_at, written, in_shared, misplaced),
        (shared, optional, "optional", in_shared, misplaced),
        (shared, position_of(&raw.name), "name", in_shared, misplaced),
        (shared, position_of(&raw.encode), "encode", in_shared, misplaced),
        (shared, position_of(&raw.content), "content", in_shared, misplaced),
        (shared, position_of(&raw.instead_of), "instead_of", in_shared, misplaced),
        (shared, may_omit, "may_omit", in_shared, misplaced),
        (shared, opt_in, "opt_in", in_shared, misplaced),
        (written_at.is_some(), optional, "optional", &always, contradiction),
        (optional.is_some(), may_omit, "may_omit", "contradicts `optional`: it may always be left out", contradiction),
        (copy_of.is_some(), may_omit, "may_omit", &always, contradiction),
        (constant.is_none() && copy_of.is_none(), opt_in, "opt_in", needs, contradiction),
        (is_empty, constant, "const", "is empty", Mistake::BadConstant),
        (
            opt_in.is_some(),
            may_omit,
            "may_omit",
            "contradicts `opt_in`: it is left out unless asked for",
            contradiction,
        ),
        (constant.is_some(), fill, "fill", "contradicts `const`", contradiction),
        (constant.is_some() || fill.is_some(), copy_of, "copy_of", &always, contradiction),
        (!owner.is_plain && !shared, position_of(&raw.encode), "encode", "is for links only", misplaced),
    ];
    // One message a key: the first says the most.
    let mut reported: Vec<&str> = Vec::new();
    for (applies, at, key, why, mistake) in rules {
        if let Some(at) = at.filter(|_| applies && !reported.contains(&key)) {
            reported.push(key);
            let message = format!("`{key}` of the field `{}` {why}", raw.wire.value);
            let help = if mistake == Mistake::BadConstant { "write a value" } else { "remove it" };
            diagnostics.report(mistake, at, message, help);
        }
    }
}

fn position_of(located: &Option<Located<String>>) -> Option<&Position> {
    located.as_ref().map(|located| &located.at)
}

fn first_position(located: &[Located<String>]) -> Option<&Position> {
    located.first().map(|located| &located.at)
}

/// A type that is for the other side, and keys that need another type.
fn fits_side(raw: &RawField, side: Side, kind: Kind, diagnostics: &mut Diagnostics) {
    let received = side.is_received();
    let sent = matches!(side, Side::Request | Side::Outer);
    if let (Some(content), false, false) = (&raw.content, kind == Kind::Text, side == Side::Shared) {
        let message = format!("`content` of the field `{}` needs `type: text`", raw.wire.value);
        let help = "write `type: text`: what is encrypted travels as text";
        diagnostics.report(Mistake::Misplaced, &content.at, message, help);
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
        diagnostics.report(Mistake::Misplaced, &named.at, message, help);
    }
}

fn is_for_received(kind: Kind) -> bool {
    matches!(kind, Kind::DateTime | Kind::RateE8 | Kind::Decimal | Kind::Json | Kind::Object(_))
}

/// `only` and `const` of an enum must be words of it.
fn words_exist(raw: &RawField, kind: Kind, types: &Types, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Position> = BTreeMap::new();
    for word in &raw.only {
        if let Some(earlier) = seen.insert(&word.value, &word.at) {
            let message = format!("`only` of the field `{}` names `{}` twice", raw.wire.value, word.value);
            let help = "remove one of the two";
            diagnostics.report_beside(Mistake::RepeatedWord, &word.at, message, (earlier, "here"), help);
        }
    }
    let is_code = |word: &str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    for word in raw.only.iter().filter(|word| kind == Kind::Currency && !is_code(&word.value)) {
        let message = format!("the field `{}` names `{}`, which is no code of a currency", raw.wire.value, word.value);
        diagnostics.report(Mistake::UnknownWord, &word.at, message, "write three capital letters, such as `CAD`");
    }
    let Kind::Enum(index) = kind else {
        if let Some(first) = raw.only.first().filter(|_| kind != Kind::Currency) {
            let message = format!("`only` of the field `{}` needs an enum or `currency` as type", raw.wire.value);
            let help = "declare one in types.yaml, or remove `only`";
            diagnostics.report(Mistake::Misplaced, &first.at, message, help);
        }
        return;
    };
    let Some(declared) = types.enums.get(index) else { return };
    for word in raw.only.iter().chain(&raw.constant) {
        if !declared.words.iter().any(|known| known.word == word.value) {
            let help = suggestion(&word.value, declared.words.iter().map(|known| known.word.as_str()));
            let message = format!(
                "the field `{}` names `{}`, which is not a word of `{}`",
                raw.wire.value, word.value, declared.name
            );
            let related = (&declared.source, "the type");
            diagnostics.report_beside(Mistake::UnknownWord, &word.at, message, related, help);
        }
    }
}
