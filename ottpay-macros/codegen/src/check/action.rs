//! Checks the files of `actions/`.

use ottpay_vocabulary::{Effect, Evidence, Protocol, WordSet as _, wire};

use super::address::{check_base_url, check_path};
use super::choice::parse_choice;
use super::example::{check_example, parse_example_name};
use super::field::{MAX_FIELDS, Owner, check_fields};
use super::model::{Action, Callback, Example, Field, Fill, Side};
use super::own_id::reject_unfit_own_ids;
use super::page::parse_page;
use super::taken_names::{find_method_fault, propose_snake};
use super::types::Types;
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::{suggestion_and, to_camel, to_snake};
use crate::read::{LOST, ListedMethods, Located, RawAction, RawMethod, RawValues, text_or_empty};

/// The methods of every builder.
const BUILDER: [&str; 4] = ["build", "send", "url", "clone"];
/// The methods of every reply.
const REPLY: [&str; 3] = ["raw", "clone", "with_sensitive"];
/// The methods of every browser return.
const RETURN: [&str; 4] = ["raw", "unauthenticated", "clone", "with_sensitive"];

/// The declarations of the other files.
pub(super) struct Known<'a> {
    pub(super) default_path: &'a str,
    pub(super) types: &'a Types,
    pub(super) callbacks: &'a [Callback],
    /// Whether the callbacks could not all be read.
    pub(super) callbacks_are_unreadable: bool,
}

