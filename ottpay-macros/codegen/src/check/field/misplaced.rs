//! Rejects keys and types that have no meaning for a field, or contradict each other.

use super::owner::Owner;
use crate::check::model::{Field, Kind, Side};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::read::{Located, RawField};

/// Rejects keys that have no meaning on this side, or contradict each other.
pub(super) fn reject_misplaced_keys(
    raw: &RawField,
    side: Side,
    replaced: Option<&Field>,
    owner: &Owner<'_>,
    diagnostics: &mut Diagnostics,
) {
    let received = side.is_received();
    let sent = matches!(side, Side::Request | Side::Outer);
    let shared = side == Side::Shared;
    let (constant, fill, copy_of) = (position_of(&raw.constant), position_of(&raw.fill), position_of(&raw.copy_of));
    let (optional, may_omit, opt_in) = (raw.optional.position(), raw.may_omit.position(), raw.opt_in.position());
    let (written, written_at) = match (constant, fill) {
        (Some(at), _) => ("const", Some(at)),
        (None, Some(at)) => ("fill", Some(at)),
        (None, None) => ("copy_of", copy_of),
    };
    let always = format!("contradicts `{written}`: the client always writes it");
    let in_received = "is not allowed in received fields";
    let in_shared = "is not allowed in a shared type: set it on the field";
    let no_list = "is not allowed in received fields: the set is open";
    let needs = "needs a `const` or `copy_of`";
    let instead_of = position_of(&raw.instead_of);
    let follows = replaced.is_some_and(|replaced| replaced.constant.is_some());
    let if_asked = "contradicts `instead_of`: it is sent only if the caller sets it";
    let as_replaced = "contradicts `instead_of`: it is a constant like the field that it replaces";
    let (misplaced, contradiction) = (Mistake::Misplaced, Mistake::Contradiction);
    let is_empty = raw.constant.as_ref().is_some_and(|constant| constant.value.is_empty());
    let rules: [(bool, Option<&Position>, &str, &str, Mistake); 26] = [
        (received, written_at, written, in_received, misplaced),
        (received, first_position(&raw.only), "only", no_list, misplaced),
        (received, may_omit, "may_omit", in_received, misplaced),
        (received, raw.lenient.position(), "lenient", in_received, misplaced),
        (received, instead_of, "instead_of", in_received, misplaced),
        (
            sent,
            first_position(&raw.aliases),
            "aliases",
            "is not allowed in a request: only one name is sent",
            misplaced,
        ),
        (shared, written_at, written, in_shared, misplaced),
        (shared, optional, "optional", in_shared, misplaced),
        (shared, position_of(&raw.name), "name", in_shared, misplaced),
        (shared, position_of(&raw.encode), "encode", in_shared, misplaced),
        (shared, position_of(&raw.content), "content", in_shared, misplaced),
        (shared, instead_of, "instead_of", in_shared, misplaced),
        (shared, may_omit, "may_omit", in_shared, misplaced),
        (shared, opt_in, "opt_in", in_shared, misplaced),
        (written_at.is_some(), optional, "optional", &always, contradiction),
        (follows, optional, "optional", as_replaced, contradiction),
        (instead_of.is_some(), may_omit, "may_omit", if_asked, contradiction),
        (instead_of.is_some(), fill, "fill", if_asked, contradiction),
        (
            optional.is_some(),
            may_omit,
            "may_omit",
            "contradicts `optional`: an optional field can always be omitted",
            contradiction,
        ),
        (copy_of.is_some(), may_omit, "may_omit", &always, contradiction),
        (constant.is_none() && copy_of.is_none() && !follows, opt_in, "opt_in", needs, contradiction),
        (is_empty, constant, "const", "is empty", Mistake::BadConstant),
        (
            opt_in.is_some(),
            may_omit,
            "may_omit",
            "contradicts `opt_in`: it is omitted unless the caller asks for it",
            contradiction,
        ),
        (constant.is_some(), fill, "fill", "contradicts `const`", contradiction),
        (constant.is_some() || fill.is_some(), copy_of, "copy_of", &always, contradiction),
        (!owner.is_plain && !shared, position_of(&raw.encode), "encode", "is for links only", misplaced),
    ];
    // One message for each key, the first, which is the most specific.
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

/// Rejects a type that is not allowed on this side, and keys that require another type.
pub(super) fn reject_misplaced_type(raw: &RawField, side: Side, kind: Kind, diagnostics: &mut Diagnostics) {
    let received = side.is_received();
    let sent = matches!(side, Side::Request | Side::Outer);
    if let (Some(content), false, false) = (&raw.content, kind == Kind::Text, side == Side::Shared) {
        let message = format!("`content` of the field `{}` needs `type: text`", raw.wire.value);
        let help = "write `type: text`: encrypted content is sent as a string";
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
