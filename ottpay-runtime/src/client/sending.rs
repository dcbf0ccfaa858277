//! A request on its way: options of one call, then the exchange itself.

use std::future::pending;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::builder::{check_path, is_word};
use super::{Client, Override, Settings};
use crate::Error;
use crate::envelope::{Fields, Message};
use crate::error::{Call, Refusal, ReplyProblem};
use crate::field::Problem;
use crate::incoming::MessageProblem;
use crate::info::{CodeClass, Effect, Protocol, Role};
use crate::reply::typed::Arrived;
use crate::reply::{FieldError, Received, Reply};
use crate::request::{InvalidRequest, Values};
use crate::transport::{BoxFuture, HttpRequest, TransportError};

/// A request that is sent when this value is awaited, once. It is a future like any other: `tokio::spawn` takes it as it is.
/// Once it has been polled its options are settled, and to drop it leaves the outcome unknown.
#[must_use = "the request is not sent until this is awaited"]
pub struct Sending<R> {
    /// What is to be sent, until the first poll.
    prepared: Option<Prepared>,
    /// The exchange, from the first poll on.
    exchange: BoxFuture<'static, Result<(Call, Received), Error>>,
    reply: PhantomData<fn() -> R>,
}

struct Prepared {
    client: Client,
    request: Result<Values, Error>,
    options: Options,
}

/// What one call may have otherwise than client and specification say.
#[derive(Default)]
struct Options {
    timeout: Option<Duration>,
    own: Override,
}

impl<R> Sending<R> {
    pub(crate) fn new(client: Client, request: Result<Values, Error>) -> Self {
        let prepared = Prepared { client, request, options: Options::default() };
        Self { prepared: Some(prepared), exchange: Box::pin(pending()), reply: PhantomData }
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        if let Some(prepared) = &mut self.prepared {
            change(&mut prepared.options);
        }
        self
    }

    /// How long this exchange may take, instead of the client's limit.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.timeout = Some(timeout))
    }

    /// Another constant than the specification gives the action, where the vendor's pages disagree about it.
    pub fn action(self, action: impl Into<String>) -> Self {
        self.with(|options| options.own.action = Some(action.into()))
    }

    /// Another version than the specification gives the action.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.with(|options| options.own.version = Some(version.into()))
    }

    /// Another path than the specification gives the action, such as `/processV3`. It begins with a slash.
    pub fn path(self, path: impl Into<String>) -> Self {
        self.with(|options| options.own.path = Some(path.into()))
    }
}

impl<R> std::fmt::Debug for Sending<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let request = self.prepared.as_ref().map(|prepared| &prepared.request);
        f.debug_struct("Sending").field("request", &request).finish_non_exhaustive()
    }
}

impl<R: Reply> Future for Sending<R> {
    type Output = Result<R, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Some(mut prepared) = this.prepared.take() {
            prepared.request = prepared.request.and_then(|values| match R::declared() {
                Some(declared) if !std::ptr::eq(declared, values.info().reply) => {
                    Err(InvalidRequest::of_action(values.info(), "reply", Problem::OtherReply).into())
                }
                _ => Ok(values),
            });
            this.exchange = Box::pin(prepared.send());
        }
        this.exchange.as_mut().poll(context).map(|arrived| {
            let (call, received) = arrived?;
            let read = R::made_of(Arrived::new(received.clone()));
            read.map_err(|error| field_error(call, error, received))
        })
    }
}

impl Prepared {
    async fn send(self) -> Result<(Call, Received), Error> {
        let values = self.request?;
        let Override { action, version, path } = &self.options.own;
        if let Some(path) = path {
            check_path(path).map_err(|problem| InvalidRequest::of_action(values.info(), "path", problem))?;
        }
        let sealed = values.info().protocol == Protocol::Envelope;
        for (option, text, problem) in
            [("action", action, Problem::NotAnAction), ("version", version, Problem::NotAVersion)]
        {
            if text.as_ref().is_some_and(|text| !sealed || !is_word(text)) {
                return Err(InvalidRequest::of_action(values.info(), option, problem).into());
            }
        }
        let call = Call::of(&values);
        let received = exchange(&self.client, &values, &call, &self.options).await?;
        Ok((call, received))
    }
}