/// Checks a file, and returns an action for each of its methods. `stem` is the file's name without `.yaml`.
pub(super) fn check_action(
    raw: RawAction,
    stem: &str,
    known: &Known<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Action> {
    let Known { default_path, types, callbacks, callbacks_are_unreadable } = *known;
    // The file as a whole.
    let protocol =
        raw.protocol.as_ref().and_then(|word| parse_choice(word, "protocol", "", Protocol::WORDS, diagnostics));
    let protocol = protocol.unwrap_or_default();
    reject_misplaced_parts(&raw, protocol, diagnostics);
    if let Some(url) = &raw.base_url {
        // The buyer's browser opens links, and the vendor serves one of them over plain HTTP.
        check_base_url(url, protocol == Protocol::Link, diagnostics);
    }
    if let Some(path) = &raw.path {
        check_path(path, diagnostics);
    }
    let effect = raw.effect.as_ref().and_then(|effect| parse_choice(effect, "effect", "", Effect::WORDS, diagnostics));
    let callback = raw.callback.as_ref().and_then(|name| {
        let found = callbacks.iter().position(|callback| callback.name == name.value);
        let is_misnamed = |callback: &Callback| callback.name != name.value && to_snake(&callback.name) == name.value;
        // The unreadable file, or the name of the callback itself, has been reported.
        if callbacks_are_unreadable || callbacks.iter().any(is_misnamed) {
            diagnostics.mark_unusable(&name.at);
        } else if found.is_none() {
            let names = callbacks.iter().map(|callback| callback.name.as_str());
            let help = suggestion_and(&name.value, names, "Callbacks are declared in callbacks.yaml");
            let message = format!("unknown callback `{}`", name.value);
            diagnostics.report(Mistake::UnknownCallback, &name.at, message, help);
        }
        found
    });
    let listed = raw.methods.iter().flat_map(|methods| &methods.0);
    for (method, at) in listed.filter_map(|method| Some((method, method.reserves.position()?))) {
        if effect == Some(Effect::Read) {
            let message =
                format!("the method `{}` reserves money, which contradicts `effect: read`", method.name.value);
            diagnostics.report(Mistake::Contradiction, at, message, "write `effect: write`");
        }
    }
    for (key, located) in [("version", &raw.version), ("summary", &raw.summary)] {
        if let Some(located) = located.as_ref().filter(|located| located.value.trim().is_empty()) {
            let message = format!("`{key}` of the action is empty");
            diagnostics.report(Mistake::Empty, &located.at, message, "copy it from the vendor's page");
        }
    }
    if let Some(version) = raw.version.as_ref().filter(|version| !version.value.trim().is_empty())
        && let Err(error) = wire::check_version(&version.value)
    {
        let message = format!("`version` of the action: {error}");
        diagnostics.report(Mistake::ImpossibleName, &version.at, message, "write it as the vendor does");
    }
    let methods = parse_methods(&raw, stem, diagnostics);
    // The methods of a file share their fields, so a message about a field names the first method.
    let name = methods.first().map(|method| method.action.clone()).unwrap_or_default();
    let is_plain = protocol == Protocol::Link;
    let evidence =
        raw.evidence.as_ref().and_then(|word| parse_choice(word, "evidence", "", Evidence::WORDS, diagnostics));
    // Counted now, because checking moves the fields and drops those beyond the limit.
    let counts = [raw.request.len() + raw.outer.len(), raw.reply.len(), raw.returned.len()];
    let are_cut = counts.into_iter().any(|count| count > MAX_FIELDS);
    let owner = |taken| Owner { name: &name, taken, is_plain, evidence };
    let sides = raw.request.into_iter().map(|field| (Side::Request, field));
    let sides = sides.chain(raw.outer.into_iter().map(|field| (Side::Outer, field)));
    let mut request = check_fields(sides, &owner(&BUILDER), types, diagnostics);
    for field in request.iter().filter(|field| field.fill == Some(Fill::Endpoint) && protocol != Protocol::Sdk) {
        let message = format!("the field `{}` contains the URL of the call, which only an SDK needs", field.wire);
        let help = "remove `fill: endpoint`, or write `protocol: sdk`";
        diagnostics.report(Mistake::Misplaced, &field.source, message, help);
    }
    reject_unfit_own_ids(effect, &request, diagnostics);
    if protocol == Protocol::Envelope {
        // The order of the digest: by the code units of the wire names, which are ASCII. Fields outside `data` come
        // last.
        request.sort_by(|a, b| (a.side, &a.wire).cmp(&(b.side, &b.wire)));
    }
    let received = raw.reply.into_iter().map(|field| (Side::Received, field));
    let reply = check_fields(received, &owner(&REPLY), types, diagnostics);
    let returned = raw.returned.into_iter().map(|field| (Side::Returned, field));
    // The browser may encode these values, however the request was sent.
    let returned = check_fields(returned, &Owner { is_plain: true, ..owner(&RETURN) }, types, diagnostics);
    // If fields could not be read, it is unknown what an example lacks.
    let sides = ["request", "outer", "reply", "returned", LOST];
    let is_known = !are_cut && !raw.misread.iter().any(|key| sides.contains(key));
    let known = raw.examples.into_iter().filter(|example| is_known && example.misread.is_empty());
    let mut examples = Vec::new();
    for raw in known {
        let name = parse_example_name(raw.name, diagnostics);
        let mut values = |values: Option<RawValues>, fields: &[Field], what| {
            let values = values.unwrap_or_else(|| RawValues::empty(raw.at.clone()));
            check_example(values, fields, &types.enums, what, diagnostics)
        };
        let request = values(raw.request, &request, "request");
        let reply = values(raw.reply, &reply, "reply");
        let returned = values(raw.returned, &returned, "browser return");
        examples.push(Example { name, request, reply, returned });
    }
    // One action for each method; they share whatever the file states once.
    let version = text_or_empty(raw.version);
    let path = raw.path.map_or_else(|| default_path.to_owned(), |path| path.value);
    let base_url = raw.base_url.map(|url| url.value);
    let page = parse_page(raw.page, diagnostics).unwrap_or_default();
    let doc = text_or_empty(raw.doc);
    let unknown: Vec<String> = raw.unknown.into_iter().map(|unknown| unknown.value).collect();
    let of_method = |method: Method| Action {
        type_name: to_camel(&method.name),
        name: method.name,
        action: method.action,
        protocol,
        version: version.clone(),
        base_url: base_url.clone(),
        path: path.clone(),
        // An invalid effect has been reported, and a stand-in replaces the action.
        effect: effect.unwrap_or(Effect::Write),
        reserves: method.reserves,
        summary: method.summary,
        doc: doc.clone(),
        unknown: unknown.clone(),
        page: page.clone(),
        request: request.clone(),
        reply: reply.clone(),
        returned: returned.clone(),
        callback,
        // Filled in after all actions are checked.
        queries: Vec::new(),
        no_query: None,
        examples: examples.clone(),
        source: method.at,
        file: raw.at.clone(),
    };
    methods.into_iter().map(of_method).collect()
}

/// A client method that a file declares.
struct Method {
    name: String,
    action: String,
    summary: String,
    reserves: bool,
    at: Position,
}

/// Returns the methods that the file lists, or else the one named after the file.
fn parse_methods(raw: &RawAction, stem: &str, diagnostics: &mut Diagnostics) -> Vec<Method> {
    let mut constant = |action: &Option<Located<String>>| {
        if let Some(action) = action
            && wire::check_constant(&action.value).is_err()
        {
            let message = format!("`{}` cannot be an action of the gateway", action.value);
            let help = "write the constant as the vendor does: letters, digits and `_`";
            diagnostics.report(Mistake::ImpossibleName, &action.at, message, help);
        }
        text_or_empty(action.clone())
    };
    let Some(ListedMethods(listed)) = &raw.methods else {
        let action = constant(&raw.action);
        if let Some(fault) = find_method_fault(stem) {
            let proposed = propose_snake(stem, "call");
            let help =
                format!("rename the file, for example to `{proposed}.yaml`; its name becomes the client's method");
            let message = format!("`{stem}` cannot be the name of a method: {fault}");
            // A name that comes from the file has no position inside it.
            let start = Position::start(raw.at.file.clone());
            diagnostics.report(Mistake::ImpossibleName, &start, message, help);
        }
        let (name, summary) = (stem.to_owned(), text_or_empty(raw.summary.clone()));
        return vec![Method { name, action, summary, reserves: false, at: raw.at.clone() }];
    };
    let constants: Vec<String> = listed.iter().map(|method| constant(&method.action)).collect();
    for (key, located) in [("action", &raw.action), ("summary", &raw.summary)] {
        // An empty list is reported elsewhere, and does not contradict these keys.
        if let Some(located) = located.as_ref().filter(|_| !listed.is_empty()) {
            let message = format!("`{key}` appears next to `methods`, and each method has its own");
            diagnostics.report(Mistake::Contradiction, &located.at, message, "remove it");
        }
    }
    let methods = listed.iter().zip(constants).map(|(method, action)| {
        let RawMethod { name, summary, reserves, .. } = method;
        if let Some(fault) = find_method_fault(&name.value) {
            let help = format!("give it another name, for example `{}`", propose_snake(&name.value, "call"));
            let message = format!("`{}` cannot be the name of a method: {fault}", name.value);
            diagnostics.report(Mistake::ImpossibleName, &name.at, message, help);
        }
        let summary = text_or_empty(summary.clone());
        Method { name: name.value.clone(), action, summary, reserves: reserves.is_set(), at: name.at.clone() }
    });
    methods.collect()
}

/// Rejects keys that an action of this protocol cannot have.
fn reject_misplaced_parts(raw: &RawAction, protocol: Protocol, diagnostics: &mut Diagnostics) {
    for field in raw.outer.iter().filter(|field| wire::ENVELOPE_MEMBERS.contains(&field.wire.value.as_str())) {
        let message = format!("`{}` is a member of the envelope, which the client writes", field.wire.value);
        diagnostics.report(Mistake::TakenName, &field.wire.at, message, "remove it");
    }
    let first = |fields: &[crate::read::RawField]| fields.first().map(|field| field.wire.at.clone());
    let word = protocol.word().unwrap_or_default();
    let answered = matches!(protocol, Protocol::Envelope | Protocol::Json);
    for (fits, key, at) in [
        (protocol == Protocol::Envelope, "version", raw.version.as_ref().map(|version| version.at.clone())),
        (protocol == Protocol::Envelope, "outer", first(&raw.outer)),
        (answered, "reply", first(&raw.reply)),
        (protocol != Protocol::Sdk, "returned", first(&raw.returned)),
    ] {
        if let Some(at) = at.filter(|_| !fits) {
            let message = format!("`{key}` is not allowed with `protocol: {word}`");
            diagnostics.report(Mistake::Misplaced, &at, message, "remove it");
        }
    }
}
