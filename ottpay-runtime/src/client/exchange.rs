//! The exchange itself: seals, posts, opens. One way for every action.

use std::time::Duration;

use super::settings::{Override, Settings};
use crate::envelope::{Fields, Message};
use crate::error::{Call, Error, Refusal, ReplyProblem};
use crate::field::Problem;
use crate::incoming::MessageProblem;
use crate::reply::{FieldError, Received};
use crate::request::Values;
use crate::spec::{CodeClass, Effect, Protocol, Role};
use crate::transport::{HttpRequest, TransportError};

/// Posts, reads and verifies. Not generic: there is one copy of it, whatever the number of actions.
pub(super) async fn exchange(
    settings: &Settings,
    values: &Values,
    call: &Call,
    own: &Override,
    timeout: Option<Duration>,
) -> Result<Received, Error> {
    let info = values.info();
    let request = HttpRequest {
        url: settings.address(info, own),
        effect: info.effect,
        content_type: "application/json",
        user_agent: settings.user_agent.clone(),
        body: match info.protocol {
            Protocol::Envelope => seal(settings, values, own),
            _ => values.to_json().into_bytes(),
        },
        timeout: timeout.unwrap_or(settings.timeout),
        max_reply: settings.max_reply,
    };
    let limit = settings.max_reply;
    let response = settings.transport.post(request).await.map_err(|reason| match reason.may_have_been_sent() {
        true => Error::Lost { call: call.clone(), reason },
        false => Error::NotSent { call: call.clone(), reason },
    })?;
    if response.body.len() > limit {
        // The default transport stops reading there; another may not.
        return Err(Error::Lost { call: call.clone(), reason: TransportError::too_large(limit) });
    }
    if !(200..300).contains(&response.status) {
        return Err(Error::HttpStatus { call: call.clone(), status: response.status });
    }
    let received = match info.protocol {
        Protocol::Envelope => open_reply(settings, values, call, &response.body)?,
        _ => read_plain_reply(settings, values, call, &response.body)?,
    };
    for role in [Role::Order, Role::CheckoutOrder] {
        if let (Some(sent), Some(echo)) = (values.role(role), received.role(info.reply, role))
            && sent != echo
        {
            let field = info.reply_field(role).map_or("order_id", |field| field.name);
            let error = FieldError { field, problem: Problem::OtherOrder };
            let problem = ReplyProblem::Field { error, received: Box::new(received) };
            return Err(Error::Reply { call: call.clone(), problem });
        }
    }
    Ok(received)
}

/// The request in its envelope.
fn seal(settings: &Settings, values: &Values, call: &Override) -> Vec<u8> {
    let Settings { merchant_id, keys, cipher, framing, .. } = settings;
    let info = values.info();
    let sealed = values.seal(&keys.sign_key, *cipher);
    let outer = values.iter().filter(|(field, _)| field.outer).map(|(field, text)| (field.name, text));
    let members = [
        ("action", settings.choose(info, call, |own| &own.action, info.action)),
        ("version", settings.choose(info, call, |own| &own.version, info.version)),
        ("merchant_id", merchant_id),
        ("data", &sealed.data),
        ("md5", &sealed.md5),
    ];
    Message::new(members.into_iter().chain(outer)).to_body(*framing)
}

/// A reply in its envelope: nothing of it is believed unless it can be verified.
fn open_reply(settings: &Settings, values: &Values, call: &Call, body: &[u8]) -> Result<Received, Error> {
    let info = values.info();
    let problem = |problem| Error::Reply { call: call.clone(), problem };
    let message = Message::read(body).map_err(|error| problem(MessageProblem::Unreadable(error).into()))?;
    let code = message.code().ok_or_else(|| problem(ReplyProblem::NoCode))?;
    check_accepted(settings, values, call, &message, &code)?;
    let opened = settings.open(|recipient| recipient.open(&message, info.reply));
    match opened.map_err(|error| problem(error.into()))? {
        Some(received) => Ok(received),
        None if info.effect == Effect::Write || info.reply.iter().any(|field| field.required) => {
            Err(problem(ReplyProblem::NoData))
        }
        None => Ok(Received::new(&message, Fields::default())),
    }
}

/// A reply without an envelope. The vendor documents no error reply; one with a code of the envelope is understood, and
/// then nothing else in it matters.
fn read_plain_reply(settings: &Settings, values: &Values, call: &Call, body: &[u8]) -> Result<Received, Error> {
    let problem = |problem: MessageProblem| Error::Reply { call: call.clone(), problem: problem.into() };
    let message = Message::read(body).map_err(|error| problem(error.into()))?;
    if let Some(code) = message.code() {
        check_accepted(settings, values, call, &message, &code)?;
    }
    message.check_members().map_err(|error| problem(error.into()))?;
    let (message, fields) = Message::read_plain(body).map_err(|error| problem(error.into()))?;
    let received = Received::new(&message, fields);
    settings.recipient().check_merchant(&received, values.info().reply).map_err(problem)?;
    Ok(received)
}

/// A text of the gateway without the sensitive values of the request, which it may repeat.
fn hide(text: &str, values: &Values) -> String {
    // A value of three characters says nothing by itself, and cutting it out would spoil the text.
    let sensitive = values.iter().filter(|(field, value)| field.sensitive && value.chars().count() > 3);
    let mut sensitive: Vec<&str> = sensitive.map(|(_, value)| value).collect();
    // The longest first: one may be a part of another, as the last digits are of a card number.
    sensitive.sort_by_key(|value| std::cmp::Reverse(value.len()));
    sensitive.iter().fold(text.to_owned(), |text, value| text.replace(value, "(hidden)"))
}

/// Rejects a code that does not accept the request. Nothing else in the reply may hide the gateway's answer.
fn check_accepted(
    settings: &Settings,
    values: &Values,
    call: &Call,
    message: &Message,
    code: &str,
) -> Result<(), Error> {
    let known = settings.gateway.codes.iter().find(|known| known.code == code);
    let class = known.and_then(|known| known.class);
    if class == Some(CodeClass::Accepted) {
        return Ok(());
    }
    let text = message.text("rsp_msg").unwrap_or_default();
    let refusal = Refusal::new(code, text, class, |text| hide(text, values));
    Err(Error::NotAccepted { call: call.clone(), refusal })
}
