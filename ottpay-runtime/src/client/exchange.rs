//! The exchange itself: seals, posts and opens, in the same way for every action.

use std::sync::Arc;
use std::time::Duration;

use super::settings::{Override, Settings};
use crate::envelope::{Fields, Message, MessageError, SealedBody};
use crate::error::failure::Reason;
use crate::error::{Refusal, ReplyProblem};
use crate::field::Problem;
use crate::incoming::MessageProblem;
use crate::observation::CallWatch;
use crate::redaction::excerpt;
use crate::reply::{FieldError, Received};
use crate::request::Values;
use crate::spec::{CodeClass, Effect, Protocol};
use crate::transport::{HttpRequest, TransportError};

/// Posts a request, and reads and verifies the reply. Not generic, so the binary has one copy for all actions.
pub(super) async fn exchange(
    settings: &Settings,
    values: &Values,
    own: &Override,
    timeout: Duration,
    watch: &CallWatch,
) -> Result<Received, Reason> {
    let info = values.info();
    let request = HttpRequest {
        url: settings.address(info, own),
        effect: info.effect,
        content_type: "application/json",
        user_agent: Arc::clone(&settings.user_agent),
        body: match info.protocol {
            Protocol::Envelope => seal_request(settings, values, own),
            // A client sends neither links nor SDK parameters, so this is plain JSON.
            _ => values.to_json().into_bytes(),
        },
        timeout,
        max_reply: settings.max_reply,
    };
    let limit = settings.max_reply;
    let response = watch.post(&*settings.transport, request).await.map_err(Reason::Transport)?;
    if response.body.len() > limit {
        // The default transport stops reading at the limit; a custom one may not.
        return Err(Reason::Transport(TransportError::too_large(limit)));
    }
    // No page documents a rejection with another status, and a proxy may have sent it, so no code in the body counts.
    if !(200..300).contains(&response.status) {
        let text = describe_error_body(&response.body, values);
        return Err(Reason::HttpStatus { status: response.status, text });
    }
    let received = match info.protocol {
        Protocol::Envelope => open_reply(settings, values, &response.body)?,
        _ => read_plain_reply(settings, values, &response.body)?,
    };
    // A reply about another order must not pass for the reply to this one. Without the role, a field is not compared:
    // that of `REFUND` has none, because its reply is not documented.
    for field in info.reply.iter().filter(|field| field.is_own_id()) {
        let echo = field.role.and_then(|role| Some((values.role(role)?, received.role(info.reply, role)?)));
        if echo.is_some_and(|(sent, echo)| sent != echo) {
            let error = FieldError { field: field.name, problem: Problem::OtherOrder };
            return Err(Reason::Reply(ReplyProblem::Field { error, received: Box::new(received) }));
        }
    }
    Ok(received)
}

/// Writes the request into its envelope.
fn seal_request(settings: &Settings, values: &Values, call: &Override) -> Vec<u8> {
    let Settings { sender, keys, cipher, framing, .. } = settings;
    let info = values.info();
    let before = [
        ("action", settings.constant(info, call)),
        ("version", settings.version(info, call)),
        ("merchant_id", sender.merchant_id.as_str()),
    ];
    let body = SealedBody {
        before: before.into_iter(),
        fields: values.part(false),
        after: values.part(true),
        json_len: values.json_len(),
    };
    body.write(&keys.sign_key, *cipher, *framing)
}

/// Opens a reply with an envelope, and rejects it unless it can be verified.
fn open_reply(settings: &Settings, values: &Values, body: &[u8]) -> Result<Received, Reason> {
    let info = values.info();
    let message = Message::read(body).map_err(|error| rejected_reply(MessageProblem::Unreadable(error)))?;
    let code = message.code().ok_or(Reason::Reply(ReplyProblem::NoCode))?;
    check_accepted(settings, values, &message, &code)?;
    match settings.open(|recipient| recipient.open(&message, info.reply)).map_err(rejected_reply)? {
        Some(received) => Ok(received),
        // A write that was accepted without `data` may have been carried out, so its outcome is unknown.
        None if info.effect == Effect::Write || info.reply.iter().any(|field| field.required) => {
            Err(Reason::Reply(ReplyProblem::NoData))
        }
        None => Ok(Received::new(&message, Fields::default())),
    }
}

/// Reads a reply without an envelope. The vendor documents no error reply; if the reply has a code of the envelope, the
/// code decides and the rest is ignored.
fn read_plain_reply(settings: &Settings, values: &Values, body: &[u8]) -> Result<Received, Reason> {
    // Read leniently first, so that a defect of another member does not hide a code that refuses the request.
    let message = Message::read(body).map_err(|error| rejected_reply(error.into()))?;
    if let Some(code) = message.code() {
        check_accepted(settings, values, &message, &code)?;
    }
    message.check_members().map_err(|error| rejected_reply(error.into()))?;
    let (message, fields) = Message::read_plain(body).map_err(|error| rejected_reply(error.into()))?;
    let received = Received::new(&message, fields);
    settings.recipient().check_merchant(&received, values.info().reply).map_err(rejected_reply)?;
    Ok(received)
}

fn rejected_reply(problem: MessageProblem) -> Reason {
    Reason::Reply(problem.into())
}

/// Describes the body of an HTTP error for people: the gateway's message, or a line of plain text. Anything else is
/// omitted, because it may contain something secret, such as a payment link.
fn describe_error_body(body: &[u8], values: &Values) -> String {
    let text = match Message::read(body) {
        Ok(message) => {
            let spoken = message.code().map(|code| format!("{code}: {}", message.text("rsp_msg").unwrap_or_default()));
            spoken.unwrap_or_default()
        }
        Err(MessageError::NotJson) if !body.trim_ascii_start().starts_with(b"{") => {
            String::from_utf8_lossy(body).into_owned()
        }
        Err(_) => String::new(),
    };
    // Hides values before trimming, because a value may end in a character that is trimmed.
    excerpt(hide_values(&text, values).trim().trim_end_matches(':'))
}

/// Removes control characters from the gateway's text, and hides the request's sensitive values, which it may repeat.
fn hide_values(text: &str, values: &Values) -> String {
    // Text and value may differ in control characters, even in the middle of a value.
    let strip = |text: &str| text.chars().filter(|character| !character.is_control()).collect::<String>();
    let sensitive = values.iter().filter(|(field, _)| field.sensitive).map(|(_, value)| strip(value));
    // A value of up to three characters reveals nothing by itself, and replacing it would garble the text.
    let mut sensitive: Vec<String> = sensitive.filter(|value| value.chars().count() > 3).collect();
    // The longest value first, because one value may contain another, as a card number contains its last digits.
    sensitive.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let cases = |value: String| [value.to_ascii_uppercase(), value.to_ascii_lowercase(), value];
    // Codes are converted to upper case, so a value may be in upper case as well.
    sensitive.into_iter().flat_map(cases).fold(strip(text), |text, value| text.replace(&value, "(hidden)"))
}

/// Rejects a reply whose code does not accept the request. Checked first, so that no other defect of the reply hides
/// the gateway's answer.
fn check_accepted(settings: &Settings, values: &Values, message: &Message, code: &str) -> Result<(), Reason> {
    let codes = settings.gateway.codes;
    if codes.iter().any(|known| known.code == code && known.class == Some(CodeClass::Accepted)) {
        return Ok(());
    }
    let text = message.text("rsp_msg").unwrap_or_default();
    Err(Reason::Refused(Refusal::new(code, text, codes, |text| hide_values(text, values))))
}
