//! Checks which reads report the outcome of a write, and how their fields are filled from it. This comes last, because
//! it needs all actions.

mod mapping;

use std::collections::BTreeSet;

use ottpay_vocabulary::{Effect, Evidence, Protocol, Role, WordSet as _};

use self::mapping::check_mapping;
use super::choice::parse_choice;
use super::model::{Action, Field, Query};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::suggestion_and;
use crate::read::{LOST, Located, RawAction, RawQueries, RawQueriesContent, RawQuery};

/// The queries of an action file.
pub(super) struct Pending {
    /// The file.
    pub(super) file: Position,
    /// The effect, if it is valid.
    effect: Option<Effect>,
    queries: Option<RawQueries>,
    /// Whether the queries could not be read; that has been reported.
    are_misread: bool,
    /// Whether fields of the request could not be read; that has been reported.
    hides_fields: bool,
}

impl Pending {
    pub(super) fn new(raw: &mut RawAction) -> Self {
        let is_misread = |keys: &[&str]| raw.misread.iter().any(|key| *key == LOST || keys.contains(key));
        Self {
            file: raw.at.clone(),
            effect: raw.effect.as_ref().and_then(|word| Effect::from_word(&word.value)),
            are_misread: is_misread(&["query"]),
            hides_fields: is_misread(&["request"]),
            queries: raw.query.take(),
        }
    }
}

/// The actions that a query may name.
pub(super) struct Targets<'a> {
    /// The actions of the specification itself.
    pub(super) own: &'a [Action],
    /// The reads of the library.
    pub(super) library: &'a [Action],
    /// The methods of the library.
    pub(super) methods: &'a BTreeSet<String>,
    /// The methods of files that could not be read.
    pub(super) unread: &'a BTreeSet<String>,
    /// Whether a type is invalid, so that the roles implied by types are unknown.
    pub(super) has_invalid_types: bool,
}

/// The queries of an action, or why it has none.
#[derive(Default)]
pub(super) struct Queries {
    pub(super) listed: Vec<Query>,
    pub(super) none: Option<String>,
}

/// Checks the queries of a file. `own` is its first method, which shares its fields with the others.
pub(super) fn check_queries(
    pending: Pending,
    own: &Action,
    targets: &Targets<'_>,
    diagnostics: &mut Diagnostics,
) -> Queries {
    let Pending { effect, queries, .. } = &pending;
    match (effect, queries) {
        (Some(Effect::Read), Some(queries)) => {
            let message = format!("`{}` changes nothing, so it needs no query", own.action);
            diagnostics.report(Mistake::Misplaced, &queries.at, message, "remove `query`, or write `effect: write`");
            Queries::default()
        }
        (_, Some(RawQueries { content: RawQueriesContent::None(none), .. })) => {
            let Some(reason) = &none.none else { return Queries::default() };
            if reason.value.trim().is_empty() {
                let message = format!("`none` of `query` of `{}` has no reason", own.action);
                diagnostics.report(Mistake::Empty, &reason.at, message, "write why no query reports its outcome");
            }
            Queries { none: Some(reason.value.clone()), ..Queries::default() }
        }
        (_, Some(RawQueries { content: RawQueriesContent::Listed(raw), .. })) => {
            let listed: Vec<_> =
                raw.iter().filter_map(|raw| check_query(raw, &pending, own, targets, diagnostics)).collect();
            reject_duplicates(&listed, own, diagnostics);
            Queries { listed, ..Queries::default() }
        }
        (Some(Effect::Write), None) if !pending.are_misread => {
            let message = format!("`{}` may move money and has no `query`", own.action);
            let help = "add `query: [{ action: METHOD, set: { FIELD: FIELD }, evidence: vendor }]` with the read that \
                        reports its outcome, or `query: { none: REASON }` if no read does";
            diagnostics.report(Mistake::MissingKey, &pending.file, message, help);
            Queries::default()
        }
        (_, None) => Queries::default(),
    }
}