fn field_error(call: Call, error: FieldError, received: Received) -> Error {
    Error::Reply { call, problem: ReplyProblem::Field { error, received: Box::new(received) } }
}

/// Posts, reads and verifies. Not generic: there is one copy of it, whatever the number of actions.
async fn exchange(client: &Client, values: &Values, call: &Call, options: &Options) -> Result<Received, Error> {
    let settings = &*client.0;
    let info = values.info();
    let request = HttpRequest {
        url: client.address(info, &options.own),
        content_type: "application/json",
        user_agent: settings.user_agent.clone(),
        body: match info.protocol {
            Protocol::Envelope => sealed(client, values, &options.own),
            _ => values.to_json().into_bytes(),
        },
        timeout: options.timeout.unwrap_or(settings.timeout),
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
        Protocol::Envelope => open(client, values, call, &response.body)?,
        _ => read_plain(client, values, call, &response.body)?,
    };
    for role in [Role::Order, Role::CheckoutOrder] {
        if let (Some(sent), Some(echo)) = (values.role(role), received.role(info.reply, role))
            && sent != echo
        {
            let field = info.reply_field(role).map_or("order_id", |field| field.name);
            return Err(field_error(call.clone(), FieldError { field, problem: Problem::OtherOrder }, received));
        }
    }
    Ok(received)
}

/// The request in its envelope.
fn sealed(client: &Client, values: &Values, call: &Override) -> Vec<u8> {
    let Settings { merchant_id, sign_key, cipher, framing, .. } = &*client.0;
    let info = values.info();
    let sealed = values.seal(sign_key, *cipher);
    let outer = values.iter().filter(|(field, _)| field.outer).map(|(field, text)| (field.name, text));
    let members = [
        ("action", client.chosen(info, call, |own| &own.action, info.action)),
        ("version", client.chosen(info, call, |own| &own.version, info.version)),
        ("merchant_id", merchant_id),
        ("data", &sealed.data),
        ("md5", &sealed.md5),
    ];
    Message::new(members.into_iter().chain(outer)).to_body(*framing)
}

/// A reply in its envelope: nothing of it is believed unless it can be verified.
fn open(client: &Client, values: &Values, call: &Call, body: &[u8]) -> Result<Received, Error> {
    let info = values.info();
    let problem = |problem| Error::Reply { call: call.clone(), problem };
    let message = Message::read(body).map_err(|error| problem(MessageProblem::Unreadable(error).into()))?;
    let code = message.code().ok_or_else(|| problem(ReplyProblem::NoCode))?;
    accepted(client, values, call, &message, &code)?;
    match client.recipient().open(&message, info.reply).map_err(|error| problem(error.into()))? {
        Some(received) => Ok(received),
        None if info.effect == Effect::Write || info.reply.iter().any(|field| field.required) => {
            Err(problem(ReplyProblem::NoData))
        }
        None => Ok(Received::new(&message, Fields::default())),
    }
}

/// A reply without an envelope. The vendor documents no error reply; one with a code of the envelope is understood, and
/// then nothing else in it matters.
fn read_plain(client: &Client, values: &Values, call: &Call, body: &[u8]) -> Result<Received, Error> {
    let problem = |problem: MessageProblem| Error::Reply { call: call.clone(), problem: problem.into() };
    let message = Message::read(body).map_err(|error| problem(error.into()))?;
    if let Some(code) = message.code() {
        accepted(client, values, call, &message, &code)?;
    }
    let (message, fields) = Message::read_plain(body).map_err(|error| problem(error.into()))?;
    let received = Received::new(&message, fields);
    client.recipient().check_merchant(&received, values.info().reply).map_err(problem)?;
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

/// Whatever else stands in the reply must not hide the gateway's answer.
fn accepted(client: &Client, values: &Values, call: &Call, message: &Message, code: &str) -> Result<(), Error> {
    let known = client.0.gateway.codes.iter().find(|known| known.code == code);
    let class = known.and_then(|known| known.class);
    if class == Some(CodeClass::Accepted) {
        return Ok(());
    }
    let text = message.text("rsp_msg").unwrap_or_default();
    let refusal = Refusal::new(code, text, class, |text| hide(text, values));
    Err(Error::NotAccepted { call: call.clone(), refusal })
}
