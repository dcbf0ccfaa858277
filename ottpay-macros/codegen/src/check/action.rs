//! Checks the files of `actions/`.

use super::field::{Owner, check_all};
use super::rust_names::is_method;
use super::{Action, Callback, Enum, Example, Side, Source, choice, example, page, text};
use crate::names::{camel, suggestion};
use crate::read::{Located, RawAction};
use crate::{Diagnostics, Position};

/// Methods that every builder has.
const BUILDER: [&str; 3] = ["build", "send", "clone"];
/// Methods that every reply has.
const REPLY: [&str; 3] = ["raw", "read", "clone"];
/// Members of the outer message that the client writes.
const ENVELOPE: [&str; 5] = ["action", "version", "merchant_id", "data", "md5"];

/// The greatest number of fields of a request.
const MAX_FIELDS: usize = 100;

pub(super) fn check(
    raw: RawAction,
    default_path: &str,
    enums: &[Enum],
    callbacks: &[Callback],
    diagnostics: &mut Diagnostics,
) -> Action {
    let file = raw.file.as_str();
    let constant = text(raw.action.clone());
    let stem = raw.stem;
    if !is_method(&stem) {
        let help = "name it in snake_case, such as `status_query.yaml`; the name becomes the client's method";
        diagnostics.report_with_help(file, Position::START, format!("`{stem}` cannot be the name of a method"), help);
    }
    if let Some(action) = &raw.action
        && (action.value.is_empty() || !action.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    {
        diagnostics.report(file, action.at, format!("`{}` cannot be an action of the gateway", action.value));
    }
    if let Some(path) = &raw.path {
        check_path(path, file, diagnostics);
    }
    let effects = [("write", true), ("read", false)];
    let write = raw.effect.and_then(|effect| choice(&effect, "effect", &effects, file, diagnostics));
    let callback = raw.callback.and_then(|name| {
        let found = callbacks.iter().position(|callback| callback.name == name.value);
        if found.is_none() {
            let help = suggestion(&name.value, callbacks.iter().map(|callback| callback.name.as_str()));
            diagnostics.report_with_help(file, name.at, format!("unknown callback `{}`", name.value), help);
        }
        found
    });
    let owner = Owner { file, name: &constant, taken: &BUILDER };
    for field in raw.outer.iter().filter(|field| ENVELOPE.contains(&field.wire.value.as_str())) {
        let message = format!("`{}` is a member of the envelope, which the client writes", field.wire.value);
        diagnostics.report_with_help(file, field.wire.at, message, "remove it");
    }
    let sides = raw.request.into_iter().map(|field| (Side::Request, field));
    let sides = sides.chain(raw.outer.into_iter().map(|field| (Side::Outer, field)));
    let mut request = check_all(sides, &owner, enums, diagnostics);
    // A builder has a type parameter for each field, and each setter names them all.
    if let Some(field) = request.get(MAX_FIELDS) {
        let message = format!("{constant} has more than {MAX_FIELDS} fields");
        diagnostics.report(file, field.source.at, message);
    }
    // The order of the digest: code units of the wire names, which are ASCII. Fields beside `data` come last.
    request.sort_by(|a, b| (a.side, &a.wire).cmp(&(b.side, &b.wire)));
    let owner = Owner { file, name: &constant, taken: &REPLY };
    let received = raw.reply.into_iter().map(|field| (Side::Received, field));
    let reply = check_all(received, &owner, enums, diagnostics);
    let examples = raw.examples.into_iter().map(|raw| Example {
        request: example::check(raw.request, &request, enums, "request", file, diagnostics),
        reply: example::check(raw.reply, &reply, enums, "reply", file, diagnostics),
    });
    let examples = examples.collect();
    Action {
        type_name: camel(&stem),
        name: stem,
        action: constant,
        version: text(raw.version),
        path: raw.path.map_or_else(|| default_path.to_owned(), |path| path.value),
        write: write.unwrap_or(true),
        summary: text(raw.summary),
        page: page::check(raw.page, file, diagnostics).unwrap_or_default(),
        request,
        reply,
        callback,
        examples,
        source: Source { file: raw.file, at: raw.at },
    }
}

pub(super) fn check_path(path: &Located<String>, file: &str, diagnostics: &mut Diagnostics) {
    if !path.value.starts_with('/') || path.value.contains(|c: char| c.is_whitespace() || "?#".contains(c)) {
        let help = "write it as `/processV2`";
        diagnostics.report_with_help(file, path.at, "a path begins with a slash and has no query", help);
    }
}
