//! `ottpay actions`: the actions of the specification, in columns or as JSON.

use std::collections::BTreeMap;

use ottpay::GATEWAY;
use ottpay::spec::{ActionInfo, Evidence, FieldInfo, Kind, Protocol, QueryInfo, QueryValue, WordSet as _};
use serde::Serialize;

use crate::columns::format_columns;
use crate::failure::Failure;
use crate::{action, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay actions
  ottpay actions active_pay
  ottpay actions CC_PURCHASE --json | jq -r '.[].name'")]
pub(crate) struct Options {
    /// Method of the client, or constant on the wire
    name: Option<String>,
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let actions = match &options.name {
        Some(name) => action::find_actions(name)?,
        None => GATEWAY.actions.to_vec(),
    };
    if options.json {
        let described: Vec<_> = actions.iter().map(|info| Action::new(info)).collect();
        let text = serde_json::to_string_pretty(&described);
        return stdout::print_line(
            text.map_err(|error| Failure::refused(format!("cannot be written as JSON: {error}")))?,
        );
    }
    match options.name {
        Some(_) => {
            let sections: Vec<_> = actions.iter().map(|info| format_action(info)).collect();
            stdout::print(sections.join("\n"))
        }
        None => {
            let rows = actions.iter().map(|info| {
                [info.name, info.action, name_version(info), name_effect(info), info.summary].map(str::to_owned)
            });
            stdout::print(format_columns(["METHOD", "CONSTANT", "VERSION", "EFFECT", "SUMMARY"], rows))
        }
    }
}

/// Formats an action and its fields for people.
fn format_action(info: &ActionInfo) -> String {
    let head =
        format!("{} ({} {}, {})\n{}\n", info.name, info.action, name_version(info), name_effect(info), info.summary);
    let mut out = head + &format_queries(info);
    for (title, fields, is_request) in [("REQUEST", info.request, true), ("REPLY", info.reply, false)] {
        if fields.is_empty() {
            continue;
        }
        let rows = fields.iter().map(|field| {
            let need = match field {
                _ if is_request && field.is_written() => "written",
                _ if is_request && field.may_omit => "may omit",
                _ if field.required => "required",
                _ => "optional",
            };
            [field.label().into_owned(), field.kind_name().to_owned(), need.to_owned(), describe_field(field)]
        });
        out.push('\n');
        out.push_str(&format_columns([title, "TYPE", "NEED", "MEANING"], rows));
    }
    out
}

/// Formats the queries that report the outcome of a write, as one line or an empty string.
fn format_queries(info: &ActionInfo) -> String {
    let queries = info.queries.iter().map(|query| match query.evidence {
        Evidence::Vendor => query.action.name.to_owned(),
        Evidence::Clients => format!("{} (seen in clients)", query.action.name),
        Evidence::Assumed => format!("{} (assumed)", query.action.name),
    });
    match info.no_query {
        Some(reason) => format!("No query reports its outcome: {reason}\n"),
        None if info.queries.is_empty() => String::new(),
        None => format!("To learn its outcome, send {}.\n", queries.collect::<Vec<_>>().join(" or ")),
    }
}

/// Describes a field in one line, with the values that it accepts.
fn describe_field(field: &FieldInfo) -> String {
    let words = list_words(field);
    let doc = field.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    match (field.constant, words.is_empty()) {
        (Some(constant), _) => format!("{doc} Always {constant}.").trim().to_owned(),
        (None, true) => doc,
        (None, false) => format!("{doc} One of {}.", words.join(", ")).trim().to_owned(),
    }
}

/// Lists the values that a field accepts, if they are a fixed set.
fn list_words(field: &FieldInfo) -> Vec<&'static str> {
    match field.kind {
        _ if !field.only.is_empty() => field.only.to_vec(),
        Kind::Enum(info) => info.words.iter().map(|(word, _)| *word).collect(),
        _ => Vec::new(),
    }
}

/// Names the version, or the protocol if the action has no version.
fn name_version(info: &ActionInfo) -> &'static str {
    match info.protocol {
        Protocol::Envelope => info.version,
        _ => name_protocol(info),
    }
}

fn name_protocol(info: &ActionInfo) -> &'static str {
    info.protocol.word().unwrap_or_default()
}

fn name_effect(info: &ActionInfo) -> &'static str {
    info.effect.word().unwrap_or_default()
}

/// An action as JSON.
#[derive(Serialize)]
struct Action {
    name: &'static str,
    action: &'static str,
    version: &'static str,
    effect: &'static str,
    protocol: &'static str,
    path: &'static str,
    summary: &'static str,
    request: Vec<Field>,
    reply: Vec<Field>,
    callback: Option<&'static str>,
    queries: Vec<Query>,
    no_query: Option<&'static str>,
}

impl Action {
    fn new(info: &'static ActionInfo) -> Self {
        Self {
            name: info.name,
            action: info.action,
            version: info.version,
            effect: name_effect(info),
            protocol: name_protocol(info),
            path: info.path,
            summary: info.summary,
            request: info.request.iter().map(Field::new).collect(),
            reply: info.reply.iter().map(Field::new).collect(),
            callback: info.callback.map(|callback| callback.name),
            queries: info.queries.iter().map(Query::new).collect(),
            no_query: info.no_query,
        }
    }
}

/// A query as JSON.
#[derive(Serialize)]
struct Query {
    action: &'static str,
    evidence: &'static str,
    /// The fields of the query, each with the field of the request that has its value, or `now`.
    set: BTreeMap<&'static str, &'static str>,
}

impl Query {
    fn new(query: &'static QueryInfo) -> Self {
        let set = query.set.iter().map(|field| match field.value {
            QueryValue::Field(name) => (field.name, name),
            QueryValue::Now => (field.name, QueryValue::NOW),
        });
        Self { action: query.action.name, evidence: query.evidence.word().unwrap_or_default(), set: set.collect() }
    }
}

/// A field as JSON.
#[derive(Serialize)]
struct Field {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    may_omit: bool,
    /// Whether the client fills it in.
    written: bool,
    /// Whether it is sent outside `data`.
    outer: bool,
    sensitive: bool,
    constant: Option<&'static str>,
    words: Vec<&'static str>,
    min_len: usize,
    max_len: Option<usize>,
    charset: Option<&'static str>,
    aliases: &'static [&'static str],
    doc: &'static str,
}

impl Field {
    fn new(field: &'static FieldInfo) -> Self {
        Self {
            name: field.name,
            kind: field.kind_name(),
            required: field.required,
            may_omit: field.may_omit,
            written: field.is_written(),
            outer: field.outer,
            sensitive: field.sensitive,
            constant: field.constant,
            words: list_words(field),
            min_len: field.limits.min_len,
            max_len: Some(field.limits.max_len).filter(|length| *length < usize::MAX),
            charset: field.limits.charset.word(),
            aliases: field.aliases,
            doc: field.doc,
        }
    }
}
