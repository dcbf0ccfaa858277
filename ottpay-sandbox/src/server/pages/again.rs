//! A message as a command that sends it again, to be copied. Neither a sign key nor a sensitive value is in it.

use ottpay::envelope::{Message as Envelope, Value};
use ottpay::link;
use ottpay::spec::{ActionInfo, FieldInfo, Protocol};
use serde::Serialize;

use crate::engine::Engine;
use crate::redact::{Redaction, redact_fields};
use crate::store::{Exchange, MAX_BODY};

/// A command, and what has to be known before it is run.
#[derive(Serialize)]
pub(super) struct Command {
    pub(super) title: &'static str,
    pub(super) hint: String,
    pub(super) text: String,
}

/// The commands that send a message again; none of a message that was not kept whole.
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
    let text = if is_link {
        let query = if hides_body { "[query]" } else { body };
        format!("curl -ig {}", quote(&format!("{target}?{query}")))
    } else {
        let kind = if body.trim_start().starts_with('{') { "application/json" } else { "text/plain" };
        // Only `--data-raw` takes a body that begins with `@` as it is.
        let data = match hides_body {
            true => "--data-binary @request.json".to_owned(),
            false => format!("--data-raw {}", quote(body)),
        };
        format!("curl -i {} \\\n  -H 'content-type: {kind}' \\\n  {data}", quote(&target))
    };
    let hint = match (hides_body, is_sealed) {
        (true, true) => "What was sent contains sensitive values and is left out: `ottpay seal` makes request.json.",
        (true, false) => "What was sent contains sensitive values and is left out: fill it in.",
        (false, true) if !is_callback => "It is sealed already. The order id of a payment works once.",
        (false, false) => "The order id of a payment works once.",
        (false, true) => "",
    };
    let trust = if is_callback { "" } else { describe_trust(engine, " `--cacert` takes the sandbox's ca.pem.") };
    Some(Command { title: "with curl", hint: format!("{hint}{trust}"), text })
}

/// What a program needs that is to trust the sandbox, if it is reached by https.
fn describe_trust(engine: &Engine, need: &'static str) -> &'static str {
    if engine.endpoint().starts_with("https:") { need } else { "" }
}

fn write_call(engine: &Engine, exchange: &Exchange) -> Option<Command> {
    let info = exchange.action.as_deref().filter(|_| exchange.callback.is_none())?;
    let info = engine.gateway().method(info)?;
    let (fields, hidden) = read_fields(engine, info, exchange)?;
    let mut text = format!("ottpay call {} --endpoint {}", info.name, quote(engine.endpoint()));
    text.push_str(&format!(" --merchant-id {}", quote(engine.merchant_id())));
    for (name, value) in &fields {
        text.push_str(&format!(" \\\n  --set {}", quote(&format!("{name}={value}"))));
    }
    let mut hint = "Set OTTPAY_SIGN_KEY to the sign key. The order id of a payment works once.".to_owned();
    if hidden {
        hint.push_str(" Replace what is in brackets by the sensitive values.");
    }
    hint.push_str(describe_trust(engine, " `--ca-file` takes the sandbox's ca.pem."));
    Some(Command { title: "with ottpay", hint, text })
}

/// The fields of a request that the client does not write by itself, sensitive values replaced; and whether there were any.
fn read_fields(engine: &Engine, info: &ActionInfo, exchange: &Exchange) -> Option<(Vec<(String, String)>, bool)> {
    let body = read_whole(exchange)?;
    let redaction = Redaction::of_sensitive(engine.gateway());
    let (fields, hidden) = match info.protocol {
        Protocol::Envelope => redact_fields(&engine.explain(body.as_bytes()), &redaction),
        protocol => {
            let fields = match protocol {
                Protocol::Link => link::read(body, info.request).ok()?,
                _ => Envelope::read_plain(body.as_bytes()).ok()?.1,
            };
            let text = |(name, value): (&str, Value<'_>)| {
                let text = if redaction.hides(name) { format!("[{name}]") } else { value.as_text()?.to_owned() };
                Some((name.to_owned(), text))
            };
            let hidden = fields.iter().any(|(name, _)| redaction.hides(name));
            (fields.iter().filter_map(text).collect(), hidden)
        }
    };
    let is_given = |field: &FieldInfo| !field.outer && field.constant.is_none() && field.fill.is_none();
    let is_known = |name: &str| info.request.iter().any(|field| field.name == name && is_given(field));
    let fields: Vec<_> = fields.into_iter().filter(|(name, _)| is_known(name)).collect();
    fields.iter().all(|(_, text)| can_be_pasted(text)).then_some((fields, hidden))
}

/// What was sent, if all of it was kept and it is text.
fn read_whole(exchange: &Exchange) -> Option<&str> {
    std::str::from_utf8(&exchange.sent).ok().filter(|body| body.len() < MAX_BODY && can_be_pasted(body))
}

/// Whether a terminal takes a text as it is. It would act on other control characters, whoever sent them.
fn can_be_pasted(text: &str) -> bool {
    !text.chars().any(|character| character.is_control() && character != '\n')
}

/// A text as one word of a shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::{can_be_pasted, quote};

    #[test]
    fn a_shell_reads_a_quoted_text_as_one_word() {
        assert_eq!(quote("a b"), "'a b'");
        assert_eq!(quote("it's $HOME `x`"), r"'it'\''s $HOME `x`'");
    }

    #[test]
    fn what_a_terminal_would_act_on_is_not_pasted() {
        assert!(can_be_pasted("{\n\"a\": \"\u{fc}\"\n}"));
        for text in ["\0", "x\u{15}rm -r ~\n", "\u{1b}[201~", "\r", "\u{9b}31m", "\t"] {
            assert!(!can_be_pasted(text), "{text:?}");
        }
    }
}
