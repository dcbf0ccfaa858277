//! Commands that send a message again, to copy. They never contain a sign key or a sensitive value.

use std::collections::BTreeSet;

use ottpay::envelope::{Message as Envelope, Value};
use ottpay::link;
use ottpay::spec::{ActionInfo, FieldInfo, Fill, Protocol};
use serde::Serialize;

use crate::engine::Engine;
use crate::line::show_name;
use crate::redact::{Redaction, redact_fields};
use crate::store::{Exchange, MAX_BODY};

/// The maximum number of listed fields that the command cannot send.
const MAX_LEFT_OUT: usize = 10;

/// A command, and what to know before running it.
#[derive(Serialize)]
pub(super) struct Command {
    pub(super) title: &'static str,
    pub(super) hint: String,
    pub(super) text: String,
}

/// Lists the commands that send a message again. The list is empty if the message was not stored completely.
pub(super) fn list_commands(engine: &Engine, exchange: &Exchange, hides_body: bool) -> Vec<Command> {
    if exchange.is_unserved() {
        return Vec::new();
    }
    [write_curl(engine, exchange, hides_body), write_call(engine, exchange)].into_iter().flatten().collect()
}

fn write_curl(engine: &Engine, exchange: &Exchange, hides_body: bool) -> Option<Command> {
    let body = read_whole(exchange)?;
    let is_callback = exchange.callback.is_some();
    let target =
        if is_callback { exchange.target.clone() } else { format!("{}{}", engine.endpoint(), exchange.target) };
    let is_link = !is_callback && engine.resolve_link(&exchange.target).is_some();
    let is_sealed = !is_link && !engine.is_plain_path(&exchange.target);
    // `-g`: curl would read brackets and braces of a URL as a pattern.
    let text = if is_link {
        let query = if hides_body { "[query]" } else { body };
        format!("curl -ig {}", quote(&format!("{target}?{query}")))
    } else {
        let kind = if body.trim_start().starts_with('{') { "application/json" } else { "text/plain" };
        // `--data-raw` is the only option that does not read a file if the body begins with `@`.
        let data = match hides_body {
            true => "--data-binary @request.json".to_owned(),
            false => format!("--data-raw {}", quote(body)),
        };
        format!("curl -ig {} \\\n  -H 'content-type: {kind}' \\\n  {data}", quote(&target))
    };
    let hint = match (hides_body, is_sealed) {
        (true, true) if is_callback => {
            "The request contains sensitive values and is omitted: `ottpay trigger` prints another one for \
             request.json."
        }
        (true, true) => "The request contains sensitive values and is omitted: `ottpay seal` creates request.json.",
        (true, false) => "The request contains sensitive values and is omitted: fill it in.",
        (false, true) if !is_callback => "The request is already sealed. The order id of a payment works once.",
        (false, false) => "The order id of a payment works once.",
        (false, true) => "",
    };
    let trust =
        if is_callback { "" } else { describe_trust(engine, " `--cacert` is the path of the sandbox's ca.pem.") };
    Some(Command { title: "with curl", hint: format!("{hint}{trust}"), text })
}