fn check_query(
    raw: &RawQuery,
    pending: &Pending,
    own: &Action,
    targets: &Targets<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Query> {
    let named = raw.action.as_ref();
    let of = named.map_or_else(String::new, |named| format!(" of the query `{}` of `{}`", named.value, own.action));
    // Checked first, so that a mistake in it is reported even if the action is missing or unknown.
    let evidence =
        raw.evidence.as_ref().and_then(|word| parse_choice(word, "evidence", &of, Evidence::WORDS, diagnostics));
    let named = named?;
    let target = find_target(named, own, targets, diagnostics)?;
    let (target, from_library) = target;
    // If the read is invalid, nothing that depends on it is checked.
    let is_known = from_library || !diagnostics.has_in(&target.file.file);
    let mut set = Vec::new();
    if is_known {
        let is_usable = !reject_unusable_target(named, own, target, targets.has_invalid_types, diagnostics);
        let is_misread = raw.misread.iter().any(|key| matches!(*key, "set" | LOST)) || pending.hides_fields;
        if is_usable && !is_misread {
            set = check_mapping(raw, named, own, target, diagnostics);
        }
    }
    let evidence = evidence.unwrap_or_default();
    Some(Query { action: named.value.clone(), from_library, set, evidence, source: named.at.clone() })
}

/// Finds the action that a query names, and returns whether it belongs to the library.
fn find_target<'a>(
    named: &Located<String>,
    own: &Action,
    targets: &Targets<'a>,
    diagnostics: &mut Diagnostics,
) -> Option<(&'a Action, bool)> {
    let find = |actions: &'a [Action]| actions.iter().find(|action| action.name == named.value);
    if let Some(found) = find(targets.own) {
        return Some((found, false));
    }
    if let Some(found) = find(targets.library) {
        return Some((found, true));
    }
    // Whether it is a read is not known. Its file has already been reported.
    if targets.unread.contains(&named.value) {
        diagnostics.mark_unusable(&named.at);
        return None;
    }
    let reads = targets.own.iter().filter(|action| action.effect == Effect::Read).chain(targets.library);
    let reads: Vec<&str> = reads.map(|action| action.name.as_str()).collect();
    let (mistake, message) = match targets.methods.contains(&named.value) {
        true => (Mistake::QueryMismatch, format!("the query `{}` of `{}` is not a read", named.value, own.action)),
        false => (Mistake::UnknownAction, format!("unknown action `{}` in `query` of `{}`", named.value, own.action)),
    };
    let further = "A query is a read, named by its method";
    diagnostics.report(mistake, &named.at, message, suggestion_and(&named.value, reads, further));
    None
}

/// Rejects an action that cannot report the outcome of the write, and returns `true` if it did.
fn reject_unusable_target(
    named: &Located<String>,
    own: &Action,
    target: &Action,
    has_invalid_types: bool,
    diagnostics: &mut Diagnostics,
) -> bool {
    let is_asked = matches!(target.protocol, Protocol::Envelope | Protocol::Json);
    // A field with a mistake may be the one that was meant to have the role.
    let answers = |field: &Field| field.is_broken || matches!(field.role, Some(Role::Status | Role::Refunded));
    let (fault, help) = match target.effect {
        Effect::Write => ("may move money", "name a read: a query must not change anything"),
        Effect::Read if !is_asked => {
            ("cannot be sent by the client", "name a read whose protocol is `envelope` or `json`")
        }
        Effect::Read if !has_invalid_types && !target.reply.iter().any(answers) => (
            "has no reply field of the role `status` or `refunded`",
            "name a read whose reply has the state of the money, or give the field its role",
        ),
        Effect::Read => return false,
    };
    let message = format!("the query `{}` of `{}` {fault}", named.value, own.action);
    let related = (&target.source, "the action");
    diagnostics.report_beside(Mistake::QueryMismatch, &named.at, message, related, help);
    true
}

/// Rejects a query that is the same as another one.
fn reject_duplicates(listed: &[Query], own: &Action, diagnostics: &mut Diagnostics) {
    for (index, query) in listed.iter().enumerate() {
        let is_same = |earlier: &&Query| {
            // The order in which the fields are set does not matter.
            let mut sets = [&earlier.set, &query.set].map(|set| set.iter().collect::<Vec<_>>());
            sets.iter_mut().for_each(|set| set.sort_by_key(|(name, _)| name));
            earlier.action == query.action && sets[0] == sets[1]
        };
        if let Some(earlier) = listed.iter().take(index).find(is_same) {
            let message = format!("`query` of `{}` lists `{}` twice, with the same fields", own.action, query.action);
            let related = (&earlier.source, "first here");
            diagnostics.report_beside(Mistake::RepeatedWord, &query.source, message, related, "remove one of the two");
        }
    }
}
