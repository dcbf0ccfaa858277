//! Checks the files of `actions/`.

use super::field::{Owner, check_all};
use super::rust_names::is_method;
use super::types::Types;
use super::{Action, Callback, Example, Field, Fill, Protocol, Side, Source, choice, example, page, text};
use crate::names::{camel, suggestion};
use crate::read::{Located, RawAction, RawMethod};
use crate::{Diagnostics, Position};

/// Methods that every builder has.
const BUILDER: [&str; 4] = ["build", "send", "url", "clone"];
/// Methods that every reply has.
const REPLY: [&str; 3] = ["raw", "read", "clone"];
/// Methods that every browser return has.
const RETURN: [&str; 3] = ["raw", "unauthenticated", "clone"];
/// How actions travel, by their names in the language.
const PROTOCOLS: [(&str, Protocol); 4] =
    [("envelope", Protocol::Envelope), ("json", Protocol::Json), ("link", Protocol::Link), ("sdk", Protocol::Sdk)];
/// Members of the outer message that the client writes.
const ENVELOPE: [&str; 5] = ["action", "version", "merchant_id", "data", "md5"];

/// The greatest number of fields of a request.
const MAX_FIELDS: usize = 100;

/// Checks a file; what comes out is an action for each of its methods.
pub(super) fn check(
    raw: RawAction,
    default_path: &str,
    types: &Types,
    callbacks: &[Callback],
    diagnostics: &mut Diagnostics,
) -> Vec<Action> {
    let file = raw.file.as_str();
    let protocol = raw.protocol.as_ref().and_then(|word| choice(word, "protocol", &PROTOCOLS, file, diagnostics));
    let protocol = protocol.unwrap_or_default();
    fits_protocol(&raw, protocol, diagnostics);
    if let Some(url) = &raw.base_url {
        // The buyer's browser opens links, and the vendor has one of them on plain HTTP.
        check_base_url(url, protocol == Protocol::Link, file, diagnostics);
    }
    if let Some(path) = &raw.path {
        check_path(path, file, diagnostics);
    }
    let effects = [("write", true), ("read", false)];
    let write = raw.effect.as_ref().and_then(|effect| choice(effect, "effect", &effects, file, diagnostics));
    let callback = raw.callback.as_ref().and_then(|name| {
        let found = callbacks.iter().position(|callback| callback.name == name.value);
        if found.is_none() {
            let help = suggestion(&name.value, callbacks.iter().map(|callback| callback.name.as_str()));
            diagnostics.report_with_help(file, name.at, format!("unknown callback `{}`", name.value), help);
        }
        found
    });
    for method in raw.methods.iter().filter(|method| method.reserves && write == Some(false)) {
        let message = format!("the method `{}` reserves money, and `effect: read` moves none", method.name.value);
        diagnostics.report_with_help(file, method.name.at, message, "write `effect: write`");
    }
    let methods = methods(&raw, diagnostics);
    // Methods of one file share their fields; a message about those names the first.
    let name = methods.first().map(|method| method.action.clone()).unwrap_or_default();
    let is_plain = protocol == Protocol::Link;
    let owner = |taken| Owner { file, name: &name, taken, is_plain };
    let sides = raw.request.into_iter().map(|field| (Side::Request, field));
    let sides = sides.chain(raw.outer.into_iter().map(|field| (Side::Outer, field)));
    let mut request = check_all(sides, &owner(&BUILDER), types, diagnostics);
    // A builder has a type parameter for each field, and each setter names them all.
    if let Some(field) = request.get(MAX_FIELDS) {
        let message = format!("{name} has more than {MAX_FIELDS} fields");
        diagnostics.report(file, field.source.at, message);
    }
    for field in request.iter().filter(|field| field.fill == Some(Fill::Endpoint) && protocol != Protocol::Sdk) {
        let message =
            format!("the field `{}` says where the call goes, which only an SDK needs to be told", field.wire);
        diagnostics.report_with_help(
            file,
            field.source.at,
            message,
            "remove `fill: endpoint`, or write `protocol: sdk`",
        );
    }
    if protocol == Protocol::Envelope {
        // The order of the digest: code units of the wire names, which are ASCII. Fields beside `data` come last.
        request.sort_by(|a, b| (a.side, &a.wire).cmp(&(b.side, &b.wire)));
    }
    let received = raw.reply.into_iter().map(|field| (Side::Received, field));
    let reply = check_all(received, &owner(&REPLY), types, diagnostics);
    let returned = raw.returned.into_iter().map(|field| (Side::Returned, field));
    // What comes back with the browser may be encoded whatever carried the request.
    let returned = check_all(returned, &Owner { is_plain: true, ..owner(&RETURN) }, types, diagnostics);
    let mut values = |raw, fields: &[Field], what| example::check(raw, fields, &types.enums, what, file, diagnostics);
    let examples = raw.examples.into_iter().map(|raw| Example {
        request: values(raw.request, &request, "request"),
        reply: values(raw.reply, &reply, "reply"),
        returned: values(raw.returned, &returned, "browser return"),
    });
    let examples: Vec<Example> = examples.collect();
    let version = text(raw.version);
    let path = raw.path.map_or_else(|| default_path.to_owned(), |path| path.value);
    let base_url = raw.base_url.map(|url| url.value);
    let page = page::check(raw.page, file, diagnostics).unwrap_or_default();
    let doc = text(raw.doc);
    let unknown: Vec<String> = raw.unknown.into_iter().map(|unknown| unknown.value).collect();
    let of_method = |method: Method| Action {
        type_name: camel(&method.name),
        name: method.name,
        action: method.action,
        protocol,
        version: version.clone(),
        base_url: base_url.clone(),
        path: path.clone(),
        write: write.unwrap_or(true),
        reserves: method.reserves,
        summary: method.summary,
        doc: doc.clone(),
        unknown: unknown.clone(),
        page: page.clone(),
        request: request.clone(),
        reply: reply.clone(),
        returned: returned.clone(),
        callback,
        examples: examples.clone(),
        source: Source { file: file.to_owned(), at: method.at },
        file: Source { file: file.to_owned(), at: raw.at },
    };
    methods.into_iter().map(of_method).collect()
}