/// Returns the hint on how a program trusts the sandbox, if its URL is https.
fn describe_trust(engine: &Engine, need: &'static str) -> &'static str {
    if engine.endpoint().starts_with("https:") { need } else { "" }
}

fn write_call(engine: &Engine, exchange: &Exchange) -> Option<Command> {
    let info = exchange.action.as_deref().filter(|_| exchange.callback.is_none())?;
    let info = engine.gateway().find_method(info)?;
    let (sent, hidden) = read_fields(engine, info, exchange)?;
    let Kept { fields, left_out } = keep_fields(info, sent);
    if !fields.iter().all(|(_, text)| can_be_pasted(text)) {
        return None;
    }
    let mut text = String::new();
    if !left_out.is_empty() {
        let names: Vec<_> = left_out.iter().take(MAX_LEFT_OUT).map(|name| show_name(name)).collect();
        let more = left_out.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        text.push_str(&format!(
            "# Omitted, because {} does not have these fields: {}{more}\n",
            info.name,
            names.join(", ")
        ));
    }
    text.push_str(&format!("ottpay call {} --endpoint {}", info.name, quote(engine.endpoint())));
    text.push_str(&format!(" --merchant-id {}", quote(engine.merchant_id())));
    for (name, value) in &fields {
        text.push_str(&format!(" \\\n  --set {}", quote(&format!("{name}={value}"))));
    }
    let mut hint = "Set OTTPAY_SIGN_KEY to the sign key. The order id of a payment works once.".to_owned();
    if hidden {
        hint.push_str(" Replace the placeholders in brackets with the sensitive values.");
    }
    hint.push_str(describe_trust(engine, " `--ca-file` is the path of the sandbox's ca.pem."));
    Some(Command { title: "with ottpay", hint, text })
}

/// Reads the fields of a request, including those next to `data`, with sensitive values replaced. Returns whether there
/// were any.
fn read_fields(engine: &Engine, info: &ActionInfo, exchange: &Exchange) -> Option<(Vec<(String, String)>, bool)> {
    let body = read_whole(exchange)?;
    let redaction = Redaction::of_sensitive(engine.gateway());
    if info.protocol == Protocol::Envelope {
        let (mut fields, hidden) = redact_fields(&engine.explain(body.as_bytes()), &redaction);
        let message = Envelope::read(body.as_bytes()).ok()?;
        let outer = info.request.iter().filter(|field| field.outer && !redaction.is_hidden(field.name));
        fields
            .extend(outer.filter_map(|field| Some((field.label().into_owned(), message.text(field.name)?.to_owned()))));
        return Some((fields, hidden));
    }
    let fields = match info.protocol {
        Protocol::Link => link::read(body, info.request).ok()?,
        _ => Envelope::read_plain(body.as_bytes()).ok()?.1,
    };
    let text = |(name, value): (&str, Value<'_>)| {
        let text = if redaction.is_hidden(name) { format!("[{name}]") } else { value.as_text()?.to_owned() };
        Some((name.to_owned(), text))
    };
    let hidden = fields.iter().any(|(name, _)| redaction.is_hidden(name));
    Some((fields.iter().filter_map(text).collect(), hidden))
}

/// The fields of a request that the command can send.
#[derive(Debug, Default, PartialEq, Eq)]
struct Kept {
    /// Fields, by their names in the command.
    fields: Vec<(String, String)>,
    /// Names of fields that the action does not have.
    left_out: Vec<String>,
}

/// Leaves out the fields that the client writes itself or that the action does not have. A field that was sent only
/// under another name gets its own name.
fn keep_fields(info: &ActionInfo, sent: Vec<(String, String)>) -> Kept {
    let is_written_by_client = |field: &FieldInfo| field.constant.is_some() || field.fill.is_some();
    let is_sent: BTreeSet<_> = sent.iter().map(|(name, _)| name.clone()).collect();
    let mut kept = Kept::default();
    for (name, text) in sent {
        let labelled = info.request.iter().find(|field| field.label() == *name);
        let other_name = || info.request.iter().find(|field| !field.outer && field.has_name(&name));
        match labelled.or_else(other_name) {
            Some(FieldInfo { fill: Some(Fill::CopyOf(original)), .. }) if !is_sent.contains(*original) => {
                kept.fields.push(((*original).to_owned(), text));
            }
            Some(field) if is_written_by_client(field) => {}
            Some(field) if field.label() == *name || !is_sent.contains(field.name) => {
                kept.fields.push((field.label().into_owned(), text));
            }
            Some(_) => {}
            None => kept.left_out.push(name),
        }
    }
    kept
}

/// Returns the body that was sent, if it was stored completely and can be pasted.
fn read_whole(exchange: &Exchange) -> Option<&str> {
    // A body of exactly this length may have been cut.
    std::str::from_utf8(&exchange.sent).ok().filter(|body| body.len() < MAX_BODY && can_be_pasted(body))
}

/// Returns whether a string can be pasted into a terminal, which would act on most control characters.
fn can_be_pasted(text: &str) -> bool {
    !text.chars().any(|character| character.is_control() && character != '\n')
}

/// Quotes a string as one word of a shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::{Kept, can_be_pasted, keep_fields, quote};
    use ottpay::spec::{ActionInfo, FieldInfo, Fill};

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn fields_under_other_names_are_kept_and_unknown_ones_are_named() {
        static FIELDS: [FieldInfo; 5] = [
            FieldInfo { name: "amount", aliases: &["amt"], ..FieldInfo::PLAIN },
            FieldInfo { name: "order_id", ..FieldInfo::PLAIN },
            FieldInfo { name: "orderId", fill: Some(Fill::CopyOf("order_id")), ..FieldInfo::PLAIN },
            FieldInfo { name: "kind", constant: Some("A"), ..FieldInfo::PLAIN },
            FieldInfo { name: "kind", outer: true, ..FieldInfo::PLAIN },
        ];
        let info = ActionInfo { request: &FIELDS, ..*ottpay::GATEWAY.actions[0] };
        let sent = [("amt", "1"), ("orderId", "T1"), ("kind", "A"), ("outer kind", "B"), ("shop", "S")];
        let fields = pairs(&[("amount", "1"), ("order_id", "T1"), ("outer kind", "B")]);
        assert_eq!(keep_fields(&info, pairs(&sent)), Kept { fields, left_out: vec!["shop".to_owned()] });
        // If a field was sent under both names, its own name wins.
        let both = pairs(&[("amt", "1"), ("amount", "2"), ("orderId", "T1"), ("order_id", "T2")]);
        let fields = pairs(&[("amount", "2"), ("order_id", "T2")]);
        assert_eq!(keep_fields(&info, both), Kept { fields, left_out: Vec::new() });
    }

    #[test]
    fn a_shell_reads_a_quoted_text_as_one_word() {
        assert_eq!(quote("a b"), "'a b'");
        assert_eq!(quote("it's $HOME `x`"), r"'it'\''s $HOME `x`'");
    }

    #[test]
    fn terminal_control_characters_are_not_pasted() {
        assert!(can_be_pasted("{\n\"a\": \"\u{fc}\"\n}"));
        for text in ["\0", "x\u{15}rm -r ~\n", "\u{1b}[201~", "\r", "\u{9b}31m", "\t"] {
            assert!(!can_be_pasted(text), "{text:?}");
        }
    }
}