/// A method that a file gives the client.
struct Method {
    name: String,
    action: String,
    summary: String,
    reserves: bool,
    at: Position,
}

/// The methods that the file lists, or the one that has the file's own name.
fn methods(raw: &RawAction, diagnostics: &mut Diagnostics) -> Vec<Method> {
    let file = raw.file.as_str();
    let mut constant = |action: &Option<Located<String>>| {
        if let Some(action) = action
            && (action.value.is_empty() || !action.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        {
            diagnostics.report(file, action.at, format!("`{}` cannot be an action of the gateway", action.value));
        }
        text(action.clone())
    };
    if raw.is_single {
        let action = constant(&raw.action);
        if !is_method(&raw.stem) {
            let help = "name it in snake_case, such as `status_query.yaml`; the name becomes the client's method";
            let message = format!("`{}` cannot be the name of a method", raw.stem);
            diagnostics.report_with_help(file, Position::START, message, help);
        }
        let (name, summary) = (raw.stem.clone(), text(raw.summary.clone()));
        return vec![Method { name, action, summary, reserves: false, at: raw.at }];
    }
    let constants: Vec<String> = raw.methods.iter().map(|method| constant(&method.action)).collect();
    for (key, located) in [("action", &raw.action), ("summary", &raw.summary)] {
        if let Some(located) = located {
            let message = format!("`{key}` stands beside `methods`, each of which has its own");
            diagnostics.report_with_help(file, located.at, message, "remove it");
        }
    }
    let methods = raw.methods.iter().zip(constants).map(|(method, action)| {
        let RawMethod { name, summary, reserves, .. } = method;
        if !is_method(&name.value) {
            let help = "name it in snake_case, such as `card_purchase`";
            let message = format!("`{}` cannot be the name of a method", name.value);
            diagnostics.report_with_help(file, name.at, message, help);
        }
        let summary = text(summary.clone());
        Method { name: name.value.clone(), action, summary, reserves: *reserves, at: name.at }
    });
    methods.collect()
}

/// What belongs to an envelope, to a call and to a link.
fn fits_protocol(raw: &RawAction, protocol: Protocol, diagnostics: &mut Diagnostics) {
    let file = raw.file.as_str();
    for field in raw.outer.iter().filter(|field| ENVELOPE.contains(&field.wire.value.as_str())) {
        let message = format!("`{}` is a member of the envelope, which the client writes", field.wire.value);
        diagnostics.report_with_help(file, field.wire.at, message, "remove it");
    }
    let first = |fields: &[crate::read::RawField]| fields.first().map(|field| field.wire.at);
    let word = raw.protocol.as_ref().map_or("envelope", |protocol| &protocol.value);
    let answered = matches!(protocol, Protocol::Envelope | Protocol::Json);
    for (fits, key, at) in [
        (protocol == Protocol::Envelope, "version", raw.version.as_ref().map(|version| version.at)),
        (protocol == Protocol::Envelope, "outer", first(&raw.outer)),
        (answered, "reply", first(&raw.reply)),
        (protocol != Protocol::Sdk, "returned", first(&raw.returned)),
    ] {
        if let Some(at) = at.filter(|_| !fits) {
            let message = format!("`{key}` has no meaning with `protocol: {word}`");
            diagnostics.report_with_help(file, at, message, "remove it");
        }
    }
}

pub(super) fn check_base_url(url: &Located<String>, plain_http: bool, file: &str, diagnostics: &mut Diagnostics) {
    let plain = |character: char| character.is_ascii_alphanumeric() || "/-._~:[]".contains(character);
    let https = url.value.strip_prefix("https://");
    let rest = https.or_else(|| url.value.strip_prefix("http://").filter(|_| plain_http));
    if !rest.is_some_and(|rest| !rest.is_empty() && !rest.ends_with('/') && rest.chars().all(plain)) {
        let help = "write it as `https://HOST`, without a slash at the end";
        diagnostics.report_with_help(file, url.at, "the base address must be https", help);
    }
}

pub(super) fn check_path(path: &Located<String>, file: &str, diagnostics: &mut Diagnostics) {
    // The rule by which the client takes a path, too.
    let plain = |character: char| character.is_ascii_alphanumeric() || "/-._~".contains(character);
    if !path.value.starts_with('/') || !path.value.chars().all(plain) {
        let help = "write it as `/processV2`";
        diagnostics.report_with_help(file, path.at, "a path begins with a slash and has no query", help);
    }
}
